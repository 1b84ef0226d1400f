PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.run
DEV    := $(VENV)/.dev
BENCH  := $(VENV)/.bench
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

.PHONY: demo test check bench clean

demo: $(RUN)
	$(BIN)/tendency demo --to demo

test: $(DEV)
	$(BIN)/python -m pytest -n 2

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BENCH)
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) demo

# The demo needs less than the tests, so it is ready sooner.
$(RUN): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tendency needs Python 3.11 or newer; set PYTHON=… to one.")'
	@test -x $(BIN)/python || { echo "setting up $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@$(INSTALL) .
	@touch $@

$(DEV): $(RUN)
	@$(INSTALL) '.[dev,all]'
	@touch $@

$(BENCH): $(DEV)
	@$(INSTALL) '.[dev,all,bench]'
	@touch $@
