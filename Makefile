# Everything a person does with this repository; `make help` lists it.
# Stamps carry a digest of the lock file, so that nothing is installed twice.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PYTEST_ARGS ?=
PYTEST_WORKERS ?= 2
LOCKS_RUN := $(shell cat requirements.txt | sha256sum | cut -c1-12)
LOCKS_DEV := $(shell cat requirements.txt requirements-dev.txt | sha256sum | cut -c1-12)
LOCKS_NPM := $(shell cat package-lock.json app/ops/assets.py | sha256sum | cut -c1-12)
RUN_READY := $(VENV)/.run-$(LOCKS_RUN)
DEV_READY := $(VENV)/.dev-$(LOCKS_DEV)
ASSETS_READY := app/static/vendor/.npm-$(LOCKS_NPM)
TEXTS_READY := $(VENV)/.texts
SOURCES := $(wildcard app dashboards recommender)
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary=:all:

.DEFAULT_GOAL := help
.PHONY: help install run test check format bench torture lock translations assets image clean
.DELETE_ON_ERROR:

help: ## list what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUN_READY) $(ASSETS_READY) $(TEXTS_READY) ## install what running needs, and start nothing

run: $(RUN_READY) $(ASSETS_READY) $(TEXTS_READY) ## start the whole shop from nothing; Ctrl-C stops it
	@exec $(PY) run.py --with-parent

test: $(DEV_READY) $(ASSETS_READY) $(TEXTS_READY) ## run the whole test suite (PYTEST_ARGS="tests/core -x")
	$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadgroup $(PYTEST_ARGS)

check: $(DEV_READY) ## format, lint, types, import contracts, templates
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/djlint --quiet --lint $(SOURCES)
	@# Rights and forms are asked of a running shop: that is part of `make test`.
	$(PY) -m pytest -q -p no:cacheprovider tests/architecture \
		--ignore tests/architecture/test_permissions.py --ignore tests/architecture/test_csrf.py

format: $(DEV_READY) ## put the source in the house's format
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench: $(DEV_READY) $(ASSETS_READY) $(TEXTS_READY) ## measure the shop; writes bench/results/*.json
	$(PY) -m bench

torture: $(DEV_READY) $(ASSETS_READY) $(TEXTS_READY) ## the fault and race experiments at full size
	TORTURE=full $(PY) -m pytest tests/torture $(PYTEST_ARGS)

lock: $(DEV_READY) ## resolve requirements*.in and package.json again
	@command -v uv >/dev/null || test -x $(VENV)/bin/uv || $(PY) -m pip install --quiet uv
	@uv=$$(command -v uv || echo $(VENV)/bin/uv); for set in requirements requirements-dev; do \
		$$uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
			$$set.in -o $$set.txt || exit 1; done
	npm install --package-lock-only

translations: $(DEV_READY) ## collect new texts, merge them into the catalogues, compile
	$(VENV)/bin/pybabel extract --mapping-file translations/babel.cfg --keyword _l --keyword lazy_gettext --sort-by-file \
		--no-location --omit-header --output-file translations/messages.pot $(SOURCES)
	for language in fr nl de es; do test -f translations/$$language/LC_MESSAGES/messages.po \
		&& verb=update || verb=init; $(VENV)/bin/pybabel $$verb $$([ $$verb = update ] && echo --no-fuzzy-matching --ignore-obsolete) --input-file translations/messages.pot \
		--output-dir translations --locale $$language || exit 1; done
	$(VENV)/bin/pybabel --quiet compile --directory translations

assets: $(RUN_READY) ## fetch the front-end packages again
	@rm -f app/static/vendor/.npm-*
	@$(MAKE) --no-print-directory $(ASSETS_READY)

image: ## build the container image
	docker build --tag comptoir .

clean: ## remove what was installed and compiled; keeps var, where the shop's data is
	rm -rf $(VENV) node_modules app/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find $(SOURCES) tests translations \( -name __pycache__ -o -name '*.mo' \) \
		-prune -exec rm -rf {} + 2>/dev/null || true

# A Debian without python3-venv has no ensurepip; its pip can still fill an empty environment.
$(PY):
	@test -n "$(PYTHON)" || { echo "Comptoir needs Python 3.11 or newer, and none was found on PATH." \
		"Install it (Debian: apt install python3 python3-pip), or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV) \
		&& $(PYTHON) -m pip --quiet --python $(VENV)/bin/python install pip; } || { rm -rf $(VENV); \
		echo "Python has neither ensurepip nor pip. Install one of them (Debian: apt install python3-venv)."; exit 1; }

$(RUN_READY): | $(PY)
	@echo "Installing the locked Python packages (once per lock file) ..."
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_READY): | $(RUN_READY)
	@echo "Installing the locked packages for tests and checks (once per lock file) ..."
	@$(PIP) -r requirements.txt -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@

$(ASSETS_READY): | $(RUN_READY)
	@$(PY) -m app.ops.assets
	@touch $@

$(TEXTS_READY): $(CATALOGUES) | $(RUN_READY)
	@test -z "$(CATALOGUES)" || $(VENV)/bin/pybabel --quiet compile --directory translations
	@touch $@
