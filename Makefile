# Each target makes the environment it needs; an unchanged lock makes that a matter of milliseconds.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: help schemas demo test up down rekey lint bench lock clean
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

.venv/.ready: requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed\nhint: make PYTHON=python3.13 ...")'
	@echo "setting up .venv (once per lock file)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/.ready ## the main job on the local stack, start to end
	@$(BIN)/python -m local demo

test: .venv/.ready ## every test
	@$(BIN)/python -m pytest

up: .venv/.ready ## start the local stack and leave it running
	@$(BIN)/python -m local up

down: .venv/.ready ## stop the local stack and all it started
	@$(BIN)/python -m local down

rekey: .venv/.ready ## move the local stack's vault to another key
	@$(BIN)/python -m local rekey

lint: .venv/.ready ## formatter, linter, types, template, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cfn-lint template.yaml

bench: .venv/.ready ## the benchmarks
	@$(BIN)/python -m bench

schemas: .venv/.ready ## write schemas/json from the models
	@$(BIN)/python -m schemas

lock: .venv/.ready ## resolve the lock files anew
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --quiet -o requirements/dev.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet -c requirements/dev.lock -o requirements/runtime.lock

# `sam build` calls these: third-party packages for Lambda's platform, whatever machine builds.
LAMBDA_PLATFORM ?= manylinux_2_28_aarch64
.PHONY: build-TokenizerLayer
build-TokenizerLayer:
	$(PYTHON) -m pip install --quiet --no-deps --require-hashes --only-binary=:all: --python-version 3.13 --implementation cp \
		--platform $(LAMBDA_PLATFORM) --platform manylinux2014_aarch64 --target "$(ARTIFACTS_DIR)/python" -r requirements/runtime.lock
	cp -r tokenizer schemas policies "$(ARTIFACTS_DIR)/python/"

build-%Function:
	cp -r handlers "$(ARTIFACTS_DIR)/"

clean: ## remove what the targets made
	@rm -rf .venv .local .pytest_cache .mypy_cache .ruff_cache
