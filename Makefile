# Each target makes the environment it needs; an unchanged lock makes that a matter of milliseconds.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE = 1
MAKEFLAGS += --no-print-directory

.PHONY: help schemas demo test up down rekey verify-audit lint bench load fuzz docs lock sbom clean build build-TokenizerLayer
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.venv/.ready: requirements/dev.lock pyproject.toml consumer/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed\nhint: make PYTHON=python3.13 ...")'
	@echo "setting up .venv (once per lock file)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --editable ./consumer
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

verify-audit: .venv/.ready ## check the audit trail; ARGS="--stack NAME ..." for another than the local one
	@$(BIN)/python -m audit $(ARGS)

lint: .venv/.ready .venv-scan/.ready ## formatter, linter, types, import rules, template, secrets, licences, locks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cfn-lint template.yaml docs/examples/*.yaml
	@$(BIN)/python -m checks

# The scanners' boto3 is another than ours, so they have an environment of their own (290 MB).
.venv-scan/.ready: requirements/scan.lock requirements/validate.lock
	@echo "setting up .venv-scan (once per lock file)"
	@rm -rf .venv-scan
	@$(PYTHON) -m venv .venv-scan
	@.venv-scan/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/scan.lock
	@.venv-scan/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/validate.lock
	@touch $@

MINUTES ?= 5
fuzz: .venv/.ready ## every parser that outsiders reach, fed what nobody would send; MINUTES=5
	@$(BIN)/python -m tests.fuzz $(MINUTES)

bench: .venv/.ready ## the benchmarks
	@$(BIN)/python -m bench

load: .venv/.ready ## the load test, on the local stack; LOAD="--stack NAME --orders-per-second 20 --run-time 5m"
	@$(BIN)/locust --locustfile load/locustfile.py --headless --only-summary --loglevel WARNING --run-time 60s $(LOAD)

schemas: .venv/.ready ## write schemas/json, the consumers' kit, the lake's tables and what else follows from the models
	@$(BIN)/python -m schemas
	@$(BIN)/python -m lake.resources

docs: .venv/.ready ## draw the pictures of docs/architecture.md anew, and write docs/reference.md
	@$(BIN)/python -m pages

lock: .venv/.ready ## resolve the lock files anew
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --quiet -o requirements/dev.lock
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet -c requirements/dev.lock -o requirements/runtime.lock
	@$(BIN)/uv pip compile --group sam --universal --python-version 3.11 --generate-hashes --quiet -o requirements/sam.lock
	@$(BIN)/uv pip compile --group scan --universal --python-version 3.11 --generate-hashes --quiet -o requirements/scan.lock
	@$(BIN)/uv pip compile --group validate --no-deps --universal --python-version 3.11 --generate-hashes --quiet -o requirements/validate.lock

sbom: .venv/.ready ## the bill of materials of what runs on Lambda: build/order-tokenizer.cdx.json
	@$(BIN)/python -m checks.sbom build/order-tokenizer.cdx.json
	@echo "build/order-tokenizer.cdx.json"

# SAM's command pins click, cfn-lint and botocore against ours, so it has an environment of its own (340 MB).
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY = 0
.venv-sam/.ready: requirements/sam.lock
	@echo "setting up .venv-sam (once per lock file)"
	@rm -rf .venv-sam
	@$(PYTHON) -m venv .venv-sam
	@.venv-sam/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/sam.lock
	@touch $@

ARCH ?= arm64
export ARCH
build: .venv/.ready .venv-sam/.ready ## what is deployed, with sizes and import times; ARCH=x86_64 for the other processor
	@$(SAM) validate --lint
	@$(SAM) build --parameter-overrides Architecture=$(ARCH)
	@$(BIN)/python -m deployment report --architecture $(ARCH) .aws-sam/build

# `sam build` calls these, in the source folder (samconfig.toml). SAM tells neither the architecture; ARCH does.
build-TokenizerLayer: .venv/.ready
	@$(BIN)/python -m deployment layer --architecture $(ARCH) "$(ARTIFACTS_DIR)"

build-%Function: .venv/.ready
	@$(BIN)/python -m deployment function $*Function "$(ARTIFACTS_DIR)"

clean: ## remove what the targets made
	@rm -rf .venv .venv-sam .venv-scan .aws-sam .local build .pytest_cache .mypy_cache .ruff_cache
