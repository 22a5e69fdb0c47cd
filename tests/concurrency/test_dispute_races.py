"""Races over a dispute between real processes on a real PostgreSQL: one comes first, the other is told the state."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.builders_campaign import SLOT_START, cny
from tests.builders_disputes import Court, ids, operator
from tests.concurrency.test_campaign_races import (  # noqa: F401 - fixtures
    desk,
    events_of,
    job,
    outcomes,
    race,
    racers,
)

WINDOW = timedelta(hours=48)


@pytest.fixture
def court_of(desk):  # noqa: F811
    """Make courts whose mediators are the only ones there are."""

    def make(**options):
        with desk.new_uow() as uow:
            uow.connection.execute(text("UPDATE campaign.mediators SET ended_at = now() WHERE ended_at IS NULL"))
            uow.commit()
        desk.clock.time = SLOT_START - timedelta(days=12)
        return Court(desk, **options)

    return make


def doing(court, name, who, now=None, **data):
    case = {"dispute_id": court.case["dispute_id"]}
    return job(name, {**case, **data}, now=now or court.desk.clock.now(), **who)


def deciding(court, amount, **options):
    return doing(court, "decide_dispute", court.judge(), text="x", amount=cny(amount), **options)


def firing(now):
    return job("fire_due_timers", now=now)


def closed(court):
    """The case, which has to be closed exactly once, and the money of its commitment."""
    seen = court.see()
    assert seen["state"] == "closed"
    assert events_of(court.desk, court.case["dispute_id"])["dispute_closed.v1"] == 1
    net, _, held = court.money()
    assert seen["refunded"] == cny(f"{(25600 - net) / 100:.2f}")
    return seen["outcome"], net, held


def test_two_decisions_at_once_are_one(court_of, racers):  # noqa: F811
    for _ in range(3):
        court = court_of()
        court.to_mediation()
        results = race(racers, [deciding(court, amount) for amount in ("10.00", "20.00", "30.00", "40.00")])
        assert outcomes(results) == {"ok": 1, "campaign.dispute_state": 3}
        assert {one.get("state") for one in results} == {None, "decided"}
        assert len(court.see()["decisions"]) == 1
        court.appeal()
        finals = race(racers, [deciding(court, amount) for amount in ("10.00", "20.00", "30.00")])
        assert outcomes(finals) == {"ok": 1, "campaign.dispute_state": 2}
        winner = next(one["answer"] for one in finals if "answer" in one)
        assert closed(court)[:2] == ("decided_finally", 25600 - round(float(winner["refunded"]["amount"]) * 100))


def test_a_withdrawal_and_a_decision_at_once(court_of, racers):  # noqa: F811
    ends = Counter()
    for _ in range(4):
        court = court_of()
        court.to_mediation()
        withdrawn, decided = race(racers, [doing(court, "withdraw_dispute", court.member), deciding(court, "10.00")])
        assert outcomes([withdrawn, decided]) == {"ok": 1, "campaign.dispute_state": 1}
        ends["withdrawn" if "answer" in withdrawn else "decided"] += 1
        if "answer" in withdrawn:
            assert closed(court)[:2] == ("withdrawn", 25600)
        else:
            assert court.see()["state"] == "decided"
    assert sum(ends.values()) == 4


def test_a_final_decision_and_the_settlement_of_the_campaign_at_once(court_of, racers):  # noqa: F811
    for _ in range(4):
        court = court_of()
        court.to_mediation()
        court.decide(amount="10.00")
        court.appeal()
        end = SLOT_START + WINDOW
        race(racers, [deciding(court, "75.00", now=end), firing(end), firing(end)])
        assert closed(court) == ("decided_finally", 18100, 0)
        seen = court.town.see()
        assert (seen["state"], seen["money"]["escrow"]) == ("settled", cny("0.00"))
        assert events_of(court.desk, court.town.campaign_id)["campaign_settled.v1"] == 1


def test_an_appeal_and_the_execution_at_once(court_of, racers):  # noqa: F811
    ends = Counter()
    for _ in range(4):
        court = court_of(acceptance_hours=500)
        court.to_mediation()
        court.decide(amount="10.00")
        due = SLOT_START + timedelta(hours=48)
        just_before = due - timedelta(microseconds=1)
        appeal = doing(court, "appeal_dispute", court.member, now=just_before, text="x")
        appealed, *fired = race(racers, [appeal, firing(due), firing(due)])
        assert sum(one["fired"].count("advance_dispute") for one in fired) >= 1
        ends[court.see()["state"]] += 1
        if "answer" in appealed:
            assert court.see()["state"] == "appealed"
            assert court.money()[0] == 25600
        else:
            assert (appealed["code"], appealed["state"]) == ("campaign.dispute_state", "closed")
            assert closed(court)[:2] == ("decided", 24600)
    assert sum(ends.values()) == 4


def test_the_same_commitment_is_disputed_once_however_many_ask(court_of, racers):  # noqa: F811
    court = court_of()
    data = {"commitment_id": court.mine["commitment_id"], "reason": "late", "claim": cny("1.00"), "text": "x"}
    opens = [job("open_dispute", data, now=SLOT_START, **court.town.organiser()) for _ in range(8)]
    assert outcomes(race(racers, opens)) == {"ok": 1, "campaign.disputed": 7}


def test_opening_and_the_settlement_agree_on_who_was_first(court_of, racers):  # noqa: F811
    for _ in range(4):
        court = court_of()
        end = SLOT_START + WINDOW
        data = {"commitment_id": court.mine["commitment_id"], "reason": "late", "claim": cny("1.00"), "text": "x"}
        open_ = job("open_dispute", data, now=end - timedelta(microseconds=1), **court.member)
        opened, *_ = race(racers, [open_, firing(end), firing(end)])
        if "answer" in opened:
            assert court.town.see()["state"] == "delivered"
            assert court.money() == (25600, 20480, 5120)
            assert court.money(court.other)[2] == 0
        else:
            assert (opened["code"], opened["state"]) == ("campaign.wrong_state", "settled")


def test_each_offer_is_accepted_once_and_only_one_of_them(court_of, racers):  # noqa: F811
    for _ in range(4):
        court = court_of()
        court.open()
        theirs = court.offer(court.town.supplier(), "20.00")["offers"][0]["offer_id"]
        mine = court.offer(court.member, "150.00")["offers"][1]["offer_id"]
        accepts = [doing(court, "accept_settlement", court.member, offer_id=theirs) for _ in range(2)]
        accepts += [doing(court, "accept_settlement", court.town.supplier(), offer_id=mine) for _ in range(2)]
        results = race(racers, [*accepts, doing(court, "withdraw_dispute", court.member)])
        assert outcomes(results) == {"ok": 1, "campaign.dispute_state": 4}
        outcome, net, _ = closed(court)
        assert (outcome, net) in (("settled", 23600), ("settled", 10600), ("withdrawn", 25600))


def test_cases_that_come_together_are_spread_over_the_mediators(court_of, racers):  # noqa: F811
    court = court_of(mediators=3, delivered=False)
    others = [Court(court.desk, mediators=0, delivered=False) for _ in range(2)]
    courts = [court, *others]
    for each in courts:
        each.open()
        each.answer()
    assert outcomes(race(racers, [doing(each, "ask_mediation", each.member) for each in courts])) == {"ok": 3}
    assert len({each.stored().mediator.member_id for each in courts}) == 3


def test_one_who_is_ended_while_it_gets_a_case_does_not_keep_it(court_of, racers):  # noqa: F811
    for _ in range(4):
        court = court_of(mediators=1)
        court.open()
        court.answer()
        judge = court.judges[0]
        data = ids(community_id=judge["community_id"], member_id=judge["member_id"])
        end = job("end_mediator", data, now=SLOT_START, **operator(judge["community_id"]))
        assert outcomes(race(racers, [doing(court, "ask_mediation", court.member), end])) == {"ok": 2}
        court.desk.fire_due_timers()
        assert court.stored().mediator is None


def test_calling_off_and_settling_at_once_give_everything_back_once(court_of, racers):  # noqa: F811
    for _ in range(4):
        court = court_of(delivered=False)
        court.open()
        offer = court.offer(court.town.supplier(), "20.00")["offers"][0]["offer_id"]
        off = {"campaign_id": court.town.campaign_id, "reason": "暴雨", "cause": "weather"}
        now = court.desk.clock.now()
        jobs = [doing(court, "accept_settlement", court.member, offer_id=offer)]
        jobs.append(job("cancel_campaign", off, now=now, **court.town.organiser()))
        settled, cancelled = race(racers, jobs)
        assert "answer" in cancelled
        assert court.money() == (0, 0, 0)
        assert court.see()["outcome"] == ("settled" if "answer" in settled else "called_off")
        assert events_of(court.desk, court.case["dispute_id"])["dispute_closed.v1"] == 1
