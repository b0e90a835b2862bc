# Everything a developer does. `make` alone prints this list.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
V := .venv/bin
STAMPS := .make

.PHONY: help setup demo dev test soak lint format bench screenshots docs messages lock release clean

help:  ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: setup  ## set up everything, load the sample district, serve it at 127.0.0.1:8000
	@$(V)/junheng demo

dev: setup  ## serve the site for development, with the asset server beside it
	@$(V)/junheng serve --dev

test: setup $(STAMPS)/spark  ## set up everything, run the whole suite on both stores
	@$(V)/python tools/test.py

soak: setup $(STAMPS)/spark  ## the long proofs: kills, full matrices, both stores
	@$(V)/python tools/test.py --soak

lint: setup  ## ruff, mypy --strict, import contracts, templates, scripts, translations
	$(V)/ruff check .
	$(V)/ruff format --check .
	JUNHENG_MODE=test $(V)/mypy
	$(V)/lint-imports
	$(V)/djlint --quiet --lint src/junheng
	$(V)/python tools/frontend.py check
	$(V)/python tools/messages.py check

format: setup  ## put code into the house form
	$(V)/ruff check --fix .
	$(V)/ruff format .

bench: setup  ## measure against peers in the same run; writes docs/benchmarks.md
	$(V)/python -m benchmarks

screenshots: setup  ## take the pictures of README and docs
	$(V)/python tools/screenshots.py

docs: setup  ## rebuild the generated reference pages
	$(V)/python tools/reference.py

messages: setup  ## extract sentences to translate into the Chinese catalogues, and compile them
	$(V)/python tools/messages.py extract
	$(V)/python tools/messages.py compile

release: setup  ## write the offline bundle of the commit that is checked out into dist/
	@$(V)/python tools/release.py

lock: setup  ## resolve the requirements anew, with hashes
	@for f in uv base dev spark; do \
	  $(V)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-header requirements/$$f.in -o requirements/$$f.txt; done

clean:  ## remove what make built (the demo's data in var/ stay)
	rm -rf .venv .make src/junheng/web/static/dist frontend/node_modules

# --- set-up, each step once ----------------------------------------------------------------------

setup: $(STAMPS)/python $(STAMPS)/system $(STAMPS)/frontend $(STAMPS)/messages

$(V)/uv: requirements/uv.txt
	@echo "[setup] virtual environment"
	@test -x $(V)/pip || $(PYTHON) -m venv .venv
	@$(V)/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/python: $(V)/uv requirements/base.txt requirements/dev.txt pyproject.toml
	@mkdir -p $(STAMPS)
	@echo "[setup] Python packages"
	@$(V)/uv pip install -q --require-hashes -r requirements/base.txt -r requirements/dev.txt
	@$(V)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# Never fails: what cannot be installed is named, with the one command that installs it.
$(STAMPS)/system: tools/system_packages.sh
	@mkdir -p $(STAMPS)
	@bash tools/system_packages.sh
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/python frontend/package-lock.json $(shell find frontend/src frontend/*.* -type f 2>/dev/null)
	@echo "[setup] scripts, styles, fonts"
	@$(V)/python tools/frontend.py build
	@touch $@

$(STAMPS)/messages: $(STAMPS)/python $(wildcard src/junheng/locale/zh_Hans/*.po)
	@$(V)/python tools/messages.py compile
	@touch $@

# Without Java the Spark conformance tests say that they were skipped.
$(STAMPS)/spark: $(STAMPS)/python requirements/spark.txt
	@if command -v java >/dev/null; then echo "[setup] Spark"; \
	  $(V)/uv pip install -q --require-hashes -r requirements/spark.txt; \
	else echo "[setup] no java on the path: Spark conformance tests will be skipped"; fi
	@touch $@
