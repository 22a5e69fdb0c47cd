"""A supplier withdraws, and what becomes of its seats, its slot and its campaign, with a unit of work in memory."""

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.errors import MatchNotFoundError, MatchStateError, NotYoursError, SlotClosedError
from services.supplier.domain.pools import PoolState
from services.supplier.domain.vacancies import VacancyState
from tests.builders_supplier import caller, slot, span
from tests.fair_supplier import BECAUSE, HOME, OTHER, Fair, sold_fair


@pytest.fixture
def fair():
    return Fair()


@pytest.fixture
def sold():
    return sold_fair()


def test_sold_seats_are_given_back_the_slot_is_closed_and_the_next_best_offer_is_held(sold):
    left = sold.withdraw(sold.match)
    assert (left.state, left.withdrawn_because) == ("withdrawn", BECAUSE)
    assert sold.taken(sold.first) == (0, 0)
    assert sold.slot_of(sold.first).closed
    assert sold.told("supplier_withdrew.v1") == [
        {
            "match_id": str(left.match_id),
            "campaign_id": str(sold.campaign_id),
            "pool_id": None,
            "supplier_id": str(left.supplier_id),
            "reason": BECAUSE,
        }
    ]
    proposed = sold.told("match_proposed.v1")[-1]
    assert (proposed["replaces_match_id"], proposed["campaign_id"]) == (str(left.match_id), str(sold.campaign_id))
    assert (proposed["seats"], proposed["people"], proposed["rank"]) == (18, 18, 1)
    assert sold.taken(sold.second) == (18, 0)
    assert sold.vacancy(left) is VacancyState.OFFERED


def test_a_campaign_that_still_sells_is_offered_as_many_seats_as_it_had(fair):
    first, second = fair.stall("99.00"), fair.stall()
    fair.pool(10, 8)
    match = fair.of(first)
    fair.open(match)
    fair.end(fair.of(second), new_id())  # the other draft of the pool is superseded
    assert fair.withdraw(match).state == "withdrawn"
    replacement = fair.of(second)
    assert (replacement.people, replacement.seats, replacement.pool_id) == (18, 30, match.pool_id)
    assert (fair.taken(first), fair.taken(second)) == ((0, 0), (30, 0))


def test_what_others_have_booked_on_the_slot_stays_booked_but_nobody_is_matched_with_it_again(fair):
    made = fair.stall(capacity=60)
    ours, theirs = fair.direct(made, 20), fair.direct(made, 15)
    campaign_id = fair.open(theirs)
    fair.open(ours)
    fair.withdraw(ours)
    assert fair.taken(made) == (15, 0)
    with pytest.raises(SlotClosedError) as refused:
        fair.direct(made, 12)
    assert refused.value.detail["state"] == "closed"
    fair.pool(12)
    assert fair.told("pool_unmatched.v1")[-1]["reasons"] == {"no_slot": 1}
    fair.confirm(theirs, campaign_id, 15)
    assert fair.taken(made) == (0, 15)
    assert fair.withdraw(theirs).state == "withdrawn"


def test_a_match_without_a_campaign_expires_and_its_slot_stays_on_offer(fair):
    made = fair.stall()
    match = fair.direct(made, 20)
    left = fair.withdraw(match)
    assert (left.state, left.withdrawn_because) == ("expired", BECAUSE)
    assert fair.told("match_expired.v1") == [{"match_id": str(match.match_id), "pool_id": None, "reason": "withdrawn"}]
    assert f"hold/{match.match_id}" not in fair.uow.timers.pending
    assert fair.taken(made) == (0, 0)
    assert fair.direct(made, 20).state == "proposed"
    assert fair.told("supplier_withdrew.v1") == []


def test_a_pool_is_not_offered_again_the_slot_from_which_its_supplier_withdrew(fair):
    made = fair.stall()
    pool = fair.pool(12)
    fair.withdraw(fair.of(made))
    assert fair.uow.pools.find(pool.pool_id).is_open
    assert fair.fire() == ["match_pool"]
    assert len(fair.uow.matches.all()) == 1
    fair.uow.slots.add(slot(made.offer_id, when=span(hour=5)))
    handlers.match_pool({"pool_id": str(pool.pool_id)}, fair.uow)
    assert fair.of(made).span == span(hour=5)


def test_the_end_of_another_draft_does_not_let_the_pool_of_a_withdrawn_match_look_for_a_second_campaign(fair):
    first, second = fair.stall("99.00"), fair.stall()
    pool = fair.pool(12)
    fair.open(fair.of(first))
    fair.withdraw(fair.of(first))
    fair.end(fair.of(second), new_id())
    assert fair.uow.pools.find(pool.pool_id).state is PoolState.MATCHED


@pytest.mark.parametrize(
    "who",
    [
        caller(community_id=HOME),
        caller(Role.COMMUNITY_OPERATOR, community_id=HOME),
        caller(Role.NODE_OPERATOR),
    ],
)
def test_those_whose_supplier_it_is_withdraw_even_where_their_community_takes_no_part(fair, who):
    made = fair.stall(community_id=HOME)
    match = fair.direct(made)
    fair.uow.matches.add(match)
    assert fair.withdraw(match, who).state == "expired"


def test_the_supplier_itself_withdraws(sold):
    assert sold.withdraw(sold.match, caller(Role.SUPPLIER, supplier_id=sold.match.supplier_id)).state == "withdrawn"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.PARTNER])
def test_members_and_partners_withdraw_nothing(sold, role):
    with pytest.raises(ForbiddenError):
        sold.withdraw(sold.match, caller(role, community_id=HOME))


def test_who_takes_part_but_did_not_register_the_supplier_may_not_withdraw(fair):
    foreign = fair.stall(community_id=OTHER)
    match = fair.direct(foreign)
    with pytest.raises(NotYoursError):
        fair.withdraw(match, caller(community_id=HOME))
    assert fair.taken(foreign) == (20, 0)


@pytest.mark.parametrize("who", [caller(community_id=new_id()), caller(Role.SUPPLIER, supplier_id=new_id())])
def test_strangers_are_told_that_there_is_no_such_match(sold, who):
    with pytest.raises(MatchNotFoundError):
        sold.withdraw(sold.match, who)
    with pytest.raises(MatchNotFoundError):
        handlers.withdraw_match(commands.WithdrawMatch(who, new_id(), BECAUSE), sold.uow)


def test_a_match_that_is_over_is_refused_with_its_state(sold):
    released = sold.direct(sold.second, 10)
    sold.end(released, new_id())
    sold.withdraw(sold.match)
    for match, state in ((released, "released"), (sold.match, "withdrawn")):
        with pytest.raises(MatchStateError) as refused:
            sold.withdraw(match)
        assert refused.value.detail["state"] == state
    assert len(sold.told("supplier_withdrew.v1")) == 1


def test_nobody_withdraws_when_the_slot_is_over(sold):
    sold.uow.clock.time = span().end
    with pytest.raises(MatchStateError) as refused:
        sold.withdraw(sold.match)
    assert refused.value.detail["state"] == "confirmed"
    assert sold.taken(sold.first) == (0, 18)
