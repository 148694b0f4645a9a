PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin

.PHONY: demo test check bench migration clean

demo: $(VENV)/ready ## Play the story on SQLite and the local playground
	@$(RUN)/soundings demo

test: $(VENV)/ready ## Every test, on SQLite and on PostgreSQL, then the checks
	@$(RUN)/python -m pytest -n auto
	@$(MAKE) --no-print-directory check

check: $(VENV)/ready ## Format, lint, types, layers
	@$(RUN)/ruff format --check bot tests bench
	@$(RUN)/ruff check bot tests bench
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-cache

bench: $(VENV)/ready ## Speed, as ratios within one run
	@$(RUN)/python -m bench

migration: $(VENV)/ready ## make migration m="what changed"
	@$(RUN)/python -m bot.store.migrations "$(m)"

$(VENV)/ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Soundings needs Python 3.11 or newer")'
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(RUN)/uv || $(RUN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(RUN)/uv sync --locked --quiet
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
