"""What proposals of suppliers mean for pools: matched by the first, asked anew when the last is gone."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.demand import handlers
from services.demand.domain.commands import ExpireMatch, MatchPool, ReleasePool, ServePool
from services.demand.domain.errors import PoolNotFoundError
from services.demand.domain.proposals import MAX_ROUNDS
from services.kernel.ids import new_id
from tests.builders_demand import SATURDAY, Town, window
from tests.fakes.demand import FakeDemandUnitOfWork


class Asked(Town):
    """A town with a ready pool, and what is heard of proposals for it."""

    def __init__(self):
        super().__init__(FakeDemandUnitOfWork())
        self.one, self.other = self.community(), self.community()
        self.signal = super().place(self.one, people=6)
        super().place(self.other, people=7)
        self.pool_id = self.signal.pool_id
        self.ready(self.one, self.pool_id)

    def propose(self, match_id):
        handlers.match_pool(MatchPool(match_id, self.pool_id), self.uow)

    def expire(self, match_id):
        handlers.expire_match(ExpireMatch(match_id, self.pool_id), self.uow)

    def cancel(self, match_id, campaign_id=None, news=2):
        cancelled = ReleasePool(campaign_id or new_id(), self.pool_id, "campaign_cancelled", news, match_id)
        handlers.release_pool(cancelled, self.uow)

    def serve(self, campaign_id):
        both = frozenset((self.one.community_id, self.other.community_id))
        handlers.serve_pool(ServePool(campaign_id, self.pool_id, both, 2), self.uow)

    @property
    def pool(self):
        return self.uow.pools.rows[self.pool_id]

    @property
    def asked(self):
        """How often suppliers were asked."""
        return len(self.uow.outbox.data_of("pool_ready.v1"))


@pytest.fixture
def town():
    return Asked()


def test_a_pool_stays_matched_while_one_proposal_is_live(town):
    first, second = new_id(), new_id()
    town.propose(first)
    town.propose(second)
    town.expire(first)
    assert (town.pool.state, town.asked) == ("matched", 1)
    town.expire(second)
    assert (town.pool.state, town.asked) == ("ready", 2)


def test_suppliers_are_asked_anew_with_all_that_they_need(town):
    match = new_id()
    town.propose(match)
    town.expire(match)
    first, again = town.uow.outbox.data_of("pool_ready.v1")
    assert again == first
    assert again["people"] == 13


def test_word_that_is_repeated_counts_once(town):
    match = new_id()
    for _ in range(2):
        town.propose(match)
    for _ in range(3):
        town.expire(match)
        town.propose(match)
    assert (town.pool.state, town.asked, town.pool.rounds) == ("ready", 2, 2)


def test_an_expiry_that_overtakes_its_proposal_asks_once_both_are_heard(town):
    match = new_id()
    town.expire(match)
    assert (town.pool.state, town.asked) == ("ready", 1)
    town.propose(match)
    assert (town.pool.state, town.asked) == ("ready", 2)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_expiry_and_the_cancelled_draft_are_one_end(town, order):
    match, draft = new_id(), new_id()
    steps = [lambda: town.propose(match), lambda: town.expire(match), lambda: town.cancel(match, draft)]
    for _ in range(2):
        for index in order:
            steps[index]()
    assert (town.pool.state, town.asked) == ("ready", 2)


def test_a_draft_that_its_organiser_cancelled_lets_its_match_go(town):
    match = new_id()
    town.propose(match)
    town.cancel(match)
    assert (town.pool.state, town.asked) == ("ready", 2)


def test_a_superseded_draft_asks_nobody_anew(town):
    match = new_id()
    town.propose(match)
    handlers.release_pool(ReleasePool(new_id(), town.pool_id, "campaign_cancelled", 2, None), town.uow)
    assert (town.pool.state, town.asked) == ("matched", 1)


def test_a_pool_on_which_a_campaign_rests_asks_nobody_anew(town):
    match = new_id()
    town.propose(match)
    town.serve(new_id())
    town.expire(match)
    assert (town.pool.state, town.asked) == ("served", 1)


def test_a_campaign_that_opened_as_its_match_expired_still_serves_the_pool(town):
    match = new_id()
    town.propose(match)
    town.expire(match)
    town.serve(new_id())
    assert town.pool.state == "served"
    assert town.current(town.signal).state == "served"


def test_after_some_rounds_the_pool_is_dissolved_and_its_signals_gather_anew(town):
    for rounds in range(1, MAX_ROUNDS + 1):
        assert (town.pool.state, town.asked) == ("ready", rounds)
        match = new_id()
        town.propose(match)
        town.expire(match)
    assert town.pool.state == "dissolved"
    assert town.uow.outbox.data_of("pool_dissolved.v1")[-1]["reason"] == "no_campaign_opened"
    fresh = town.pool_of(town.signal)
    assert (fresh.state, fresh.people, fresh.rounds) == ("gathering", 13, 0)
    assert fresh.pool_id != town.pool_id
    assert f"ready_pool:{fresh.pool_id}" in town.uow.timers.pending
    town.propose(new_id())
    town.expire(match)
    assert (town.pool.state, town.asked) == ("dissolved", MAX_ROUNDS)


def test_suppliers_are_not_asked_for_windows_that_are_past():
    """Two share only the Saturday; when that is over each still has a day of its own."""
    town = Asked.__new__(Asked)
    Town.__init__(town, FakeDemandUnitOfWork())
    town.one = town.community()
    town.signal = town.place(town.one, windows=[window(1, 3).to_wire(), window(30, 3).to_wire()])
    town.pool_id = town.signal.pool_id
    second = town.place(town.one, windows=[window(1, 3).to_wire(), window(60, 3).to_wire()])
    assert second.pool_id == town.pool_id
    town.ready(town.one, town.pool_id)
    match = new_id()
    town.propose(match)
    town.uow.clock.time = SATURDAY + timedelta(hours=2, minutes=1)
    town.expire(match)
    assert (town.pool.state, town.asked) == ("dissolved", 1)
    assert town.pool_of(town.signal).windows == (window(1, 3), window(30, 3))
    assert town.pool_of(second).pool_id != town.pool_of(town.signal).pool_id


def test_a_match_without_a_pool_that_expires_concerns_nobody(town):
    before = list(town.uow.outbox.events)
    handlers.expire_match(ExpireMatch(new_id(), None), town.uow)
    assert town.uow.outbox.events == before


def test_the_expiry_of_a_match_for_an_unknown_pool_is_tried_again(town):
    with pytest.raises(PoolNotFoundError):
        handlers.expire_match(ExpireMatch(new_id(), new_id()), town.uow)
