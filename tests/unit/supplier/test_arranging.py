"""Calendars become slots: extended by a timer, made anew where nobody has booked, and left alone where somebody has."""

from datetime import date, datetime, timedelta

import pytest

from services.kernel.errors import InvalidError
from services.supplier import handlers, inbound
from services.supplier.domain import commands
from services.supplier.domain.calendars import Blackout, Rule
from services.supplier.domain.errors import NotYoursError, ResourceBusyError, SlotTooLateError, StaleVersionError
from services.supplier.domain.offer_commands import ReviseOffer, SetDaysOff
from tests.builders_supplier import caller, offer_data, span, tiers, weekly_calendar
from tests.fair_supplier import HOME, OTHER, Fair
from tests.fakes.chassis import request

ORGANISER = caller(community_id=HOME)
SUNDAYS = Rule("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 5, 17, 10), 150, 30)


@pytest.fixture
def fair():
    return Fair()


def publish(fair, calendar, studio=None, **changes):
    """Publish an offer with a calendar and no slot by hand, of a new supplier if none is named."""
    studio = studio or fair.stall().supplier_id
    read = inbound.publish_offer(request(offer_data(studio, slots=[], **changes), role="organiser", community_id=HOME))
    made = commands.PublishOffer(ORGANISER, read.supplier_id, read.place, read.terms, read.slots, calendar)
    return handlers.publish_offer(made, fair.uow).offer


def recalendar(fair, made, calendar):
    handlers.revise_offer(ReviseOffer(ORGANISER, made.offer_id, None, {}, True, calendar), fair.uow)


def days_off(fair, studio, *blackouts, who=ORGANISER, if_match=None):
    command = SetDaysOff(
        who, studio, if_match, {"blackouts": tuple(Blackout(first, last) for first, last in blackouts)}
    )
    return handlers.set_days_off(command, fair.uow)[1]


def slots(fair, made):
    return [slot for slot in fair.uow.slots.of_offers([made.offer_id]).get(made.offer_id, ()) if not slot.closed]


def days(fair, made):
    return [slot.span.start.strftime("%m-%d") for slot in slots(fair, made)]


def book(fair, slot, seats=20):
    command = commands.ProposeMatch(ORGANISER, slot.offer_id, slot.slot_id, seats, None)
    return handlers.propose_match(command, fair.uow).match


SATURDAYS = ["05-16", "05-23", "05-30", "06-06", "06-13", "06-27", "07-04"]


def test_a_published_calendar_is_slots_up_to_the_horizon_and_pools_find_them(fair):
    made = publish(fair, weekly_calendar())
    assert days(fair, made) == SATURDAYS
    pool = fair.pool(10, 8)
    assert fair.of(made).pool_id == pool.pool_id


def test_a_timer_extends_the_slots_week_by_week_and_keeps_those_that_are_there(fair):
    made = publish(fair, weekly_calendar())
    before = slots(fair, made)
    fair.uow.clock.pass_(days=7)
    assert "unfold_calendar" in fair.fire()
    assert days(fair, made) == [*SATURDAYS, "07-11"]
    assert slots(fair, made)[: len(before)] == before


def test_a_calendar_that_ends_is_not_looked_at_again(fair):
    made = publish(fair, weekly_calendar(Rule("FREQ=WEEKLY;COUNT=3", datetime(2026, 5, 16, 10), 150, 30)))
    assert len(slots(fair, made)) == 3
    assert not any(key.startswith("calendar/") for key in fair.uow.timers.pending)


def test_a_withdrawn_offer_gets_no_more_slots(fair):
    made = publish(fair, weekly_calendar())
    handlers.withdraw_offer(commands.WithdrawOffer(ORGANISER, made.offer_id), fair.uow)
    fair.uow.clock.pass_(days=7)
    fair.fire()
    assert days(fair, made) == SATURDAYS
    assert not any(key.startswith("calendar/") for key in fair.uow.timers.pending)


def test_another_rule_makes_free_slots_anew_and_leaves_booked_ones_alone(fair):
    made = publish(fair, weekly_calendar())
    held = slots(fair, made)[1]
    match = book(fair, held)
    recalendar(fair, made, weekly_calendar(SUNDAYS))
    assert days(fair, made) == sorted(["05-23", "05-17", "05-24", "05-31", "06-07", "06-14", "06-28", "07-05"])
    assert fair.uow.slots.find(held.slot_id).held == 20
    assert fair.uow.matches.find(match.match_id) == match


def test_the_same_calendar_again_changes_nothing(fair):
    made = publish(fair, weekly_calendar())
    before = slots(fair, made)
    for _ in range(2):
        handlers.unfold_calendar({"offer_id": str(made.offer_id)}, fair.uow)
    assert slots(fair, made) == before


def test_a_booked_slot_is_not_given_twice_where_slots_may_be_parallel(fair):
    made = publish(fair, weekly_calendar(parallel=True))
    book(fair, slots(fair, made)[0])
    handlers.unfold_calendar({"offer_id": str(made.offer_id)}, fair.uow)
    assert days(fair, made) == SATURDAYS


def test_without_a_calendar_free_slots_of_it_go_and_those_by_hand_stay(fair):
    made = publish(fair, weekly_calendar())
    book(fair, slots(fair, made)[0])
    by_hand = span(day=10)
    handlers.add_slot(commands.AddSlot(ORGANISER, made.offer_id, commands.NewSlot(by_hand, (by_hand,), 30)), fair.uow)
    recalendar(fair, made, None)
    assert days(fair, made) == ["05-16", "05-26"]


def test_days_off_take_free_slots_from_all_offers_of_the_supplier_and_no_booked_one(fair):
    stall = fair.stall()
    made = publish(fair, weekly_calendar(), stall.supplier_id)
    book(fair, slots(fair, made)[1])
    off = days_off(fair, stall.supplier_id, (date(2026, 5, 16), date(2026, 5, 31)))
    assert off.version == 1
    assert days(fair, made) == ["05-23", "06-06", "06-13", "06-27", "07-04"]
    assert slots(fair, stall) == [], "nor is one that was made by hand sold any more"
    days_off(fair, stall.supplier_id)
    assert days(fair, made) == SATURDAYS


def test_days_off_are_changed_by_who_has_read_them_and_owns_the_supplier(fair):
    stall = fair.stall()
    days_off(fair, stall.supplier_id, if_match="0")
    with pytest.raises(StaleVersionError):
        days_off(fair, stall.supplier_id, if_match="0")
    with pytest.raises(NotYoursError):
        days_off(fair, stall.supplier_id, who=caller(community_id=OTHER))


def test_a_slot_by_hand_is_refused_on_a_day_off(fair):
    stall = fair.stall()
    days_off(fair, stall.supplier_id, (date(2026, 5, 24), date(2026, 5, 24)))
    new = span(day=8)
    with pytest.raises(InvalidError) as refused:
        handlers.add_slot(commands.AddSlot(ORGANISER, stall.offer_id, commands.NewSlot(new, (new,), 30)), fair.uow)
    assert refused.value.detail["errors"][0]["field"] == "start"


def test_a_crew_is_never_booked_in_two_places_the_way_included(fair):
    stall = fair.stall()
    near = Rule("FREQ=WEEKLY;BYDAY=SA", datetime(2026, 5, 16, 13), 150, 30)
    first = publish(fair, weekly_calendar(after_minutes=60), stall.supplier_id)
    second = publish(fair, weekly_calendar(near), stall.supplier_id)
    other_crew = publish(fair, weekly_calendar(near, resource="二队"), stall.supplier_id)
    match = book(fair, slots(fair, first)[0])
    with pytest.raises(ResourceBusyError):
        book(fair, slots(fair, second)[0])
    book(fair, slots(fair, second)[1])
    book(fair, slots(fair, other_crew)[0])
    fair.end(match, fair.open(match))
    book(fair, slots(fair, second)[0])


def test_a_pool_is_not_matched_with_a_crew_that_is_elsewhere(fair):
    stall = fair.stall("200.00")
    first = publish(fair, weekly_calendar(), stall.supplier_id)
    publish(fair, weekly_calendar(), stall.supplier_id)
    book(fair, slots(fair, first)[0], 30)
    fair.pool(10, 8)
    assert {match.offer.offer_id for match in fair.uow.matches.all()} == {first.offer_id}
    assert fair.told("pool_unmatched.v1")[-1]["reasons"]["no_slot"] == 2


def test_two_offers_of_one_crew_are_not_both_proposed_to_a_pool(fair):
    stall = fair.stall("200.00")
    for price in ("99.00", "98.00"):
        priced = [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in tiers((10, price))]
        publish(fair, weekly_calendar(), stall.supplier_id, tiers=priced)
    fair.pool(10, 8)
    assert len(fair.uow.matches.all()) == 1


def test_a_slot_is_not_booked_within_its_lead_time(fair):
    made = publish(fair, weekly_calendar(lead_hours=48))
    first = slots(fair, made)[0]
    fair.uow.clock.time = first.span.start - timedelta(hours=48)
    with pytest.raises(SlotTooLateError):
        book(fair, first)
    fair.uow.clock.time -= timedelta(seconds=1)
    assert book(fair, first).held_until == first.span.start - timedelta(hours=48)


def test_more_slots_than_anybody_could_look_through_are_refused(fair):
    rules = [Rule("FREQ=DAILY", datetime(2026, 5, 12, hour), 150, 30) for hour in range(10)]
    with pytest.raises(InvalidError, match="at most 500"):
        publish(fair, weekly_calendar(*rules, parallel=True))
