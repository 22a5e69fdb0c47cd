"""Races between real processes on a real PostgreSQL: the last seat, the last payer, the deadline, the same key."""

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.campaign import views
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, RealDesk, Town, cny, match_proposed
from tests.fakes.chassis import MONDAY, request

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 4


@pytest.fixture(scope="module")
def racers(database_url, migrated):
    migrated("campaign")
    command = [sys.executable, "-W", "ignore", "-m", "tests.concurrency.campaign_racer", database_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    found = [subprocess.Popen(command, **pipes) for _ in range(PROCESSES)]
    for racer in found:
        assert racer.stdout.readline() == "ready\n"
    yield found
    for racer in found:
        racer.stdin.close()
        assert racer.wait(30) == 0


@pytest.fixture
def desk(migrated):
    engine = migrated("campaign")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM campaign.timers"))
    desk = RealDesk(engine)
    yield desk
    with desk.new_uow() as uow:
        assert views.verify_ledger(uow) == []


def race(racers, jobs):
    """Run all jobs at the same moment, spread over the processes; return the results in the order of the jobs."""
    at, hands = time.time() + 0.3, [jobs[number::PROCESSES] for number in range(PROCESSES)]
    for racer, hand in zip(racers, hands, strict=True):
        racer.stdin.write(json.dumps({"at": at, "jobs": hand}) + "\n")
        racer.stdin.flush()
    results = [json.loads(racer.stdout.readline()) for racer in racers]
    return [results[number % PROCESSES][number // PROCESSES] for number in range(len(jobs))]


def job(name, data=None, now=MONDAY, **caller):
    asked = request(data, **{key: value for key, value in caller.items() if key != "key"}, key=caller.get("key"))
    return {"name": name, "request": asked, "now": now.isoformat()}


def joining(town, *, paid=False, seats=1, **options):
    data = {"campaign_id": town.campaign_id, "seats": seats}
    if paid:
        data["payment"] = {"method": "offline", "receipt": str(new_id())}
    return job("reserve_seats", data, **town.organiser(), **options)


def paying(commitment, community, **options):
    data = {"commitment_id": commitment["commitment_id"], "method": "offline", "receipt": str(new_id())}
    return job("pay_commitment", data, role="partner", community_id=community, **options)


def events_of(desk, campaign_id):
    with desk.new_uow() as uow:
        rows = uow.connection.execute(text("SELECT routing_key, body FROM campaign.outbox"))
        return Counter(row.routing_key for row in rows if campaign_id in row.body)


def outcomes(results):
    return Counter(result.get("code", "ok") for result in results)


@pytest.mark.parametrize("paid", [False, True])
def test_twenty_want_the_last_seat_and_one_gets_it(desk, racers, paid):
    town = Town(desk, seats=10)
    town.open()
    town.join(9)
    results = race(racers, [joining(town, paid=paid) for _ in range(20)])
    late = "campaign.wrong_state" if paid else "campaign.full"  # who pays the last seat confirms the campaign
    assert outcomes(results) == {"ok": 1, late: 19}
    seen = town.see()
    assert seen["paid_seats"] + seen["reserved_seats"] == 10
    assert events_of(desk, town.campaign_id)["campaign_confirmed.v1"] == int(paid)


def test_a_crowd_never_oversells_and_never_undersells(desk, racers):
    town = Town(desk, seats=15)
    town.open()
    results = race(racers, [joining(town, paid=number % 2 == 0) for number in range(32)])
    assert outcomes(results)["ok"] == 15
    seen = town.see()
    assert seen["paid_seats"] + seen["reserved_seats"] == 15


def test_the_last_two_payers_together_do_not_miss_the_threshold(desk, racers):
    for _ in range(5):
        town = Town(desk, seats=10)
        town.open()
        town.join(8)
        pair = [paying(town.reserve(1), town.a) for _ in range(2)]
        assert outcomes(race(racers, pair)) == {"ok": 2}
        assert town.see()["state"] == "confirmed"
        events = events_of(desk, town.campaign_id)
        assert (events["campaign_tipped.v1"], events["campaign_confirmed.v1"]) == (1, 1)


def test_the_deadline_and_a_payment_agree_on_who_was_first(desk, racers):
    ends = Counter()
    for _ in range(6):
        town = Town(desk)
        town.open(hold_minutes=10080)
        town.join(9)
        last = paying(town.reserve(1), town.a, now=DEADLINE - timedelta(microseconds=1))
        paid, fired, again = race(racers, [last, *(job("fire_due_timers", now=DEADLINE) for _ in range(2))])
        assert sorted(fired["fired"] + again["fired"]).count("close_campaign") == 1
        seen = town.see()
        ends[seen["state"]] += 1
        if "answer" in paid:
            assert (seen["state"], seen["paid_seats"]) == ("confirmed", 10)
        else:
            # The hold ended at that moment too, and its timer may have been quicker than that of the deadline.
            late = {("campaign.wrong_state", "failed"), ("campaign.commitment_state", "expired")}
            assert seen["state"] == "failed"
            assert (paid["code"], paid["state"]) in late
            assert seen["money"]["refunded"] == seen["money"]["paid"] == cny("1152.00")
    assert sum(ends.values()) == 6


def test_the_same_key_at_once_has_one_effect_and_one_answer(desk, racers):
    town = Town(desk)
    town.open()
    same = joining(town, paid=True, seats=3, key="the-same-key")
    results = race(racers, [same] * 12)
    assert outcomes(results) == {"ok": 12}
    assert len({json.dumps(result, sort_keys=True) for result in results}) == 1
    assert town.see()["paid_seats"] == 3
    assert events_of(desk, town.campaign_id)["commitment_paid.v1"] == 1


def test_two_drafts_of_a_pool_are_opened_at_once_and_one_wins(desk, racers):
    for _ in range(4):
        town = Town(desk)
        sibling = match_proposed({town.a: 10}, pool_id=town.event.data["pool_id"])
        desk.hear(sibling)
        ids = [town.campaign_id, str(desk.campaign_of_match(sibling.data["match_id"]).campaign_id)]
        terms = {"deadline": format_time(DEADLINE)}
        opens = [job("open_campaign", {"campaign_id": one, **terms}, **town.organiser()) for one in ids * 2]
        assert outcomes(race(racers, opens)) == {"ok": 1, "campaign.wrong_state": 3}
        listed = desk.ask("list_campaigns", {"pool_id": town.event.data["pool_id"]}, **town.organiser())["items"]
        assert sorted(one["state"] for one in listed) == ["cancelled", "open"]


def test_leaving_paying_and_calling_off_at_once_refund_each_payment_once(desk, racers):
    for _ in range(4):
        town = Town(desk)
        town.open()
        paid, held = town.join(6), town.reserve(2)
        leave = {"commitment_id": paid["commitment_id"]}
        jobs = [job("cancel_commitment", leave, role="partner", community_id=town.a) for _ in range(3)]
        off = {"campaign_id": town.campaign_id, "reason": "weather"}
        jobs += [job("cancel_campaign", off, role="organiser", community_id=town.a) for _ in range(2)]
        jobs += [paying(held, town.a), joining(town, paid=True)]
        race(racers, jobs)
        seen = town.see()
        assert seen["state"] == "cancelled"
        assert seen["money"]["refunded"] == seen["money"]["paid"]
        assert seen["money"]["escrow"] == cny("0.00")
        assert town.commitment(paid)["state"] == "refunded"


def test_two_campaigns_that_share_members_are_ended_at_once(desk, racers):
    towns = [Town(desk, seats=40) for _ in range(4)]
    members = [new_id() for _ in range(12)]
    for number, town in enumerate(towns):
        town.open()
        for member_id in members if number % 2 else reversed(members):
            who = {"role": "organiser", "community_id": town.a, "member_id": member_id}
            data = {"campaign_id": town.campaign_id, "seats": 1}
            data["payment"] = {"method": "offline", "receipt": str(new_id())}
            desk.do("reserve_seats", data, **who)
    ends = [
        job("cancel_campaign", {"campaign_id": town.campaign_id, "reason": "x"}, role="organiser", community_id=town.a)
        for town in towns
    ]
    assert outcomes(race(racers, ends)) == {"ok": 4}
    for town in towns:
        assert town.see()["money"]["escrow"] == cny("0.00")
