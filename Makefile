# The commands of the house. `make demo` and `make test` need a Python >= 3.11 and nothing else; both set up everything first.

PYTHON := .venv/bin/python
PORT ?= 8000
FOR ?= test
TEMPLATES = $$(find . -path ./.venv -prune -o -path ./var -prune -o -path '*/templates/*' -name '*.html' -print)

.PHONY: help setup demo test lint types format lock

help:
	@echo "make demo    set up and serve http://127.0.0.1:$(PORT)/ with fictional data (PORT=…, NOTICE=<policy id> for another)"
	@echo "make test    set up, check the code and run all tests"
	@echo "make setup   only set up .venv and the system parts"
	@echo "make lint    ruff, djade, layers, migrations    make types   mypy"
	@echo "make format  rewrite code and templates         make lock    resolve requirements.lock anew (needs uv)"

setup:
	@sh gme_portal/embedded/setup.sh $(FOR)

demo: FOR = demo
demo: setup
	@$(PYTHON) -m gme_portal.embedded --demo --port $(PORT) $(if $(NOTICE),--notice $(NOTICE))

test: setup
	@$(MAKE) --no-print-directory lint types
	$(PYTHON) -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	@! grep -nE 'https?://|file://' requirements.lock || (echo "requirements.lock names a host: use make lock" && false)
	.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	.venv/bin/lint-imports
	GME_MODE=test $(PYTHON) manage.py check
	GME_MODE=test $(PYTHON) -W "ignore:Got an error checking" manage.py makemigrations --check --dry-run

types:
	$(PYTHON) -m mypy

format:
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	.venv/bin/djade --target-version 5.2 $(TEMPLATES)

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --group embedded --group dev pyproject.toml -o requirements.lock
	@! grep -nE 'https?://|file://' requirements.lock
