"""Pools split and joined by hand on a real PostgreSQL."""

import pytest

from services.demand.domain.errors import PoolNotFoundError, SignalNotFoundError
from services.kernel.ids import new_id


def test_a_split_is_kept_and_joined_again(demand, category):
    one, other = demand.community(), demand.community()
    theirs = other.place(category, people=9)
    own = one.place(category, people=6)
    assert own["pool_id"] == theirs["pool_id"]
    split = one.ask("split_pool", pool_id=own["pool_id"], reason="包场")
    assert [part["own"] for part in split["communities"]] == [True]
    assert "包场" in split["why"][-1]["zh"]
    assert other.place(category)["pool_id"] == theirs["pool_id"]
    assert one.place(category, people=1)["pool_id"] in (split["pool_id"], theirs["pool_id"])
    joined = one.ask("join_pools", pool_id=split["pool_id"], into_pool_id=theirs["pool_id"], reason="一起")
    assert joined["pool_id"] == theirs["pool_id"]
    assert one.ask("get_pool", pool_id=split["pool_id"])["state"] == "dissolved"


def test_nobody_reaches_into_another_community(demand, category):
    one, other, stranger = demand.community(), demand.community(), demand.community()
    theirs, own = other.place(category), one.place(category)
    with pytest.raises(SignalNotFoundError):
        one.ask("split_pool", pool_id=own["pool_id"], signal_ids=[theirs["signal_id"]])
    with pytest.raises(PoolNotFoundError):
        stranger.ask("split_pool", pool_id=own["pool_id"])
    with pytest.raises(PoolNotFoundError):
        stranger.ask("join_pools", pool_id=own["pool_id"], into_pool_id=str(new_id()))
    assert one.ask("get_signal", signal_id=own["signal_id"])["pool_id"] == own["pool_id"]


def test_a_change_is_saved_and_read_again(demand, category):
    party = demand.community()
    signal = party.place(category)
    changed = party.ask("change_signal", if_match="1", signal_id=signal["signal_id"], people=7, minutes=60)
    assert party.ask("get_signal", signal_id=signal["signal_id"]) == changed
    assert (changed["people"], changed["minutes"], changed["version"]) == (7, 60, 2)
