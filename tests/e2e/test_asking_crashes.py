"""kill -9 while members are asked: each answer, each term and each proposal has its effect once, or comes again.

As in test_crashes.py, a process dies at an exact call and is started again as a supervisor would do it.
"""

import contextlib
import time
from datetime import timedelta

import pytest

from tests.e2e import town
from tests.e2e.nodes import RealNode
from tests.e2e.test_crashes import AFTER_TIMER, BEFORE_ACK, BEFORE_TIMER, OUTBOX_COMMIT, bomb, dies


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Five processes: what dies in one process of all is shown by test_crashes.py."""
    made = RealNode(tmp_path_factory.mktemp("asking"))
    yield made.start()
    made.stop()


def formed(node, home, *, ask_hours=48, seats=3, tiers=None):
    """A group of three that was formed, with room for nobody else; returns campaign and commitments."""
    studio = town.supplier(node, home)
    made = town.offer(node, home, studio, minimum=2, maximum=seats, tiers=tiers)
    body = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": seats}
    token = home["organiser_token"]
    match = node.must("POST", "/v1/matches", body, token=token)
    path = f"/v1/campaigns?match_id={match['match_id']}"
    draft = node.wait_for(path, lambda page: page["items"], token=token)["items"][0]
    path = f"/v1/campaigns/{draft['campaign_id']}"
    node.must("POST", f"{path}/open", {"deadline": town.at(days=2), "ask_hours": ask_hours}, token=token)
    payers = [town.member(node, home) for _ in range(seats)]
    town.known(node, home, draft, payers[-1])
    joined = [town.join(node, home, draft, payer)[1] for payer in payers]
    return {**draft, "path": path, "match_id": match["match_id"]}, joined


def answer(node, home, inquiry, commitment, word="accept", *, key):
    """Answer until it is answered: with the same key a repeat has no second effect."""
    body = {"commitment_id": commitment["commitment_id"], "answer": word}
    path = f"/v1/inquiries/{inquiry['inquiry_id']}/answers"
    while True:
        try:
            return node.must("POST", path, body, token=home["organiser_token"], key=key)
        except OSError:
            time.sleep(0.1)


def inquiry_of(node, home, course, right=lambda one: one["state"] == "open"):
    def found(page):
        return page["items"] and right(page["items"][0])

    return node.wait_for(f"{course['path']}/inquiries", found, token=home["organiser_token"])["items"][0]


def books_add_up(node, home, course):
    ledger = node.must("GET", f"{course['path']}/ledger", token=home["organiser_token"])
    assert ledger["sum"]["amount"] == "0.00"
    assert node.must("GET", "/v1/ledger")["differences"] == []
    return [line["kind"] for line in ledger["transfers"]]


def test_the_last_answer_replaces_the_supplier_once_whatever_dies(node):
    """The campaign service dies in the commit of the answer that takes another supplier; the supplier hears of it."""
    home = town.community(node)
    course, joined = formed(node, home)
    cheaper = [{"seats": 1, "price": {"amount": "100.00", "currency": "CNY"}}]
    other = town.offer(node, home, town.supplier(node, home), minimum=2, maximum=3, tiers=cheaper)
    withdraw = f"/v1/matches/{course['match_id']}/withdraw"
    node.must("POST", withdraw, {"reason": "老师病了"}, token=home["organiser_token"])
    inquiry = inquiry_of(node, home, course)
    answer(node, home, inquiry, joined[0], key="crash-answer-0")
    answer(node, home, inquiry, joined[1], "refund", key="crash-answer-1")
    victim = bomb(node, "campaign", OUTBOX_COMMIT, 1)
    path, body = f"/v1/inquiries/{inquiry['inquiry_id']}/answers", {"commitment_id": joined[2]["commitment_id"]}
    while victim.popen.poll() is None:
        try:
            request = {**body, "answer": "accept"}
            node.call("POST", path, request, token=home["organiser_token"], key="crash-answer-2", timeout=10)
        except OSError:
            time.sleep(0.1)
    dies(victim)
    node.restart("campaign")
    closed = answer(node, home, inquiry, joined[2], key="crash-answer-2")

    assert closed["conclusion"] == "rematched"
    seen = node.must("GET", course["path"], token=home["organiser_token"])
    assert (seen["state"], seen["paid_seats"], seen["offer_id"]) == ("confirmed", 2, other["offer_id"])
    kinds = books_add_up(node, home, course)
    assert (kinds.count("refund"), kinds.count("tier_difference")) == (1, 2)
    offer = f"/v1/offers/{other['offer_id']}"
    sold = node.wait_for(offer, lambda one: one["slots"][0]["confirmed"] == 2, token=home["organiser_token"])
    assert sold["slots"][0]["held"] == 0


def test_a_proposal_is_asked_about_once_when_its_consumer_dies_before_it_acknowledges(node):
    """The withdrawal and the proposal are given to the campaign service again; members are asked once."""
    home = town.community(node)
    course, joined = formed(node, home)
    town.offer(node, home, town.supplier(node, home), minimum=2, maximum=3)
    victim = bomb(node, "campaign", BEFORE_ACK, 1, "campaign")
    withdraw = f"/v1/matches/{course['match_id']}/withdraw"
    with contextlib.suppress(OSError):
        node.call("POST", withdraw, {"reason": "老师病了"}, token=home["organiser_token"], key="left", timeout=10)
    dies(victim)
    node.restart("campaign")
    node.must("POST", withdraw, {"reason": "老师病了"}, token=home["organiser_token"], key="left")
    inquiry_of(node, home, course)
    page = node.must("GET", f"{course['path']}/inquiries", token=home["organiser_token"])
    assert len(page["items"]) == 1
    notices = node.must("GET", f"/v1/notices?campaign_id={course['campaign_id']}", token=home["organiser_token"])
    kinds = [one["kind"] for one in notices["items"]]
    assert (kinds.count("replacement_asked"), kinds.count("supplier_withdrew")) == (len(joined), len(joined))


@pytest.mark.parametrize("point", [BEFORE_TIMER, AFTER_TIMER], ids=["during", "after-commit"])
def test_a_term_fires_once_through_the_death_of_its_process(node, point):
    """At the term one has accepted a move, one has refused and one is silent; both are refunded once."""
    home = town.community(node)
    course, joined = formed(node, home, ask_hours=8 / 3600)
    move = {**town.two_hours(timedelta(days=6)), "reason": "weather", "text": "台风"}
    moved = node.must("POST", f"{course['path']}/moves", move, token=home["organiser_token"])
    answer(node, home, moved, joined[0], key="term-0")
    answer(node, home, moved, joined[1], key="term-1")
    victim = bomb(node, "campaign", point, 1, "campaign")
    dies(victim)
    node.restart("campaign")

    closed = inquiry_of(node, home, course, lambda one: one["state"] == "closed")
    assert closed["conclusion"] == "moved"
    seen = node.must("GET", course["path"], token=home["organiser_token"])
    assert (seen["state"], seen["paid_seats"], seen["slot"]["start"]) == ("confirmed", 2, move["start"])
    assert books_add_up(node, home, course).count("refund") == 1
