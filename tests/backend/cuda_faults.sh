#!/usr/bin/env bash
# What goes wrong with drivers and devices, played by the stand-in: each with its exit code and a message that says what to do.
set -euo pipefail
. "$SOURCE/tests/backend/fake_cuda.bash"
failed=0
plan=$SOURCE/examples/enterprise.json

# fault EXIT TEXT [NAME=VALUE...]: a run with back end cuda ends with EXIT and says TEXT
fault() {
  local expected=$1 text=$2 status=0
  shift 2
  with_fake "$@" "$OFFRAMP" run "$plan" --paths 20000 --backend cuda --quiet >"$fake/out" 2>"$fake/err" || status=$?
  if [ "$status" -ne "$expected" ] || ! tr '\n' ' ' <"$fake/err" | tr -s ' ' | grep -qF -- "$text"; then
    echo "$*: exit $status instead of $expected, or no '$text' in:"
    cat "$fake/err"
    failed=1
  fi
}

device=4 limit=6
fault $device "the driver finds no device" FAKE_CUDA_FAULT=cuInit=100
fault $device "the driver is too old: update it" FAKE_CUDA_FAULT=cuInit=35
fault $device "restart the machine" FAKE_CUDA_FAULT=cuInit=803
fault $device "the driver failed: look at \`nvidia-smi\`" FAKE_CUDA_FAULT=cuInit=999
fault $device "the driver finds no device" FAKE_CUDA_FAULT=cuDeviceGetCount=100
fault $device "its compute mode forbids all programs" FAKE_CUDA_MODE=2
fault $device "another program holds the device" FAKE_CUDA_FAULT=cuDevicePrimaryCtxRetain=46
fault $limit "the device is out of memory" FAKE_CUDA_FAULT=cuDevicePrimaryCtxRetain=2
fault $device "this compiler pretends): install another one" FAKE_CUDA_FAULT=nvrtcCompileProgram=6
fault $device "NVRTC 12.4 failed (error 11)" FAKE_CUDA_FAULT=nvrtcCompileProgram=11
fault $limit "NVRTC is out of memory" FAKE_CUDA_FAULT=nvrtcCompileProgram=1
fault $device "does not know compute capability 9.0" FAKE_CUDA_NVRTC=100
fault $device "the driver does not take what NVRTC compiled" FAKE_CUDA_FAULT=cuModuleLoadData=200
fault $limit "the device is out of memory" FAKE_CUDA_FAULT=cuMemAlloc=2
fault $limit "the device is out of memory" FAKE_CUDA_FAULT=cuMemAllocHost=2
fault $limit "the device is out of memory" FAKE_CUDA_MEMORY=100000
fault $device "lower --batch" FAKE_CUDA_FAULT=cuEventSynchronize=702
fault $device "can be used again by a new process only" FAKE_CUDA_FAULT=cuLaunchKernel=719@6
fault $device "can be used again by a new process only" FAKE_CUDA_FAULT=cuMemcpyDtoHAsync=700
fault $device "memory failed: take it out of service" FAKE_CUDA_FAULT=cuEventSynchronize=214

# every call, failing the first and the third time that it is made, ends in a message: no crash, no success without results
for call in DriverGetVersion ModuleGetGlobal DeviceGetName DeviceGetAttribute DeviceTotalMem DeviceGet DevicePrimaryCtxRetain ModuleLoadData \
  ModuleGetFunction MemAlloc MemAllocHost MemcpyHtoD MemcpyDtoH MemcpyDtoHAsync Memcpy2DAsync MemsetD8Async StreamCreate \
  StreamSynchronize StreamWaitEvent EventCreate EventRecord EventSynchronize OccupancyMaxActiveBlocksPerMultiprocessor \
  LaunchKernel; do
  for time in 1 3; do
    status=0
    with_fake FAKE_CUDA_FAULT="cu$call=999@$time" "$OFFRAMP" run "$plan" --paths 20000 --backend cuda --quiet >"$fake/out" 2>"$fake/err" ||
      status=$?
    case $status in
    0) [ "$(wc -l <"$fake/out")" -gt 10 ] || { echo "cu$call, time $time: no results"; failed=1; } ;;
    4) grep -qF "use --backend" "$fake/err" || { echo "cu$call, time $time: no advice in:"; cat "$fake/err"; failed=1; } ;;
    *) echo "cu$call, time $time: exit $status"; cat "$fake/err"; failed=1 ;;
    esac
  done
done

# without NVRTC: the device is listed with what to install, and auto goes to the next back end
rm "$fake/libnvrtc.so.12"
if ! with_fake "$OFFRAMP" devices | grep -q "NVRTC" && ! ls /usr/local/cuda*/lib*/libnvrtc.so* >"$fake/out" 2>&1; then
  echo "without NVRTC the device is listed as if it could be used"
  failed=1
fi
with_fake FAKE_CUDA_FAULT=cuInit=100 OCL_ICD_VENDORS=/nonexistent "$OFFRAMP" run "$plan" --paths 1000 --format json --quiet >"$fake/out"
if ! grep -q '"backend": "cpu"' "$fake/out"; then
  echo "auto does not fall back to the CPU where the driver finds no device"
  failed=1
fi
exit "$failed"
