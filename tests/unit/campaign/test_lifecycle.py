import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.campaign.contract import EVENTS
from services.campaign.domain.errors import WrongStateError
from services.campaign.domain.lifecycle import GUARDS, TRANSITIONS, Action, can, hold_until, step
from services.campaign.domain.model import State
from services.campaign.domain.terms import Tier
from services.kernel.errors import ConflictError, InvalidError
from services.kernel.money import Money
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town
from tests.fakes.chassis import MONDAY

PAGE = Path(__file__).resolve().parents[3] / "services" / "campaign" / "LIFECYCLE.md"


def a_campaign(state, **changes):
    desk = Desk()
    campaign = desk.campaign_of_match(Town(desk).match_id)
    smaller = replace(campaign.terms, fallback_tiers=(Tier(5, Money(13800, "CNY")),))
    return replace(campaign, terms=smaller, state=state, deadline=DEADLINE, **changes)


ILLEGAL = [(state, action) for state in State for action in Action if (state, action) not in TRANSITIONS]


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_what_the_table_does_not_have_is_refused_with_the_current_state(state, action):
    with pytest.raises(WrongStateError) as refused:
        step(a_campaign(state), action, MONDAY)
    assert refused.value.detail["state"] == state
    assert refused.value.detail["action"] == action
    assert all((state, Action(allowed)) in TRANSITIONS for allowed in refused.value.detail["allowed"])


PASSING = {
    "before_deadline": (MONDAY, {}),
    "terms_hold": (MONDAY, {}),
    "minimum_reached": (MONDAY, {"paid_seats": 10}),
    "below_minimum": (MONDAY, {"paid_seats": 9}),
    "missed": (DEADLINE, {"paid_seats": 9}),
    "smaller_group": (DEADLINE, {"paid_seats": 5}),
    "before_start": (SLOT_START - timedelta(microseconds=1), {}),
    "begun": (SLOT_START, {}),
    "doors_open": (SLOT_START - timedelta(hours=12), {}),
    "nothing_held": (MONDAY, {}),
    "acceptance_over": (SLOT_START, {"settles_at": SLOT_START}),
    "always": (MONDAY, {}),
}
STOPPED = {
    "before_deadline": (DEADLINE, {}),
    "terms_hold": (DEADLINE, {}),
    "minimum_reached": (MONDAY, {"paid_seats": 9}),
    "below_minimum": (MONDAY, {"paid_seats": 10}),
    "missed": (DEADLINE - timedelta(microseconds=1), {"paid_seats": 9}),
    "smaller_group": (DEADLINE, {"paid_seats": 4}),
    "before_start": (SLOT_START, {}),
    "begun": (SLOT_START - timedelta(microseconds=1), {}),
    "doors_open": (SLOT_START - timedelta(hours=12, microseconds=1), {}),
    "nothing_held": (MONDAY, {"sessions_held": 1}),
    "acceptance_over": (SLOT_START, {"settles_at": SLOT_START + timedelta(microseconds=1)}),
}


@pytest.mark.parametrize(("line", "transition"), TRANSITIONS.items())
def test_every_transition_passes_its_guard_and_leads_to_its_state(line, transition):
    state, action = line
    now, changes = PASSING[transition.guard]
    moved = step(a_campaign(state, **changes), action, now)
    assert moved.state is transition.next
    if transition.next is not state:
        assert moved.reason == transition.reason


@pytest.mark.parametrize(("line", "transition"), [item for item in TRANSITIONS.items() if item[1].guard != "always"])
def test_every_transition_is_stopped_by_its_guard(line, transition):
    state, action = line
    now, changes = STOPPED[transition.guard]
    with pytest.raises(ConflictError) as refused:
        step(a_campaign(state, **changes), action, now)
    assert refused.value.detail["state"] == state


def test_guards_and_events_of_the_table_exist():
    assert {line.guard for line in TRANSITIONS.values()} == set(GUARDS)
    assert {line.event for line in TRANSITIONS.values() if line.event} <= set(EVENTS)


def test_every_state_but_the_last_ones_can_be_left():
    last = {State.SETTLED, State.FAILED, State.CANCELLED}
    assert {state for state, _ in TRANSITIONS} == set(State) - last
    assert not can(a_campaign(State.SETTLED), Action.CANCEL)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deadline": MONDAY}, "deadline"),
        ({"deadline": SLOT_START}, "deadline"),
        ({"deadline": None}, "deadline"),
        ({"min_seats": 9}, "min_seats"),
        ({"min_seats": 31}, "min_seats"),
        ({"max_seats": 31}, "max_seats"),
    ],
)
def test_terms_that_the_offer_does_not_allow_are_refused(changes, field):
    with pytest.raises(InvalidError) as refused:
        step(replace(a_campaign(State.DRAFT), **changes), Action.OPEN, MONDAY)
    assert refused.value.detail["errors"][0]["field"] == field


def test_a_hold_never_outlasts_the_deadline():
    campaign = a_campaign(State.OPEN)
    assert hold_until(campaign, MONDAY) == MONDAY + timedelta(minutes=30)
    assert hold_until(campaign, DEADLINE - timedelta(minutes=5)) == DEADLINE


def test_the_page_shows_the_table():
    rows = re.findall(
        r"^\| (\w+) \| (\w+) \| (\w+) \| (\w+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.M
    )
    shown = {
        (state, action): tuple(cell.strip() for cell in cells) for state, action, *cells in rows if state != "state"
    }
    table = {
        (str(state), str(action)): (str(t.next), t.guard, t.actor, t.event or "-", t.reason or "-")
        for (state, action), t in TRANSITIONS.items()
    }
    assert shown == table
