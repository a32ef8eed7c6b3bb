# shellcheck shell=bash
# python_with MODULE: the first of $PYTHON and the usual interpreters that has it.
python_with() {
  local candidate
  for candidate in ${PYTHON:-} python3 /usr/bin/python3; do
    "$candidate" -c "import $1" 2>/dev/null && { echo "$candidate"; return; }
  done
  echo "no python3 with $1: install it (python3-$1, or pip install $1), or set PYTHON" >&2
  return 1
}
