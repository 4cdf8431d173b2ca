# `make demo` shows the store with example data, `make test` checks and tests everything.
# Each target brings what it needs; the machine has Python 3.11 or newer and make.

.DEFAULT_GOAL := help
SHELL := /bin/sh

# The first Python that is new enough; PYTHON=… chooses another.
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
endif

# As root PostgreSQL runs as another user. A checkout that is closed to others would hide its programs from that
# user, so what is installed goes elsewhere then; VENV=… and DATA=… choose other places.
CLOSED := $(shell [ "$$(id -u)" = 0 ] || exit 0; d=$$PWD; while [ "$$d" != / ]; do \
	case $$(ls -ld "$$d") in (d????????[xt]*) d=$$(dirname "$$d");; (*) echo closed; break;; esac; done)
ELSEWHERE := /var/cache/lrs-$(shell pwd | cksum | cut -d ' ' -f 1)
VENV ?= $(if $(CLOSED),$(ELSEWHERE)/venv,.venv)
DATA ?= $(if $(CLOSED),$(ELSEWHERE)/demo-data,demo/lrs-data)

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SOURCES := lrs projections xapi_profiles tests benchmarks demo docs/auditors
TESTS ?= tests
DEMO_ARGS ?=
# Two processes of tests, each with a PostgreSQL of its own; AT_ONCE= runs one after the other.
AT_ONCE ?= -n 2 --dist loadfile

.PHONY: help
help:  ## Tell what can be made.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

.PHONY: install
install: $(INSTALLED)  ## Install everything into $(VENV).

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where with PYTHON=…"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

.PHONY: demo
demo: $(INSTALLED)  ## Start the store with a family's example data, and say where to look.
	$(BIN)/python -m demo --data-dir $(DATA) $(DEMO_ARGS)

.PHONY: check
check: $(INSTALLED)  ## Format, lint, types, layers.
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: test
test: check  ## Check and test: the one command before every commit.
	$(BIN)/pytest $(AT_ONCE) -m 'not long' $(TESTS)

.PHONY: test-all
test-all: check  ## The long tests as well.
	$(BIN)/pytest $(TESTS)

.PHONY: bench
bench: $(INSTALLED)  ## Measure, as ratios to limits measured in the same run.
	$(BIN)/python -m benchmarks

.PHONY: format
format: $(INSTALLED)  ## Put the code into shape.
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

.PHONY: clean
clean:  ## Remove what these targets made; data folders stay.
	rm -rf $(VENV) $(ELSEWHERE)/venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
