SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install run test bench plots lint format contract lock clean browser spark

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## make .venv from the lock file (does nothing when it is up to date)

# The lock decides every version and hash; the project itself goes in editable, built by the locked hatchling.
$(STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check
	@touch $@

run: install ## migrate, load the demo network, print what to try, serve on 127.0.0.1:$PORT
	$(BIN)/supplychain demo serve --port $(PORT)

test: install browser spark ## the whole suite; PYTEST="-k flags -x" narrows it
	$(BIN)/pytest -n auto --dist loadfile $(PYTEST)

bench: install ## measure beside the plain ways in the same run; SIZE=M|L: the goals of the cascade at that size alone
	$(BIN)/python -m $(if $(filter-out S,$(SIZE)),bench.goals,bench)
	$(BIN)/python -m bench.plots

plots: install ## docs/measured.md and the pictures of docs/ anew, out of bench/results/
	$(BIN)/python -m bench.plots

lint: install ## ruff, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

contract: install ## write down the API's description anew, for the test that compares it
	$(BIN)/supplychain openapi --output tests/openapi.json

# Not after install: that would ask for what pyproject.toml has and the lock files lack yet.
lock: ## resolve every dependency anew and write both lock files
	@test -x $(BIN)/uv || $(MAKE) --no-print-directory install
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra spark -c requirements-dev.lock pyproject.toml -o requirements-spark.lock

# The cascade on a cluster is an extra of half a gigabyte; where Java is missing its tests say so and are skipped.
spark: install
	@command -v java >/dev/null || exit 0; test $(VENV)/.spark -nt requirements-spark.lock \
	  || { $(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock && touch $(VENV)/.spark; }

# The page tests drive the system's Chromium; who is not root and has none sees them skipped.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || test "$$(id -u)" != 0 \
	  || ! command -v apt-get >/dev/null \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade

clean: ## remove what the other targets made, except instance/
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
