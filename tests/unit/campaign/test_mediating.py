"""Who gets a case: nobody with an interest in it, nobody twice, and the one with the least to do."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.disputes import Mediator
from services.campaign.domain.mediating import Candidate, choose, share_of
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.builders_campaign import Desk, Town
from tests.builders_disputes import Court


@pytest.fixture
def desk():
    return Desk()


def assigned(court):
    """Open a case, send it to mediation and return who has it."""
    court.to_mediation()
    mediator = court.stored().mediator
    return None if mediator is None else mediator.member_id


def test_no_mediator_is_of_a_community_that_takes_part(desk):
    court = Court(desk, mediators=0)
    court.name(court.town.a)
    court.name(court.town.b)
    assert assigned(court) is None


def test_no_mediator_is_of_the_community_that_registered_the_supplier(desk):
    court = Court(desk, mediators=0)
    court.name(court.registrar)
    assert assigned(court) is None


def test_a_supplier_that_was_registered_anew_is_that_of_the_newest_word(desk):
    court = Court(desk, mediators=0)
    second = new_id()
    court.hear_of_supplier(second, version=3)
    court.hear_of_supplier(court.registrar, version=2)
    court.name(second)
    free = court.name(court.registrar)
    assert assigned(court) == free["member_id"]


def test_where_it_is_unknown_who_registered_the_supplier_the_node_operator_decides(desk):
    court = Court(desk)
    desk.uow.suppliers.rows.clear()
    assert assigned(court) is None


@pytest.mark.parametrize(("days", "is_free"), [(0, False), (179, False), (181, True)])
def test_no_mediator_has_dealt_with_the_supplier_in_the_last_180_days(desk, days, is_free):
    court = Court(desk, mediators=0)
    judge = court.name()
    dealt = Candidate(Mediator(judge["member_id"], judge["community_id"]), 0, desk.clock.now() - timedelta(days=days))
    court.open()
    chosen = choose(court.stored(), [court.town.a], court.registrar, [dealt], desk.clock.now())
    assert (chosen is not None) is is_free


@pytest.mark.parametrize("whose", ["own", "of_the_household", "of_another"])
def test_what_a_mediator_or_its_household_bought_of_the_supplier_counts(desk, whose):
    court, community, member, other = Court(desk, mediators=0, delivered=False), new_id(), new_id(), new_id()
    shop = Town(desk, communities={community: 10}, supplier_id=court.town.supplier_id)
    shop.open()
    court.town.know(other, community, household=member if whose == "of_the_household" else None)
    court.name(community, member)
    buyer = member if whose == "own" else other
    shop.reserve(1, {"role": "member", "community_id": community, "member_id": buyer})
    assert (assigned(court) is None) is (whose != "of_another")


def test_who_has_the_fewest_open_cases_is_first_then_the_lowest_id(desk):
    court = Court(desk, mediators=3)
    order = sorted(judge["member_id"] for judge in court.judges)
    got = [assigned(court)]
    court.open("1.00", who=court.town.organiser(court.town.b), commitment=court.other)
    court.answer()
    court.ask(court.town.supplier())
    got.append(court.stored().mediator.member_id)
    assert got == order[:2]


def test_who_left_the_community_that_named_it_gets_no_case(desk):
    court = Court(desk, mediators=1)
    judge = court.judges[0]
    desk.uow.members.know(judge["member_id"], new_id(), None, 9)
    assert assigned(court) is None


def test_nobody_gets_the_same_case_twice(desk):
    court = Court(desk, mediators=3)
    court.to_mediation()
    had = [court.stored().mediator.member_id]
    court.pass_(hours=72)
    had.append(court.stored().mediator.member_id)
    court.decide(amount="1.00")
    court.appeal()
    had.append(court.stored().mediator.member_id)
    court.pass_(hours=72)
    assert court.stored().mediator is None
    assert len(set(had)) == 3


@given(st.integers(1, 10**9), st.integers(0, 10_000))
def test_a_part_of_a_claim_is_rounded_to_the_nearest_fen_and_both_parts_are_all_of_it(minor, bp):
    claim = Money(minor, "CNY")
    mine, theirs = share_of(claim, bp), claim - share_of(claim, bp)
    assert abs(mine.minor * 10_000 - minor * bp) * 2 <= 10_000
    assert mine + theirs == claim
    assert min(mine.minor, theirs.minor) >= 0
