# Commands of every day. All of them first make .venv when it is missing or older than a pyproject.toml.
#
#   make                     check + test
#   make run                 the whole journey on the bundled sample, then a running server
#   make run MAIL=path       the same with your own mbox, Maildir or folder of EML;  ARGS=--exit ends instead
#   make test ARGS="-k x"    tests; ARGS go to pytest, CORPUS=dir adds the tests that need a large corpus,
#                            WORKERS=n processes share them (as many as cores; 0 is none beside pytest itself)
#   make check               format, lint, types, generated files fresh
#   make bench CORPUS=dir    our speed against its peers
#   make docs                write the generated files anew

BIN   := .venv/bin
READY := .venv/.ready
SHELL := /bin/sh
WORKERS ?= auto

.PHONY: all check test run bench docs clean
.DEFAULT_GOAL := all

all: check test

$(READY): pyproject.toml $(wildcard clients/*/pyproject.toml) scripts/setup
	@scripts/setup .venv
	@touch $@

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m scripts.generate --check

test: $(READY)
	$(if $(CORPUS),CORPUS="$(CORPUS)") $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# Only a MAIL given to make counts: login shells export MAIL=/var/mail/<user>, and nobody asked to import that.
run: $(READY)
	$(BIN)/postroom demo $(if $(filter command,$(firstword $(origin MAIL))),--mail "$(MAIL)") $(ARGS)

bench: $(READY)
	$(if $(CORPUS),CORPUS="$(CORPUS)") $(BIN)/python -m benchmarks $(ARGS)

docs: $(READY)
	$(BIN)/python -m scripts.generate

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
