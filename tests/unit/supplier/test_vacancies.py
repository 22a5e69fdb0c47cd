"""A campaign whose supplier withdrew is offered others, whatever news cross each other on the way."""

import pytest

from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.vacancies import VacancyState
from tests.builders_supplier import caller, offer, slot, span, tiers
from tests.fair_supplier import HOME, Fair, sold_fair


@pytest.fixture
def fair():
    return Fair()


@pytest.fixture
def sold():
    return sold_fair()


def test_a_replacement_that_the_campaign_takes_is_sold(sold):
    left = sold.withdraw(sold.match)
    sold.take(sold.of(sold.second), 18)
    taken = sold.of(sold.second)
    assert (taken.state, taken.campaign_id, taken.sold) == ("confirmed", sold.campaign_id, 18)
    assert sold.taken(sold.second) == (0, 18)
    assert sold.told("slot_confirmed.v1")[-1]["match_id"] == str(taken.match_id)
    assert sold.vacancy(left) is VacancyState.FILLED
    sold.uow.clock.pass_(hours=73)
    assert sold.fire() == []


def test_a_campaign_that_took_a_replacement_while_it_sold_has_the_last_word_on_its_seats(fair):
    first, second = fair.stall("99.00"), fair.stall()
    match = fair.direct(first, 30)
    campaign_id = fair.open(match)
    fair.withdraw(match)
    replacement = fair.of(second)
    fair.take(replacement, 28)
    for seats in (25, 25, 29):
        fair.confirm(replacement, campaign_id, seats)
        assert fair.taken(second) == (0, seats)
    fair.take(replacement, 28)
    assert fair.taken(second) == (0, 29)
    assert [told["seats"] for told in fair.told("slot_confirmed.v1")] == [28, 25, 29]
    assert [told["seats"] for told in fair.told("slot_released.v1")][-2:] == [2, 3]


def test_a_declined_replacement_is_released_and_the_next_best_is_proposed(sold):
    third = sold.stall("138.00")
    sold.withdraw(sold.match)
    declined = sold.of(sold.second)
    sold.decline(declined)
    assert sold.taken(sold.second) == (0, 0)
    assert sold.fire() == ["replace_match"]
    proposed = sold.of(third)
    assert (proposed.replaces_match_id, proposed.seats) == (sold.match.match_id, 18)
    sold.decline(proposed)
    sold.decline(declined)
    sold.fire()
    assert sold.told("replacement_missing.v1")[-1]["reasons"] == {"no_offer": 1}
    assert len(sold.told("match_proposed.v1")) == 3, "what was declined is not proposed again"


@pytest.mark.parametrize("how", ["expires", "is withdrawn", "loses its offer"])
def test_a_replacement_that_ends_unanswered_makes_room_for_the_next_best(sold, how):
    third = sold.stall("138.00")
    sold.withdraw(sold.match)
    if how == "expires":
        sold.uow.clock.pass_(hours=72)
    elif how == "is withdrawn":
        sold.withdraw(sold.of(sold.second))
    else:
        handlers.withdraw_offer(commands.WithdrawOffer(caller(community_id=HOME), sold.second.offer_id), sold.uow)
    while sold.fire():
        pass
    assert sold.of(sold.second).state == "expired"
    assert sold.of(third).replaces_match_id == sold.match.match_id
    assert sold.vacancy(sold.match) is VacancyState.OFFERED


def test_without_an_offer_the_campaign_is_told_why_once_and_looked_for_on(fair):
    made = fair.stall()
    match = fair.direct(made)
    campaign_id = fair.open(match)
    fair.withdraw(match)
    told = {"match_id": str(match.match_id), "campaign_id": str(campaign_id), "reasons": {"no_offer": 1}}
    assert fair.told("replacement_missing.v1") == [told]
    handlers.replace_match({"match_id": str(match.match_id)}, fair.uow)
    assert fair.told("replacement_missing.v1") == [told]
    fair.stall(min_group=21, max_group=30)
    handlers.replace_match({"match_id": str(match.match_id)}, fair.uow)
    assert fair.told("replacement_missing.v1")[1:] == [{**told, "reasons": {"group_too_small": 1}}]
    later = fair.stall("77.00")
    handlers.replace_match({"match_id": str(match.match_id)}, fair.uow)
    assert fair.of(later).for_campaign_id == campaign_id
    handlers.replace_match({"match_id": str(new_id())}, fair.uow)


