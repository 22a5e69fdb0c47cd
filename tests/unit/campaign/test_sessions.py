import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.campaign.contract import EVENTS
from services.campaign.domain.errors import SessionStateError, SessionUnknownError, TooEarlyError
from services.campaign.domain.sessions import (
    TURNS,
    Reason,
    SessionAction,
    SessionState,
    call_off,
    close,
    find,
    nothing_left,
    plan,
    reminders,
    turn,
)
from tests.builders_campaign import SLOT_START, Desk, Town
from tests.builders_delivery import Course

PAGE = Path(__file__).resolve().parents[3] / "services" / "campaign" / "DELIVERY.md"
BEFORE = SLOT_START - timedelta(microseconds=1)


def planned(count=3):
    desk = Desk()
    return plan(desk.campaign_of_match(Course(desk, count).match_id))


def in_state(state):
    reason = Reason.WEATHER if state is SessionState.CANCELLED else None
    return replace(planned(1)[0], state=state, reason=reason)


def test_a_course_has_the_sessions_of_its_terms_and_anything_else_one():
    assert [(one.number, one.span.start) for one in planned(2)] == [(1, SLOT_START), (2, SLOT_START + timedelta(7))]
    desk = Desk()
    campaign = desk.campaign_of_match(Town(desk).match_id)
    assert [one.span for one in plan(campaign)] == [campaign.terms.slot]


@pytest.mark.parametrize(("line", "expected"), TURNS.items())
def test_every_turn_of_the_table_leads_to_its_state(line, expected):
    state, action = line
    turned = turn(in_state(state), action, SLOT_START, Reason.ILLNESS if action is SessionAction.CANCEL else None)
    assert turned.state is expected.next
    assert turned.decided_at == SLOT_START


@pytest.mark.parametrize(
    ("state", "action"), [(s, a) for s in SessionState for a in SessionAction if (s, a) not in TURNS]
)
def test_what_the_table_does_not_have_is_refused_with_the_state(state, action):
    with pytest.raises(SessionStateError) as refused:
        turn(in_state(state), action, SLOT_START)
    assert (refused.value.detail["state"], refused.value.detail["session"]) == (state, 1)


@pytest.mark.parametrize("action", [action for (_, action), line in TURNS.items() if line.guard == "begun"])
def test_nothing_was_held_before_it_began(action):
    with pytest.raises(TooEarlyError) as refused:
        turn(planned(1)[0], action, BEFORE)
    assert refused.value.detail["session"] == 1


def test_closing_counts_what_has_begun_and_refuses_what_is_to_come_by_its_number():
    one, two, three = planned(3)
    gone = turn(three, SessionAction.CANCEL, SLOT_START, Reason.SUPPLIER)
    with pytest.raises(TooEarlyError) as refused:
        close((one, two, gone), two.span.start - timedelta(seconds=1))
    assert refused.value.detail["session"] == 2
    closed = close((one, two, gone), two.span.start)
    assert [one.state for one in closed] == ["held", "held", "cancelled"]


def test_nothing_is_left_only_when_all_are_cancelled():
    sessions = planned(2)
    gone = call_off(sessions, "supplier_withdrew", SLOT_START)
    assert {one.reason for one in gone} == {Reason.SUPPLIER}
    assert nothing_left(gone)
    assert not nothing_left((gone[0], sessions[1]))
    assert not nothing_left((gone[0], turn(sessions[1], SessionAction.HOLD, sessions[1].span.start)))


def test_reminders_come_a_day_before_and_not_of_what_is_less_than_a_day_away():
    sessions = planned(2)
    assert [at for _, at in reminders(sessions, SLOT_START - timedelta(days=2))] == [
        SLOT_START - timedelta(days=1),
        SLOT_START + timedelta(days=6),
    ]
    assert [one.number for one, _ in reminders(sessions, SLOT_START - timedelta(hours=24))] == [2]
    assert reminders(call_off(sessions, "weather", BEFORE), BEFORE - timedelta(days=9)) == []


def test_a_session_that_is_not_there_is_unknown():
    with pytest.raises(SessionUnknownError):
        find(planned(2), 3)


def test_the_page_shows_the_table():
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\w+) \| (\w+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.M)
    shown = {(state, action): tuple(cell.strip() for cell in cells) for state, action, *cells in rows}
    shown.pop(("session", "action"))
    table = {
        (str(state), str(action)): (str(line.next), line.guard, line.actor, line.event or "-")
        for (state, action), line in TURNS.items()
    }
    assert shown == table
    assert {line.event for line in TURNS.values() if line.event} <= set(EVENTS)


def test_the_page_names_every_fault_and_notice():
    from services.campaign.domain import session_notices
    from services.campaign.domain.codes import Fault

    text = PAGE.read_text()
    kinds = set(re.findall(r'notice\(\s*"(\w+)"', Path(session_notices.__file__).read_text()))
    assert len(kinds) == 6
    assert [word for word in (*map(str, Fault), *kinds) if word not in text] == []
