"""Signals: who may place and take back, and what becomes of their pool."""

from datetime import timedelta

import pytest

from services.demand import handlers, inbound
from services.demand.domain.errors import (
    MemberNotFoundError,
    OnlyYourselfError,
    SignalClosedError,
    SignalNotFoundError,
)
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import Town, a_member, at, signal_data, window
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def place(town, data, **caller):
    return handlers.place_signal(inbound.place_signal(request(data, **caller)), town.uow)


def test_a_signal_without_a_place_is_where_its_community_is(town):
    community = town.community()
    signal = town.place(community)
    assert signal.place == community.place
    assert signal.radius_km == 5.0
    assert signal.expires_at == window().end
    assert signal.state == "pooled"


def test_a_member_may_only_act_for_itself(town):
    community = town.community()
    neighbour = a_member(community)
    town.uow.members.save(neighbour)
    with pytest.raises(OnlyYourselfError):
        town.place(community, member_id=str(neighbour.member_id))


@pytest.mark.parametrize("role", ["organiser", "community_operator", "partner"])
def test_who_manages_acts_for_any_member_of_its_community(town, role):
    community = town.community()
    member = town.member_of[community.community_id]
    data = signal_data(member_id=str(member.member_id))
    assert place(town, data, role=role, community_id=community.community_id).member_id == member.member_id


def test_a_partner_has_to_say_for_whom_it_acts(town):
    with pytest.raises(InvalidError) as refusal:
        place(town, signal_data(), role="partner", community_id=town.community().community_id)
    assert refusal.value.detail["errors"][0]["field"] == "member_id"


def test_nobody_acts_for_a_member_of_another_community(town):
    mine, other = town.community(), town.community()
    stranger = town.member_of[other.community_id]
    data = signal_data(member_id=str(stranger.member_id))
    with pytest.raises(MemberNotFoundError):
        place(town, data, role="organiser", community_id=mine.community_id)


def test_a_supplier_places_no_signal(town):
    with pytest.raises(ForbiddenError):
        place(town, signal_data(), role="supplier", supplier_id=new_id())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"windows": [{"start": "2026-05-01T00:00:00Z", "end": "2026-05-01T09:00:00Z"}]}, "windows.0.start"),
        ({"minutes": 481}, "minutes"),
        ({"expires_at": "2026-05-11T09:00:00Z"}, "expires_at"),
        ({"expires_at": at(window().end + timedelta(seconds=1))}, "expires_at"),
    ],
)
def test_a_signal_that_cannot_be_served_is_refused(town, changes, field):
    with pytest.raises(InvalidError) as refusal:
        town.place(town.community(), **changes)
    assert refusal.value.detail["errors"][0]["field"] == field


def test_a_withdrawn_signal_leaves_its_pool_and_nobody_else_is_told_at_that_moment(town):
    one, other = town.community(), town.community()
    stays, gone = town.place(one, people=6), town.place(other, people=7)
    assert town.withdraw(other, gone.signal_id).state == "withdrawn"
    pool = town.pool_of(stays)
    assert pool.people == 6
    assert pool.present() == {one.community_id}
    assert town.uow.outbox.names()[-1] == "signal_withdrawn.v1"
    assert f"expire_signal:{gone.signal_id}" not in town.uow.timers.pending


def test_a_pool_without_signals_is_dissolved(town):
    community = town.community()
    signal = town.place(community, people=6)
    town.pass_(hours=1)
    town.withdraw(community, signal.signal_id)
    assert town.uow.pool_states() == ["dissolved"]
    assert town.uow.outbox.data_of("pool_dissolved.v1") == []
    town.pass_(hours=1)
    (data,) = town.uow.outbox.data_of("pool_dissolved.v1")
    assert data["reason"] == "empty"
    assert town.uow.timers.pending == {}


def test_of_a_pool_that_nobody_was_told_of_nobody_is_told_the_end(town):
    community = town.community()
    signal = town.place(community, people=4)
    town.pass_(hours=1)
    town.withdraw(community, signal.signal_id)
    town.pass_(hours=1)
    assert not [name for name in town.uow.outbox.names() if name.startswith("pool_")]
    assert town.uow.timers.pending == {}


def test_a_signal_is_withdrawn_once(town):
    community = town.community()
    signal = town.place(community)
    town.withdraw(community, signal.signal_id)
    with pytest.raises(SignalClosedError) as refusal:
        town.withdraw(community, signal.signal_id)
    assert refusal.value.detail["state"] == "withdrawn"


def test_a_member_takes_back_only_its_own_signal(town):
    community = town.community()
    signal, neighbour = town.place(community), a_member(community)
    data = {"signal_id": str(signal.signal_id)}
    ids = {"community_id": community.community_id, "member_id": neighbour.member_id}
    with pytest.raises(OnlyYourselfError):
        handlers.withdraw_signal(inbound.withdraw_signal(request(data, role="member", **ids)), town.uow)


def test_a_signal_of_another_community_is_not_found(town):
    signal = town.place(town.community())
    with pytest.raises(SignalNotFoundError):
        town.withdraw(town.community(), signal.signal_id)


def test_a_signal_expires_in_time_and_once(town):
    signal = town.place(town.community())
    due, command, payload = town.uow.timers.pending[f"expire_signal:{signal.signal_id}"]
    assert due == signal.expires_at
    town.uow.clock.time = due
    handlers.TIMERS[command](payload, town.uow)
    handlers.TIMERS[command](payload, town.uow)
    assert town.current(signal).state == "expired"
    (data,) = town.uow.outbox.data_of("signal_withdrawn.v1")
    assert data["reason"] == "expired"


def test_a_timer_that_fires_early_or_for_nobody_does_nothing(town):
    signal = town.place(town.community())
    handlers.TIMERS["expire_signal"]({"signal_id": str(signal.signal_id)}, town.uow)
    handlers.TIMERS["expire_signal"]({"signal_id": str(new_id())}, town.uow)
    handlers.TIMERS["ready_pool"]({"pool_id": str(new_id())}, town.uow)
    assert town.current(signal).state == "pooled"


def test_events_of_signals_and_pools_hold_nothing_personal(town):
    community = town.community()
    signal = town.place(community, text="找王老师 13800000000")
    town.withdraw(community, signal.signal_id)
    told = repr(town.uow.outbox.events)
    member = town.member_of[community.community_id]
    for secret in (signal.text, str(member.member_id), member.name, member.contact, member.household):
        assert secret not in told
