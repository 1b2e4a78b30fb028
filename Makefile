# wechalice on one's own machine. `make help` says what there is.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run rehearse test e2e check format bench docs screenshots

help:
	@echo "make run          the whole thing on this machine, with a phone in the browser"
	@echo "make rehearse     an empty AWS on this machine, to deploy to and look after"
	@echo "make test         all tests but the next"
	@echo "make e2e          deploys for real, to an AWS on this machine, and tests what is deployed"
	@echo "make check        format, lint, types, layers, tests: what must hold before a commit"
	@echo "make format       format the code"
	@echo "make bench        what a push costs, beside other ways to build the same"
	@echo "make docs         build the documents as a site, in site/"
	@echo "make screenshots  the documents' pictures of the phone"

run: .venv/.run
	@$(BIN)/python -m local

rehearse: .venv/.run
	@$(BIN)/python -m local.rehearsal

# More processes than cores, because many tests wait. Bytecode is kept, whatever the environment
# says: each process reads all tests, which takes twice as long where they have to be compiled.
test: .venv/.complete
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses 4 --durations 10

e2e: .venv/.complete
	@$(BIN)/pytest tests/e2e

check: .venv/.complete
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/cfn-lint --regions us-east-1 cn-north-1 -- ops/resources.yaml ops/fixed_exit.yaml
	@$(MAKE) --no-print-directory test

format: .venv/.complete
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: .venv/.complete
	@$(BIN)/python -m bench

docs: .venv/.docs
	@$(BIN)/mkdocs build --strict --quiet
	@echo "The site is in site/; to read it while you write: $(BIN)/mkdocs serve"

screenshots: .venv/.complete
	@$(BIN)/python -m tests.screenshots

# What runs wechalice is enough for most teams; what tests and checks it comes when it is wanted.
# The installation makes each file last, so that an interrupted one is begun again.
.venv/.run: requirements.txt chalicelib/requirements.txt requirements-run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "wechalice needs Python 3.11 or newer as $(PYTHON); another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m local.install requirements-run.txt $@

.venv/.complete: .venv/.run requirements-dev.txt
	@$(PYTHON) -m local.install requirements-dev.txt $@

.venv/.docs: requirements-docs.txt .venv/.complete
	@$(PYTHON) -m local.install requirements-docs.txt $@
