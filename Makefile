# `make run` opens the app, `make test` passes the tests; both set up what they need first.

VENV := .venv
BIN := $(VENV)/bin
# The newest of the Pythons that are known to work.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Two workers by default: more gain nothing on the tests that wait for an app to settle.
WORKERS ?= 2

.PHONY: help run test check format lint types imports bench screenshots clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run-ready  ## set up and open the app (sample stores when the machine has none)
	@$(BIN)/sessiontui --demo-if-empty

test: $(VENV)/.dev-ready  ## set up and run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests

check: $(VENV)/.dev-ready lint types imports test  ## format, lint, types, import rules, tests

format: $(VENV)/.dev-ready  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev-ready
	$(BIN)/mypy

imports: $(VENV)/.dev-ready
	$(BIN)/lint-imports --config pyproject.toml

bench: $(VENV)/.dev-ready  ## measure against the floor of the libraries
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev-ready  ## make the pictures of the README anew from the real app
	$(BIN)/python -m screenshots.generate

clean:  ## remove everything that was set up or built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Some systems ship Python without ensurepip; then the system's pip fills the environment.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
		rm -rf $(VENV); \
		$(PYTHON) -m venv --without-pip $(VENV) && \
		$(PYTHON) -m pip --quiet --python $(VENV)/bin/python install pip; }

$(VENV)/.run-ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "setting up (once)" >&2
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev-ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "setting up for development (once)" >&2
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run-ready
