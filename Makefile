# pressqa: every target sets up first if it must, and is quick the second time.
.DEFAULT_GOAL := help
.PHONY: help setup ask test coverage check serve bench clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SAMPLE := .pressqa/sample
SAMPLE_PAGE := eval/data/home-office-summaries.txt
TORCH := 2.13.0

# The question goes through the environment, so that quotes and dollar signs in it reach no shell.
Q = how many foreign criminals were removed?
export PRESSQA_QUESTION := $(value Q)
# On shared machines OpenMP's default spin-waiting starves other threads.
export OMP_WAIT_POLICY ?= PASSIVE

help: ## List the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 8

setup: $(READY) ## Make .venv with the pressqa command in it

$(READY): pyproject.toml
	@test -x $(BIN)/python || { \
	  for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  test -n "$$found" || { echo "pressqa needs Python 3.11 or newer: install it, then run make again" >&2; exit 1; }; \
	  echo "making $(VENV) with $$($$found --version)"; \
	  $$found -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "$$found cannot make virtual environments: install its venv package (python3-venv), then run make again" >&2; \
	    exit 1; }; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(MAKE) --no-print-directory torch
	@echo "installing pressqa"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[eval]' --group dev \
	  || { echo "the installation failed: see pip's message above; 'make clean' starts over" >&2; exit 1; }
	@touch $@

# A bare "torch" brings gigabytes of CUDA on Linux. Without a GPU only a CPU build will do: where pip itself has one
# ("+cpu" is never on the public index, so this fails at once elsewhere), or from PyTorch's own index, which uv knows.
.PHONY: torch
torch:
	@echo "installing PyTorch (needed once, to export the embedding model)"
	@if [ -n "$$PRESSQA_TORCH" ]; then $(BIN)/python -m pip install -qq "$$PRESSQA_TORCH"; \
	elif [ "$$(uname -s)" != Linux ] || nvidia-smi -L >/dev/null 2>&1; then \
	  $(BIN)/python -m pip install -qq torch==$(TORCH); \
	else \
	  $(BIN)/python -m pip install -qq torch==$(TORCH)+cpu 2>/dev/null \
	  || { $(BIN)/python -m pip install -qq uv && \
	       $(BIN)/uv pip install -qq --python $(BIN)/python --torch-backend=cpu torch==$(TORCH); } \
	  || { echo "no CPU build of PyTorch $(TORCH) could be had; to choose one yourself: make setup PRESSQA_TORCH='torch==$(TORCH)'" >&2; \
	       exit 1; }; \
	fi

$(SAMPLE).ready: $(SAMPLE_PAGE) $(READY)
	@echo "reading $(SAMPLE_PAGE)"
	@$(BIN)/pressqa ingest $(SAMPLE_PAGE) --data $(SAMPLE)
	@touch $@

ask: $(SAMPLE).ready ## Answer Q="..." from the sample corpus
	@printf '%s' "$$PRESSQA_QUESTION" | $(BIN)/pressqa ask - --data $(SAMPLE) || { code=$$?; test $$code -eq 1 -o $$code -eq 141; }  # not found, or the reader of the output has gone

serve: $(SAMPLE).ready ## Serve the sample corpus over HTTP
	@$(BIN)/pressqa serve --data $(SAMPLE)

test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest

# Tests that load a real model are left out of the measurement: tracing them costs minutes and covers little more.
coverage: $(READY) ## Run all tests, and print the branch coverage of those without a real model
	@$(BIN)/coverage run -m pytest -m "not model"
	@$(BIN)/coverage report
	@$(BIN)/python -m pytest -m model

check: $(READY) ## Check style, format, types and layers, then run the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

# Each says with its exit code whether it reached its targets, which depend on the machine: all are run.
bench: $(READY) ## Measure start, search, ingest and embedding; say how to run the long benchmarks
	@for name in start "search --corpus $(SAMPLE_PAGE)" ingest encode; do \
	  echo "== python -m eval.bench.$$name"; $(BIN)/python -m eval.bench.$$name || failed="$$failed $${name%% *}"; echo; \
	done; test -z "$$failed" || echo "a target was missed by:$$failed"
	@echo "Longer ones:"
	@echo "  $(BIN)/python -m eval.bench.peers --help    # side by side with txtai, LlamaIndex, haystack and a script by hand"
	@echo "  $(BIN)/python -m eval.bench.scale --help    # up to a million passages"

clean: ## Delete .venv and the sample index
	rm -rf $(VENV) .pressqa
