#!/usr/bin/env bash
# What bench/gpu_pack.sh makes runs anywhere: the program with its libraries, and bench/gpu.sh, which tells digests that differ.
# shellcheck source=SCRIPTDIR/../cli/cli.bash
. "$SOURCE/tests/cli/cli.bash"
if [ -n "${SANITIZE:-}" ]; then
  echo "skipped: sanitizers bring libraries of their own"
  exit 77
fi
expect 0 bash "$SOURCE/bench/gpu_pack.sh" here/offramp-gpu
holds out "offramp-gpu.tar.gz" "glibc"
[ "$(wc -c <here/offramp-gpu.tar.gz)" -lt $((40 << 20)) ] || fail "more than 40 MiB"
expect 1 bash "$SOURCE/bench/gpu_pack.sh" here/offramp-gpu
holds err "there already"

# of the system it takes libc and what belongs to it
for program in here/offramp-gpu/build/offramp here/offramp-gpu/build/tests/*/*; do
  [ -x "$program" ] || continue
  LD_LIBRARY_PATH=$PWD/here/offramp-gpu/lib ldd "$program" | awk '$2 == "=>" { print $3 }' |
    grep -vE "^$PWD/|/(libc|libm|libdl|libpthread|librt)\.so" && fail "$program needs these of the system"
done

# unpacked elsewhere, with nothing in the environment
mkdir elsewhere
mv here/offramp-gpu.tar.gz elsewhere
rm -r here
tar -C elsewhere -xzf elsewhere/offramp-gpu.tar.gz
pack=$PWD/elsewhere/offramp-gpu
bare=(env -i PATH=/usr/bin:/bin OCL_ICD_VENDORS=/nonexistent CUDA_VISIBLE_DEVICES= XDG_CACHE_HOME="$XDG_CACHE_HOME" QUICK=1)
expect 0 "${bare[@]}" "$pack/offramp" run "$pack/examples/enterprise.json" --backend cpu "${small[@]}"
holds out "one promise, two clouds"
expect 0 "${bare[@]}" bash "$pack/bench/gpu.sh" results facts digests flagship
holds out "reference-size cpu" "openai-azure cpu" "results: $PWD/results"
holds results/summary.md "4 the same, 0 other" "no CUDA device" "not measured" "QUICK"
lacks results/summary.md "reached"
holds results/flagship.txt "cpu first"
expect 2 "${bare[@]}" bash "$pack/bench/gpu.sh" results fact
holds err "no step is called fact"

# a device that computes something else
cat >other <<END
#!/usr/bin/env bash
if [ "\$1" = devices ]; then
  echo '{"backend": "cuda", "device": 0, "name": "Other", "detail": "", "gpu": true, "usable": true}'
  exec "$pack/offramp" "\$@"
fi
for each; do if [ "\$each" = cuda ]; then set -- "\${@/#cuda/cpu}" --seed 99; fi; done
exec "$pack/offramp" "\$@"
END
chmod +x other
expect 1 "${bare[@]}" OFFRAMP="$PWD/other" bash "$pack/bench/gpu.sh" others facts digests
holds others/digests.txt "reference-size cpu" "reference-size cuda"
holds others/summary.md "4 the same, 4 other" "enterprise cuda" "# Other"

done_testing
