"""Pools split and joined by hand: what organisers may do, what is refused, and that it stays as they left it."""

import pytest

from services.demand.domain.errors import (
    CannotJoinError,
    NothingToSplitError,
    PoolNotFoundError,
    PoolNotGatheringError,
    SignalNotFoundError,
)
from services.demand.views import show_pool
from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import Town, north, window
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def why_of(town, community, pool_id):
    caller = Caller("t", Role.ORGANISER, community.community_id)
    return [one["en"] for one in show_pool(town.uow.pools.rows[pool_id], caller, town.uow).why]


def test_own_signals_leave_for_a_pool_of_their_own(town):
    mine, other = town.community(), town.community()
    theirs, first, second = town.place(other), town.place(mine), town.place(mine)
    seen = town.split(mine, theirs.pool_id)
    assert town.current(first).pool_id == town.current(second).pool_id == seen.pool.pool_id != theirs.pool_id
    assert town.pool_of(theirs).present() == {other.community_id}
    assert town.uow.outbox.data_of("pools_rearranged.v1")[0]["cause"] == "split"


def test_some_of_the_own_signals_leave_and_the_others_stay(town):
    mine, other = town.community(), town.community()
    theirs, first, second = town.place(other), town.place(mine), town.place(mine)
    town.split(mine, theirs.pool_id, second)
    assert town.current(first).pool_id == theirs.pool_id
    assert town.current(second).pool_id != theirs.pool_id


def test_what_was_split_does_not_come_back_and_nobody_comes_after_it(town):
    mine, other = town.community(), town.community()
    theirs, signal = town.place(other), town.place(mine, people=9)
    pool_id = town.split(mine, theirs.pool_id).pool.pool_id
    town.withdraw(other, theirs.signal_id)
    assert town.place(other).pool_id != pool_id
    assert town.place(mine).pool_id == pool_id
    changed = town.change(mine, signal.signal_id, windows=[window(30).to_wire()])
    assert town.pool_of(changed).present() == {mine.community_id}
    sunday = town.place(other, windows=[window(30).to_wire()])
    assert sunday.pool_id != town.current(changed).pool_id


def test_a_split_stays_a_split_when_its_pool_is_dissolved(town):
    mine, other = town.community(), town.community()
    town.place(other)
    signal = town.place(mine)
    pool_id = town.split(mine, signal.pool_id).pool.pool_id
    town.place(other, people=50)
    from services.demand.handlers.gathering import gather_all, release

    town.uow.pools.lock_partition(signal.partition)
    gather_all(release(town.uow.signals.of_pool(pool_id), town.uow), town.uow)
    assert town.pool_of(signal).present() == {mine.community_id}


def test_who_is_alone_in_a_pool_has_nothing_to_split(town):
    mine = town.community()
    signal = town.place(mine)
    with pytest.raises(NothingToSplitError):
        town.split(mine, signal.pool_id)


def test_what_was_split_is_joined_again_by_hand(town):
    mine, other = town.community(), town.community()
    theirs, signal = town.place(other), town.place(mine)
    apart = town.split(mine, theirs.pool_id, reason="包场").pool.pool_id
    town.join(mine, apart, theirs.pool_id, reason="还是一起")
    assert town.current(signal).pool_id == theirs.pool_id
    assert town.uow.pools.rows[apart].state == "dissolved"
    assert town.uow.outbox.data_of("pools_rearranged.v1")[-1]["cause"] == "joined"


