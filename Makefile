# Two commands set everything up: `make demo` and `make test`. Needed beforehand: make and Python 3.11 or later.
# Another interpreter than the first one found: make test PYTHON=python3.12

PYTHON ?=
JOBS ?= 2
export PYTHON JOBS

VENV := .venv/bin
INSTALL := @.ci/python .ci/environment.py install

.DEFAULT_GOAL := help
.PHONY: help demo test lint benchmark clean

help:
	@echo "make demo       simulate a season, import it, print the weekly report and write the dashboard"
	@echo "make test       everything that continuous integration checks"
	@echo "make lint       style and types only"
	@echo "make benchmark  measured times against peers"
	@echo "make clean      remove environments, caches and the demo"

demo:
	$(INSTALL)
	@$(VENV)/stridelab demo -o demo

lint:
	$(INSTALL) test lint
	@$(VENV)/ruff check
	@$(VENV)/ruff format --check
	@$(VENV)/mypy

# The complete run comes last, so that its summary is the last line; it runs whatever the other Pythons said.
test: lint
	@.ci/chromium $(VENV)/python
	@status=0; \
	$(VENV)/python .ci/environment.py others || status=1; \
	$(VENV)/python -m pytest -n $(JOBS) --dist loadscope || status=1; \
	exit $$status

benchmark:
	$(INSTALL) test bench
	@$(VENV)/python -m pytest -m benchmark -s -p no:xdist

clean:
	rm -rf .venv .venv-3.* build dist stridelab.egg-info .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis demo
