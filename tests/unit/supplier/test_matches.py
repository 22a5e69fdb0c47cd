"""The life of a match, step by step."""

import re
from itertools import product
from pathlib import Path

import pytest

from services.campaign.contract import EVENTS as CAMPAIGN_EVENTS
from services.demand.contract import EVENTS as DEMAND_EVENTS
from services.kernel.caller import Role
from services.kernel.ids import new_id
from services.reputation.contract import EVENTS as REPUTATION_EVENTS
from services.supplier.contract import EVENTS, RPCS
from services.supplier.domain.cards import MatchCard
from services.supplier.domain.errors import MatchStateError
from services.supplier.domain.explanation import explain
from services.supplier.domain.matches import SeatChange, Share
from services.supplier.domain.standing import STATE_OF, TRANSITIONS, MatchState, Standing, Step
from tests.builders_supplier import caller, match, span
from tests.fakes.chassis import MONDAY

PAGE = (Path(__file__).resolve().parents[3] / "services" / "supplier" / "MATCHES.md").read_text()
CAMPAIGN = new_id()
# A match of 30 seats in each standing; the confirmed one has sold 25.
IN = {
    Standing.WAITING: match(),
    Standing.OPENED: match(campaign_id=CAMPAIGN),
    Standing.CONFIRMED: match(state=MatchState.CONFIRMED, campaign_id=CAMPAIGN, sold=25),
    Standing.EXPIRED: match(state=MatchState.EXPIRED),
    Standing.LEFT: match(state=MatchState.EXPIRED, withdrawn_because="老师病了"),
    Standing.OVER: match(state=MatchState.EXPIRED, campaign_id=CAMPAIGN),
    Standing.RELEASED: match(state=MatchState.RELEASED, campaign_id=CAMPAIGN),
    Standing.WITHDRAWN: match(state=MatchState.WITHDRAWN, campaign_id=CAMPAIGN, withdrawn_because="老师病了", sold=25),
}
TAKE = {
    Step.OPEN: lambda it: it.open(CAMPAIGN),
    Step.CONFIRM: lambda it: it.confirm(CAMPAIGN, 25),
    Step.RECOUNT: lambda it: it.recount(28),
    Step.RELEASE: lambda it: it.release(CAMPAIGN),
    Step.EXPIRE: lambda it: it.expire(),
    Step.WITHDRAW: lambda it: it.withdraw("老师病了", MONDAY),
    Step.LEAVE: lambda it: it.leave(CAMPAIGN, 25),
    Step.CLOSE: lambda it: (it.close(CAMPAIGN), SeatChange()),
}
# What each step does to the seats of the slot: (held, sold). A step that is not listed changes nothing.
SEATS = {
    (Standing.WAITING, Step.CONFIRM): (-30, 25),
    (Standing.WAITING, Step.RELEASE): (-30, 0),
    (Standing.WAITING, Step.EXPIRE): (-30, 0),
    (Standing.WAITING, Step.WITHDRAW): (-30, 0),
    (Standing.OPENED, Step.CONFIRM): (-30, 25),
    (Standing.OPENED, Step.RELEASE): (-30, 0),
    (Standing.OPENED, Step.WITHDRAW): (-30, 0),
    (Standing.CONFIRMED, Step.RECOUNT): (0, 3),
    (Standing.CONFIRMED, Step.RELEASE): (0, -25),
    (Standing.CONFIRMED, Step.WITHDRAW): (0, -25),
    (Standing.EXPIRED, Step.OPEN): (30, 0),
    (Standing.EXPIRED, Step.CONFIRM): (0, 25),
}


def test_every_standing_is_told_apart():
    assert {standing: one.standing for standing, one in IN.items()} == {standing: standing for standing in Standing}
    assert {standing: one.state for standing, one in IN.items()} == STATE_OF


@pytest.mark.parametrize(("standing", "step"), product(Standing, Step))
def test_every_step_from_every_standing_is_made_or_refused_with_the_current_state(standing, step):
    before = IN[standing]
    assert before.can(step) == ((standing, step) in TRANSITIONS)
    if not before.can(step):
        with pytest.raises(MatchStateError) as refused:
            TAKE[step](before)
        assert refused.value.detail["state"] == str(before.state)
        return
    after, change = TAKE[step](before)
    assert after.standing is TRANSITIONS[standing, step].next
    assert change == SeatChange(*SEATS.get((standing, step), (0, 0)))


def test_a_match_is_withdrawn_until_its_slot_is_over():
    for standing in (Standing.WAITING, Standing.OPENED, Standing.CONFIRMED):
        with pytest.raises(MatchStateError) as refused:
            IN[standing].withdraw("老师病了", span().end)
        assert refused.value.detail["state"] == str(IN[standing].state)
        assert IN[standing].withdraw("老师病了", span().start)[0].withdrawn_because == "老师病了"


