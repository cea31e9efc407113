# Everything that a developer or an administrator runs from a checkout. Needs Python 3.11+ and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS   ?=
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help demo test test-faults test-e2e test-corpus cases-update check format bench fuzz soak lock man wheel clean

help: ## List what can be made
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/.run ## Send sample mail through a real gateway on loopback (ARGS=--exit ends by itself)
	@$(BIN)/lazaretto demo $(ARGS)

test: $(VENV)/.dev ## Run the whole suite that needs no outside server, on all processors
	$(BIN)/pytest -n auto --dist worksteal -m "not alone and $(SUITE)" $(ARGS)$(NONE_CHOSEN)
	$(BIN)/pytest -m "alone and $(SUITE)" $(ARGS)$(NONE_CHOSEN)

SUITE := not e2e and not corpus and not fuzz and not soak
# Whoever chooses tests may have chosen none of the one or of the other sort: that is pytest's 5.
NONE_CHOSEN = $(if $(ARGS), || [ $$? -eq 5 ])

test-faults: $(VENV)/.dev ## Run the fault matrix alone: kills, a bad next hop, bad clients, crowds
	$(BIN)/pytest tests/faults $(ARGS)

test-e2e: $(VENV)/.dev ## Run against a real Postfix on both sides (needs postfix and swaks)
	$(BIN)/pytest -m e2e $(ARGS)

test-corpus: $(VENV)/.dev ## Run against a labelled corpus (LAZARETTO_CORPUS names its folder)
	$(BIN)/pytest -m corpus $(ARGS)

cases-update: $(VENV)/.dev ## Write the golden cases anew; read the diff
	LAZARETTO_CASES_UPDATE=1 $(BIN)/pytest -q tests/mime/test_tricks.py -k record

check: $(VENV)/.dev ## Lint, types, layers, sample settings, built-in rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lazaretto config check --config config/lazaretto.toml
	$(BIN)/lazaretto config check --config config/minimal.toml
	$(BIN)/lazaretto rules check

format: $(VENV)/.dev ## Let ruff write the form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## Measure, and print figures with their conditions
	$(BIN)/python -m bench $(ARGS)

fuzz: $(VENV)/.dev ## Feed random bytes to parsers and sessions, for SECONDS each
	LAZARETTO_FUZZ_SECONDS=$(SECONDS) $(BIN)/pytest -m fuzz $(ARGS)

soak: $(VENV)/.dev ## Kill the gateway again and again under load for SECONDS, and count the mail
	LAZARETTO_SOAK_SECONDS=$(SECONDS) $(BIN)/pytest -s -m soak $(ARGS)

lock: $(VENV)/.dev ## Write the hash-checked lock files anew
	$(BIN)/python -m uv pip compile $(LOCK) pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile $(LOCK) pyproject.toml --extra tui -c requirements.txt -o requirements-tui.txt
	$(BIN)/python -m uv pip compile $(LOCK) --group build -o requirements-build.txt
	$(BIN)/python -m uv pip compile $(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

LOCK := --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11

man: $(VENV)/.run ## Write the man page and what shells complete by into build/
	@$(BIN)/python -m gateway.cli.manual build

wheel: $(VENV)/.dev ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean: ## Remove everything that was made
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("lazaretto needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt requirements-build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements.txt -r requirements-build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(PIP) install --require-hashes --no-deps -r requirements-dev.txt
	@touch $@
