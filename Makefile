# Everything a newcomer needs. Each target works as the first command on a fresh clone.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
TESTS ?= tests
# A process that is done takes over half of what another one still has.
TEST = $(PY) -m pytest -n auto --dist worksteal
DATA ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast lint types check evaluate train bench oracle lock docs clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Livedesk needs Python 3.11 to 3.13; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(RUNTIME)

install: $(RUNTIME) ## The virtual environment, with what the bot needs to run

demo: $(RUNTIME) ## A show in a local Slack workspace, with everything Livedesk does (docs/demo.md)
	$(PY) bot.py demo

test: $(DEV) ## All tests, on SQLite and PostgreSQL, in parallel
	$(TEST) $(TESTS)

test-fast: $(DEV) ## The tests that need neither PostgreSQL nor a browser
	$(TEST) $(TESTS) -m "not postgres and not browser and not slow"

lint: $(DEV) ## Formatting and lint
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .

types: $(DEV) ## mypy, strict
	$(VENV)/bin/mypy

check: lint ## What CI runs: types beside the tests, whose processes wait now and then
	@$(MAKE) --no-print-directory --jobs=2 types test

evaluate: $(DEV) ## Measure on outside data: make evaluate DATA=dir
	@test -n "$(DATA)" || { echo "Say where the data is: make evaluate DATA=dir"; exit 2; }
	$(PY) -m benchmarks.evaluate --data "$(DATA)"

train: $(DEV) ## Train the models that read every comment anew: make train DATA=dir
	@test -n "$(DATA)" || { echo "Say where the data is: make train DATA=dir"; exit 2; }
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PY) -m benchmarks.training.train --data "$(DATA)"
	$(PY) -m benchmarks.training.language

bench: $(DEV) ## Speed and latency, as docs/performance.md shows them
	$(PY) -m benchmarks.run_all

oracle: $(DEV) ## Every change of clocks from 2020 to 2037, a kill at every step of every timer, and every story on both databases (long)
	LIVEDESK_ORACLE=full $(TEST) -o faulthandler_timeout=7200 tests/desk/oncall tests/handlers/commands/test_oncall_fuzz.py tests/stories

docs: $(DEV) ## Make the generated pages and files again
	$(PY) bot.py doctor --write-docs

lock: ## Resolve the locks anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove the virtual environment and what the bot keeps in var/
	rm -rf $(VENV) var
