"""Races about payments through a provider, between real processes: its word comes twice, late, or with the deadline."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.campaign.domain.orders import OrderState
from services.campaign.providers.port import Kind
from services.kernel.ids import new_id
from services.kernel.policy import Policy
from tests.builders_campaign import DEADLINE, Town, cny
from tests.concurrency import test_campaign_races as races
from tests.concurrency.test_campaign_races import events_of, job, outcomes, race, racers  # noqa: F401
from tests.fakes.chassis import MONDAY

real_desk = races.desk


@pytest.fixture
def desk(real_desk, migrated):
    with migrated("campaign").begin() as connection:
        connection.execute(text("UPDATE campaign.payment_orders SET state = 'dropped' WHERE state = 'open'"))
    real_desk._know_providers(Policy(payment_providers=frozenset({"sandbox"})))
    return real_desk


def said(order, status="succeeded", at=MONDAY + timedelta(minutes=1), now=None, sequence=2):
    """The provider's word about an order, as callback or as answer to the courier."""
    number, kind = (order["number"], order["kind"]) if isinstance(order, dict) else (order.number, str(order.kind))
    data = {"number": number, "kind": kind, "status": status, "at": at.isoformat(), "sequence": sequence}
    return job("hear_of", data, now=now or at)


def orders(town, kind):
    own = [one for one in town.desk.orders() if str(one.campaign_id) == town.campaign_id]
    return [one for one in own if one.kind is kind]


def test_the_word_of_a_payment_comes_by_four_ways_at_once_and_counts_once(desk, racers):  # noqa: F811
    for _ in range(4):
        town = Town(desk, seats=10)
        town.open()
        town.join(9)
        order = town.start_payment(town.reserve(1))
        assert outcomes(race(racers, [said(order)] * 4)) == {"ok": 4}
        assert town.see()["state"] == "confirmed"
        events = events_of(desk, town.campaign_id)
        assert (events["commitment_paid.v1"], events["campaign_confirmed.v1"]) == (2, 1)


def test_two_last_payers_by_a_provider_do_not_miss_the_threshold(desk, racers):  # noqa: F811
    for _ in range(4):
        town = Town(desk, seats=10)
        town.open()
        town.join(8)
        pair = [town.start_payment(town.reserve(1)) for _ in range(2)]
        assert outcomes(race(racers, [said(order) for order in pair])) == {"ok": 2}
        assert town.see()["state"] == "confirmed"


def test_the_deadline_and_the_word_of_a_payment_made_in_time_always_form_the_group(desk, racers):  # noqa: F811
    for _ in range(6):
        town = Town(desk)
        town.open(hold_minutes=10080)
        town.join(9)
        order = town.start_payment(town.reserve(1))
        word = said(order, at=DEADLINE - timedelta(microseconds=1), now=DEADLINE)
        race(racers, [word, *(job("fire_due_timers", now=DEADLINE) for _ in range(2))])
        seen = town.see()
        assert (seen["state"], seen["paid_seats"]) == ("confirmed", 10)


def test_the_end_of_the_grace_and_the_word_agree_on_who_was_first(desk, racers):  # noqa: F811
    ends = Counter()
    over = DEADLINE + timedelta(hours=2)
    for _ in range(6):
        town = Town(desk)
        town.open(hold_minutes=10080)
        town.join(9)
        order = town.start_payment(town.reserve(1))
        word = said(order, at=DEADLINE - timedelta(microseconds=1), now=over)
        race(racers, [word, *(job("fire_due_timers", now=over) for _ in range(2))])
        seen = town.see()
        ends[seen["state"]] += 1
        (charge,) = orders(town, Kind.CHARGE)
        assert charge.state is OrderState.SUCCEEDED
        late = orders(town, Kind.REFUND)
        if seen["state"] == "confirmed":
            assert (seen["paid_seats"], late) == (10, [])
        else:
            assert seen["money"]["refunded"] == seen["money"]["paid"] == cny("1152.00")
            assert [one.amount for one in late] == [charge.amount]
        for one in late:
            race(racers, [said(one, now=over)])
    assert sum(ends.values()) == 6


def test_two_tries_of_the_same_refund_give_it_back_once(desk, racers):  # noqa: F811
    for _ in range(4):
        town = Town(desk)
        town.open()
        held = town.reserve(2)
        race(racers, [said(town.start_payment(held))])
        town.leave(held)
        (refund,) = orders(town, Kind.REFUND)
        assert outcomes(race(racers, [said(refund, "declined")] * 2)) == {"ok": 2}
        again = {"commitment_id": held["commitment_id"]}
        tries = [job("retry_refund", again, role="partner", community_id=town.a) for _ in range(6)]
        results = outcomes(race(racers, tries))
        assert results["ok"] == 1
        assert town.commitment(held)["refunded"] == held["amount"]
        (_, second) = orders(town, Kind.REFUND)
        race(racers, [said(second)] * 3)
        assert town.see()["money"]["escrow"] == cny("0.00")


def test_leaving_and_the_word_of_the_payment_agree_on_who_was_first(desk, racers):  # noqa: F811
    for _ in range(6):
        town = Town(desk)
        town.open()
        held = town.reserve(1)
        order = town.start_payment(held)
        leave = job("cancel_commitment", {"commitment_id": held["commitment_id"]}, role="partner", community_id=town.a)
        race(racers, [said(order, now=MONDAY + timedelta(minutes=1)), leave])
        seen, refunds = town.commitment(held), orders(town, Kind.REFUND)
        assert seen["state"] in ("refunded", "cancelled")
        assert [one.amount.to_wire() for one in refunds] == [held["amount"]]
        race(racers, [said(one) for one in refunds])
        assert town.see()["money"]["escrow"] == cny("0.00")


def test_extending_and_calling_off_at_once_refund_everybody_once(desk, racers):  # noqa: F811
    for _ in range(6):
        town = Town(desk)
        town.open(on_missed={"action": "extend", "extend_hours": 24, "extend_times": 1})
        town.join(5)
        town.reserve(2)
        off = {"campaign_id": town.campaign_id, "reason": str(new_id())}
        cancel = [job("cancel_campaign", off, DEADLINE, role="organiser", community_id=town.a) for _ in range(2)]
        race(racers, [*cancel, *(job("fire_due_timers", now=DEADLINE) for _ in range(2))])
        seen = town.see()
        assert seen["state"] == "cancelled"
        assert seen["extensions"] in (0, 1)
        assert seen["money"]["refunded"] == seen["money"]["paid"] == cny("640.00")
        events = events_of(desk, town.campaign_id)
        assert (events["campaign_cancelled.v1"], events["campaign_failed.v1"]) == (1, 0)
