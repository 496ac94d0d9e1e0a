# One word per chore. `make` alone lists them. CI calls these targets and nothing else.
PYTHON ?= python3
ARGS ?=

DEMO_BIN := .venv-demo/bin
BIN := .venv/bin
LOCK_BIN := .venv-lock/bin

DEMO_REPORT := build/demo.html
DEMO = $(DEMO_BIN)/leukon interpret examples/demo.csv --agreement --out build/demo.csv --report $(DEMO_REPORT)

SITE_DATA ?= build/site
PORT ?= 8000

PACKAGE := $(shell find src -type f -not -path '*/__pycache__/*' 2>/dev/null)
SITE := $(shell find site -type f -not -path '*/__pycache__/*' -not -path '*.egg-info/*' 2>/dev/null)
LINTED := $(wildcard src site tests tools benchmarks examples docs)
CONTENT := $(wildcard tools/make_content.py)

.DEFAULT_GOAL := help
.PHONY: help demo site site-audit test check nhanes bench bench-estimation bench-age-curves fix lock clean bench-setpoint
.DELETE_ON_ERROR:

help: ## list these chores
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv-demo/.installed ## interpret examples/demo.csv and say where its report is
	@mkdir -p build
	$(DEMO)
	@echo "The report: $(CURDIR)/$(DEMO_REPORT)"

site: .venv-site/.installed ## serve the public site with a demo practice (PORT=8000 SITE_DATA=build/site)
	@.venv-site/bin/leukon-site --demo --port $(PORT) --data $(SITE_DATA) $(ARGS)

site-audit: .venv/.installed tools/site-audit/node_modules/.ready ## hold the site against html-validate and Lighthouse (needs node and Chromium)
	$(BIN)/python tools/site-audit/audit.py

test: .venv/.installed ## run every test (ARGS="-k word" for some)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile $(ARGS)

bench-estimation: .venv/.installed ## score the estimation, its intervals and its speed (ARGS="--part 0.1")
	@OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.estimation $(ARGS)

check: .venv/.installed ## format, lint, types, direction of imports, generated content
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/ruff check $(LINTED)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(CONTENT),$(BIN)/python $(CONTENT) --check)
	@$(BIN)/leukon content audit --brief
	$(BIN)/python tools/make_reference.py --check
	$(BIN)/python tools/make_scales.py --check
	$(BIN)/python tools/make_advice.py --check
	$(BIN)/python tools/make_causes.py --check
	$(BIN)/python tools/make_setpoint.py --check
	$(BIN)/python -m benchmarks.page --check
	$(BIN)/python tools/make_example_results.py --check
	$(BIN)/python tools/make_locale.py --check

bench: .venv/.installed ## measure, about ten minutes (ARGS="--only whole_run --long --spark"); then the README
	@$(BIN)/python -m benchmarks $(ARGS)
	@$(BIN)/python -m benchmarks.page

nhanes: .venv/.installed ## remake the open definition from the survey in ../shared, with its report
	$(BIN)/python tools/make_nhanes_definition.py

bench-age-curves: .venv/.installed ## how near limits by age come to a known truth
	$(BIN)/python benchmarks/estimation/age_curves.py $(ARGS)

fix: .venv/.installed ## format, and mend what the linter can mend
	$(BIN)/ruff format $(LINTED)
	$(BIN)/ruff check --fix $(LINTED)

lock: .venv-lock/.ready ## remake requirements/*.txt from pyproject.toml (ARGS=--upgrade for newer ones)
	$(COMPILE) site/pyproject.toml --extra dev -o requirements/dev.txt
	$(COMPILE) --extra tables -c requirements/dev.txt -o requirements/tables.txt
	$(COMPILE) -c requirements/dev.txt -o requirements/core.txt
	$(COMPILE) site/pyproject.toml -c requirements/dev.txt -o requirements/site.txt
	$(COMPILE_ONLY) requirements/lock.in -o requirements/lock.txt

bench-setpoint: .venv/.installed ## how well a person's own band holds, on simulated people
	@$(BIN)/python -m benchmarks.setpoint $(ARGS)

clean: ## remove everything that these chores made
	rm -rf tools/site-audit/node_modules .venv .venv-demo .venv-site .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src site tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments: made once, remade when their lock file changes.
INSTALL = -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation
COMPILE_ONLY = $(LOCK_BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --no-emit-package leukon --no-emit-package leukon-site $(ARGS)
COMPILE = $(COMPILE_ONLY) pyproject.toml requirements/build.in

.venv/.ready: requirements/dev.txt tools/make_venv.py
	@echo "Setting up .venv (once)"
	@$(PYTHON) tools/make_venv.py .venv $<
	@touch $@

.venv-demo/.ready: requirements/tables.txt tools/make_venv.py
	@echo "Setting up .venv-demo (once)"
	@$(PYTHON) tools/make_venv.py .venv-demo $<
	@touch $@

.venv-site/.ready: requirements/site.txt tools/make_venv.py
	@echo "Setting up .venv-site (once)"
	@$(PYTHON) tools/make_venv.py .venv-site $<
	@touch $@

tools/site-audit/node_modules/.ready: tools/site-audit/package-lock.json
	@cd tools/site-audit && npm ci --ignore-scripts --silent
	@touch $@

.venv-lock/.ready: requirements/lock.txt tools/make_venv.py
	@$(PYTHON) tools/make_venv.py .venv-lock $<
	@touch $@

.venv/.installed: .venv/.ready pyproject.toml site/pyproject.toml
	@$(BIN)/python $(INSTALL) --editable . --editable site
	@touch $@

.venv-demo/.installed: .venv-demo/.ready pyproject.toml $(PACKAGE)
	@$(DEMO_BIN)/python $(INSTALL) --force-reinstall .
	@touch $@

.venv-site/.installed: .venv-site/.ready pyproject.toml $(PACKAGE) $(SITE)
	@.venv-site/bin/python $(INSTALL) --force-reinstall . ./site
	@touch $@
