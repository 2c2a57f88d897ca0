# What people do here, by name. PYTHON is the interpreter of an environment with the extras.
PYTHON ?= python3

.PHONY: help test nightly lint types bench docs

help:  ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

test:  ## the whole test suite
	$(PYTHON) -m pytest -n auto --dist worksteal

TESTS ?= tests
ONLY ?=

nightly:  ## properties, a hundred thousand examples each: TESTS=a file, ONLY=a part (pytest -k)
	HYPOTHESIS_PROFILE=nightly $(PYTHON) -m pytest -m hypothesis --hypothesis-show-statistics \
	  $(TESTS) -k '$(ONLY)'

lint:  ## ruff, the layers, spelling
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command as main; main()'
	typos

types:  ## mypy --strict
	$(PYTHON) -m mypy --strict iamlogic

bench:  ## a short benchmark on the sample that ships, and the cost of import
	$(PYTHON) benchmarks/compare_history.py benchmarks/data/history_sample.jsonl --direct 10
	$(PYTHON) benchmarks/import_time.py

docs:  ## the site, into site/
	$(PYTHON) -m mkdocs build --strict
