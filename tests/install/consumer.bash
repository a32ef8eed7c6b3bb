# Sourced by the tests beside it: installs the build into a folder of its own, then moves that folder (an installation has to
# work wherever it lies), and builds and runs the consumer against it.
set -euo pipefail

# consume METHOD [cmake argument...]
consume() {
  local method=$1 work flags=
  shift
  if ! command -v c++ >/dev/null 2>&1 && [ -z "${CXX:-}" ]; then
    echo "skipped: there is no C++ compiler"
    exit 77
  fi
  work=$BUILD/tests/install/$method
  rm -rf "$work"
  mkdir -p "$work"
  "$CMAKE" --install "$BUILD" --config "$CONFIG" --prefix "$work/first" >"$work/install.log" || {
    cat "$work/install.log"
    exit 1
  }
  mv "$work/first" "$work/usr"

  local headers
  headers=$(cd "$work/usr/include" && find . -type f | sort)
  if grep -qv '^\./offramp/' <<<"$headers"; then
    printf 'headers outside include/offramp were installed:\n%s\n' "$headers"
    exit 1
  fi

  if [ -n "$SANITIZE" ]; then flags=-fsanitize=$SANITIZE; fi
  export CFLAGS=$flags CXXFLAGS=$flags
  # the folder as an expression: generators that hold several configurations add none of their own
  "$CMAKE" -S "$SOURCE/tests/install" -B "$work/build" -G "$GENERATOR" "-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=$<1:$work/build>" \
    "-DCMAKE_BUILD_TYPE=$CONFIG" "-DMETHOD=$method" "-DVERSION=$VERSION" "-DCMAKE_C_COMPILER=$CC" "$@"
  "$CMAKE" --build "$work/build" --config "$CONFIG"

  local said
  said=$("$work/build/consumer")
  echo "the consumer says $said"
  [ "$said" = "$VERSION" ]
  if [ -x "$work/usr/bin/offramp" ]; then
    "$work/usr/bin/offramp" version
    # as the program's first screen has it, from where the examples lie
    (cd "$work"/usr/share/doc/offramp && "$work/usr/bin/offramp" check examples/enterprise.json)
  fi
}