def test_a_published_offer_a_new_slot_and_freed_seats_let_a_vacancy_look_again(fair):
    made, full = fair.stall(), fair.stall(capacity=20)
    blocker, match = fair.direct(full, 20), fair.direct(made)
    fair.open(match)
    fair.withdraw(match)
    terms = {name: getattr(full.terms, name) for name in full.terms.__dataclass_fields__ if name != "place"}
    late = commands.NewSlot(span(day=2), (span(day=2),), 30)
    handlers.publish_offer(
        commands.PublishOffer(caller(community_id=HOME), full.supplier_id, None, terms, (late,)), fair.uow
    )
    assert fair.fire() == ["replace_match"]
    handlers.add_slot(commands.AddSlot(caller(community_id=HOME), full.offer_id, late), fair.uow)
    assert fair.fire() == ["replace_match"]
    assert [told["reasons"] for told in fair.told("replacement_missing.v1")] == [{"no_slot": 1}, {"no_slot": 2}]
    fair.end(blocker, new_id())
    assert fair.fire() == ["replace_match"]
    assert fair.of(full).replaces_match_id == match.match_id


def test_a_campaign_that_is_over_needs_nobody_any_more(sold):
    left = sold.withdraw(sold.match)
    sold.end(sold.match, sold.campaign_id)
    assert sold.of(sold.second).state == "released"
    assert sold.taken(sold.second) == (0, 0)
    assert sold.vacancy(left) is VacancyState.CLOSED
    sold.stall("77.00")
    while sold.fire():
        pass
    handlers.replace_match({"match_id": str(left.match_id)}, sold.uow)
    assert len(sold.told("match_proposed.v1")) == 2


def test_a_campaign_may_end_by_the_name_of_the_replacement_too(sold):
    left = sold.withdraw(sold.match)
    sold.end(sold.of(sold.second), sold.campaign_id)
    assert sold.taken(sold.second) == (0, 0)
    assert sold.vacancy(left) is VacancyState.CLOSED
    assert [told["seats"] for told in sold.told("slot_released.v1")] == [2, 18]


def test_a_replacement_may_be_withdrawn_and_replaced_in_its_turn(sold):
    third = sold.stall("138.00")
    sold.withdraw(sold.match)
    sold.take(sold.of(sold.second), 18)
    second = sold.withdraw(sold.of(sold.second))
    assert second.state == "withdrawn"
    assert sold.of(third).replaces_match_id == second.match_id
    assert (sold.vacancy(sold.match), sold.vacancy(second)) == (VacancyState.FILLED, VacancyState.OFFERED)
    back = sold.uow.suppliers.find(sold.first.supplier_id)
    fresh = offer(back.supplier_id, tiers=tiers((1, "1.00")))
    sold.uow.offers.add(fresh)
    sold.uow.slots.add(slot(fresh.offer_id))
    sold.decline(sold.of(third))
    sold.fire()
    assert sold.told("replacement_missing.v1")[-1]["reasons"] == {"no_offer": 1}, "who withdrew once is not asked again"


# News that cross the withdrawal.


def test_a_campaign_opened_while_its_supplier_withdrew_is_told_as_soon_as_it_is_heard_of(fair):
    first, second = fair.stall("99.00"), fair.stall()
    match = fair.direct(first)
    fair.withdraw(match)
    campaign_id = fair.open(match)
    left = fair.of(first)
    assert (left.state, left.campaign_id) == ("withdrawn", campaign_id)
    assert fair.told("supplier_withdrew.v1")[0]["campaign_id"] == str(campaign_id)
    assert fair.slot_of(first).closed
    assert (fair.taken(first), fair.taken(second)) == ((0, 0), (20, 0))


def test_a_campaign_confirmed_while_its_supplier_withdrew_needs_what_it_sold(fair):
    first, second = fair.stall("99.00"), fair.stall()
    match = fair.direct(first)
    fair.withdraw(match)
    fair.confirm(match, new_id(), 13)
    assert fair.of(first).state == "withdrawn"
    assert (fair.of(second).people, fair.of(second).seats) == (13, 13)


def test_a_campaign_that_ended_before_it_was_heard_of_leaves_no_vacancy(fair):
    match = fair.direct(fair.stall())
    campaign_id = new_id()
    fair.withdraw(match)
    fair.end(match, campaign_id)
    fair.open(match, campaign_id)
    assert (fair.of(match.offer).state, fair.told("supplier_withdrew.v1")) == ("expired", [])


