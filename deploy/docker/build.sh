#!/usr/bin/env bash
# The image's build: environment and pages in FOLDER, with nothing but Python at hand. Usage: build.sh FOLDER
set -euo pipefail
cd "$1"
deploy/make-venv.sh "${PYTHON:-python3}" requirements.lock
.venv/bin/python deploy/build_pages.py
rm -rf node_modules
.venv/bin/labedge --help >/dev/null
