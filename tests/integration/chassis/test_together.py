"""Many commands in one transaction are as independent as if they had come alone."""

import json
import subprocess
import sys
import time
from pathlib import Path

import eventlet
import pytest
from sqlalchemy.exc import OperationalError

from services.chassis.answers import KeyReusedError
from services.chassis.bus import Bus
from services.chassis.errors import ServiceError
from tests.integration.chassis.counter import Counter, SoldOutError, read, wish, write

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = ("services.chassis.unit_of_work:UnitOfWork.commit", "after", "1")
STORED = ("services.chassis.answers:Answers.store_many", "after", "1")


@pytest.fixture
def counter(shop):
    return Counter(shop)


def codes(outcomes):
    return [outcome.code if isinstance(outcome, ServiceError) else outcome["item"] for outcome in outcomes]


def commits(shop):
    """How many transactions have added events: each leaves its own id on the rows it made."""
    return len({row.xmin for row in shop.run(f'SELECT xmin::text FROM "{shop.service}".outbox')})


def test_all_are_done_in_one_transaction_and_answered_in_order(counter):
    outcomes = counter.serve(*(wish(f"item-{number}", number) for number in range(1, 21)))
    assert outcomes == [{"item": f"item-{number}", "number": number} for number in range(1, 21)]
    assert counter.served == [20]
    assert commits(counter.shop) == 1
    assert len(counter.sales()) == len(counter.shop.rows("outbox")) == len(counter.shop.rows("answers")) == 20


def test_events_of_one_subject_get_consecutive_versions_in_the_order_of_the_commands(counter):
    counter.serve(wish("tea", 1))
    counter.serve(wish("tea", 2), wish("cup", 3), wish("tea", 4))
    told = [(row["subject"], row["version"], json.loads(row["body"])["data"]) for row in
            counter.shop.rows("outbox", "position")]  # fmt: skip
    assert told == [
        ("tea", 1, {"number": 1}),
        ("tea", 2, {"number": 2}),
        ("cup", 1, {"number": 3}),
        ("tea", 3, {"number": 4}),
    ]


def test_each_event_belongs_to_the_conversation_of_its_own_request(counter):
    counter.serve(wish("tea", correlation_id="one"), wish("cup", correlation_id="two"))
    talks = {row["subject"]: json.loads(row["body"])["correlationid"] for row in counter.shop.rows("outbox")}
    assert talks == {"tea": "one", "cup": "two"}


def test_what_came_before_is_answered_from_what_is_stored_beside_what_is_new(counter):
    tea, cup = wish("tea", 2, key="a"), wish("cup", 1, key="b")
    first = counter.serve(tea)
    assert counter.serve(cup, tea) == [{"item": "cup", "number": 1}, *first]
    assert counter.serve(tea, cup) == [*first, {"item": "cup", "number": 1}]
    assert counter.sales() == [("cup", 1), ("tea", 2)]
    assert counter.served == [1, 1]  # the third batch had nothing to do


def test_an_answer_is_found_whichever_way_the_command_came(counter):
    """The single command and the batch store under one name, so that a service may serve both."""
    message = wish("tea", 1, key="k")

    def sell_many(command, uow):
        return counter.sell_many([command], uow)[0]

    alone = Bus(counter.shop.new_uow).execute(message, read, sell_many, write)
    assert counter.serve(message) == [alone]
    assert counter.sales() == [("tea", 1)]


def test_a_key_that_comes_twice_in_one_batch_has_one_effect_and_one_answer(counter):
    message = wish("tea", 1, key="k")
    assert counter.serve(message, wish("cup"), message, message) == [
        {"item": "tea", "number": 1},
        {"item": "cup", "number": 1},
        {"item": "tea", "number": 1},
        {"item": "tea", "number": 1},
    ]
    assert counter.sales() == [("cup", 1), ("tea", 1)]


def test_a_key_that_comes_with_another_request_is_refused_beside_the_first(counter):
    outcomes = counter.serve(wish("tea", key="k"), wish("cup", key="k"))
    assert codes(outcomes) == ["tea", KeyReusedError.code]
    assert codes(counter.serve(wish("cup", key="k"), wish("pot"))) == [KeyReusedError.code, "pot"]
    assert counter.sales() == [("pot", 1), ("tea", 1)]


