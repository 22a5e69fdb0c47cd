"""Calendars on a real PostgreSQL: crews in one place whoever books at once, and slots that are made anew."""

import base64

import pytest
from icalendar import Calendar as File
from sqlalchemy.exc import IntegrityError

from services.supplier.domain.errors import ResourceBusyError
from services.supplier.domain.matches import SeatChange
from services.supplier.storage import tables
from tests.builders_supplier import pool_data, ready_pool
from tests.integration.supplier.test_races import ONE_SEAT, at_once

SMALL = {"min_group": 1, "max_group": 3, "tiers": ONE_SEAT, "slots": []}


def calendar(*starts, **changes):
    """One date for each start, of a crew of the supplier."""
    extra = [{"starts": f"2026-05-16T{start}", "minutes": 150, "capacity": 3} for start in starts]
    return {"zone": "Asia/Shanghai", "extra_days": extra, "resource": "一队", **changes}


@pytest.fixture
def crew(market):
    """Two offers that need the same crew at overlapping times, with the way."""
    home = market.community()
    studio = home.supplier()
    first = home.offer(studio, **SMALL, calendar=calendar("10:00", after_minutes=60))
    second = home.offer(studio, **SMALL, calendar=calendar("13:00"))
    return home, first, second


def wanted(made, number=0):
    return {"offer_id": made["offer_id"], "slot_id": made["slots"][number]["slot_id"], "seats": 1}


@pytest.mark.parametrize("attempt", range(3))
def test_of_many_who_book_one_crew_at_once_in_two_places_those_of_one_place_get_it(market, crew, attempt):
    home, first, second = crew
    works = [lambda made=made: home.ask("propose_match", **wanted(made)) for made in (first, second) * 3]
    results = at_once(*works)
    held = {result["offer"]["offer_id"] for result in results if isinstance(result, dict)}
    assert len(held) == 1
    assert sum(isinstance(result, ResourceBusyError) for result in results) == 3
    assert sorted(market.slot(made)["held"] for made in (first, second)) == [0, 3]


@pytest.mark.parametrize("attempt", range(3))
def test_pools_and_direct_matches_at_once_never_share_a_crew(market, crew, attempt):
    home, first, second = crew
    pools = [ready_pool(1, community_ids=[home.community_id], category=market.category) for _ in range(3)]
    works = [lambda pool=pool: market.hear("pool_ready", pool_data(pool)) for pool in pools]
    works += [lambda made=made: home.ask("propose_match", **wanted(made)) for made in (first, second)]
    at_once(*works)
    assert min(market.slot(made)["held"] for made in (first, second)) == 0


def test_the_database_itself_refuses_a_crew_in_two_places(market, crew):
    home, first, second = crew
    home.ask("propose_match", **wanted(first))
    slot_id = second["slots"][0]["slot_id"]
    with market.new_uow() as uow:
        assert not uow.slots.change(slot_id, SeatChange(held=1))
        with pytest.raises(IntegrityError, match="slots_one_place"):
            uow.connection.execute(tables.slots.update().values(held=1).where(tables.slots.c.slot_id == slot_id))


def test_a_crew_that_is_free_again_can_be_booked_elsewhere(market, crew):
    home, first, second = crew
    match = home.ask("propose_match", **wanted(first))
    shown = home.ask("get_offer_calendar", offer_id=second["offer_id"])
    assert shown["slots"] == []
    home.ask("withdraw_match", match_id=match["match_id"], reason="病了")
    assert len(home.ask("get_offer_calendar", offer_id=second["offer_id"])["slots"]) == 1
    assert home.ask("propose_match", **wanted(second))["state"] == "proposed"


