#!/usr/bin/env bash
# Makes .venv with the locked packages and the labedge command. Usage: make-venv.sh PYTHON LOCKFILE
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 lock=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "labedge needs Python 3.11 or newer; $("$python" --version 2>&1) is too old. Install python3.11 and run: make PYTHON=python3.11 run" >&2
  exit 2
}
if ! .venv/bin/python -c '' 2>/dev/null; then
  rm -rf .venv
  "$python" -c 'import ensurepip' 2>/dev/null || deploy/system-packages.sh python3-venv
  "$python" -m venv .venv
fi
if [ "$lock" = requirements.lock ] && [ -e .venv/.dev ]; then
  lock=requirements-dev.lock # the developers' environment contains the other; do not take packages away
fi
echo "Installing the packages of $lock …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
# The first start need not compile.
.venv/bin/python -m compileall -q api drivers edge telemetry
