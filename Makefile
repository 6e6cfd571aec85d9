# Everything a user or a developer does here, by name. `make help` lists it.
PYTHON ?= python3
VENV := .venv
SPARK_VENV := .venv-spark
CEM := $(VENV)/bin/python -m orchestration
# Two workers, each with whole files, in the order that tests/python/conftest.py gives: the longest first.
WORKERS ?= 2
PYTEST = $(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10
LOCK = $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
  pyproject.toml $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help run new-source doctor erase backup restore rollback alerts show query dbt dev docs serve-demo test unit check check-sql check-models check-python test-long test-spark bench-clv lock rebuild clean remove-everything

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/installed-run  ## load, transform, check and publish; then show what was published
	@$(CEM) run

new-source: $(VENV)/installed-run  ## the pack of your own source: make new-source NAME=web_shop FROM=/data/web_shop
	@$(CEM) new-source "$(NAME)" "$(FROM)" $(if $(MAPPING),"$(MAPPING)")

doctor: $(VENV)/installed-run  ## whether this installation can run: versions, settings, disk, sources, what is there
	@$(CEM) doctor

rebuild: $(VENV)/installed-run  ## the same on a new warehouse, made from the lake and what is remembered
	@$(CEM) rebuild

erase: $(VENV)/installed-run  ## remove for good, everywhere, what the sources no longer have; leaves one version
	@$(CEM) erase

backup: $(VENV)/installed-run  ## copy what no run makes again: make backup TO=/backups, WITHOUT_LAKE=yes for the dearest alone
	@$(CEM) backup "$(TO)" $(if $(WITHOUT_LAKE),--without-lake)

restore: $(VENV)/installed-run  ## take it from a backup: make restore FROM=/backups/cem-backup-…; REPLACE=yes over what is there
	@$(CEM) restore "$(FROM)" $(if $(REPLACE),--replace)

rollback: $(VENV)/installed-run  ## switch readers to the version before, or to one of them: make rollback VERSION=12
	@$(CEM) rollback $(VERSION)

alerts: $(VENV)/installed-run  ## what is to be looked at, since when, who owns it, and what to do
	@$(CEM) alerts

show: $(VENV)/installed-run  ## what the current published version holds
	@$(CEM) show

query: $(VENV)/installed-metrics  ## metrics of that version: make query ARGS="--metrics nps --group-by metric_time__month"; ARGS="list metrics"
	@$(CEM) query $(ARGS)

dbt: $(VENV)/installed-run  ## dbt with this configuration: make dbt ARGS="build --select orders"
	@$(CEM) dbt $(ARGS)

dev: $(VENV)/installed-run  ## Dagster's web UI with the same graph
	@$(CEM) dev

docs: $(VENV)/installed-run  ## build and serve the dbt docs
	@$(CEM) dbt docs generate
	@$(CEM) dbt docs serve

serve-demo: $(VENV)/installed-run  ## serve the demo company's survey and help desk APIs on loopback
	@$(CEM) serve-demo

test: check unit  ## everything CI runs, but for Spark

unit: $(VENV)/installed-dev  ## the tests alone; one of them: make unit ARGS="-k timeline"
	$(PYTEST) -m "not spark and not long" $(ARGS)

test-long: $(VENV)/installed-dev  ## the tests that take long, and all that draw examples, with new ones
	$(PYTEST) -m "not spark and (long or hypothesis)" --hypothesis-profile free $(ARGS)

check: $(VENV)/installed-dev  ## formatters, linters, types, conventions
	@$(MAKE) --no-print-directory --jobs=$(WORKERS) --output-sync=target check-sql check-models check-python

check-sql check-models: $(VENV)/installed-dev
	.ci/$@

check-python: $(VENV)/installed-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test-spark: $(SPARK_VENV)/installed  ## the same models on Spark, compared with DuckDB's; of all of Olist: ARGS=--whole
	$(SPARK_VENV)/bin/python -m pytest -m spark tests/python/spark $(ARGS)

lock: $(VENV)/bin/uv  ## renew the lock files from pyproject.toml; ARGS=--upgrade takes newer releases
	$(LOCK) -o requirements/run.lock
	$(LOCK) --extra metrics -c requirements/run.lock -o requirements/metrics.lock
	$(LOCK) --extra dev --extra metrics -c requirements/metrics.lock -o requirements/dev.lock
	$(LOCK) --extra dev --extra metrics --extra spark -c requirements/dev.lock -o requirements/spark.lock

bench-clv: $(VENV)/installed-run  ## CLV models against peers: make bench-clv ARGS="--peers-python PYTHON"
	$(VENV)/bin/python benchmarks/clv/run.py $(ARGS)

clean:  ## remove what was installed, and of the state what a run makes again; says what it keeps
	@[ ! -x $(VENV)/bin/python ] || $(CEM) clean
	rm -rf $(VENV) $(SPARK_VENV)

remove-everything:  ## remove what was installed and all state in .cem/, with what no run can make again
	rm -rf $(VENV) $(SPARK_VENV) .cem

# The lock files name exact versions and hashes, and no registry: any index or mirror that pip is set to serves them.
# What is installed is compiled, once: where Python may not write (PYTHONDONTWRITEBYTECODE, which containers like to set)
# each of a run's processes would compile all that it imports, for three to six seconds. Too few start in Spark's
# environment for that to pay.
$(VENV)/bin/uv: requirements/installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11 to 3.13 is needed, and $(PYTHON) is not: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/installer.lock
	@touch $@

$(VENV)/installed-run: requirements/run.lock | $(VENV)/bin/uv
	@echo "Installing what is locked in $< …"
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes -r $<
	@touch $@

$(VENV)/installed-metrics: requirements/metrics.lock | $(VENV)/bin/uv
	@echo "Installing what is locked in $< …"
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes -r $<
	@touch $@ $(VENV)/installed-run

$(VENV)/installed-dev: requirements/dev.lock | $(VENV)/bin/uv
	@echo "Installing what is locked in $< …"
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --require-hashes -r $<
	@touch $@ $(VENV)/installed-run $(VENV)/installed-metrics

$(SPARK_VENV)/installed: requirements/spark.lock | $(VENV)/bin/uv
	@echo "Installing what is locked in $< …"
	@$(VENV)/bin/uv venv --quiet --clear --python $(VENV)/bin/python $(SPARK_VENV)
	@$(VENV)/bin/uv pip install --quiet --python $(SPARK_VENV)/bin/python --require-hashes -r $<
	@touch $@