def test_a_calendar_is_kept_extended_and_made_anew_around_what_is_booked(market):
    home = market.community()
    studio = home.supplier()
    weekly = {"rrule": "FREQ=WEEKLY;BYDAY=SA", "starts": "2026-05-16T10:00", "minutes": 150, "capacity": 3}
    dates = {"zone": "Asia/Shanghai", "rules": [weekly], "blackouts": [{"first": "2026-05-23", "why": "运动会"}]}
    made = home.offer(studio, **SMALL, calendar={**dates, "lead_hours": 24})
    assert len(made["slots"]) == 7
    match = home.ask("propose_match", **wanted(made, 1))
    market.hear("campaign_opened", market.campaign(match))
    home.ask("withdraw_match", match_id=home.ask("propose_match", **wanted(made, 2))["match_id"], reason="x")
    market.clock.pass_(days=7)
    assert "unfold_calendar" in market.fire_due_timers()
    assert len(home.ask("get_offer", offer_id=made["offer_id"])["slots"]) == 8
    sundays = {**dates, "rules": [{**weekly, "rrule": "FREQ=WEEKLY;BYDAY=SU"}]}
    revised = home.ask("revise_offer", offer_id=made["offer_id"], calendar=sundays)
    # What was held or told of stays known; everything else that was ahead is on Sundays now.
    assert [slot["closed"] for slot in revised["slots"] if slot["slot_id"] == wanted(made, 2)["slot_id"]] == [True]
    assert match["slot"]["slot_id"] in [slot["slot_id"] for slot in revised["slots"] if slot["held"] == 1]
    shown = home.ask("get_offer_calendar", offer_id=made["offer_id"])
    assert shown["calendar"]["rules"][0]["rrule"] == "FREQ=WEEKLY;BYDAY=SU"
    assert shown["calendar"]["blackouts"] == [{"first": "2026-05-23", "last": "2026-05-23", "why": "运动会"}]


def test_others_see_when_it_can_be_had_but_neither_crews_nor_reasons(market):
    home, other = market.community(), market.community()
    studio = home.supplier({"mode": "named", "community_ids": [str(other.community_id)]})
    off = [{"first": "2026-06-01", "last": "2026-06-02", "why": "手术"}]
    made = home.offer(studio, **SMALL, calendar=calendar("10:00", blackouts=off))
    seen = other.ask("get_offer_calendar", offer_id=made["offer_id"])
    assert (seen["calendar"]["resource"], seen["calendar"]["blackouts"][0]["why"]) == ("", "")
    assert len(seen["slots"]) == 1


def test_days_off_are_kept_and_leave_out_what_a_preview_shows(market):
    home = market.community()
    studio = home.supplier()
    ids = {"supplier_id": studio["supplier_id"]}
    assert home.ask("get_days_off", **ids)["version"] == 0
    off = [{"first": "2026-05-16", "last": "2026-05-16", "why": "搬家"}]
    home.ask("set_days_off", if_match="0", **ids, zone="Asia/Shanghai", blackouts=off)
    assert home.ask("get_days_off", **ids)["blackouts"] == off
    shown = home.ask("preview_calendar", **ids, calendar=calendar("10:00", "14:00"))
    assert [one["because"] for one in shown["left_out"]] == ["supplier_blackout"] * 2
    assert shown["left_out"][0]["zh"] == "供应商的休息日: 搬家"
    assert home.ask("preview_calendar", calendar=calendar("10:00"))["slots"][0]["local"] == "2026-05-16T10:00+08:00"


def test_the_calendar_file_has_an_event_for_each_session(market):
    home = market.community()
    course = {
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "starts": "2026-05-16T10:00",
        "minutes": 150,
        "capacity": 3,
        "sessions": 3,
    }
    made = home.offer(home.supplier(), **SMALL, calendar={"zone": "Asia/Shanghai", "rules": [course]})
    answer = home.ask("export_calendar", offer_id=made["offer_id"])
    events = File.from_ical(base64.b64decode(answer["base64"])).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [f"亲子陶艺课 {number}/3" for number in (1, 2, 3)]
    assert events[0].decoded("dtstart").isoformat() == "2026-05-16T02:00:00+00:00"
    assert len({str(event["uid"]) for event in events}) == 3
