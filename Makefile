# make app        start the explorer in a browser
# make serve      open it to the network, on port PORT (8501)
# make test       run all tests that need no browser
# make explore    look for new cases of everything that hypothesis tests
# make snapshots  write down what pages and reports now say
# All make the virtual environment .venv and install what they need.  PYTHON names the interpreter to make it with,
# WORKERS how many processes share the tests (default: one a core; 0: all in one process, for a debugger).

PYTHON ?= python3
WORKERS ?= auto
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# A worker that is done takes tests from the end of another's queue, so that files stay together but for the last ones.
PARALLEL := --numprocesses $(WORKERS) --dist worksteal

.PHONY: app serve test snapshots browser explore lint format clean

app: $(VENV)/installed
	$(BIN)/python -m streamlit run streamlit_app.py

serve: $(VENV)/installed
	$(BIN)/python -m streamlit run streamlit_app.py --server.address 0.0.0.0 --server.port $(PORT) --server.headless true

test: $(VENV)/dev-installed
	$(BIN)/python -m pytest $(PARALLEL)

snapshots: $(VENV)/dev-installed
	$(BIN)/python -m pytest -k snapshots --snapshot-update

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
