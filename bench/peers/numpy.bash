# shellcheck shell=bash
# python_with_numpy: the first of $PYTHON and the usual interpreters that has numpy.
python_with_numpy() {
  local candidate
  for candidate in ${PYTHON:-} python3 /usr/bin/python3; do
    "$candidate" -c 'import numpy' 2>/dev/null && { echo "$candidate"; return; }
  done
  echo "no python3 with numpy: install python3-numpy, or set PYTHON" >&2
  return 1
}
