# make run    the demo, on a machine with Python 3.11+ and make      make check  style, types, imports
# make setup  the development environment                            make test   every suite
# make bench  timings                                                make quality  figures of docs/quality.md
# make scale  servers killed and links cut, while you watch
SHELL := /bin/sh
.SHELLFLAGS := -euc
.DELETE_ON_ERROR:
.PHONY: run setup check test scale services bench quality wheel clean

PYTHON ?= $(shell deploy/find-python)
BIN := .venv/bin
# -qq leaves errors and drops warnings about whatever indexes this machine has.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --constraint constraints.txt
# Ours too, once: where PYTHONDONTWRITEBYTECODE is set, every start would compile every file again.
COMPILE := $(BIN)/python -m compileall -q bot conversation handoff knowledge_base runtime widget
# What is installed belongs to these two files: another content, another stamp.
KEY := $(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
CORE := .venv/.core-$(KEY)
DEV := .venv/.dev-$(KEY)
PORT ?= $(or $(SVARDESK_PORT),8000)

run: $(CORE)
	@SVARDESK_PORT=$(PORT) exec $(BIN)/svardesk demo

setup: $(DEV)
	@echo "Ready: make run, make check, make test."

$(BIN)/python:
	@test -n "$(PYTHON)"
	@echo "Making a virtual environment in .venv"
	@"$(PYTHON)" -m venv .venv

$(CORE): | $(BIN)/python
	@if [ ! -e $(DEV) ]; then echo "Installing Svardesk (a minute or two)"; $(PIP) --editable .; fi
	@$(COMPILE)
	@rm -f .venv/.core-*
	@touch $@

# torch first and alone, from its own index where that can be reached: the ordinary build for Linux brings gigabytes of
# GPU libraries that no test needs.
TORCH_INDEX := https://download.pytorch.org/whl/cpu
$(DEV): | $(BIN)/python
	@echo "Installing the development environment (several minutes)"
	@index=""; \
	if $(BIN)/python -c 'import urllib.request as r; r.urlopen("$(TORCH_INDEX)/torch/", timeout=5)' 2>/dev/null; then \
	  index="--extra-index-url $(TORCH_INDEX)"; \
	fi; \
	$(PIP) $$index torch==2.13.0
	@$(PIP) --editable ".[dev,scale,sentence-transformers]"
	@rm -f .venv/.dev-* .venv/.core-*
	@touch $@ $(CORE)

check: $(DEV)
	@command -v npx >/dev/null || { echo "make check needs Node.js for the types of the browser code: apt-get install nodejs npm"; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npx --yes --package typescript@5.9 -- tsc --project widget/tsconfig.json

# The servers that tests run against. Only root may install them; everybody else is told their names.
services:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing="$$missing postgresql"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	command -v nginx >/dev/null || test -x /usr/sbin/nginx || missing="$$missing nginx-light"; \
	command -v openssl >/dev/null || missing="$$missing openssl"; \
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"; \
	test -x /usr/bin/chromium || test -x /usr/bin/chromium-browser || test -x /usr/bin/google-chrome || missing="$$missing chromium"; \
	test -n "$$missing" || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing$$missing"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get -qq update && apt-get -qq install --yes --no-install-recommends $$missing >/dev/null; \
	else \
	  echo "The tests need these packages of your system:$$missing"; exit 1; \
	fi

test: $(DEV) services
	@$(BIN)/python -m pytest $(TESTS)

# Servers killed and links cut while one watches: about an hour; SCALE=--short for minutes of it.
scale: $(DEV) services
	@$(BIN)/python -m tests.scale $(SCALE)

bench: $(DEV)
	@$(BIN)/python -m tests.bench

# SETS=FOLDER: the public question sets, which docs/quality.md tells how to get; without it the demo's questions alone.
quality: $(DEV)
	@$(BIN)/python -m tests.bench.quality $(SETS)

wheel: $(DEV)
	@$(PIP) hatchling
	@$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
