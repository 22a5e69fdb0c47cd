#!/usr/bin/env bash
# Writes requirements.txt: what pyproject.toml asks for, resolved anew and pinned exactly: lock.sh PYTHON
set -euo pipefail
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
"$1" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check setuptools==80.9.0 '.[embedded,test,bench]'
{
  echo "# Exact versions of everything that is installed; made by 'make lock' from pyproject.toml."
  # redis needs it on Python 3.11.0 to 3.11.2 only, so that a lock made on a later one would miss it.
  echo 'async-timeout==5.0.1 ; python_full_version < "3.11.3"'
  "$venv/bin/python" -m pip freeze --disable-pip-version-check --all --exclude pip --exclude pinlian
} >requirements.txt
