"""Races about what members are asked, between real processes on a real PostgreSQL."""

from collections import Counter
from datetime import timedelta

import pytest

from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_asking import DEADLINE, MONDAY, AskedTown, missed, pair
from tests.builders_campaign import cny, match_proposed, news
from tests.concurrency.test_campaign_races import desk, events_of, job, joining, outcomes, race, racers

__all__ = ["desk", "racers"]
ROUNDS = 4


def two(desk, **target):
    """A campaign that will miss its minimum, and one of a category of their own that it could move to."""
    category = f"pottery-{new_id()}"

    def of(**changes):
        offer = {**match_proposed({new_id(): 1}, **changes).data["offer"], "category": category}
        return {**changes, "offer": offer}

    desk.clock.time = MONDAY
    return pair(desk, source=of(), target=of(**target))


def answering(town, commitment, answer="accept", *, now, key=None):
    data = {"inquiry_id": town.inquiry()["inquiry_id"], "commitment_id": commitment["commitment_id"], "answer": answer}
    who = {"role": "partner", "community_id": commitment["community_id"]}
    return job("answer_inquiry", data, now=now, **who, **({"key": key} if key else {}))


def firing(now):
    return job("fire_due_timers", now=now)


def hearing(event, now):
    return {"name": "hear", "event": event.to_wire(), "request": None, "now": now.isoformat()}


def once(desk, town):
    """Each inquiry of a town was closed once, and told once."""
    closed = events_of(desk, town.campaign_id)["inquiry_closed.v1"]
    assert closed == sum(one["state"] == "closed" and one["conclusion"] != "not_asked" for one in town.inquiries())


def test_the_last_answer_and_the_term_agree_on_who_was_first(desk, racers):
    ends = Counter()
    for _ in range(ROUNDS):
        source, target = two(desk)
        one, two_ = source.join(2), source.join(3)
        target.join(8)
        missed(desk)
        term = DEADLINE + timedelta(hours=24)
        desk.clock.time = term
        jobs = [answering(source, c, now=term - timedelta(microseconds=1)) for c in (one, two_)]
        answers = race(racers, [*jobs, firing(term), firing(term)])[:2]
        for answered, commitment in zip(answers, (one, two_), strict=True):
            state = source.commitment(commitment)["state"]
            assert state == ("moved" if "answer" in answered else "refunded"), answered
            ends[state] += 1
        seen = target.see()
        moved = sum(c["seats"] for c in (one, two_) if source.commitment(c)["state"] == "moved")
        assert (seen["paid_seats"], seen["reserved_seats"]) == (8 + moved, 0)
        once(desk, source)
    assert sum(ends.values()) == 2 * ROUNDS


def test_the_same_answer_many_times_moves_once(desk, racers):
    source, target = two(desk)
    one = source.join(3)
    missed(desk)
    same = answering(source, one, now=DEADLINE, key="the-same-answer")
    results = race(racers, [same] * 8)
    assert outcomes(results) == {"ok": 8}
    assert target.see()["paid_seats"] == 3
    once(desk, source)


def test_answers_that_contradict_each_other_leave_one_of_them(desk, racers):
    for _ in range(ROUNDS):
        source, target = two(desk)
        one, other = source.join(3), source.join(1)
        missed(desk)
        jobs = [answering(source, one, word, now=DEADLINE) for word in ("accept", "refund") * 3]
        race(racers, [*jobs, answering(source, other, now=DEADLINE)])
        state = source.commitment(one)["state"]
        assert state in ("moved", "refunded")
        assert target.see()["paid_seats"] == (4 if state == "moved" else 1)
        once(desk, source)


def test_the_last_seats_go_to_who_is_asked_or_to_who_joins_and_never_to_both(desk, racers):
    ends = Counter()
    for _ in range(ROUNDS):
        source, target = two(desk, seats=12)
        one = source.join(3)
        target.join(9)
        desk.clock.time = DEADLINE
        joins = [joining(target, paid=True, seats=3, now=DEADLINE) for _ in range(2)]
        race(racers, [firing(DEADLINE), *joins, firing(DEADLINE)])
        seen = target.see()
        assert seen["paid_seats"] + seen["reserved_seats"] == 12
        if seen["state"] == "confirmed":
            assert source.commitment(one)["state"] == "refunded"
        else:
            assert (seen["reserved_seats"], source.see()["pause"]["about"]) == (3, "merge")
        ends[seen["state"]] += 1
    assert sum(ends.values()) == ROUNDS


def test_a_target_is_closed_cancelled_and_moved_to_at_once(desk, racers):
    for _ in range(ROUNDS):
        source, target = two(desk)
        one, silent = source.join(3), source.join(1)
        target.join(10)
        missed(desk)
        organiser = {"role": "organiser", "community_id": target.a}
        close = job("close_campaign", {"campaign_id": target.campaign_id}, now=DEADLINE, **organiser)
        off = job("cancel_campaign", {"campaign_id": target.campaign_id, "reason": "x"}, now=DEADLINE, **organiser)
        race(racers, [close, answering(source, one, now=DEADLINE), off, joining(target, paid=True, now=DEADLINE)])
        missed(desk)
        seen, state = target.see(), source.commitment(one)["state"]
        assert seen["state"] in ("confirmed", "cancelled")
        assert seen["reserved_seats"] == 0
        assert source.see()["state"] == "failed"
        assert source.commitment(silent)["state"] == "refunded"
        if seen["state"] == "cancelled":
            assert seen["money"]["escrow"] == cny("0.00")
            assert state == "refunded"
        once(desk, source)


