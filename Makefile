# The portal's commands. `make run` and `make test` need Debian 12 with python3-venv, git and make.

PYTHON ?= python3
VENV := .venv/bin
export PYTHONDONTWRITEBYTECODE ?= 1

.DEFAULT_GOAL := help
.PHONY: help run demo test test-fast lint bench screenshots lock audit messages clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: .venv/.installed ## prepare everything and serve on http://127.0.0.1:8000
	@exec $(VENV)/python manage.py serve

demo: .venv/.installed ## the same with sample content, in var/demo
	@VAR_DIR=$${VAR_DIR:-var/demo} MARKS_DIR= exec $(VENV)/python manage.py serve --samples $${SAMPLES:-200}

test: .venv/.installed-dev ## everything: lint, types, both databases, browser
	@.ci/test all

test-fast: .venv/.installed-dev ## the unit part, on SQLite
	@.ci/test fast

lint: .venv/.installed-dev ## style and types alone
	@.ci/test lint

bench: .venv/.installed-dev ## speed beside floors, as ratios of one run (docs/speed.md; PARTS, ARTICLES, ROUNDS, DATABASES, PEERS)
	@$(if $(wildcard /usr/lib/postgresql/*/bin/initdb),.ci/with-postgres) $(VENV)/python bench/run.py $(if $(PARTS),--parts $(PARTS)) \
		$(if $(ARTICLES),--articles $(ARTICLES)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(DATABASES),--databases $(DATABASES)) $(if $(PEERS),--peers $(PEERS))

screenshots: .venv/.installed-dev ## pictures of the site, into docs/screenshots
	@.ci/screenshots

lock: .venv/.installed-dev ## write both lock files anew from the .in files
	@$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	@$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(VENV)/python .ci/supply-chain sbom && $(VENV)/python .ci/supply-chain licences

audit: .venv/.installed ## ask whether a hole is known in what the portal runs on
	@$(VENV)/python .ci/supply-chain vulnerabilities

messages: .venv/.installed-dev ## collect the texts to translate and compile the catalogues
	@$(VENV)/python manage.py makemessages $(patsubst locale/%/LC_MESSAGES/django.po,--locale %,$(filter-out locale/en/%,$(wildcard locale/*/LC_MESSAGES/django.po))) --keep-pot --no-location --no-obsolete --ignore .venv --ignore var --verbosity 0
	@msginit --no-translator --locale en --input locale/django.pot --output-file locale/en/LC_MESSAGES/django.po 2>/dev/null
	@rm locale/django.pot
	@sed -i -e '1,/^msgid/{/^#/d}' -e '/^"\(POT-Creation-Date\|PO-Revision-Date\|Last-Translator\|Language-Team\|Report-Msgid\)/d' \
		-e 's/^"Project-Id-Version: .*\\n"/"Project-Id-Version: portal\\n"/' locale/*/LC_MESSAGES/django.po
	@$(VENV)/python manage.py compilemessages --ignore .venv --ignore var --verbosity 0

clean: ## throw the virtual environment away; data in var/ stays
	@rm -rf .venv

# One line that says what to do is worth more than pip's traceback.
.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing. Install it: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$($(PYTHON) --version) is too old; the portal needs Python 3.11 or newer. Name another one: make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: Python's venv module is missing. Install it: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "make: .venv cannot be made here: check that this folder can be written" >&2; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing what the portal runs on …"
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt \
		|| { echo "make: the packages could not be installed: check the network, then run make again" >&2; exit 1; }
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing what the tests need …"
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt \
		|| { echo "make: the packages could not be installed: check the network, then run make again" >&2; exit 1; }
	@touch $@
