# Each target makes the environment it needs; an unchanged lock makes that a matter of milliseconds.
PYTHON ?= python3
BIN := .venv/bin
MAKEFLAGS += --no-print-directory
# The set-up leaves it to Python to compile what it uses, once, also where a machine says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: guard-rates help setup schemas release demo test test-fast test-all up down rekey verify-audit lint bench load fuzz planted docs lock sbom clean build build-TokenizerLayer
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

# One sentence where the Python is missing or too old. Everything else of a set-up stands in requirements/environment.py.
define SET_UP
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { printf \
  'error: %s is not a Python 3.11 or newer\nhint: install one, or name another: make PYTHON=python3.13 ...\n' '$(PYTHON)' >&2; exit 1; }
@$(PYTHON) requirements/environment.py $@
endef

# An environment whose Python was removed is made anew, too.
.venv/bin/python: ;

.venv/.demo: requirements/demo.lock pyproject.toml consumer/pyproject.toml .venv/bin/python
	$(SET_UP)

.venv/.ready: requirements/dev.lock pyproject.toml consumer/pyproject.toml .venv/bin/python
	$(SET_UP)

# What the demo needs; where the rest is there as well, the two are one.
DEMO := $(or $(wildcard .venv/.ready),.venv/.demo)

setup: .venv/.ready ## all that the tests, the tools and the pages' commands need, into .venv

# What can be left out of the stack: docs/deploy.md, "Modules".
CHOSEN = $(if $(MODULES),--modules "$(MODULES)")

demo: $(DEMO) ## the main job on the local stack, start to end; MODULES=core, or "core lake"; ORDERS=100
	@$(BIN)/python -m local demo $(CHOSEN) $(if $(ORDERS),--orders $(ORDERS))

# Four workers for two cores, since half the time of a test with a stack is waiting; tests/support/spread.py says what
# runs together, and what first.
WORKERS ?= 4
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test: .venv/.ready ## every test but the big ones, in about twelve minutes on two cores
	@$(PYTEST) -m "not big"

test-fast: .venv/.ready ## the unit tests but for the slow ones, in about two minutes
	@$(PYTEST) -m "not e2e and not build and not slow and not big" tests/unit tests/consumer

test-all: .venv/.ready ## every test, the big ones and with the big numbers: before a release
	@FAULT_ORDERS=10000 REKEY_ORDERS=10000 REPLAY_ORDERS=1000 PROPERTY_EXAMPLES=400 FUZZ_EXAMPLES=1000 FAULT_STEPS=20000 $(PYTEST)

up: $(DEMO) ## start the local stack and leave it running; MODULES=core, or "core lake"
	@$(BIN)/python -m local up $(CHOSEN)

down: $(DEMO) ## stop the local stack and all it started
	@$(BIN)/python -m local down

rekey: $(DEMO) ## move the local stack's vault to another key
	@$(BIN)/python -m local rekey

verify-audit: $(DEMO) ## check the audit trail; ARGS="--stack NAME ..." for another than the local one
	@$(BIN)/python -m ops audit verify $(ARGS)

SIMULATOR := tools/lint/simulator/node_modules
lint: .venv/.ready .venv-scan/.ready $(SIMULATOR)/.ready ## formatter, linter, types, import rules, template, secrets, licences, locks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cfn-lint template.yaml stacks/*.yaml docs/examples/*.yaml
	@git ls-files -z --cached --others --exclude-standard | xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline
	@$(BIN)/python -m tools.lint
	@$(BIN)/python -m tests.support.security.simulated

# A tool for node that is run beside ours. Without npm or a registry it is left out, and the simulation says so.
$(SIMULATOR)/.ready: tools/lint/simulator/package-lock.json
	@echo "setting up the simulator (once per lock file)"
	@if command -v npm >/dev/null && (cd tools/lint/simulator && npm ci --silent --ignore-scripts --no-audit --no-fund); \
	then touch $@; else echo "the simulator is not installed: npm or its registry is missing"; fi

