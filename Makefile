# labedge: `make run`, `make test`; the rest is for developers. `make help` lists all.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTHON ?= python3
WORKERS ?= 3  # processes that share the tests: one more than the least machine has cores, since some of them wait

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.PHONY: run
run: setup ## set up and start: the demo lab, or a real one with CONFIG=path
	@exec .venv/bin/labedge run $(if $(CONFIG),--config "$(CONFIG)",) $(ARGS)

.PHONY: setup
setup: .venv/.runtime api/pages/static/vendor/.built ## only set up: environment and pages
	@deploy/system-packages.sh --optional mosquitto

.PHONY: test
test: setup-test ## set up what the tests need and run all of them
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -n $(WORKERS) --dist worksteal --durations 20 $(TESTS)
	@$(PY) -m coverage combine -q
	$(PY) -m tests.house.coverage_bars

.PHONY: check
check: setup-test ## format, lint, types, import contracts, all tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(MAKE) --no-print-directory test

.PHONY: fix
fix: .venv/.dev ## format and mend what can be mended
	$(PY) -m ruff check --fix-only -q .
	$(PY) -m ruff format -q .

.PHONY: bench
bench: setup-test ## measure, each figure beside a peer or limit of the same run
	$(PY) -m bench $(BENCH)

.PHONY: setup-test
setup-test: .venv/.runtime .venv/.dev api/pages/static/vendor/.built peers
	@deploy/system-packages.sh mosquitto mosquitto-clients chromium openssl libreoffice-calc-nogui

.PHONY: peers
peers: .venv/.runtime
	@tests/peers/octoprint/setup.sh

.PHONY: lock
lock: ## make the lock files anew from pyproject.toml
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --upgrade --extra setup pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --upgrade --extra setup --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.venv/.runtime: requirements.lock pyproject.toml deploy/make-venv.sh
	@deploy/make-venv.sh "$(PYTHON)" requirements.lock
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@deploy/make-venv.sh "$(PYTHON)" requirements-dev.lock
	@touch $@

api/pages/static/vendor/.built: package-lock.json deploy/build_pages.py .venv/.runtime
	@$(PY) deploy/build_pages.py
	@touch $@
