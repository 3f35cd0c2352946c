#!/usr/bin/env bash
# Makes .venv-octoprint with OctoPrint's virtual printer, a real peer for the tests; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/../../.."
lock=tests/peers/octoprint/requirements.lock
env=.venv-octoprint
python=.venv/bin/python
[ -x "$python" ] || python=python3

if cmp -s "$lock" "$env/.lock" && "$env/bin/python" -c '' 2>/dev/null; then exit 0; fi
echo "Installing OctoPrint's virtual printer into $env …"
rm -rf "$env"
# Everything is locked with its hash and nothing is built here: the one package without wheels (netifaces) is left out
# of the lock by overrides.txt, since the virtual printer asks nothing about networks, so nothing may add it again.
"$python" -m venv "$env"
"$env/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "$lock"
cp "$lock" "$env/.lock"
