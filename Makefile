# `make demo` and `make test` are all that a newcomer needs; both do their own set-up on Python 3.11 and make.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# In the order of their dates: the clock of a play never goes back, and a calendar has days of its own. Last come those
# that leave pools open, which would be told of every hour for as long as others play.
SCENARIOS := deploy/scenarios/pottery.yaml \
	deploy/scenarios/weekly_course.yaml \
	deploy/scenarios/merged.yaml \
	deploy/scenarios/heard_in_chats.yaml \
	deploy/scenarios/appliance_cleaning.yaml \
	deploy/scenarios/cleaning_day.yaml \
	deploy/scenarios/missed_minimum.yaml \
	deploy/scenarios/data_course.yaml \
	deploy/scenarios/sharing_ended.yaml \
	deploy/scenarios/dispute.yaml \
	deploy/scenarios/missed_minimum_extend.yaml \
	deploy/scenarios/missed_minimum_smaller_tier.yaml \
	deploy/scenarios/missed_minimum_merge.yaml \
	deploy/scenarios/supplier_withdraws.yaml \
	deploy/scenarios/supplier_gone.yaml \
	deploy/scenarios/moved_by_weather.yaml \
	deploy/scenarios/tier_lost_supplier.yaml \
	deploy/scenarios/tier_lost_dropouts.yaml \
	deploy/scenarios/tier_lost_fund.yaml \
	deploy/scenarios/waiting_family.yaml \
	deploy/scenarios/paid_online.yaml \
	deploy/scenarios/course_half_delivered.yaml \
	deploy/scenarios/asked_with_care.yaml \
	deploy/scenarios/licence_expires.yaml \
	deploy/scenarios/reviews.yaml \
	deploy/scenarios/private_supplier.yaml \
	deploy/scenarios/family_check_in.yaml \
	deploy/scenarios/graded_and_appealed.yaml \
	deploy/scenarios/closed_loop.yaml \
	deploy/scenarios/tender.yaml \
	deploy/scenarios/negotiation.yaml \
	deploy/scenarios/too_few_slots.yaml

.DEFAULT_GOAL := help
.PHONY: help demo up test lint unit integration plumbing e2e scenarios chaos chaos-short machines mutants test-deploy bench bench-joins bench-merge bench-merge-scale bench-placing bench-replay bench-reading bench-supply bench-texts bench-log bench-reputation lock clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}'

# The stamp is newer than what it was made from, so a second run skips all of it.
$(VENV)/.ready: requirements.txt pyproject.toml
	@./deploy/venv.sh "$(PYTHON)" $(VENV)

##@ Use it
demo: $(VENV)/.ready ## Play the scenarios on an embedded platform, then stay up with API and documentation
	@$(BIN)/pinlian demo $(SCENARIOS)

up: $(VENV)/.ready ## Start the embedded platform in .pinlian/
	@$(BIN)/pinlian up

##@ Check it
test: $(VENV)/.ready ## Everything that CI runs, in lanes side by side, under ten minutes
	@$(BIN)/python -m tests.lanes lint,unit,chaos-short integration plumbing e2e scenarios

lint: $(VENV)/.ready ## Style and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

unit: $(VENV)/.ready ## Tests without sockets
	$(BIN)/python -m pytest tests/unit tests/contract tests/architecture -q

integration: $(VENV)/.ready ## The services on real PostgreSQL, RabbitMQ and Redis, and races by real processes
	$(BIN)/python -m pytest $(addprefix tests/integration/,campaign demand supplier reputation sandbox) tests/concurrency -q --durations 10

plumbing: $(VENV)/.ready ## Chassis, gateway and commands on the same
	$(BIN)/python -m pytest $(addprefix tests/integration/,chassis gateway kernel platform) -q --durations 10

e2e: $(VENV)/.ready ## The whole platform, embedded and on real servers
	$(BIN)/python -m pytest tests/e2e -q --durations 10 --ignore tests/e2e/test_scenarios.py

scenarios: $(VENV)/.ready ## The shipped scenarios, played as a newcomer plays them
	$(BIN)/python -m pytest tests/e2e/test_scenarios.py -q --durations 10

chaos: $(VENV)/.ready ## Kill everything with SIGKILL, dozens of times, while 10 000 people join; check every answer
	@$(BIN)/python -m tests.chaos.run

chaos-short: $(VENV)/.ready ## The same in two minutes
	@$(BIN)/python -m tests.chaos.run --joins 1000 --campaigns 10 --seconds 50 --kills 10

machines: $(VENV)/.ready ## The state machines of money, seats and life, twenty times as long
	PINLIAN_TEST_EFFORT=20 $(BIN)/python -m pytest tests/unit/campaign tests/unit/sandbox -q -k "TestOnFakes or TestMergesOnFakes or TestChangesOnFakes or TestMoney" --timeout 0 --durations 10

mutants: $(VENV)/.ready ## Break one promise of campaign at a time; some test has to see each
	@$(BIN)/python -m tests.mutants.run

test-deploy: $(VENV)/.ready ## Bring the compose deployment up for real, play, kill containers, take it down
	@$(BIN)/python deploy/test_deploy.py

##@ Measure it
bench-joins: $(VENV)/.ready ## Joins per second beside a FastAPI monolith, hot and spread
	@$(BIN)/python bench/joins.py

bench: bench-joins ## The same

bench-merge: $(VENV)/.ready ## Merging against planted truth, the best possible, and common clusterings
	@$(BIN)/python bench/merge.py

bench-merge-scale: $(VENV)/.ready ## 10 000, 100 000 and 1 000 000 signals: time, memory, growth
	@$(BIN)/python bench/merge_scale.py

bench-placing: $(VENV)/.ready ## Time to place a signal beside 10 000 and 100 000 that wait
	@for open in 10000 100000; do $(BIN)/python -W ignore -m bench.placing --open $$open || exit 1; done

bench-texts: $(VENV)/.ready ## Pair score, candidate search, Chinese with English, categories and topics
	@$(BIN)/python -W ignore bench/texts.py

bench-reputation: $(VENV)/.ready ## How far scores can be bought, beside plain mean, Bayesian average, Wilson and beta
	@$(BIN)/python -W ignore bench/reputation.py

bench-log: $(VENV)/.ready ## Proofs of the tamper-evident log over a million entries, beside computing it anew
	@$(BIN)/python -W ignore -m bench.log

bench-supply: $(VENV)/.ready ## Slots and visits against published optima and proved bounds, beside greedy
	@$(BIN)/python -W ignore bench/supply.py

bench-replay: $(VENV)/.ready ## Replay real group buys through the gateway
	@$(BIN)/python bench/replay_groupbuys.py

$(VENV)/.yardsticks: $(VENV)/.ready bench/yardsticks.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement bench/yardsticks.txt
	@touch $@

bench-reading: $(VENV)/.yardsticks ## Times, people and prices in words, beside jionlp and dateparser
	@$(BIN)/python bench/reading.py

##@ Keep it
lock: $(VENV)/.ready ## Write requirements.txt anew from pyproject.toml
	@./deploy/lock.sh "$(PYTHON)"

clean: ## Remove what make made; data in .pinlian/ stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info