def test_seats_that_nobody_knows_to_be_sold_stay_sold():
    old = match(state=MatchState.CONFIRMED, campaign_id=CAMPAIGN, sold=None)
    assert old.withdraw("老师病了", MONDAY)[1] == SeatChange()


def rows_of(heading):
    """The cells of the table under a heading of the page."""
    part = PAGE.split(f"## {heading}")[1].split("##")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_shows_the_table_of_steps_and_no_other():
    shown = [tuple(row) for row in rows_of("Steps")]
    assert shown == [
        (str(standing), str(step), str(line.next), line.by, line.told) for (standing, step), line in TRANSITIONS.items()
    ]


def test_the_page_shows_every_standing_with_the_state_that_others_see():
    assert {row[0]: row[1] for row in rows_of("Standings")} == {str(one): str(STATE_OF[one]) for one in Standing}


def test_the_table_names_only_what_there_is():
    causes = {cause for line in TRANSITIONS.values() for cause in line.by.split(", ")}
    assert causes - {*CAMPAIGN_EVENTS, *DEMAND_EVENTS, *REPUTATION_EVENTS, *RPCS} == {"timer"}
    told = {name for line in TRANSITIONS.values() for name in line.told.split(", ")}
    assert told - {"-"} <= set(EVENTS)


def test_every_reason_and_event_that_the_page_names_exists():
    named = set(re.findall(r"`([a-z_]+\.v1)`", PAGE))
    assert named <= {*EVENTS, *CAMPAIGN_EVENTS, *DEMAND_EVENTS, *REPUTATION_EVENTS}


OWN, OTHER = new_id(), new_id()


def card(other, role=Role.ORGANISER, k=5, **changes):
    made = match(communities=(Share(OWN, 8), Share(OTHER, other)), people=8 + other, **changes)
    return MatchCard(made, caller(role, community_id=OWN), k)


def test_a_match_is_visible_to_its_communities_and_its_supplier():
    made = card(4).match
    assert made.is_visible_to(caller(community_id=OTHER))
    assert made.is_visible_to(caller(Role.SUPPLIER, supplier_id=made.supplier_id))
    assert made.is_visible_to(caller(Role.NODE_OPERATOR))
    assert not made.is_visible_to(caller(community_id=new_id()))
    assert not made.is_visible_to(caller(Role.SUPPLIER, supplier_id=new_id(), community_id=OWN))


def test_a_small_count_of_another_community_is_hidden_with_the_total_and_the_price():
    hidden = card(4)
    assert hidden.shares == [(OWN, 8), (OTHER, None)]
    assert (hidden.people, hidden.people_exact, hidden.parts.people) == (8, False, 8)
    assert explain(hidden.parts)[0].zh == "可服务至少 8 人"
    assert explain(hidden.parts)[1].en == "At most 128.00 CNY each"


def test_counts_of_k_and_more_are_shown():
    shown = card(5)
    assert shown.shares == [(OWN, 8), (OTHER, 5)]
    assert (shown.people, shown.people_exact) == (13, True)


def test_the_hidden_count_cannot_be_told_from_what_is_shown():
    assert {str((one.shares, one.people, one.parts, explain(one.parts))) for one in map(card, range(5))} == {
        str((card(0).shares, card(0).people, card(0).parts, explain(card(0).parts)))
    }


def test_the_node_operator_sees_every_count():
    assert card(1, Role.NODE_OPERATOR).shares == [(OWN, 8), (OTHER, 1)]


def test_the_seats_of_a_direct_match_are_no_secret():
    direct = card(0, pool_id=None, seats=12)
    assert (direct.people, direct.people_exact) == (8, True)


def test_an_explanation_says_what_the_rank_is_made_of_in_both_languages():
    sentences = explain(card(10, Role.NODE_OPERATOR).parts)
    assert [sentence.zh for sentence in sentences] == [
        "可服务 18 人",
        "18 人时每人 128.00 元",
        "距需求中心 3.2 公里",
        "信誉 4.3 分（至少 3.9 分）",
    ]
    assert [sentence.en for sentence in sentences] == [
        "Serves 18 people",
        "128.00 CNY each for 18 people",
        "3.2 km from the centre of demand",
        "Score 4.3 (at least 3.9)",
    ]


def test_an_explanation_leaves_out_what_is_not_known():
    sentences = explain(card(10, pool_id=None, distance_km=None, score=None, score_low=None).parts)
    assert [sentence.en for sentence in sentences][2:] == ["No reviews yet"]
