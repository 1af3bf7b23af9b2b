# Verbs of Glassbox: `make help` lists them. For GNU Make 3.81 (macOS) and newer; README.md has the Windows commands.

.DEFAULT_GOAL := help
.PHONY: help lab test lint unit-test notebook-test browser-test notebooks pages bench models links setup setup-dev

PY := .venv/bin/python
# The first Python on the path that is new enough; if none is, the last one says so itself.
FIND_PYTHON := for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done
# A notebook stays whole in one process, and so does a test file unless it says otherwise (tests/conftest.py);
# each process holds its own torch, so at most four.
PARALLEL := -n logical --maxprocesses 4
LAB_FLAGS := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

help:  ## list these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: setup  ## open JupyterLab at the first lesson (sets up if needed)
	@echo "Opening JupyterLab. Control-C in this window stops it."
	@$(PY) -m jupyter lab --log-level=ERROR --LabApp.extension_manager=readonly \
		--ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
		$(LAB_FLAGS)

test: lint unit-test notebook-test  ## lint, unit tests, and every notebook cell by cell (sets up if needed)

lint: setup-dev  ## look for mistakes that can be seen without running
	$(PY) -m ruff check .

unit-test: setup-dev  ## the tests of helpers, assets and tools
	$(PY) -m pytest $(PARALLEL) --dist loadgroup tests

notebook-test: setup-dev  ## run all notebooks and compare every output
	$(PY) -m pytest --nbval --nbval-current-env --nbval-cell-timeout=120 $(PARALLEL) --dist loadfile notebooks

browser-test: setup-dev  ## drive JupyterLab in Chromium
	$(PY) -m pytest tests/browser

notebooks: setup-dev  ## run notebooks again and store their outputs: all, or NB=04
	$(PY) -m tools.notebooks $(NB)
	$(PY) -m tools.concepts

pages: setup-dev  ## write again what is generated: README's map and picture, notebooks/CONCEPTS.md
	$(PY) -m tools.concepts
	$(PY) -m tools.readme
	$(PY) -m docs.picture

bench: setup-dev  ## measure speed and memory, and record them in benchmarks/: all, or NB=04
	$(PY) -m tools.bench $(NB)

models: setup-dev  ## train the embedded models again (about an hour and a half on two cores)
	$(PY) -m assets.recipes
	$(PY) -m assets.recipes.retrieval

links: setup-dev  ## point all links at another repository: REPO=owner/name
	@test -n "$(REPO)" || { echo "Say which repository: make links REPO=owner/name"; exit 2; }
	$(PY) -m tools.links $(REPO)

setup:  ## make or repair .venv with what a learner needs
	@$(FIND_PYTHON); "$$python" setup_env.py

setup-dev:  ## the same, and what the tests need
	@$(FIND_PYTHON); "$$python" setup_env.py --dev
