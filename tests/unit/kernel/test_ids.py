import time
from uuid import UUID

import pytest

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id, new_id_of_the_hour, parse_id


def test_ids_increase_strictly_even_within_a_millisecond():
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_uuid_of_version_7_with_the_time_in_front():
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert abs((made.int >> 80) - time.time() * 1000) < 2_000


def test_an_id_of_the_hour_tells_no_more_than_the_hour():
    made = [new_id_of_the_hour() for _ in range(100)]
    assert len(set(made)) == 100
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert {(one.int >> 80) % 3_600_000 for one in made} == {0}
    assert 0 <= time.time() * 1000 - (made[0].int >> 80) < 2 * 3_600_000
    assert len({one.int >> 64 & 0xFFF for one in made}) > 50


def test_ids_go_on_increasing_when_the_clock_goes_back(monkeypatch):
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert new_id() > first


def test_the_text_of_ids_sorts_as_they_do():
    ids = [new_id() for _ in range(1_000)]
    assert [str(each) for each in ids] == sorted(str(each) for each in ids)


def test_an_id_is_read_from_its_text():
    made = new_id()
    assert parse_id(str(made), "signal_id") == made
    assert parse_id(str(made).upper(), "signal_id") == made


@pytest.mark.parametrize("text", ["", "abc", None, 5, "0" * 31, UUID(int=0)])
def test_what_is_no_id_is_refused_with_the_name_of_the_field(text):
    with pytest.raises(InvalidError) as refused:
        parse_id(text, "signal_id")
    assert refused.value.detail["errors"][0]["field"] == "signal_id"
