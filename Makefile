# `make demo` and `make test` each work as the first command after a clone, with Python 3.11 or newer and make alone.
#
#   make PYTHON=/path/to/python3.12 test    use this Python
#   make VENV=/somewhere/else test          keep the environment outside the tree
#   make WORKERS=4 test                     run tests in four processes
#   make ARGS="tests/model -k signal" test  run some of them

SHELL   := /bin/sh
VENV    ?= .venv
PYTHON  ?=
WORKERS ?= 2
ARGS    ?=

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow test-all lint format reference pictures lock bench clean

help:
	@echo "make demo       set up, then show the example company from end to end"
	@echo "make test       set up, then run the tests without the slow ones"
	@echo "make test-slow  the slow ones;  make test-all  both"
	@echo "make lint       ruff, its formatter and mypy, changing nothing;  make format  mend what can be mended"
	@echo "make reference  write the reference pages from the facts and policies"
	@echo "make pictures   take the pictures of docs/ anew, in the system's Chromium"
	@echo "make lock       renew the hashed requirement files from pyproject.toml"
	@echo "make bench      run the benchmarks"
	@echo "make clean      remove the environment, the demo's database, builds and caches"

# The example company has a stream that its source refuses, as real ones have: the command then says 3, which is no failure.
demo: $(VENV)/.ready-run
	@mkdir -p .demo
	@$(BIN)/ostiary --db sqlite:///.demo/ostiary.db demo --people || [ $$? -eq 3 ]

test: $(VENV)/.ready-test $(VENV)/.looked-for-chromium
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(VENV)/.ready-test $(VENV)/.looked-for-chromium
	$(PYTEST) -m slow $(ARGS)

test-all: $(VENV)/.ready-test $(VENV)/.looked-for-chromium
	$(PYTEST) $(ARGS)

lint: $(VENV)/.ready-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy .

format: $(VENV)/.ready-test
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

reference: $(VENV)/.ready-run
	$(BIN)/python docs/write_reference.py

pictures: $(VENV)/.ready-test $(VENV)/.looked-for-chromium
	$(BIN)/python docs/take_screenshots.py

bench: $(VENV)/.ready-test
	@set -e; for file in benchmarks/bench_*.py; do \
	  [ -e "$$file" ] || { echo "there are no benchmarks yet (benchmarks/bench_*.py)"; break; }; \
	  echo "== $$file"; $(BIN)/python "$$file"; \
	done

# Universal: one file serves every supported Python on Linux and macOS. No index address is recorded; hashes stand for it.
# uv is wanted here alone; it comes from the package index into an environment of its own, or UV=uv takes yours.
UV ?= $(VENV)-lock/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: $(if $(filter $(VENV)-lock/bin/uv,$(UV)),$(VENV)-lock/bin/uv)
	$(COMPILE) $(ARGS) --extra test pyproject.toml --output-file requirements-test.lock
	$(COMPILE) --constraint requirements-test.lock pyproject.toml --output-file requirements.lock
	printf 'hatchling\n' | $(COMPILE) --constraint requirements-test.lock - --output-file requirements-build.lock

$(VENV)-lock/bin/uv: $(VENV)/.made
	$(BIN)/python -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check --quiet install uv

clean:
	rm -rf .venv .venv-lock .demo build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------------------------------------------
# A stamp stands for each finished step, so the second call costs nothing; a changed lock or pyproject.toml repeats it.

$(VENV)/.ready-test: requirements-test.lock $(VENV)/.ready-run
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) install --require-hashes --requirement requirements-test.lock
	@touch $@

$(VENV)/.ready-run: requirements.lock requirements-build.lock pyproject.toml $(VENV)/.made
	@echo "Installing Ostiary into $(VENV) ..."
	@$(PIP) install --require-hashes --requirement requirements.lock --requirement requirements-build.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# The tests in a browser take the system's Chromium. It is installed where that asks nobody: as root, by apt-get.
$(VENV)/.looked-for-chromium: $(VENV)/.made
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && touch $@ && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium from the system's packages, for the tests in a browser ..."; \
	  { apt-get install -y -q chromium || { apt-get update -q && apt-get install -y -q chromium; }; } >$(VENV)/chromium.log 2>&1 || \
	    echo "That failed ($(VENV)/chromium.log): the tests in a browser are skipped." >&2; \
	else \
	  echo "There is no Chromium, so the tests in a browser are skipped. Install your system's package for it, such as:" >&2; \
	  echo "  apt-get install chromium" >&2; \
	fi
	@touch $@

# Of several Pythons one is taken for which the locked packages have finished wheels; one without venv or pip is of no use.
$(VENV)/.made:
	@found=; older=; bare=; \
	for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python3.14 python); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
	  if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then older="$$older $$python=$$version"; \
	  elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then bare="$$bare $$python=$$version"; \
	  else found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Ostiary needs Python 3.11 or newer, with its venv module." >&2; \
	  [ -z "$$older" ] || echo "  too old:         $$older" >&2; \
	  [ -z "$$bare" ] || echo "  venv is missing: $$bare (on Debian and Ubuntu: apt-get install python3-venv)" >&2; \
	  [ -n "$$older$$bare" ] || echo "  none found$(if $(PYTHON), at $(PYTHON))" >&2; \
	  echo "Install one (python.org, your system's packages, Homebrew, pyenv or uv), then, if it is not on the PATH:" >&2; \
	  echo "  make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),test)" >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$found ($$version) ..."; \
	rm -rf "$(VENV)"; "$$found" -m venv "$(VENV)"
	@touch $@
