# What a person types. Everything is made by .ci/bootstrap.py, which starts at once the second time.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
BOOTSTRAP := $(PYTHON) .ci/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run setup test lint format bench demo docs lock rehearse package soak feeds

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

run: ## open the demo city
	@$(BOOTSTRAP) --window
	@$(VENV_PYTHON) main.py demo

setup: ## make .venv with every extra and the test tools
	@$(BOOTSTRAP) --all

test: ## all checks and tests; ARGS="-k name" chooses, JOBS=1 runs them in one process
	@$(BOOTSTRAP) --all
	@$(VENV_PYTHON) -m pytest -n $(or $(JOBS),auto) --maxprocesses 4 --dist loadfile \
	    --cov --cov-report=term $(ARGS)

lint: ## ruff, mypy and the rules of who imports whom
	@$(BOOTSTRAP) --extra test
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo

format: ## write the code the one way
	@$(BOOTSTRAP) --extra test
	@$(VENV_PYTHON) -m ruff check --fix --quiet . || true
	@$(VENV_PYTHON) -m ruff format .

bench: ## run the benchmarks, print JSON, and measure other programs beside into docs/benchmarks.md
	@$(BOOTSTRAP) --all --bench
	@$(VENV_PYTHON) main.py bench
	@$(VENV_PYTHON) -m benchmarks.peers

rehearse: ## tell a story for hours in minutes, while screens are unplugged and the process is killed
	@$(BOOTSTRAP) --all
	@$(VENV_PYTHON) -m benchmarks.rehearsal $(ARGS)

package: ## a self-contained application for this system, in build/package, started once without network
	@$(BOOTSTRAP) --all
	@$(VENV_PYTHON) .ci/package/make.py

soak: ## fly over a streamed city of a million buildings for an hour; ARGS="--seconds 600"
	@$(BOOTSTRAP) --all
	@$(VENV_PYTHON) -m benchmarks.soak $(ARGS)

feeds: ## a window on 10,000 sensors at 5,000 messages a second for ten minutes; ARGS="--seconds 60"
	@$(BOOTSTRAP) --all
	@$(VENV_PYTHON) -m benchmarks.feeds --window --seconds 600 $(ARGS)

demo: ## rebuild the demo city from its script
	@$(BOOTSTRAP)
	@$(VENV_PYTHON) -m twin.synth

docs: ## build the pages of authors into build/docs
	@$(BOOTSTRAP) --extra docs
	@$(VENV_PYTHON) -m sphinx -q -W --keep-going -b html docs build/docs
	@echo build/docs/authors.html

lock: ## pin the newest releases that fit pyproject.toml
	@$(BOOTSTRAP) --extra dev
	@.venv/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url \
	    --python-version 3.11 --all-extras --upgrade --quiet -o requirements.lock
