"""The life of a match, step by step."""

from itertools import product

import pytest

from services.kernel.caller import Role
from services.kernel.ids import new_id
from services.supplier.domain.cards import MatchCard
from services.supplier.domain.errors import MatchStateError
from services.supplier.domain.explanation import explain
from services.supplier.domain.matches import MatchState, SeatChange, Share
from tests.builders_supplier import caller, match

CAMPAIGN = new_id()
STEPS = {
    "expire": lambda it: it.expire(),
    "open": lambda it: it.open(CAMPAIGN),
    "confirm": lambda it: it.confirm(CAMPAIGN, 25),
    "release": lambda it: it.release(CAMPAIGN),
}
# (state, has a campaign) -> step -> (next state, held, confirmed); what is not listed is refused.
POSSIBLE = {
    ("proposed", False): {
        "expire": ("expired", -30, 0),
        "open": ("proposed", 0, 0),
        "confirm": ("confirmed", -30, 25),
        "release": ("released", -30, 0),
    },
    ("proposed", True): {"confirm": ("confirmed", -30, 25), "release": ("released", -30, 0)},
    ("expired", False): {"open": ("proposed", 30, 0), "confirm": ("confirmed", 0, 25)},
}


@pytest.mark.parametrize(("state", "with_campaign", "name"), product(MatchState, (False, True), STEPS))
def test_every_step_from_every_state_is_made_or_refused(state, with_campaign, name):
    before = match(state=state, campaign_id=CAMPAIGN if with_campaign else None)
    expected = POSSIBLE.get((str(state), with_campaign), {}).get(name)
    if expected is None:
        with pytest.raises(MatchStateError) as refused:
            STEPS[name](before)
        assert refused.value.detail["state"] == str(state)
        return
    after, change = STEPS[name](before)
    assert (after.state, change) == (expected[0], SeatChange(*expected[1:]))


def test_an_expired_match_whose_campaign_is_over_does_not_come_back():
    closed = match(state=MatchState.EXPIRED).close(CAMPAIGN)
    assert not closed.may_still_open
    with pytest.raises(MatchStateError):
        closed.open(CAMPAIGN)


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
