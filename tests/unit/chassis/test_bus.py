import pytest
from sqlalchemy.exc import OperationalError

from services.chassis.bus import ATTEMPTS, Bus, consumer_name
from tests.fakes.chassis import FakeUnitOfWork, request


class Lost(Exception):
    """What psycopg raises to the loser of a race."""

    sqlstate = "40001"


class Broken(Exception):
    sqlstate = "57P01"


class FakeAnswers:
    """Keeps answers as the real ones do, without a transaction."""

    kept: dict

    def __init__(self, kept):
        self.kept = kept

    def claim(self, *key_and_request):
        return self.kept.get(key_and_request[:3])

    def store(self, *key_and_answer):
        self.kept[key_and_answer[:3]] = key_and_answer[3]


@pytest.fixture
def units():
    """The units of work that were made, in order."""
    return []


@pytest.fixture
def bus(units):
    kept = {}

    def make():
        unit = FakeUnitOfWork()
        unit.answers = FakeAnswers(kept)
        units.append(unit)
        return unit

    return Bus(make)


def read(message):
    return message["data"]["number"]


def double(number, uow):
    return number * 2


def write(result):
    return {"result": result}


def failing(times, error):
    """A handler that fails so many times."""
    failures = iter([error] * times)

    def handle(number, uow):
        for found in failures:
            raise OperationalError("UPDATE", {}, found())
        return number

    return handle


def test_a_command_is_read_handled_written_and_committed(bus, units):
    assert bus.execute(request({"number": 4}), read, double, write) == {"result": 8}
    assert [unit.committed for unit in units] == [True]


def test_a_repeated_command_is_answered_without_being_handled(bus):
    message, handled = request({"number": 4}, key="k"), []

    def handle(number, uow):
        handled.append(number)
        return number

    assert bus.execute(message, read, handle, write) == bus.execute(message, read, handle, write)
    assert handled == [4]


def test_a_query_commits_nothing(bus, units):
    assert bus.query(request({"number": 4}), read, lambda number, uow: {"number": number}) == {"number": 4}
    assert not units[0].committed


def test_a_command_that_fails_is_not_committed(bus, units):
    with pytest.raises(ZeroDivisionError):
        bus.execute(request({"number": 4}), read, lambda number, uow: 1 / 0, write)
    assert not units[0].committed


def test_the_loser_of_a_race_runs_again_in_a_new_unit_of_work(bus, units):
    assert bus.execute(request({"number": 4}), read, failing(2, Lost), write) == {"result": 4}
    assert [unit.committed for unit in units] == [False, False, True]


def test_who_loses_every_race_gives_up(bus, units):
    with pytest.raises(OperationalError):
        bus.execute(request({"number": 4}), read, failing(ATTEMPTS, Lost), write)
    assert len(units) == ATTEMPTS


def test_a_broken_connection_is_not_tried_again_because_the_outcome_is_unknown(bus, units):
    with pytest.raises(OperationalError):
        bus.execute(request({"number": 4}), read, failing(1, Broken), write)
    assert len(units) == 1


def test_the_name_of_a_consumer_is_made_of_source_and_event():
    assert consumer_name("campaign", "campaign_opened.v1") == "on_campaign_campaign_opened_v1"
