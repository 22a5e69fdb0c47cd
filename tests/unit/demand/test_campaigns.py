"""What news of suppliers and campaigns mean for pools: repeated, late and out of order."""

from itertools import permutations

import pytest

from services.demand import handlers
from services.demand.domain.commands import FulfilPool, MatchPool, NoteUnmatched, ReleasePool, ServePool
from services.demand.domain.errors import PoolNotFoundError, SignalClosedError
from services.kernel.ids import new_id
from tests.builders_demand import Town
from tests.fakes.demand import FakeDemandUnitOfWork

CAMPAIGN, MATCH = new_id(), new_id()


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


@pytest.fixture
def two(town):
    """A ready pool of two communities: (town, one, other, signal of one, signal of other)."""
    one, other = town.community(), town.community()
    first, second = town.place(one, people=6), town.place(other, people=7)
    town.ready(one, first.pool_id)
    return town, one, other, first, second


def opened(pool_id, *communities, news=2, campaign_id=CAMPAIGN):
    return ServePool(campaign_id, pool_id, frozenset(one.community_id for one in communities), news)


def test_a_match_makes_a_ready_pool_matched_once(two):
    town, _, _, signal, _ = two
    for _ in range(2):
        handlers.match_pool(MatchPool(MATCH, signal.pool_id), town.uow)
    assert town.pool_of(signal).state == "matched"
    assert town.uow.outbox.data_of("pool_changed.v1")[-1]["state"] == "matched"
    assert [one["state"] for one in town.uow.outbox.data_of("pool_changed.v1")].count("matched") == 1


def test_a_match_without_a_pool_concerns_nobody(town):
    handlers.match_pool(MatchPool(MATCH, None), town.uow)
    handlers.serve_pool(ServePool(CAMPAIGN, None, frozenset(), 1), town.uow)
    handlers.release_pool(ReleasePool(CAMPAIGN, None, "campaign_failed", 2), town.uow)
    assert town.uow.outbox.events == []


def test_news_of_an_unknown_pool_are_tried_again(town):
    with pytest.raises(PoolNotFoundError):
        handlers.match_pool(MatchPool(MATCH, new_id()), town.uow)


def test_the_newest_reasons_are_kept(two):
    town, _, _, signal, _ = two
    for news, reasons in ((2, {"no_slot": 1}), (1, {"no_offer": 3}), (2, {"no_slot": 9})):
        handlers.note_unmatched(NoteUnmatched(signal.pool_id, reasons, news), town.uow)
    assert town.pool_of(signal).unmatched == {"no_slot": 1}
    handlers.match_pool(MatchPool(MATCH, signal.pool_id), town.uow)
    assert town.pool_of(signal).unmatched is None
    handlers.note_unmatched(NoteUnmatched(signal.pool_id, {"no_slot": 2}, 3), town.uow)
    assert town.pool_of(signal).state == "matched"


def test_an_opened_campaign_serves_its_communities_and_frees_the_others(two):
    town, one, _, served, freed = two
    handlers.serve_pool(opened(served.pool_id, one), town.uow)
    assert town.current(served).state == "served"
    assert town.pool_of(served).state == "served"
    assert town.pool_of(served).present() == {one.community_id}
    assert town.current(freed).state == "pooled"
    assert town.pool_of(freed).state == "gathering"
    assert f"expire_signal:{served.signal_id}" not in town.uow.timers.pending
    with pytest.raises(SignalClosedError):
        town.withdraw(one, served.signal_id)


def test_a_match_that_comes_after_the_campaign_changes_nothing(two):
    town, one, other, signal, _ = two
    handlers.serve_pool(opened(signal.pool_id, one, other), town.uow)
    handlers.match_pool(MatchPool(MATCH, signal.pool_id), town.uow)
    assert town.pool_of(signal).state == "served"


@pytest.mark.parametrize("reason", ["campaign_failed", "campaign_cancelled"])
def test_the_signals_of_a_campaign_that_ended_are_pooled_anew(two, reason):
    town, one, other, first, second = two
    old = first.pool_id
    handlers.serve_pool(opened(old, one, other), town.uow)
    handlers.release_pool(ReleasePool(CAMPAIGN, old, reason, 5), town.uow)
    assert town.uow.pools.rows[old].state == "dissolved"
    assert town.uow.outbox.data_of("pool_dissolved.v1")[-1]["reason"] == reason
    assert town.current(first).pool_id == town.current(second).pool_id != old
    assert town.pool_of(first).people == 13
    assert town.uow.timers.pending[f"expire_signal:{first.signal_id}"][0] == first.expires_at


