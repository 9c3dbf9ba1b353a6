# make report · make test: each sets up .venv on first use and then does its work.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin
READY = $(VENV)/.ready
PIN = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11
# A process a core; one that is done takes over from the end of another's tests, so that few fixtures are made twice.
CORES = --numprocesses logical --maxprocesses 8 --dist worksteal
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test bench report-bank lock clean

report: $(READY)
ifeq ($(CALLKIT_ACCOUNT)$(CALLKIT_CONFIG)$(wildcard callkit.toml),)
	@echo "No account is configured (no callkit.toml here): this uses the built-in sandbox, whose calls are invented."
	@$(RUN)/callkit report weekly --sandbox --print-path
else
	@$(RUN)/callkit report weekly --print-path
endif

test: $(READY)
	@$(RUN)/python -m pytest $(CORES)

# Measures, as ratios in one run, what callkit does against others that do the same work: about a quarter of an hour.
bench: $(READY) $(VENV)/.dev
	@$(RUN)/python -m tests.benchmarks
	@$(RUN)/python -m tests.benchmarks.fuzz

# The weekly report of real calls: Anonymous Bank, third week of January 1999.
report-bank: $(READY)
	@$(RUN)/python -m tests.reference.bank
	@$(RUN)/callkit report weekly --config data/samples/anonymous_bank/callkit.toml --week 1999-W03 --no-sync --print-path

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] <= (3, 13) else 'callkit needs Python 3.11 to 3.13 and found %d.%d: name another, as in make report PYTHON=python3.12' % sys.version_info[:2])"
	@echo "Setting up $(VENV), once: this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(RUN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(RUN)/python -m compileall -q callkit
	@touch $@

$(VENV)/.dev: $(READY) .ci/requirements.lock
	@$(RUN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/requirements.lock
	@touch $@

# Renews the pins; needs uv.
lock:
	$(PIN) --extra test pyproject.toml --output-file requirements.lock
	$(PIN) --extra dev --constraint requirements.lock pyproject.toml --output-file .ci/requirements.lock
	$(PIN) --extra spark --constraint .ci/requirements.lock pyproject.toml --output-file .ci/spark.lock

clean:
	rm -rf $(VENV) build callkit.egg-info
