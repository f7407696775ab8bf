# Everything a person or CI does with this repository; each target prepares what it needs.
# The full path: below, the folder's own python3 comes first in PATH as soon as it exists.
PYTHON ?= $(shell command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
ROOM   := $(CURDIR)
# Node for the client build comes from a PyPI wheel, so that nothing is installed by hand.
export PATH := $(ROOM)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Bytecode is written when a module is first used: most modules of the large packages never are.
export PIP_NO_COMPILE := 1
# Where the surroundings forbid bytecode, as container images like to, every start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
export npm_config_update_notifier := false
export npm_config_fund := false

CLIENT_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
ASSET_SOURCES  := $(shell find src/xushi/demo src/xushi/twins -name '*.py' 2>/dev/null)
ASSETS := src/xushi/demo/assets/demo-plant.aasx

.PHONY: help demo test check bench verify setup soak screenshots clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.run client $(ASSETS) ## Start the demo plant and the platform; prints a sign-in link
	@$(BIN)/xushi demo $(ARGS)

test: setup ## Run all tests: Python, client, browser
	cd web && npm test --silent
	$(BIN)/python -m pytest -n 3 --dist worksteal -q -m 'not browser'
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -m browser

check: setup ## Format, lint, types, import floors, duplicated texts
	$(BIN)/ruff format --check src tests bench verify tools
	$(BIN)/ruff check src tests bench verify tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && npm run --silent typecheck && npm run --silent lint
	$(BIN)/python tools/check_docs.py
	$(BIN)/python tools/make_reference.py --check

bench: setup ## Measure speed, memory, sizes, outages and kills; one JSON object a line
	@$(BIN)/python -m bench $(ARGS)

verify: setup ## Print every published reference number beside ours
	@$(BIN)/python -m verify

soak: setup ## Run the demo plant at 10x for 30 minutes and account for every value
	@$(BIN)/python -m bench.soak $(ARGS)

screenshots: setup ## Make the pictures of README and docs from the running product
	$(BIN)/python tools/screenshots.py

setup: $(VENV)/.dev client $(ASSETS) ## Prepare everything and start nothing
	@$(BIN)/python tools/install_peers.py
	@$(BIN)/python -m xushi.simulate
	@$(BIN)/python -m xushi.schedule

.PHONY: client
client: src/xushi/server/client/index.html

# Debian's python3 comes without ensurepip unless python3-venv is installed: then the system's pip fills the folder.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Xushi needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install -q pip; }
	$(BIN)/python -m pip install -q --upgrade 'pip>=25.1'

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q -e '.[demo,report,schedule,simulate]' --group build
	@$(BIN)/python -m xushi.simulate
	@$(BIN)/python -m xushi.schedule
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.run
	$(BIN)/python -m pip install -q -e '.[demo,parquet,report,schedule,simulate]' --group dev --group bench
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json | $(VENV)/.run
	cd web && npm ci --silent --no-audit
	@touch $@

src/xushi/server/client/index.html: web/node_modules/.package-lock.json $(CLIENT_SOURCES)
	cd web && npm run --silent build -- --logLevel error
	@touch $@

$(ASSETS): $(ASSET_SOURCES) | $(VENV)/.run
	$(BIN)/python -m xushi.demo.shells $@
	@touch $@

clean: ## Remove everything that was built
	rm -rf $(VENV) web/node_modules src/xushi/server/client src/xushi/demo/assets .cache build dist