def test_signals_whose_time_is_over_expire_instead(two):
    town, one, other, first, _ = two
    old = first.pool_id
    handlers.serve_pool(opened(old, one, other), town.uow)
    town.uow.clock.time = first.expires_at
    handlers.release_pool(ReleasePool(CAMPAIGN, old, "campaign_failed", 5), town.uow)
    assert town.current(first).state == "expired"
    assert [one["reason"] for one in town.uow.outbox.data_of("signal_withdrawn.v1")] == ["expired", "expired"]
    assert town.uow.pool_states() == ["dissolved"]


def test_a_cancelled_draft_was_never_the_pools_campaign(two):
    town, one, other, signal, _ = two
    draft = new_id()
    handlers.release_pool(ReleasePool(draft, signal.pool_id, "campaign_cancelled", 2), town.uow)
    handlers.serve_pool(opened(signal.pool_id, one, other), town.uow)
    handlers.release_pool(ReleasePool(new_id(), signal.pool_id, "campaign_cancelled", 2), town.uow)
    assert town.pool_of(signal).state == "served"


def test_a_settled_campaign_fulfils_the_pool(two):
    town, one, other, signal, _ = two
    handlers.serve_pool(opened(signal.pool_id, one, other), town.uow)
    handlers.fulfil_pool(FulfilPool(CAMPAIGN, signal.pool_id, 9), town.uow)
    handlers.release_pool(ReleasePool(CAMPAIGN, signal.pool_id, "campaign_failed", 4), town.uow)
    assert town.pool_of(signal).state == "fulfilled"
    assert town.current(signal).state == "served"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_news_in_any_order_end_in_the_same_state(two, order):
    town, one, other, signal, _ = two
    pool_id = signal.pool_id
    steps = [
        lambda: handlers.match_pool(MatchPool(MATCH, pool_id), town.uow),
        lambda: handlers.serve_pool(opened(pool_id, one, other, news=2), town.uow),
        lambda: handlers.release_pool(ReleasePool(CAMPAIGN, pool_id, "campaign_failed", 6), town.uow),
    ]
    for _ in range(2):  # and all of it twice
        for index in order:
            steps[index]()
    assert town.uow.pools.rows[pool_id].state == "dissolved"
    assert town.pool_of(signal).state == "gathering"
    assert town.uow.pool_states() == ["dissolved", "gathering"]


def test_a_settlement_that_comes_before_its_opening_is_not_lost(two):
    town, one, other, signal, _ = two
    handlers.fulfil_pool(FulfilPool(CAMPAIGN, signal.pool_id, 9), town.uow)
    handlers.serve_pool(opened(signal.pool_id, one, other), town.uow)
    assert town.pool_of(signal).state == "fulfilled"


def test_a_pool_that_lost_its_last_signal_is_gone_and_stays_gone(two):
    town, one, other, first, second = two
    handlers.match_pool(MatchPool(MATCH, first.pool_id), town.uow)
    town.withdraw(one, first.signal_id)
    town.withdraw(other, second.signal_id)
    before = list(town.uow.outbox.events)
    handlers.serve_pool(opened(first.pool_id, one, other), town.uow)
    handlers.release_pool(ReleasePool(CAMPAIGN, first.pool_id, "campaign_failed", 5), town.uow)
    assert town.uow.pool_states() == ["dissolved"]
    assert {town.current(signal).state for signal in (first, second)} == {"withdrawn"}
    assert town.uow.outbox.events == before


def test_a_campaign_that_opens_for_a_pool_whose_signals_are_pooled_anew_leaves_them_there(two):
    town, one, other, first, second = two
    old = first.pool_id
    handlers.serve_pool(opened(old, one, other), town.uow)
    handlers.release_pool(ReleasePool(CAMPAIGN, old, "campaign_cancelled", 5), town.uow)
    before = list(town.uow.outbox.events)
    handlers.serve_pool(opened(old, one, other, campaign_id=new_id()), town.uow)
    assert town.uow.outbox.events == before
    assert town.current(first).pool_id == town.current(second).pool_id != old
    assert town.pool_of(first).state == "gathering"
