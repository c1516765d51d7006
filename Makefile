# make app       start the explorer in a browser
# make test      run all tests that need no browser
# make explore   look for new cases of everything that hypothesis tests
# All make the virtual environment .venv and install what they need.  PYTHON names the interpreter to make it with,
# WORKERS how many processes share the tests (default: one a core; 0: all in one process, for a debugger).

PYTHON ?= python3
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
# A worker that is done takes tests from the end of another's queue, so that files stay together but for the last ones.
PARALLEL := --numprocesses $(WORKERS) --dist worksteal

.PHONY: app test browser explore lint format clean

app: $(VENV)/installed
	$(BIN)/python -m streamlit run streamlit_app.py

test: $(VENV)/dev-installed
	$(BIN)/python -m pytest $(PARALLEL)

browser: $(VENV)/dev-installed
	$(BIN)/python -m pytest $(PARALLEL) -m browser

explore: $(VENV)/dev-installed
	FER_EXPLORE=1 $(BIN)/python -m pytest $(PARALLEL) -m hypothesis

lint: $(VENV)/dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt requirements-explorer.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	@touch $@

$(VENV)/dev-installed: requirements-dev.txt requirements.txt requirements-explorer.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@touch $@ $(VENV)/installed
