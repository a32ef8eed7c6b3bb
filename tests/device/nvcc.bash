# The device text under nvcc, without a device at hand; sourced by the tests that need it, which are skipped where there is none. Gives
# $work with print_shape and marked.h in it, $failed, and what follows.
PATH=$PATH:/usr/local/cuda/bin
command -v nvcc >/dev/null || { echo "skipped: there is no nvcc"; exit 77; }
[ -z "${SANITIZE:-}" ] || { echo "skipped: the sanitized library does not link here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
"$CC" -std=c17 -I"$SOURCE/include" -I"$SOURCE/host" "$SOURCE/tests/device/print_shape.c" "$SOURCE/tests/backend/staged_plan.c" \
  "$LIBRARY" -lcjson -lm -ldl -lpthread -o "$work/print_shape"

# The text asks for fused multiply-adds by one name; under another, every fma that is left is a contraction.
cat >"$work/marked.h" <<'END'
static __device__ __forceinline__ float marked(float a, float b, float c) {
  float r;
  asm("{.reg .f32 t; mul.rn.f32 t, %1, %2; add.rn.f32 %0, t, %3;}" : "=f"(r) : "f"(a), "f"(b), "f"(c));
  return r;
}
#define __fmaf_rn marked
END

# compile TEXT GROUP OUTPUT OPTION...: a text that begins with a plan's shape
compile() {
  local text=$1 group=$2 output=$3
  shift 3
  nvcc -std=c++17 -diag-suppress 128,177 -fmad=false -I"$SOURCE/device" -DOFR_GROUP="$group" -DOFR_PART=4096 \
    "-DCONSTANT=static constexpr __device__ const" "$@" "$text" -o "$output"
}

# forbid FILE PATTERN WHAT
forbid() {
  local found
  found=$(grep -cE "$2" "$1" || true)
  [ "$found" -eq 0 ] && return
  echo "$(basename "$1"): $found $3, such as $(grep -oE -m1 "$2.*" "$1")"
  failed=1
}

# The targets that this nvcc knows; says which it does not.
known_targets() {
  local known target
  known=$(nvcc --list-gpu-code)
  for target in sm_80 sm_86 sm_89 sm_90 sm_100 sm_120; do
    if grep -qx "$target" <<<"$known"; then echo "$target"; else echo "$target: this nvcc does not know it" >&2; fi
  done
}

# What ptxas said of a kernel in $work/ptxas, on a line.
resources() { grep -A2 "Function properties for $1" "$work/ptxas" | grep -oE '[0-9]+ registers|[0-9]+ bytes [a-z ]+' | paste -sd, | sed 's/,/, /g'; }