def test_a_refused_command_leaves_its_key_to_another_request_of_the_same_batch(counter):
    counter.fill(tea=0)
    assert codes(counter.serve(wish("tea", key="k"), wish("cup", key="k"))) == [SoldOutError.code, "cup"]
    assert counter.sales() == [("cup", 1)]


def test_a_refused_command_has_no_effect_and_the_others_have_theirs(counter):
    counter.fill(tea=3)
    outcomes = counter.serve(wish("tea", 2, key="a"), wish("tea", 2, key="b"), wish("tea", 1, key="c"))
    assert codes(outcomes) == ["tea", SoldOutError.code, "tea"]
    assert outcomes[1].detail == {"item": "tea"}
    assert counter.sales() == [("tea", 1), ("tea", 2)]
    assert [row["idempotency_key"] for row in counter.shop.rows("answers", "idempotency_key")] == ["a", "c"]


def test_a_request_that_cannot_be_read_has_an_error_of_its_own(counter):
    broken = wish("tea")
    del broken["data"]["number"]
    outcomes = counter.serve(wish("cup"), broken, wish("pot"))
    assert codes(outcomes) == ["cup", "chassis.internal", "pot"]


def test_a_request_that_nobody_waits_for_any_more_is_not_executed(counter):
    late = {**wish("tea"), "deadline_ms": int(time.time() * 1000) - 1}
    soon = {**wish("cup"), "deadline_ms": int(time.time() * 1000) + 10_000}
    late_one, soon_one = counter.serve(late, soon)
    assert (late_one.kind, late_one.code) == ("unavailable", "chassis.expired")
    assert soon_one["item"] == "cup"
    assert counter.sales() == [("cup", 1)]


def test_one_that_breaks_a_constraint_fails_alone(counter):
    counter.serve(wish("pot", receipt="R-1"))
    outcomes = counter.serve(*(wish(item, receipt=f"R-{n}") for n, item in enumerate(["tea", "cup", "bag"])))
    assert codes(outcomes) == ["tea", "chassis.internal", "bag"]
    assert outcomes[1].message == "internal error"  # PostgreSQL's words stay inside
    assert counter.sales() == [("bag", 1), ("pot", 1), ("tea", 1)]
    assert counter.served == [1, 3, 1, 1, 1]


def test_one_that_nobody_foresaw_fails_alone(counter):
    def read_or_break(message):
        return read(message) | ({"item": object()} if message["data"]["item"] == "tea" else {})

    outcomes = counter.serve(wish("cup"), wish("tea"), wish("pot"), read=read_or_break)
    assert codes(outcomes) == ["cup", "chassis.internal", "pot"]
    assert counter.sales() == [("cup", 1), ("pot", 1)]


def test_a_handler_that_raises_its_refusal_leaves_nothing_of_that_command(counter):
    sell_many = counter.sell_many

    def raising(commands, uow):
        results = sell_many(commands, uow)
        if any(command["item"] == "tea" for command in commands):
            raise SoldOutError("no tea after all")
        return results

    counter.sell_many = raising
    raising.__name__ = "sell_many"
    assert codes(counter.serve(wish("cup"), wish("tea", key="k"))) == ["cup", SoldOutError.code]
    assert counter.sales() == [("cup", 1)]
    assert [row["subject"] for row in counter.shop.rows("outbox")] == ["cup"]


def test_a_handler_that_forgets_a_command_answers_none_of_them_wrongly(counter):
    sell_many = counter.sell_many

    def forgetful(commands, uow):
        return sell_many(commands, uow)[1:]

    counter.sell_many = forgetful
    assert codes(counter.serve(wish("cup"), wish("tea"))) == ["chassis.internal"] * 2
    assert counter.sales() == []


def test_a_lost_connection_fails_the_whole_batch_because_nobody_knows_what_came_of_it(counter):
    shop = counter.shop

    def cut():
        shop.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                 " AND application_name = :name", name=f"pinlian-{shop.service}"[:63])  # fmt: skip

    counter.before_saving = cut
    with pytest.raises(OperationalError):
        counter.serve(wish("cup"), wish("tea"))
    assert counter.served == [2]
    assert counter.sales() == []