# The scanners' boto3 is another than ours, so they have an environment of their own (290 MB).
.venv-scan/.ready: requirements/scan.lock requirements/validate.lock | .venv/.ready
	$(SET_UP)

# Presidio's analyzer brings spaCy along (400 MB), so it has an environment of its own.
.venv-presidio/.ready: requirements/presidio.lock | .venv/.ready
	$(SET_UP)

guard-rates: .venv-presidio/.ready ## the leak guard's rates, and Presidio's on the same strings; stores what docs/guard.md shows
	@$(BIN)/python -m bench.guard_rates --peer --store

MINUTES ?= 5
fuzz: .venv/.ready ## every parser that outsiders reach, fed what nobody would send; MINUTES=5
	@$(BIN)/python -m tests.fuzz $(MINUTES)

planted: .venv/.ready ## bugs planted one by one into scratch copies, and how many the tests catch; BUGS="csc_dropped bounds"
	@$(BIN)/python -m tests.planted $(BUGS)

bench: .venv/.ready ## the benchmarks
	@$(BIN)/python -m bench

load: .venv/.ready ## the load test, on the local stack; LOAD="--stack NAME --orders-per-second 20 --run-time 5m"
	@$(BIN)/locust --locustfile bench/load/locustfile.py --headless --only-summary --loglevel WARNING --run-time 60s $(LOAD)

schemas: .venv/.ready ## write schemas/json, the consumers' kit, the lake's tables and what else follows from the models
	@$(BIN)/python -m tools.schemas

release: .venv/.ready ## release a draft of an event type, so that it can't change any more; EVENT=shop.order.1
	@$(BIN)/python -m tools.schemas release $(EVENT)

docs: .venv/.ready ## draw the pictures of docs/architecture.md anew, and write docs/reference.md
	@$(BIN)/python -m tools.docs

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet
lock: .venv/.ready ## resolve the lock files anew
	@$(COMPILE) pyproject.toml --group dev -o requirements/dev.lock
	@$(COMPILE) pyproject.toml --group demo -c requirements/dev.lock -o requirements/demo.lock
	@$(COMPILE) pyproject.toml -c requirements/dev.lock -o requirements/runtime.lock
	@$(COMPILE) --group uv -c requirements/dev.lock -o requirements/uv.lock
	@$(COMPILE) --group sam -o requirements/sam.lock
	@$(COMPILE) --group presidio -o requirements/presidio.lock
	@$(COMPILE) --group scan -o requirements/scan.lock
	@$(COMPILE) --group validate --no-deps -o requirements/validate.lock

sbom: .venv/.ready ## the bill of materials of what runs on Lambda: build/order-tokenizer.cdx.json
	@$(BIN)/python -m tools.lint.sbom build/order-tokenizer.cdx.json
	@echo "build/order-tokenizer.cdx.json"

# SAM's command pins click, cfn-lint and botocore against ours, so it has an environment of its own (340 MB).
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY = 0
.venv-sam/.ready: requirements/sam.lock | .venv/.ready
	$(SET_UP)

ARCH ?= arm64
export ARCH
build: .venv/.ready .venv-sam/.ready ## what is deployed, with sizes and import times; ARCH=x86_64 for the other processor
	@$(SAM) validate --lint
	@$(SAM) build --parameter-overrides Architecture=$(ARCH)
	@$(BIN)/python -m tools.build report --architecture $(ARCH) .aws-sam/build

# `sam build` calls these, in the source folder (samconfig.toml). SAM tells neither the architecture; ARCH does.
build-TokenizerLayer: .venv/.ready
	@$(BIN)/python -m tools.build layer --architecture $(ARCH) "$(ARTIFACTS_DIR)"

build-%Function: .venv/.ready
	@$(BIN)/python -m tools.build function $*Function "$(ARTIFACTS_DIR)"

clean: ## remove what the targets made
	@rm -rf .venv .venv-presidio .venv-sam .venv-scan $(SIMULATOR) .aws-sam .local build .pytest_cache .mypy_cache .ruff_cache
