# The everyday commands. Each sets up what it needs; setting up twice costs nothing.
PRESET ?= release
BUILD := build/$(PRESET)

.PHONY: demo test build bench proof lint format clean setup-build setup-test configure

demo: build            ## export, verify, change, diff and damage a realistic dataset
	@$(BUILD)/cairn demo

test: setup-test       ## build everything with warnings as errors, lint it, run every test
	@scripts/lint --text
	@scripts/build $(PRESET)
	@scripts/lint
	@scripts/test

build: setup-build     ## leaves the command at build/release/cairn
	@scripts/build $(PRESET) cairn

bench: setup-test      ## measure against pandas, pyarrow, polars and DuckDB in one run
	@scripts/build release
	@.venv/bin/python bench/run.py

proof: setup-test      ## the long forms of the crash, damage and round-trip campaigns, and a 4 GB input
	@scripts/build release
	@scripts/test --long
	@.venv/bin/python bench/run.py large_input

lint: setup-test       ## layers, formatting, clang-tidy
	@scripts/build $(PRESET)
	@scripts/lint

format:
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

setup-build:
	@scripts/setup

setup-test:
	@scripts/setup test

clean:
	rm -rf build
