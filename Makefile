# Two commands matter: `make scan URL=https://...` and `make test`. Each prepares everything it needs.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev scan demo test lint types tests bench soak chaos catalogue golden messages lock wheel sample clean

BIN := .venv/bin

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup:  ## Create the environment, install what is locked, find or install a browser
	@bash tools/setup.sh

setup-dev: setup
	@bash tools/setup.sh dev

scan: setup  ## Scan a site: make scan URL=https://www.example.com/ [ARGS="--pages 3"]
	@test -n "$(URL)" || { echo 'Say which site: make scan URL=https://www.example.com/' >&2; exit 2; }
	@$(BIN)/cookie-scanner scan "$(URL)" $(ARGS)

demo: setup  ## Scan the built-in sites on loopback and open reports/index.html
	@$(BIN)/cookie-scanner demo $(ARGS)

test: setup-dev lint types tests  ## Lint, types and all tests

lint:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache

types:
	@$(BIN)/mypy

tests:
	@$(BIN)/python tools/run_tests.py $(ARGS)

bench: setup-dev  ## Measure: beside a bare Playwright script, growth, recall and precision of each channel
	@$(BIN)/python tools/bench.py $(ARGS)
	@$(BIN)/python tools/bench_growth.py
	@$(BIN)/python tools/bench_channels.py --runs 10

soak: setup-dev  ## Scan a small site a thousand times in one browser: memory, processes and files stay flat
	@$(BIN)/python tools/soak.py $(ARGS)

chaos: setup-dev  ## Kill scanners, schedulers, workers, browsers and PostgreSQL: each run once, nothing stays behind
	@$(BIN)/python tools/chaos.py $(ARGS)
	@$(BIN)/python tools/chaos_fleet.py --engine sqlite $(FLEET)
	@$(BIN)/python tools/chaos_fleet.py --engine postgres $(FLEET)

catalogue: setup-dev  ## Check the catalogue of vendors; COVERAGE="names.csv sites.csv" measures it
	@$(BIN)/python tools/catalogue.py $(COVERAGE)

golden: setup-dev  ## Judge the recorded evidence anew into fixtures/golden/, after a change of rules or of the report
	@$(BIN)/python tools/golden.py

messages: setup-dev  ## Collect the report's texts anew into its catalogues of messages
	@$(BIN)/python tools/messages.py

sample: setup  ## Build reports/sample/ anew from the demo
	@$(BIN)/python tools/sample.py

lock: setup-dev  ## Write the lock files anew
	@$(BIN)/python -m pip install --quiet uv && bash tools/lock.sh

wheel: setup-dev  ## Build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean:  ## Remove the environment and all caches
	@rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
