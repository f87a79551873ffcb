# Everything a contributor does, each on a fresh clone: `make` alone lists the targets.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= dev
EDITABLE ?= -e
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

MODEL ?= stand-in:tiny
MEMBER ?=
SERVE ?= 1
PORT ?= 8000
export MODEL MEMBER SERVE PORT

COMMA := ,
SPACE := $() $()
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed-$(EXTRAS)
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH := $(shell sed -n 's/^\(torch==[^ ;]*\).*/\1/p' constraints.txt)
WITH_TORCH := $(filter dev all agent,$(subst $(COMMA),$(SPACE),$(EXTRAS)))

.DEFAULT_GOAL := help
.PHONY: help demo venv test lint format types check bench soak constraints clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*##/  make \1 —/p' Makefile

demo: $(INSTALLED)  ## profile a small stand-in as WJ, WYC and LCJ and serve the table (MODEL= MEMBER= SERVE=0 PORT=)
	@$(BIN)/python demo/run.py

test: $(INSTALLED)  ## run the tests (ARGS='-k name' passes options on to pytest)
	$(BIN)/python -m pytest $(ARGS)

lint: $(INSTALLED)  ## check style and formatting with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(INSTALLED)  ## let ruff put style and formatting right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(INSTALLED)  ## check types with mypy, strictly
	$(BIN)/mypy

check: lint types test  ## lint, types and test

bench: $(INSTALLED)  ## run every benchmarks/bench_*.py
	@set -- $(wildcard benchmarks/bench_*.py); \
	if [ $$# -eq 0 ]; then echo "There are no benchmarks yet: benchmarks/bench_*.py matches nothing."; fi; \
	for script in "$$@"; do echo "== $$script"; $(BIN)/python "$$script" || exit; done

soak: $(INSTALLED)  ## run every benchmarks/soak_*.py, the long ones
	@set -- $(wildcard benchmarks/soak_*.py); \
	if [ $$# -eq 0 ]; then echo "There are no soak runs yet: benchmarks/soak_*.py matches nothing."; fi; \
	for script in "$$@"; do echo "== $$script"; $(BIN)/python "$$script" || exit; done

venv: $(INSTALLED)  ## make .venv and install everything at the pins of constraints.txt

# PyPI's torch for Linux brings gigabytes of CUDA, so the CPU build is taken first where it can be had.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "Python 3.10 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@if [ "$$(uname -s)" = Linux ] && [ -n "$(WITH_TORCH)" ]; then \
	  echo "Installing the CPU build of $(TORCH) (about 200 MB; a few minutes on a slow line) …"; \
	  $(PIP) install -qq --no-deps --index-url $(TORCH_INDEX) --retries 0 --timeout 15 $(TORCH) 2>/dev/null \
	    || echo "$(TORCH_INDEX) did not answer; the usual package index gives torch instead (with CUDA: gigabytes)."; \
	fi
	@echo "Installing bitnet-profiler[$(EXTRAS)] at the pins of constraints.txt …"
	@$(PIP) install -qq -c constraints.txt $(EDITABLE) '.[$(EXTRAS)]'
	@touch $@

constraints:  ## resolve the ranges of pyproject.toml afresh and print the pins (see constraints.txt)
	@rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins
	@.venv-pins/bin/pip install -qq --index-url $(TORCH_INDEX) --no-deps --retries 0 --timeout 15 $(TORCH) 2>/dev/null || true
	@.venv-pins/bin/pip install -qq '$(TORCH)' '.[dev]'
	@.venv-pins/bin/pip freeze --exclude bitnet-profiler | sed 's/^\(torch==[^+]*\)+.*/\1/'
	@rm -rf .venv-pins

clean:  ## remove what the targets made, .venv and the demo's database included
	rm -rf $(VENV) .venv-pins .demo dist .pytest_cache .mypy_cache .ruff_cache
	find agent collector shared demo tests -name __pycache__ -type d -exec rm -rf {} +
