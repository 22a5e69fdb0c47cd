"""Matching rounds: when they begin, what they decide, and what becomes of each pool."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.chassis.solvers import SolverFailedError
from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.admission import Admission, AdmissionPolicy, Limits
from services.supplier.domain.errors import RoundEmptyError
from services.supplier.domain.matches import SeatChange
from services.supplier.domain.pools import PoolState
from services.supplier.domain.price_models import Joint, PriceModel
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.registry import SupplierStanding
from services.supplier.domain.round_commands import OpenRound
from services.supplier.domain.rounds import MOST_AGAIN, Outcome, RoundState, next_round_at
from services.supplier.domain.terms import Where
from services.supplier.handlers import round_errands
from services.supplier.handlers.errands import SupplierErrands
from tests.builders_supplier import ALL, caller, cny, grant, match, named, span, supplier, tiers, weekly
from tests.fakes.chassis import MONDAY
from tests.rounding import Town, here


def test_a_pool_that_waits_for_a_round_is_not_matched_at_once():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    assert town.matches() == []
    assert [name for name, _, _ in town.uow.outbox.events] == []
    assert town.copy(pool).state is PoolState.OPEN


def test_pools_are_gathered_until_the_time_of_the_round():
    town = Town()
    town.shop(30)
    pools = [town.pool(8), town.pool(9)]
    assert len(town.uow.timers.pending) == 1
    town.uow.clock.pass_(minutes=20)
    pools.append(town.pool(10))
    assert len(town.uow.timers.pending) == 1
    assert town.to_the_hour() == ["open_rounds"]
    assert len(town.search()) == 1
    assert [len(town.matches(pool)) for pool in pools] == [1, 1, 1]
    assert town.uow.outbox.data_of("round_finished.v1")[0]["matched"] == 3


def test_the_times_of_rounds_are_the_same_for_all():
    hour = timedelta(hours=1)
    assert next_round_at(MONDAY, hour) == MONDAY + hour
    assert next_round_at(MONDAY + timedelta(minutes=59), hour) == MONDAY + hour
    assert next_round_at(MONDAY + timedelta(minutes=7), timedelta(minutes=5)) == MONDAY + timedelta(minutes=10)


def test_most_people_are_served_and_the_others_are_told_why():
    town = Town()
    town.shop(20)
    pools = {people: town.pool(people) for people in (12, 11, 8, 7)}
    one = town.play()
    outcomes = {people: town.result(one, pool).outcome for people, pool in pools.items()}
    assert outcomes == {12: "matched", 8: "matched", 11: "unmatched", 7: "unmatched"}
    lost = town.result(one, pools[11])
    assert (lost.why.code, lost.possible, lost.competitors) == ("full", 1, 2)
    assert "other pools have the seats" in lost.why.sentence.en
    assert "名额" in lost.why.sentence.zh
    assert lost.reasons == {"lost_in_round": 1}
    told = town.uow.outbox.data_of("pool_unmatched.v1")
    assert {each["pool_id"] for each in told} == {str(pools[11].pool_id), str(pools[7].pool_id)}
    (finished,) = town.uow.outbox.data_of("round_finished.v1")
    assert (finished["people"], finished["objective"], finished["bound"], finished["gap"]) == (20, 20, 20, 0.0)
    assert (one.state, one.figures.optimal) == (RoundState.APPLIED, True)


def test_who_shares_a_slot_holds_what_its_people_need_and_reaches_its_own_price():
    town = Town()
    _, _, (shared,) = town.shop(30, tiers=tiers((1, "128.00"), (10, "100.00")))
    pools = [town.pool(12), town.pool(8)]
    town.play()
    assert [town.matches(pool)[0].seats for pool in pools] == [12, 8]
    assert town.uow.slots.find(shared.slot_id).held == 20


def test_a_supplier_that_travels_serves_one_pool_in_a_slot_with_room_for_more():
    town = Town()
    town.shop(30, where=Where.COMMUNITY, travel_km=10.0)
    pools = [town.pool(12), town.pool(8)]
    played = town.play()
    assert [one.seats for one in town.matches(pools[0])] == [30]
    assert town.result(played, pools[1]).outcome is Outcome.UNMATCHED


def test_what_cannot_be_in_two_places_is_not():
    town = Town()
    maker = supplier(sharing=ALL)
    town.shop(12, resource=7, of=maker)
    town.shop(12, resource=7, of=maker)
    pools = [town.pool(12), town.pool(12)]
    one = town.play()
    assert sorted(str(town.result(one, pool).outcome) for pool in pools) == ["matched", "unmatched"]
    lost = next(town.result(one, pool) for pool in pools if not town.matches(pool))
    assert lost.why.code in ("keeper_busy", "full")


def test_a_course_is_matched_by_its_sessions():
    town = Town()
    whole, sessions = weekly(3)
    _, _, (first,) = town.shop(30)
    town.uow.slots.add(replace(first, span=whole, sessions=sessions))
    pool = town.pool(8, windows=sessions)
    town.play()
    assert len(town.matches(pool)) == 1


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"min_group": 9}, "group_too_small"),
        ({"tiers": tiers((1, "131.00"))}, "too_expensive"),
        ({"minutes": 120, "required_qualifications": ("licence",)}, "not_qualified"),
    ],
)
def test_what_does_not_fit_a_pool_does_not_fit_it_in_a_round(terms, reason):
    town = Town()
    town.shop(30, **terms)
    pool = town.pool(8)
    one = town.play()
    result = town.result(one, pool)
    assert (result.outcome, result.why.code, result.reasons) == (Outcome.UNMATCHED, reason, {reason: 1})
    assert result.why.sentence.zh
    assert town.uow.outbox.data_of("pool_unmatched.v1")[0]["reasons"] == {reason: 1}


def test_without_any_offer_a_round_says_so():
    town = Town()
    pool = town.pool(8)
    assert town.result(town.play(), pool).why.code == "no_offer"


def test_a_round_has_one_currency():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    one = town.open(currency="EUR")
    town.search()
    assert town.result(one, pool).why.code == "other_currency"
    assert town.matches() == []


def test_only_those_who_may_use_a_supplier_are_counted_and_served():
    town = Town()
    ours, theirs = new_id(), new_id()
    town.shop(30, of=supplier(sharing=named(ours)), min_group=8)
    pool = town.pool(8, 20, community_ids=[ours, theirs])
    stranger = town.pool(9)
    one = town.play()
    (got,) = town.matches(pool)
    assert (got.people, [share.community_id for share in got.communities]) == (8, [ours])
    assert town.result(one, stranger).why.code == "not_shared"


def test_prices_of_one_community_are_never_mixed_with_those_of_others():
    town = Town()
    ours, theirs = new_id(), new_id()
    maker = supplier(sharing=ALL)
    town.shop(30, of=maker)
    prices = PriceModel(adjustment_bp=-1000, joint=Joint.ALONE)
    town.uow.permissions.save(
        grant(maker.community_id, ours, "see", "use", supplier_id=maker.supplier_id, prices=prices)
    )
    cheap, usual = town.pool(9, community_ids=[ours]), town.pool(8, community_ids=[theirs])
    one = town.play()
    (got,) = town.matches(cheap)
    assert got.offer.terms.price_at(1) == cny("115.20")
    # One table of prices in a slot at a time: the other pool is told, and may have what is left in the next round.
    assert town.result(one, usual).outcome is Outcome.UNMATCHED
    town.play()
    assert town.matches(usual)[0].offer.terms.price_at(1) == cny("128.00")


def test_a_supplier_gets_no_more_pools_than_its_standing_allows():
    town = Town()
    maker = supplier(sharing=ALL)
    limits = {SupplierStanding.PROBATION: Limits(live_matches=2)}
    town.uow.admissions.save(AdmissionPolicy(maker.community_id, Admission.REVIEWED, limits=limits))
    town.shop(30, 30, of=maker)
    pools = [town.pool(people) for people in (5, 6, 7)]
    one = town.play()
    assert len(town.matches()) == 2
    assert town.result(one, pools[0]).why.code == "limit_reached"


def test_a_limit_that_is_nearly_reached_meanwhile_is_kept():
    town = Town()
    maker = supplier(sharing=ALL)
    limits = {SupplierStanding.PROBATION: Limits(live_matches=2)}
    town.uow.admissions.save(AdmissionPolicy(maker.community_id, Admission.REVIEWED, limits=limits))
    town.shop(30, of=maker)
    pools = [town.pool(people) for people in (5, 6)]
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    town.uow.matches.add(match(supplier_id=maker.supplier_id, pool_id=None))
    town.errands.settle(came, town.uow)
    assert sorted(str(town.result(errand.round, pool).outcome) for pool in pools) == ["matched", "next_round"]
    town.search()
    assert sum(len(town.matches(pool)) for pool in pools) == 1


def test_a_slot_from_which_the_supplier_withdrew_is_not_given_to_the_pool_again():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.play()
    (got,) = town.matches(pool)
    left = replace(got, state="withdrawn", withdrawn_because="病了")
    town.uow.matches.save(left)
    town.uow.pools.save(town.copy(pool).unmatched({}))
    assert town.result(town.play(), pool).why.code == "no_slot"


def test_the_answer_does_not_depend_on_the_order_in_which_pools_came():
    ids = [new_id() for _ in range(6)]
    offers = []

    def outcome(order):
        town = Town()
        for row in offers:
            for add, row_ in zip((town.uow.suppliers.add, town.uow.offers.add, town.uow.slots.add), row, strict=True):
                add(row_)
        if not offers:
            for capacity in (9, 8):
                of, made, (one,) = town.shop(capacity)
                offers.append((of, made, one))
        for index in order:
            town.pool(5, pool_id=ids[index])
        town.play()
        return {one.pool_id: one.slot_id for one in town.matches()}

    assert outcome(range(6)) == outcome(reversed(range(6))) != {}


def test_seats_that_are_gone_meanwhile_send_a_pool_to_another_round_at_once():
    town = Town()
    _, _, (first, second) = town.shop(10, 10, min_group=10)
    pools = [town.pool(10), town.pool(10)]
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    town.uow.slots.change(first.slot_id, SeatChange(held=1))
    town.errands.settle(came, town.uow)
    outcomes = sorted(str(town.result(errand.round, pool).outcome) for pool in pools)
    assert outcomes == ["matched", "next_round"]
    assert town.uow.slots.find(first.slot_id).held == 1
    (live,) = [one for one in town.uow.rounds.rows.values() if one.job]
    assert live.again == 1
    (retaken,) = town.search()
    assert sum(len(town.matches(pool)) for pool in pools) == 1
    assert retaken.round.round_id == live.round_id
    assert town.uow.slots.find(second.slot_id).held == 10


def test_rounds_do_not_begin_anew_at_once_for_ever():
    town = Town()
    town.shop(10)
    town.pool(10)
    town.open()
    rounds = 0
    while taken := town.errands.take(town.uow, 1):
        came = town.errands.go(taken[0])
        offer = next(iter(town.uow.offers.rows.values()))
        cheaper = replace(offer.terms, tiers=tiers((1, f"{100 - rounds}.00")))
        town.uow.offers.add(replace(offer, terms=cheaper))
        town.errands.settle(came, town.uow)
        rounds += 1
    assert rounds == MOST_AGAIN + 1
    assert [command for _, command, _ in town.uow.timers.pending.values()] == ["open_rounds"]


def test_a_pool_that_changed_meanwhile_is_in_the_next_round_as_it_is_then():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 2), town.uow)
    town.errands.settle(came, town.uow)
    assert town.result(errand.round, pool).why.code == "pool_changed"
    town.search()
    assert len(town.matches(pool)) == 1


def test_a_pool_that_was_dissolved_meanwhile_gets_nothing():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    handlers.dissolve_pool(commands.DissolvePool(pool.pool_id, "pottery", 2), town.uow)
    town.errands.settle(came, town.uow)
    assert town.result(errand.round, pool).outcome is Outcome.GONE
    assert town.matches() == []


def test_a_supplier_that_is_suspended_meanwhile_gets_nothing():
    town = Town()
    maker, _, _ = town.shop(30)
    pool = town.pool(8)
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    town.uow.suppliers.add(replace(maker, standing=SupplierStanding.SUSPENDED))
    town.errands.settle(came, town.uow)
    assert town.matches(pool) == []


def test_what_comes_twice_is_applied_once():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.open()
    (errand,) = town.errands.take(town.uow, 1)
    came = town.errands.go(errand)
    town.errands.settle(came, town.uow)
    town.errands.settle(came, town.uow)
    assert len(town.matches(pool)) == 1
    assert len(town.uow.outbox.data_of("round_finished.v1")) == 1


def test_the_answer_of_an_attempt_whose_lease_ran_out_has_no_effect():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.open()
    (lost,) = town.errands.take(town.uow, 1)
    late = town.errands.go(lost)
    town.uow.clock.pass_(minutes=5)
    assert town.search()[0].round.job.attempts == 2
    town.errands.settle(late, town.uow)
    assert len(town.matches(pool)) == 1


def test_a_solver_that_gives_no_answer_is_asked_again_and_then_no_more():
    def broken(problem, seconds, say):
        raise SolverFailedError("the solver was killed")

    town = Town(broken)
    town.shop(30)
    pool = town.pool(8)
    one = town.open()
    assert [len(town.search()) for _ in range(4)] == [1, 1, 1, 0]
    failed = town.uow.rounds.find(one.round_id)
    assert (failed.state, failed.failure) == (RoundState.FAILED, "the solver was killed")
    assert town.uow.outbox.data_of("round_finished.v1")[0]["state"] == "failed"
    town.errands = type(town.errands)(lambda: town.uow, here)
    town.to_the_hour()
    town.search()
    assert len(town.matches(pool)) == 1


def test_a_round_that_nobody_comes_back_from_is_given_up():
    town = Town()
    town.pool(8)
    one = town.open()
    for _ in range(4):
        town.errands.take(town.uow, 1)
        town.errands = type(town.errands)(lambda: town.uow, here)
        town.uow.clock.pass_(minutes=5)
    assert town.uow.rounds.find(one.round_id).state is RoundState.FAILED


def test_how_far_a_search_is_can_be_seen():
    def watched(problem, seconds, say):
        answer = here(problem, seconds, say)
        assert next(iter(town.uow.rounds.rows.values())).progress["phase"] == "greedy"
        return answer

    town = Town(watched)
    town.shop(30)
    town.pool(8)
    assert town.play().figures.matched == 1


def test_whoever_shows_that_it_is_at_work_keeps_its_lease(monkeypatch):
    monkeypatch.setattr(round_errands, "EVERY", 0.0)
    town = Town()
    town.shop(30)
    town.pool(8)
    one = town.open()
    (errand,) = town.errands.take(town.uow, 1)
    before = town.uow.rounds.find(one.round_id).job.due_at
    town.uow.clock.pass_(minutes=1)
    came = town.errands.go(errand)
    assert town.uow.rounds.find(one.round_id).job.due_at == before + timedelta(minutes=1)
    town.errands.settle(came, town.uow)
    assert town.uow.rounds.find(one.round_id).state is RoundState.APPLIED


def test_whoever_asks_while_a_round_is_under_way_gets_that_one():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    assert town.open(pool).round_id == town.open(pool).round_id
    assert len(town.uow.rounds.rows) == 1


def test_who_has_no_pool_that_waits_cannot_ask_and_learns_nothing():
    town = Town()
    mine = town.pool(8)
    for who in (caller(community_id=new_id()), caller("community_operator", community_id=new_id())):
        with pytest.raises(RoundEmptyError) as theirs:
            handlers.open_round(OpenRound(who, "pottery", None), town.uow)
        with pytest.raises(RoundEmptyError) as nobodys:
            handlers.open_round(OpenRound(who, "pottery", None), Town().uow)
        assert (str(theirs.value), theirs.value.detail) == (str(nobodys.value), nobodys.value.detail)
    for role in ("member", "supplier", "quality_supervisor"):
        with pytest.raises(ForbiddenError):
            handlers.open_round(OpenRound(caller(role), "pottery", None), town.uow)
    assert town.open(mine).category == "pottery"


def test_pools_that_go_another_way_are_not_in_a_round():
    town = Town()
    direct = town.pool(8, procedure=Procedure.DIRECT)
    town.pool(9)
    town.shop(30)
    one = town.play()
    assert [pool.pool_id for pool in town.uow.rounds.pools_of(one.round_id)] != [direct.pool_id]
    assert town.matches(direct) == []


def test_two_kinds_of_errands_go_side_by_side():
    town = Town()
    town.shop(30)
    pool = town.pool(8)
    town.open()
    both = SupplierErrands(type(town.errands)(lambda: town.uow, here), town.errands)
    assert both.next_due(town.uow) == town.uow.clock.now()
    (errand, *_) = both.take(town.uow, 1)
    both.settle(both.go(errand), town.uow)
    assert len(town.matches(pool)) == 1
    assert both.next_due(town.uow) is None


def test_a_pool_of_a_round_whose_windows_do_not_suit_is_told_so():
    town = Town()
    town.shop(30)
    pool = town.pool(8, windows=(span(day=20),))
    assert town.result(town.play(), pool).why.code == "no_slot"
