# make run          set everything up and judge examples/attention.py
# make run FILE=... judge another file
# make test         set everything up, lint, check types, run the tests
# make lint         only lint and types; make quick: the tests that take no long time
# make verify       every right and wrong answer of the tests over 20 seeds, and the proof of every problem
# make soak         2,000 runs in a sandbox and 5,000 submissions to a resident judge, most of them hostile: is anything left?
#                   and processes of the judge killed at 300 random moments; KILLS="--state FILE" goes on where that was interrupted
# make docker-test  the docker sandbox on a real engine, which is started where none answers; docker-test-all: with every attack
# make bench        the figures of speed; BESIDE="--torch-judge FOLDER" compares with that package too
PYTHON ?= python3
CONSTRAINTS ?= constraints.txt
FILE ?= examples/attention.py
VENV := .venv
READY := $(VENV)/.ready

.PHONY: setup run test lint quick docker-test docker-test-all verify soak bench clean
setup: $(READY)

$(READY): pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "judge needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say which one to use: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[dev]'
	@touch $(READY)

# Exit status 1 is a rejection: a result, not a failure of make.
run: $(READY)
	@$(VENV)/bin/judge run $(FILE) || [ $$? -eq 1 ]

test: lint
	$(VENV)/bin/pytest -n 2 --dist worksteal -rs

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

quick: $(READY)
	$(VENV)/bin/pytest -n 2 --dist worksteal -m "not slow" tests/judge tests/problems tests/reference

OF_DOCKER := $(VENV)/bin/python -m tests.engine $(VENV)/bin/pytest -n 2 --dist worksteal -rs -k docker tests/sandbox tests/attacks
docker-test: $(READY)
	$(OF_DOCKER) --few -m 'not slow'

docker-test-all: $(READY)
	$(OF_DOCKER)

verify: $(READY)
	$(VENV)/bin/python -m tests.verify $(ARGS)
	$(VENV)/bin/pytest -n 2 tests/attacks -k "naive or process-forked" --every-attack
	$(VENV)/bin/pytest -n 2 tests/sandbox -k process-fresh --every-run
	$(VENV)/bin/python -m tests.mistakes --others
	$(VENV)/bin/judge verify --all

soak: $(READY)
	$(VENV)/bin/python -m tests.soak
	$(VENV)/bin/python -m tests.soak_resident $(ARGS)
	$(VENV)/bin/python -m tests.kills $(KILLS)

bench: $(READY)
	$(VENV)/bin/python benchmarks/judging.py
	$(VENV)/bin/python benchmarks/sandboxes.py
	$(VENV)/bin/python benchmarks/containers.py
	$(VENV)/bin/python benchmarks/practice.py
	$(VENV)/bin/python benchmarks/speed.py
	$(VENV)/bin/python benchmarks/every_problem.py
	$(VENV)/bin/python benchmarks/beside.py $(BESIDE)
	$(VENV)/bin/python benchmarks/growth.py

clean:
	rm -rf $(VENV)