def test_two_batches_that_lock_crosswise_are_both_done(counter):
    """PostgreSQL ends one of the two transactions, and the bus runs it again."""
    counter.fill(a=10, b=10)
    first_lock = eventlet.event.Event()

    def sell_backwards(commands, uow):
        for command in commands:
            uow.connection.execute(counter.lock, {"items": [command["item"]]}).all()
            if not first_lock.ready():
                first_lock.send()
            eventlet.sleep(0.3)
        return commands

    def batch(*items):
        request = {"requests": [wish(item) for item in items]}
        return Bus(counter.shop.new_uow).execute_many(request, read, sell_backwards, write)["answers"]

    threads = [eventlet.spawn(batch, "a", "b"), eventlet.spawn(batch, "b", "a")]
    assert [[answer["result"]["item"] for answer in thread.wait()] for thread in threads] == [["a", "b"], ["b", "a"]]


def test_a_key_that_a_single_command_holds_at_the_same_time_gets_its_answer(counter):
    message, holding = wish("tea", 1, key="k"), eventlet.event.Event()

    def sell_many(command, uow):
        holding.send()
        eventlet.sleep(0.2)
        return counter.sell_many([command], uow)[0]

    single = eventlet.spawn(Bus(counter.shop.new_uow).execute, message, read, sell_many, write)
    holding.wait()
    assert counter.serve(wish("cup", key="c"), message) == [{"item": "cup", "number": 1}, single.wait()]
    assert counter.sales() == [("cup", 1), ("tea", 1)]


def test_who_is_refused_because_of_its_own_repeat_gets_the_answer_of_the_first(counter):
    """Both batches hold the wish for the last piece; the second waits for the lock and finds none left."""
    counter.fill(tea=1)
    counter.before_saving = lambda: eventlet.sleep(0.2)
    message = wish("tea", 1, key="k")
    threads = [eventlet.spawn(counter.serve, message, wish(f"cup-{n}")) for n in range(2)]
    assert [thread.wait()[0] for thread in threads] == [{"item": "tea", "number": 1}] * 2
    assert [sale for sale in counter.sales() if sale[0] == "tea"] == [("tea", 1)]


class Till:
    """A counter in a process of its own."""

    def __init__(self, shop, *point):
        command = [sys.executable, "-m", "tests.integration.chassis.counter", shop.settings.database_url, shop.service]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([*command, *point], cwd=ROOT, text=True, **pipes)

    def send(self, *batches):
        for batch in batches:
            self.process.stdin.write(json.dumps({"requests": batch}) + "\n")
        self.process.stdin.close()

    def answers(self):
        return [json.loads(line)["answers"] for line in self.process.stdout]


@pytest.mark.timeout(120)
def test_processes_that_race_for_the_same_keys_do_each_command_once_and_answer_alike(counter):
    """Four processes send the same 120 commands in batches of other sizes and orders, for a stock that is too small."""
    counter.fill(tea=40)
    wishes = [wish("tea" if number % 3 else f"cup-{number}", 1, key=f"k{number}") for number in range(120)]
    tills = [Till(counter.shop) for _ in range(4)]
    for number, till in enumerate(tills):
        order = wishes if number % 2 else wishes[::-1]
        size = 5 + 4 * number
        till.send(*(order[at : at + size] for at in range(0, 120, size)))
    answers = [[answer for batch in till.answers() for answer in batch] for till in tills]
    by_key = [dict(zip((w["idempotency_key"] for w in (wishes if n % 2 else wishes[::-1])), answers[n], strict=True))
              for n in range(4)]  # fmt: skip

    sold = [item for item, _ in counter.sales()]
    assert sold.count("tea") == 40
    assert len(sold) == 40 + 40
    for key in by_key[0]:
        assert len({json.dumps(answers[key]["result"]) for answers in by_key}) == 1, key
    done = {row["idempotency_key"] for row in counter.shop.rows("answers")}
    assert len(done) == 80
    # Who was told that it is done is done, and who is done was told so by all who asked afterwards.
    for answers in by_key:
        assert {key for key, answer in answers.items() if answer["result"]} <= done


@pytest.mark.parametrize(("point", "sold"), [(STORED, 0), (COMMITTED, 3)], ids=["before the commit", "after it"])
def test_a_repeat_after_kill_9_has_one_effect_and_one_answer(counter, point, sold):
    batch = [wish(item, 1, key=item) for item in ("tea", "cup", "pot")]
    till = Till(counter.shop, *point)
    till.send(batch)
    assert till.answers() == []
    assert till.process.wait(20) == -9
    assert len(counter.sales()) == sold

    assert codes(counter.serve(*batch)) == ["tea", "cup", "pot"]
    assert len(counter.sales()) == len(counter.shop.rows("outbox")) == 3