def test_a_source_is_cancelled_while_its_last_member_answers(desk, racers):
    for _ in range(ROUNDS):
        source, target = two(desk)
        one = source.join(3)
        missed(desk)
        organiser = {"role": "organiser", "community_id": source.a}
        off = job("cancel_campaign", {"campaign_id": source.campaign_id, "reason": "x"}, now=DEADLINE, **organiser)
        race(racers, [off, answering(source, one, now=DEADLINE), firing(DEADLINE)])
        missed(desk)
        state = source.commitment(one)["state"]
        assert (source.see()["state"], state) in (("cancelled", "refunded"), ("failed", "moved"))
        assert (target.see()["paid_seats"], target.see()["reserved_seats"]) == (3 if state == "moved" else 0, 0)
        once(desk, source)


def test_two_campaigns_ask_about_the_same_target_at_once(desk, racers):
    for _ in range(ROUNDS):
        source, target = two(desk, seats=12)
        second, other = two(desk)
        other.act("cancel_campaign", reason="only one is wanted")
        category = target.see()["category"]
        third = AskedTown(desk, offer={**source.event.data["offer"], "category": category, "offer_id": str(new_id())})
        third.open(on_missed={"action": "merge", "ask_hours": 24})
        source.join(4), third.join(4), target.join(6)
        desk.clock.time = DEADLINE
        race(racers, [firing(DEADLINE) for _ in range(4)])
        seen = target.see()
        assert seen["paid_seats"] + seen["reserved_seats"] <= 12
        asked = [town.see()["pause"] is not None for town in (source, third)]
        assert sum(asked) == seen["reserved_seats"] // 4 == 1
        assert second.see()["pause"] is None


def formed(desk):
    desk.clock.time = MONDAY
    town = AskedTown(desk)
    town.open(ask_hours=24)
    town.all = [town.join(4) for _ in range(3)]
    town.act("close_campaign")
    return town


def withdrawal(town):
    data = {"match_id": town.match_id, "campaign_id": town.campaign_id, "supplier_id": town.supplier_id, "reason": "x"}
    return news("supplier", "supplier_withdrew.v1", town.match_id, data)


def proposal(town, **changes):
    ids = {"replaces_match_id": town.match_id, "campaign_id": town.campaign_id}
    held = {"held_until": format_time(MONDAY + timedelta(hours=72))}
    return match_proposed({town.a: 12}, min_group=4, **ids, **held, **changes)


def test_a_withdrawal_and_two_proposals_come_at_once_and_one_is_asked_about(desk, racers):
    for _ in range(ROUNDS):
        town = formed(desk)
        first, second = proposal(town), proposal(town)
        news_ = [hearing(one, MONDAY) for one in (second, withdrawal(town), first, second)]
        race(racers, [*news_, hearing(withdrawal(town), MONDAY)])
        seen = town.inquiries()
        assert [one["proposal"]["match_id"] for one in seen if one["state"] == "open"] == [second.data["match_id"]]
        assert events_of(desk, town.campaign_id)["campaign_vacated.v1"] == 1
        assert len(seen) == 2
        once(desk, town)


@pytest.mark.parametrize("end", ["stated time", "hold"])
def test_the_last_answer_and_the_end_of_the_search_agree(desk, racers, end):
    ends = Counter()
    for _ in range(ROUNDS):
        town = formed(desk)
        event = proposal(town)
        desk.hear(withdrawal(town))
        desk.hear(event)
        town.answer(town.all[0])
        late = MONDAY + timedelta(hours=24)
        just = late - timedelta(microseconds=1)
        desk.clock.time = MONDAY
        gone = {"match_id": event.data["match_id"], "pool_id": None, "reason": "hold_expired"}
        other = firing(late) if end == "stated time" else hearing(
            news("supplier", "match_expired.v1", gone["match_id"], gone), just
        )  # fmt: skip
        race(racers, [other, *(answering(town, one, now=just) for one in town.all[1:]), other])
        seen, (inquiry,) = town.see(), town.inquiries()
        ends[inquiry["conclusion"]] += 1
        if inquiry["conclusion"] == "rematched":
            assert (seen["state"], seen["pause"], seen["match_id"]) == ("confirmed", None, event.data["match_id"])
        else:
            assert seen["match_id"] == town.match_id
            assert (seen["state"] == "cancelled") == (end == "stated time")
        once(desk, town)
    assert set(ends) <= {"rematched", "gone"}


def test_people_leave_answer_and_are_moved_at_once(desk, racers):
    for _ in range(ROUNDS):
        town = formed(desk)
        town.move(town.supplier(), even_if_fewer=True)
        first, second, third = town.all
        leave = [
            job("cancel_commitment", {"commitment_id": third["commitment_id"]}, role="partner", community_id=town.a)
            for _ in range(2)
        ]
        answers = [answering(town, first, now=MONDAY), answering(town, second, "refund", now=MONDAY)]
        race(racers, [*leave, *answers, hearing(withdrawal(town), MONDAY)])
        states = [town.commitment(one)["state"] for one in town.all]
        assert states[2] == "refunded"
        assert town.see()["pause"] is not None or states == ["paid", "refunded", "refunded"]
        once(desk, town)
