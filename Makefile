# Everything is run from .venv, which the first target that needs it makes.
# ARGS goes to the program or to pytest (make run ARGS='--store team.db'), ROWS picks benchmark rows.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# A venv's scripts hold its path: a tree that was moved or copied is installed anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help install run demo test test-fast test-slow lint audit format bench chaos soak pictures lock clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  \1#/p' Makefile | awk -F'#' '{ printf "%-12s %s\n", $$1, $$2 }'

install: $(STAMP) ## make .venv with the pinned libraries and warroom itself, editable

# Version managers leave commands behind that only print an error: a Python counts when it runs.
define find_python
	found=; \
	for name in $(1); do \
	  if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "warroom needs Python 3.11 or newer with its venv module; none of these is one: $(1)" >&2; \
	  echo "Install one (Debian: apt-get install python3 python3-venv) and try again." >&2; \
	  exit 1; \
	fi
endef

$(STAMP): pyproject.toml constraints.txt
	@if { [ -e $(STAMP) ] && [ "$$(cat $(STAMP))" != '$(CURDIR)' ]; } || \
	  ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  $(call find_python,python3.13 python3.12 python3.11 python3); \
	  echo "making $(VENV) with $$("$$found" --version)"; \
	  "$$found" -m venv --clear $(VENV); \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@printf '%s' '$(CURDIR)' > $(STAMP)
	@echo "installed in $(VENV)"

run: install ## the console
	@$(BIN)/warroom $(ARGS)

demo: install ## the practice room: a small shop that breaks on a script
	@$(BIN)/warroom demo $(ARGS)

test: test-fast test-slow ## all tests, as CI runs them

test-fast: install ## tests that take no real processes and no minutes
	@$(BIN)/python -m tests.suite 'not slow' -n2 --dist=worksteal $(ARGS)

# Real processes and terminals run one after the other, so that none starves another.
test-slow: install ## the other tests
	@$(BIN)/python -m tests.suite 'slow and not alone' -n2 --dist=worksteal $(ARGS)
	@$(BIN)/python -m tests.suite 'hypothesis and not slow' -n2 --dist=worksteal --hypothesis-profile=many $(ARGS)
	@$(BIN)/python -m tests.suite alone $(ARGS)

lint: install ## format, style, types and import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# pip-audit has an environment of its own: what it brings along is none of the program's. Without it, or without an
# answer, the pins alone are held against what is installed, and a note says so.
AUDIT := $(VENV)/audit
audit: install ## hold the libraries against their pins, and against known advisories where there is a network
	@[ -x $(AUDIT)/bin/pip-audit ] || { $(BIN)/python -m venv $(AUDIT) && \
	  $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --timeout 15 pip-audit >/dev/null 2>&1; } || true
	@$(BIN)/python -m tests.audit $(AUDIT)/bin/pip-audit

format: install ## rewrite the code as lint wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## one page of ratios against peers, on this machine
	@$(BIN)/python -m tests.bench $(ROWS)

chaos: install ## kills, freezes and storms, and what was lost or doubled; ROUNDS picks some
	@$(BIN)/python -m tests.chaos $(ROUNDS)

HOURS := 1
soak: install ## the practice room at 60 times its speed for HOURS of its own, and its memory
	@$(BIN)/python -m tests.bench.soak $(HOURS)

pictures: install ## draw the README's screens anew
	$(BIN)/python -m console.pictures $(ARGS)

# The oldest Python decides, so that the pins hold for every newer one. It must not call install first: a pin that
# cannot be installed any more is what it repairs. Only name==version is kept: no host, no path, no local build.
lock: ## resolve everything anew into constraints.txt, then install it
	@$(call find_python,python3.11 python3.12 python3.13 python3); \
	fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	"$$found" -m venv "$$fresh/venv" && \
	"$$fresh/venv/bin/python" -m pip install --quiet --disable-pip-version-check '.[dev,postgres]' && \
	"$$fresh/venv/bin/python" -m pip freeze --exclude-editable > "$$fresh/freeze" && \
	grep -E '^[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*$$' "$$fresh/freeze" | LC_ALL=C sort -f > "$$fresh/pins" && \
	cp "$$fresh/pins" constraints.txt
	@$(MAKE) --no-print-directory install

clean: ## remove what was built, not .venv
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find console widgets data tests -name __pycache__ -type d -prune -exec rm -rf {} +
