"""A supplier withdraws, and what becomes of its seats, its slot and the campaign, with a unit of work in memory."""

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.errors import (
    MatchNotFoundError,
    MatchStateError,
    NotYoursError,
    SlotClosedError,
)
from services.supplier.domain.pools import PoolState
from services.supplier.domain.vacancies import VacancyState
from tests.builders_supplier import ALL, caller, offer, ready_pool, slot, span, supplier, tiers
from tests.fakes.supplier import FakeSupplierUnitOfWork

HOME, OTHER = new_id(), new_id()
BECAUSE = "陶艺老师生病"


class Fair:
    """Suppliers with an offer and a slot each, all shared with everybody, and the campaigns that use them."""

    def __init__(self):
        self.uow = FakeSupplierUnitOfWork()
        self.uow.communities.known |= {HOME, OTHER}

    def stall(self, price="128.00", capacity=30, community_id=HOME, **changes):
        studio = supplier(community_id=community_id, sharing=ALL)
        made = offer(studio.supplier_id, tiers=tiers((1, price)), **changes)
        seats = slot(made.offer_id, capacity=capacity)
        for table, item in ((self.uow.suppliers, studio), (self.uow.offers, made), (self.uow.slots, seats)):
            table.add(item)
        return made

    def slot_of(self, made):
        (seats,) = self.uow.slots.of_offers([made.offer_id])[made.offer_id]
        return seats

    def taken(self, made):
        seats = self.slot_of(made)
        return seats.held, seats.confirmed

    def pool(self, *people, version=1):
        pool = ready_pool(*people, community_ids=[HOME, OTHER][: len(people)])
        handlers.match_ready_pool(commands.MatchReadyPool(pool, version), self.uow)
        return pool

    def direct(self, made, seats=20):
        command = commands.ProposeMatch(
            caller(community_id=HOME), made.offer_id, self.slot_of(made).slot_id, seats, None
        )
        return handlers.propose_match(command, self.uow).match

    def of(self, made):
        """The newest match of an offer."""
        return [match for match in self.uow.matches.all() if match.offer.offer_id == made.offer_id][-1]

    def open(self, match, campaign_id=None):
        campaign_id = campaign_id or new_id()
        handlers.hold_for_campaign(commands.HoldForCampaign(match.match_id, campaign_id), self.uow)
        return campaign_id

    def confirm(self, match, campaign_id, seats):
        handlers.confirm_seats(commands.ConfirmSeats(match.match_id, campaign_id, seats), self.uow)

    def withdraw(self, match, who=None):
        command = commands.WithdrawMatch(who or caller(community_id=HOME), match.match_id, BECAUSE)
        return handlers.withdraw_match(command, self.uow).match

    def take(self, match, seats):
        ids = (match.match_id, match.for_campaign_id, match.replaces_match_id)
        handlers.take_replacement(commands.TakeReplacement(*ids, seats), self.uow)

    def decline(self, match):
        command = commands.DeclineMatch(match.match_id, match.for_campaign_id, "too_expensive")
        handlers.decline_match(command, self.uow)

    def end(self, match, campaign_id):
        handlers.release_seats(commands.ReleaseSeats(match.match_id, campaign_id), self.uow)

    def fire(self):
        return self.uow.fire_due(handlers.TIMERS)

    def told(self, name):
        return self.uow.outbox.data_of(name)

    def vacancy(self, match):
        return self.uow.vacancies.find(match.match_id).state


@pytest.fixture
def fair():
    return Fair()


@pytest.fixture
def sold(fair):
    """A campaign of a direct match of 20 seats that sold 18, beside a dearer offer that could replace it."""
    fair.first, fair.second = fair.stall("99.00"), fair.stall("118.00")
    fair.match = fair.direct(fair.first)
    fair.campaign_id = fair.open(fair.match)
    fair.confirm(fair.match, fair.campaign_id, 18)
    return fair


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
