# The two commands that do everything on a fresh machine: make demo, make test.

PYTHON ?= python3
PORT ?= 8000
DATA ?= .demo
BIN := .venv/bin
export PIP_CONSTRAINT := constraints.txt

.PHONY: help install demo test check lint dictionaries bench relevance campaign openapi samples clean

help:
	@echo "make demo      ingest the sample library and serve it on http://127.0.0.1:$(PORT)"
	@echo "make test      install what the tests need, and run all checks and tests"
	@echo "make install   only create .venv with the pinned packages, and Debian packages where it may"
	@echo "make bench     measure search and ingest beside other engines"
	@echo "make relevance measure how well search finds what was judged, beside four simple engines"
	@echo "make campaign  the long versions of the kill, random and hostile tests"
	@echo "make openapi   write the API's description anew, after the API was changed on purpose"
	@echo "make samples   build the sample library's files from their sources"

install: .venv/.installed
	@bash .ci/debian demo

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=..." >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.tested-with: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch .venv/.installed $@

# What the tests need from npm. The lockfile names no host: npm takes each package from wherever it is set up to.
NODE_MODULES := tests/js/node_modules/.package-lock.json
$(NODE_MODULES): tests/js/package-lock.json
	npm ci --prefix tests/js --no-progress --loglevel=error
	@touch $@

demo: export LIBRARY_DATA = $(DATA)
demo: export LIBRARY_PORT = $(PORT)
demo: export PYTHONSAFEPATH = 1
demo: install dictionaries
	@$(BIN)/good-practice organisations add --from ingest/samples/organisations.toml
	@$(BIN)/good-practice-ingest add ingest/samples/files --submitted-by "sample library"
	@echo
	@echo "The sample library is on http://127.0.0.1:$(PORT) (all of it is invented). Three searches of the API to try:"
	@echo "  http://127.0.0.1:$(PORT)/api/v1/search?q=vzdelavani+deti+cizincu"
	@echo "  http://127.0.0.1:$(PORT)/api/v1/search?q=unaccompanied+minors&facets=topic,language,year"
	@echo "  http://127.0.0.1:$(PORT)/api/v1/search?q=%D0%B1%D1%96%D0%B6%D0%B5%D0%BD%D1%86%D1%96"
	@$(BIN)/good-practice people add demo@staff.example --organisation severka --role staff
	@echo "The whole API: http://127.0.0.1:$(PORT)/docs. To see the desk as staff of an invented organisation (once, within an hour):"
	@echo "  $$($(BIN)/good-practice people link demo@staff.example)"
	@echo "Ctrl-C ends it."
	@$(BIN)/good-practice-ingest work --follow & worker=$$!; trap 'kill $$worker 2>/dev/null' EXIT INT TERM; \
	$(BIN)/good-practice serve

# Tests start many processes: each would compile the library anew where the environment forbids to keep what is compiled.
check: export PYTHONDONTWRITEBYTECODE =
check: .venv/.tested-with
	@bash .ci/debian test
	@$(MAKE) --no-print-directory --jobs 2 --output-sync dictionaries lint $(NODE_MODULES)
	$(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Seven languages take most of a minute, and whoever first asks for a word would wait for them.
dictionaries: .venv/.installed
	@$(BIN)/python -m library.language

lint: .venv/.tested-with
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache

test: check

bench: .venv/.tested-with
	@$(BIN)/python -m tests.bench $(PART)

relevance: .venv/.tested-with
	$(BIN)/python -m tests.relevance

campaign: export SCHEMATHESIS_EXAMPLES = 25
campaign: export KILL_ROUNDS = 30
campaign: export KILL_FILES = 300
campaign: export FULL_DISK_FILES = 100
campaign: export RANDOM_TEXTS = 100000
campaign: .venv/.tested-with
	$(BIN)/python -m pytest -q -rP tests/ingest/test_kills.py tests/ingest/test_full_disk.py tests/front/test_every_request.py \
		tests/unit/test_hostile_queries.py
	$(BIN)/python -m pytest -q tests/contract

openapi: .venv/.installed
	$(BIN)/python -m library.web.contract > .openapi.json && mv .openapi.json library/web/openapi.json

samples: .venv/.tested-with
	$(BIN)/python -m ingest.samples.build

clean:
	rm -rf .venv .schemathesis .demo .bench .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