def test_who_did_it_and_why_is_told_to_the_own_community_only(town):
    mine, other = town.community(), town.community()
    theirs = town.place(other)
    town.place(mine)
    apart = town.split(mine, theirs.pool_id, reason="包场").pool.pool_id
    assert "An organiser split 1 of its signals off" in why_of(town, mine, apart)[-1]
    assert "包场" in why_of(town, mine, apart)[-1]
    town.join(mine, apart, theirs.pool_id, reason="还是一起")
    assert "还是一起" in why_of(town, mine, theirs.pool_id)[-1]
    assert not any("organiser" in one for one in why_of(town, other, theirs.pool_id))


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        ({"windows": [window(30).to_wire()]}, "time"),
        ({"place": north(12).to_wire()}, "place"),
        ({"category": "tea"}, "category"),
    ],
)
def test_what_one_delivery_cannot_serve_is_not_joined_and_the_reason_is_told(town, there, reason):
    mine = town.community()
    here, far = town.place(mine), town.place(mine, **there)
    with pytest.raises(CannotJoinError) as refusal:
        town.join(mine, here.pool_id, far.pool_id)
    assert refusal.value.detail["reason"] == reason
    assert set(refusal.value.detail["why"]) == {"zh", "en"}
    assert town.current(here).pool_id == here.pool_id


def test_a_pool_of_others_that_would_take_it_can_be_joined_and_no_other(town):
    mine, other, never = town.community(), town.community(), town.community("never")
    theirs = town.place(other, windows=[window(1, 8).to_wire(), window(30).to_wire()])
    here = town.place(mine)
    apart = town.split(mine, here.pool_id).pool.pool_id if here.pool_id == theirs.pool_id else here.pool_id
    closed = town.place(never)
    assert town.join(mine, apart, theirs.pool_id).pool.pool_id == theirs.pool_id
    with pytest.raises(PoolNotFoundError):
        town.join(mine, theirs.pool_id, closed.pool_id)
    with pytest.raises(PoolNotFoundError):
        town.join(mine, theirs.pool_id, new_id())


def test_a_refused_pool_is_not_joined_by_hand(town):
    ask, other = town.community("ask"), town.community()
    theirs = town.place(other, people=9)
    signal = town.place(ask, people=9)
    town.pass_(hours=2)
    town.answer(ask, theirs.pool_id, "refused")
    with pytest.raises(CannotJoinError) as refusal:
        town.join(ask, town.current(signal).pool_id, theirs.pool_id)
    assert refusal.value.detail["reason"] == "policy"


def test_signals_and_pools_of_others_cannot_be_moved(town):
    mine, other = town.community(), town.community()
    theirs, own = town.place(other), town.place(mine)
    stranger = town.community()
    with pytest.raises(SignalNotFoundError):
        town.split(mine, own.pool_id, theirs)
    with pytest.raises(PoolNotFoundError):
        town.split(stranger, own.pool_id)
    with pytest.raises(PoolNotFoundError):
        town.join(stranger, own.pool_id, theirs.pool_id) if own.pool_id != theirs.pool_id else town.join(
            stranger, own.pool_id, new_id()
        )
    with pytest.raises(ForbiddenError):
        town.split(mine, own.pool_id, role="member")
    assert town.current(theirs) == theirs


def test_a_pool_that_no_longer_gathers_is_neither_split_nor_joined(town):
    mine, other = town.community(), town.community()
    theirs = town.place(other)
    own = town.place(mine)
    late = town.place(mine, windows=[window(30).to_wire()])
    town.ready(other, theirs.pool_id)
    with pytest.raises(PoolNotGatheringError):
        town.split(mine, own.pool_id)
    with pytest.raises(PoolNotGatheringError):
        town.join(mine, late.pool_id, own.pool_id)


def test_a_pool_is_not_joined_to_itself(town):
    mine = town.community()
    signal = town.place(mine)
    with pytest.raises(InvalidError):
        town.join(mine, signal.pool_id, signal.pool_id)


def test_together_ends_with_the_pool_and_apart_does_not(town):
    mine, other = town.community(), town.community()
    theirs = town.place(other)
    own = town.place(mine)
    apart = town.split(mine, own.pool_id).pool.pool_id
    assert town.uow.pins.is_apart(own.signal_id)
    town.join(mine, apart, theirs.pool_id)
    assert not town.uow.pins.is_apart(own.signal_id)
    assert len(town.uow.pins.of_pools([theirs.pool_id])[theirs.pool_id]) == 1
