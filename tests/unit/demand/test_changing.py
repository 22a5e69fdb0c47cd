"""A signal that is changed: what may be, who may, and what becomes of its pool."""

from datetime import timedelta

import pytest

from services.demand import handlers, inbound
from services.demand.domain.errors import (
    OnlyYourselfError,
    PoolNotGatheringError,
    SignalClosedError,
    SignalNotFoundError,
    StaleVersionError,
)
from services.kernel.errors import InvalidError
from tests.builders_demand import Town, a_member, at, north, window
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def test_a_change_that_still_fits_stays_in_its_pool_and_is_told(town):
    one, other = town.community(), town.community()
    town.place(one, people=6)
    signal = town.place(other, people=5)
    changed = town.change(other, signal.signal_id, '"1"', people=9, text="还想画画")
    assert (changed.pool_id, changed.people, changed.version) == (signal.pool_id, 9, 2)
    assert town.pool_of(signal).people == 15
    assert town.uow.outbox.names()[-1] == "signal_changed.v1"
    assert town.uow.outbox.data_of("signal_changed.v1")[0]["people"] == 9


def test_a_change_that_fits_no_longer_leaves_for_another_pool(town):
    one, other = town.community(), town.community()
    stays, signal = town.place(one), town.place(other)
    sunday = town.place(one, windows=[window(30).to_wire()])
    changed = town.change(other, signal.signal_id, windows=[window(30).to_wire()])
    assert changed.pool_id == sunday.pool_id != stays.pool_id
    assert changed.expires_at == window(30).end
    assert town.pool_of(stays).present() == {one.community_id}


def test_the_last_signal_of_a_pool_keeps_it_whatever_is_changed(town):
    community = town.community()
    signal = town.place(community)
    changed = town.change(community, signal.signal_id, windows=[window(30).to_wire()], radius_km=1)
    assert changed.pool_id == signal.pool_id
    assert town.pool_of(signal).windows == (window(30),)


@pytest.mark.parametrize("changes", [{"category": "painting"}, {"place": north(2000).to_wire()}])
def test_a_change_of_what_or_where_moves_it_to_another_partition(town, changes):
    community = town.community()
    stays, signal = town.place(community), town.place(community)
    changed = town.change(community, signal.signal_id, **changes)
    assert changed.partition != signal.partition
    assert town.pool_of(changed).partition == changed.partition
    assert town.pool_of(stays).people == 3


def test_a_place_that_is_taken_back_is_that_of_the_community(town):
    community = town.community()
    signal = town.place(community, place=north(3).to_wire())
    assert town.change(community, signal.signal_id, place=None).place == community.place


def test_a_change_that_changes_nothing_is_told_to_nobody(town):
    community = town.community()
    signal = town.place(community)
    told = len(town.uow.outbox.events)
    assert town.change(community, signal.signal_id, '"1"', people=3) == signal
    assert len(town.uow.outbox.events) == told


def test_of_two_edits_of_one_version_the_second_is_refused(town):
    community = town.community()
    signal = town.place(community)
    town.change(community, signal.signal_id, '"1"', people=4)
    with pytest.raises(StaleVersionError):
        town.change(community, signal.signal_id, '"1"', people=5)


def test_a_member_changes_only_its_own_signal(town):
    community = town.community()
    signal, neighbour = town.place(community), a_member(community)
    ids = {"community_id": community.community_id, "member_id": neighbour.member_id}
    asked = request({"signal_id": str(signal.signal_id), "people": 9}, role="member", **ids)
    with pytest.raises(OnlyYourselfError):
        handlers.change_signal(inbound.change_signal(asked), town.uow)
    assert town.change(community, signal.signal_id, role="member", people=4).people == 4


def test_a_signal_of_another_community_cannot_be_changed(town):
    signal = town.place(town.community())
    with pytest.raises(SignalNotFoundError):
        town.change(town.community(), signal.signal_id, people=9)
    assert town.current(signal).people == 3


def test_a_signal_that_is_over_or_handed_to_suppliers_is_not_changed(town):
    community = town.community()
    ended, handed = town.place(community), town.place(community)
    town.withdraw(community, ended.signal_id)
    with pytest.raises(SignalClosedError):
        town.change(community, ended.signal_id, people=4)
    town.ready(community, handed.pool_id)
    with pytest.raises(PoolNotGatheringError):
        town.change(community, handed.signal_id, people=4)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"windows": [{"start": "2026-05-01T00:00:00Z", "end": "2026-05-01T09:00:00Z"}]}, "windows.0.start"),
        ({"minutes": 481}, "minutes"),
        ({"expires_at": at(window().end + timedelta(seconds=1))}, "expires_at"),
        ({"people": 0}, "people"),
        ({"expires_at": None}, "expires_at"),
    ],
)
def test_a_change_that_cannot_be_served_is_refused(town, changes, field):
    community = town.community()
    signal = town.place(community)
    with pytest.raises(InvalidError) as refusal:
        town.change(community, signal.signal_id, **changes)
    assert refusal.value.detail["errors"][0]["field"] == field


def test_what_is_not_changed_may_have_begun_meanwhile(town):
    community = town.community()
    signal = town.place(community, windows=[window(1, 2).to_wire(), window(30).to_wire()])
    town.uow.clock.time = window(2).start
    assert town.change(community, signal.signal_id, people=4).people == 4


def test_an_own_expiry_is_kept_unless_the_new_windows_end_before(town):
    community = town.community()
    signal = town.place(community, expires_at=at(window(4).start))
    assert town.change(community, signal.signal_id, windows=[window(30).to_wire()]).expires_at == window(4).start
    early = town.change(community, signal.signal_id, windows=[window(0.5, 2).to_wire()], minutes=60)
    assert early.expires_at == window(0.5, 2).end
    assert town.uow.timers.pending[f"expire_signal:{signal.signal_id}"][0] == window(0.5, 2).end
