# The three lines of work: make demo, make test, make check. Each sets up what it needs in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PORT ?= 8001
K ?=
STAMP := pyproject.toml constraints.txt Makefile

ifeq ($(UV),)
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
endif

.DEFAULT_GOAL := help
.PHONY: help install demo serve test check lint types docs format bench clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

install: $(VENV)/core  ## the command .venv/bin/archive, without the tools for working on it

demo: $(VENV)/core  ## crawl the bundled offline world, build the archive, open it in Datasette (PORT=8001)
	$(BIN)/archive demo --port $(PORT)

serve: $(VENV)/core  ## publish ./archive.db
	$(BIN)/archive serve --port $(PORT)

test: $(VENV)/dev  ## the tests (K=words picks some)
	$(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadscope $(if $(K),-k "$(K)")

check: lint types docs test  ## lint, types, docs and the tests: what CI runs

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

docs: $(VENV)/dev  ## generated pages of docs/ are as the code says
	$(BIN)/python -m cogapp --check --diff -U -I docs docs/*.md

format: $(VENV)/dev  ## format the code, write the generated pages anew
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIN)/python -m cogapp -r -U -I docs docs/*.md

bench: $(VENV)/dev  ## measure speed and memory here
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/dates.py
	$(BIN)/python -m benchmarks.publish --articles 2000

clean:  ## remove .venv, caches and the demo
	rm -rf $(VENV) demo build dist ./*.egg-info .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
ifeq ($(UV),)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, not " + sys.version.split()[0] + ": make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
else
	$(UV) venv --quiet --python '>=3.11' $(VENV)
endif

# A current SQLite is wanted, not needed: where there is no wheel the Python's own module serves.
$(VENV)/core: $(STAMP) | $(BIN)/python
	@echo "installing into $(VENV) (a minute, once)"
	$(INSTALL) --constraint constraints.txt --editable .
	@$(INSTALL) --constraint constraints.txt --only-binary :all: pysqlite3 2>/dev/null || echo "no pysqlite3 wheel for this machine: using Python's own sqlite3"
	@touch $@

$(VENV)/dev: $(VENV)/core
	$(INSTALL) --constraint constraints.txt --editable '.[dev]'
	@touch $@
