#!/usr/bin/env bash
# Makes the virtual environment VENV with exactly the versions of requirements.txt: venv.sh PYTHON VENV
set -euo pipefail
python=$1 venv=$2
command -v "$python" >/dev/null || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "make: $python is older than Python 3.11; set PYTHON=/path/to/python3.11" >&2
  exit 1
}
echo "setting up $venv with $("$python" --version) (a minute or so, once)"
if ! "$python" -m venv "$venv" 2>/dev/null; then
  # Debian splits venv off the interpreter; virtualenv brings its own pip.
  echo "make: '$python -m venv' does not work here; on Debian: apt-get install python3-venv" >&2
  exit 1
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
touch "$venv/.ready"
