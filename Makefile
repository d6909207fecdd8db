# The verbs of this project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
SITE := build/site
# Python compiles a module when it is first imported. Most of the installed modules never are.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-warn-conflicts
.DEFAULT_GOAL := help
.PHONY: help install serve watch test check style contract site wheel bench tools lock browser checked

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say make PYTHON=...")'
	@$(PYTHON) -m venv .venv

.venv/run: .venv/packages
	@$(INSTALL) --no-deps -e .
	@touch $@

.venv/packages: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into .venv ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

# What only the tests need is installed at the same time as the other packages, by another core. It has hatchling, too.
.venv/test-packages: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing what the tests need ..."
	@awk 'FNR == NR {others[$$1]; next} /^[^ ]/ {is_own = !($$1 in others)} is_own' requirements.lock $< > $@.txt
	@$(INSTALL) --no-deps --require-hashes -r $@.txt
	@touch $@

.venv/dev: .venv/packages .venv/test-packages
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/run $@

install: .venv/dev ## install everything into .venv

serve: .venv/run ## start the sandbox with its guidance on http://127.0.0.1:8000
	@$(BIN)/lp-guide build --out $(SITE)
	@$(BIN)/lp-sandbox serve --site $(SITE) $(ARGS)

watch: .venv/run ## show the pages while you write them, on http://127.0.0.1:8001
	@$(BIN)/lp-guide watch $(ARGS)

site: .venv/run ## build the guidance pages into build/site
	@$(BIN)/lp-guide build --out $(SITE)

wheel: .venv/dev site ## build a wheel into dist/ that carries contract, sandbox and guidance
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

check: style ## check style, types, imports between packages, contract and pages
	$(BIN)/lp-guide check --strict

style: .venv/dev
	$(NICE) $(BIN)/ruff check .
	$(NICE) $(BIN)/ruff format --check .
	$(NICE) $(BIN)/mypy
	$(NICE) $(BIN)/lint-imports

contract: .venv/run
	$(NICE) $(BIN)/lp-guide check --strict --contract-only

# Chromium is installed while the rest is checked and built.
# Without compiled code each of the hundreds of programs that the tests start would compile all that it imports.
test: export PYTHONDONTWRITEBYTECODE =
test: export LP_TESTS_BUILT_SITE = $(CURDIR)/$(SITE)
# The site takes longest to build of what runs before the tests, so it gets a core of its own.
test: export NICE = nice
test: ## everything: what check does and the built site, then all tests
	@$(MAKE) --no-print-directory --jobs=3 checked browser
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

checked: .venv/dev
	@$(MAKE) --no-print-directory --output-sync site style contract

browser:
	@sh tests/install-chromium

bench: .venv/dev ## measure the sandbox beside its peers, as ratios
	$(BIN)/python bench/run.py $(ARGS)

.venv/tools: requirements-tools.lock tools/package.json .venv/dev
	@echo "Installing the tools to try ..."
	@$(INSTALL) --require-hashes -r requirements-tools.lock
	@npm install --prefix tools --silent
	@touch $@

tools: export LP_TESTS_BUILT_SITE = $(CURDIR)/$(SITE)
tools: .venv/tools site ## try client generators, linters and collections on what is published (needs npm)
	$(BIN)/python -m pytest tools --results $(ARGS)

lock: ## pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra fast --universal --python-version 3.11 --generate-hashes --no-header --quiet -c requirements.lock -o requirements-server.lock
	uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -c requirements.lock -o requirements-dev.lock
	uv pip compile --group build --universal --python-version 3.11 --generate-hashes --no-header --quiet -c requirements-dev.lock -o requirements-build.lock
	uv pip compile pyproject.toml --all-extras --group tools --universal --python-version 3.11 --generate-hashes --no-header --quiet -c requirements.lock -c requirements-dev.lock -o requirements-tools.lock