def test_a_confirmation_that_crossed_the_withdrawal_says_how_many_seats_are_needed(fair):
    first, small, large = fair.stall("99.00"), fair.stall("100.00", capacity=20), fair.stall("118.00")
    fair.pool(10, 8)
    match = fair.of(first)
    campaign_id = fair.open(match)
    for other in (small, large):
        fair.end(fair.of(other), new_id())
    fair.withdraw(match)
    assert fair.of(small).replaces_match_id == match.match_id
    fair.confirm(match, campaign_id, 25)
    assert fair.of(small).state == "released", "twenty seats are too few for those who bought"
    assert (fair.of(large).people, fair.of(large).seats) == (25, 25)
    fair.confirm(match, campaign_id, 25)
    assert fair.of(large).state == "proposed"


def test_a_confirmation_that_crossed_the_withdrawal_keeps_a_replacement_that_is_large_enough(sold):
    sold.withdraw(sold.match)
    proposed = sold.of(sold.second)
    sold.confirm(sold.match, sold.campaign_id, 15)
    assert sold.of(sold.second) == proposed
    assert sold.uow.vacancies.find(sold.match.match_id).people == 15


def test_a_confirmation_that_crossed_the_withdrawal_may_make_an_offer_fit_that_did_not(fair):
    first, second = fair.stall("99.00"), fair.stall(min_group=25)
    match = fair.direct(first)
    campaign_id = fair.open(match)
    fair.withdraw(match)
    assert fair.told("replacement_missing.v1")[-1]["reasons"] == {"group_too_small": 1}
    fair.confirm(match, campaign_id, 26)
    assert fair.of(second).seats == 26


def test_a_replacement_taken_while_its_supplier_withdrew_is_replaced_in_its_turn(sold):
    third, fourth = sold.stall("138.00"), sold.stall("148.00")
    sold.withdraw(sold.match)
    second = sold.of(sold.second)
    sold.withdraw(second)
    sold.fire()
    assert sold.of(third).replaces_match_id == sold.match.match_id
    sold.take(second, 18)
    assert sold.of(sold.second).state == "withdrawn"
    assert (sold.vacancy(sold.match), sold.vacancy(second)) == (VacancyState.FILLED, VacancyState.OFFERED)
    waiting = sold.uow.matches.waiting_for(sold.campaign_id)
    assert [match.replaces_match_id for match in waiting] == [second.match_id]
    assert sum(sum(sold.taken(made)) for made in (sold.first, sold.second, third, fourth)) == 18


def test_a_campaign_that_goes_on_with_another_draft_of_its_pool_leaves_no_vacancy(fair):
    first, second, third = fair.stall("99.00"), fair.stall(), fair.stall("129.00")
    fair.pool(10, 8)
    campaign_id = fair.open(fair.of(first))
    fair.end(fair.of(third), new_id())
    left, draft = fair.withdraw(fair.of(first)), fair.of(second)
    assert fair.of(third).replaces_match_id == left.match_id
    command = commands.TakeReplacement(draft.match_id, campaign_id, left.match_id, 18)
    handlers.take_replacement(command, fair.uow)
    assert (fair.of(second).state, fair.of(third).state) == ("confirmed", "released")
    assert fair.vacancy(left) is VacancyState.FILLED


def test_a_campaign_that_still_sells_holds_its_replacement_until_it_is_confirmed_or_fails(fair):
    first, second = fair.stall("99.00"), fair.stall()
    match = fair.direct(first, 30)
    campaign_id = fair.open(match)
    left = fair.withdraw(match)
    replacement = fair.of(second)
    handlers.take_replacement(
        commands.TakeReplacement(replacement.match_id, campaign_id, left.match_id, 30, formed=False), fair.uow
    )
    assert fair.of(second).campaign_id == campaign_id
    assert (fair.taken(second), fair.vacancy(left)) == ((30, 0), VacancyState.FILLED)
    fair.uow.clock.pass_(hours=73)
    assert fair.fire() == []
    fair.confirm(replacement, campaign_id, 12)
    assert fair.taken(second) == (0, 12)


def test_a_formed_group_that_is_called_off_gives_its_seats_back(fair):
    stall = fair.stall()
    match = fair.direct(stall, 30)
    campaign_id = fair.open(match)
    fair.confirm(match, campaign_id, 20)
    handlers.release_seats(commands.ReleaseSeats(match.match_id, campaign_id), fair.uow)
    assert (fair.of(stall).state, fair.taken(stall)) == ("released", (0, 0))
    assert fair.told("slot_released.v1")[-1]["seats"] == 20
