# shellcheck shell=bash
# Libraries on a machine where little is installed: where gpu.sh finds what came with it, NVRTC, and NVIDIA's OpenCL.

# with_library FOLDER: behind those already named; the machine's own come after it, so it is only for what they lack
with_library() { export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$1; }

# has_library NAME: the loader finds it without our help
has_library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null; }

# find_libraries ROOT PROGRAM SCRATCH: ROOT holds the project, or what gpu_pack.sh made of it
find_libraries() {
  local root=$1 program=$2 scratch=$3 each packages
  PATH=$PATH:/usr/local/cuda/bin # nvcc's neighbours: ncu, compute-sanitizer
  if [ -d "$root/lib" ]; then # a folder that gpu_pack.sh made
    if ! "$program" version >/dev/null 2>&1 || ldd "$root"/build/tests/*/* 2>/dev/null | grep "not found" >/dev/null; then
      with_library "$root/lib"
    fi
    has_library libOpenCL.so.1 || with_library "$root/lib/opencl"
  fi
  if ! has_library libnvrtc.so; then
    packages=$("${PYTHON:-python3}" -c 'import nvidia; print(list(nvidia.__path__)[0])' 2>/dev/null) # pip's copies
    for each in /usr/local/cuda/lib64 /usr/local/cuda/targets/*/lib "${packages:-/nonexistent}"/*/lib; do
      compgen -G "$each/libnvrtc.so.*" >/dev/null || continue
      with_library "$each"
      break
    done
  fi
  # A container may hold the driver's OpenCL, and nothing that tells the loader of it.
  if ! grep -qs nvidia /etc/OpenCL/vendors/*.icd && has_library libnvidia-opencl.so.1 && [ -z "${OCL_ICD_VENDORS:-}" ]; then
    mkdir "$scratch/vendors"
    cp /etc/OpenCL/vendors/*.icd "$scratch/vendors" 2>/dev/null
    echo libnvidia-opencl.so.1 >"$scratch/vendors/nvidia.icd"
    export OCL_ICD_VENDORS=$scratch/vendors
  fi
}
