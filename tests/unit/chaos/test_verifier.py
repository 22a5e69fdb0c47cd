"""The verifier finds each kind of fault that is planted in a history, and none where there is none."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.chaos.campaigns import Opened
from tests.chaos.history import Said
from tests.chaos.verifier import FAULTS, check
from tests.chaos.world import World

DEADLINE = 1000.0
CNY = {"currency": "CNY", "sum": {"amount": "0.00"}, "escrow": {"amount": "0.00"}, "pending": {"amount": "0.00"}}


def yuan(minor):
    return {"amount": f"{minor // 100}.{minor % 100:02}", "currency": "CNY"}


def said(op="join", number=1, *, seats=1, state="paid", at=10.0, took=1.0, status=201, campaign="C", **more):
    """One request about the commitment ``number``, as it was answered."""
    receipt = {"payment": {"method": "offline", "receipt": f"R{number}"}} if op == "join" else {}
    paid = yuan(12800 * seats) if state == "paid" else None
    answer = {"commitment_id": f"K{number}", "campaign_id": campaign, "seats": seats, "state": state, "paid": paid}
    defaults = {
        "client": "client0.0", "op": op, "key": f"key{number}", "path": "/v1/...", "token": "t", "tries": 1,
        "body": {"seats": seats, **receipt}, "campaign_id": campaign,
        "commitment_id": None if op in ("join", "reserve") else f"K{number}",
        "at": at, "until": at + took, "status": status, "answer": answer,
    }  # fmt: skip
    return Said(**{**defaults, **more})


def refused(code="campaign.full", number=9, *, op="join", at=20.0, **more):
    return said(op, number, at=at, status=409, answer={"code": code, **more.pop("detail", {})}, **more)


def row(number=1, *, seats=1, state="delivered", paid=None, refunded=0, campaign="C", **more):
    """One commitment as it is at the end; what was paid and not refunded was released."""
    paid = 12800 * seats if paid is None else paid
    return SimpleNamespace(
        **{
            "commitment_id": f"K{number}", "campaign_id": campaign, "seats": seats, "state": state,
            "price_minor": 12800, "paid_minor": paid, "refunded_minor": refunded, "released_minor": paid - refunded,
            "owed_minor": 0, "provider": "offline", "receipt": f"R{number}", **more,
        }
    )  # fmt: skip


def world(*rows, state="settled", most=10, **more):
    """A world with one campaign in which everything agrees with the commitments ``rows``."""
    delivered = {one.commitment_id: one.seats for one in rows if one.state == "delivered"}
    sold = sum(delivered.values()) if state == "settled" else 0
    return World(
        **{
            "campaigns": {"C": SimpleNamespace(campaign_id="C", match_id="M", state=state, max_seats=most)},
            "commitments": {one.commitment_id: one for one in rows},
            "payments": [
                SimpleNamespace(commitment_id=r.commitment_id, amount_minor=r.paid_minor) for r in rows if r.paid_minor
            ],
            "matches": {
                "M": SimpleNamespace(match_id="M", state="confirmed", sold=sold, capacity=most, held=0, confirmed=sold)
            },
            "receipts": delivered,
            "sold": {"M": sold},
            "ledger": {"differences": [], "currencies": [CNY]},
            "statement": {"differences": [], "open": [], "agreed": 3},
            **more,
        }
    )


def faults(history, there, deadline=DEADLINE):
    opened = [Opened("C", "tiers", "t", ["m"], deadline, None)]
    return check(sorted(history, key=lambda one: one.until), there, opened)


def kinds(history, there, **options):
    found = faults(history, there, **options)
    assert {fault.kind for fault in found} <= set(FAULTS)
    return {fault.kind for fault in found}


def test_what_went_well_has_no_fault():
    history = [
        said(number=1, seats=2),
        said(number=2),
        said("cancel", 2, state="refunded", at=12.0, status=200),
        said("reserve", 3, state="reserved"),
        said("reserve", 4, state="reserved"),
        said("payment-orders", 4, at=12.0, answer={"commitment_id": "K4", "state": "open"}),
        refused("campaign.closed", 8, at=DEADLINE + 1),
        refused("campaign.full", 9, seats=8),
        said("campaign deliver", status=200, answer={"state": "delivered"}),
    ]
    there = world(
        row(1, seats=2),
        row(2, state="refunded", refunded=12800),
        row(3, state="expired", paid=0),
        row(4, provider="sandbox", receipt=None),
    )
    assert faults(history, there) == []


def test_a_join_that_is_not_there_is_lost():
    assert kinds([said()], world()) == {"lost"}


def test_a_join_with_fewer_seats_than_told_is_lost():
    assert "lost" in kinds([said(seats=3)], world(row(seats=2, paid=3 * 12800)))


def test_a_payment_that_is_not_there_is_lost():
    assert "lost" in kinds([said()], world(row(paid=0)))


def test_a_paid_seat_that_was_not_served_is_lost():
    assert kinds([said()], world(row(state="expired", refunded=12800))) == {"lost"}


def test_an_effect_that_nobody_was_told_of_is_double():
    assert kinds([said()], world(row(1), row(2))) == {"double"}


def test_a_commitment_that_was_paid_twice_is_double():
    there = world(row())
    assert "double" in kinds([said()], replace(there, payments=there.payments * 2))


def test_two_requests_that_got_the_same_commitment_are_double():
    assert "double" in kinds([said(), said(client="client1.0", key="other")], world(row()))


def test_more_seats_than_there_are_is_oversold():
    history = [said(number=number, seats=3) for number in (1, 2)]
    assert kinds(history, world(row(1, seats=3), row(2, seats=3), most=5)) == {"oversold"}


def test_more_seats_at_one_time_is_oversold_though_somebody_has_left_since():
    left = said("cancel", 1, seats=3, state="refunded", at=50.0, status=200)
    history = [said(number=1, seats=3), said(number=2, seats=3), left]
    there = world(row(1, seats=3, state="refunded", refunded=3 * 12800), row(2, seats=3), most=5)
    assert kinds(history, there) == {"oversold"}


def test_seats_that_were_freed_before_are_not_oversold():
    left = said("cancel", 1, seats=3, state="refunded", at=15.0, status=200)
    history = [said(number=1, seats=3), left, said(number=2, seats=3, at=20.0)]
    there = world(row(1, seats=3, state="refunded", refunded=3 * 12800), row(2, seats=3), most=5)
    assert kinds(history, there) == set()


def test_who_was_refused_and_has_it_was_told_the_untruth():
    assert "untrue" in kinds([refused("campaign.full", 1, seats=10)], world(row(1)))


def test_full_is_untrue_where_seats_were_free_all_the_time():
    assert kinds([said(), refused(seats=1)], world(row(), most=2)) == {"untrue"}


def test_full_is_true_where_seats_were_taken_for_a_moment_of_it():
    history = [said("reserve", 1, state="reserved", at=19.0), said("cancel", 1, state="cancelled", at=20.5, status=200)]
    assert kinds([*history, refused(at=20.0)], world(row(state="cancelled", paid=0), most=1)) == set()


@pytest.mark.parametrize(
    "told",
    [
        refused("campaign.closed", at=DEADLINE - 5),
        refused("campaign.wrong_state", detail={"state": "failed"}),
        refused("campaign.receipt_used"),
        said(status=0, answer={"lost": "timed out"}),
        said(number=2, again=False),
        said("campaign cancel", status=200, answer={"state": "cancelled"}),
    ],
    ids=[
        "closed before its time",
        "a state it never had",
        "no reason",
        "no answer",
        "another answer",
        "not called off",
    ],
)
def test_an_answer_that_is_not_true_is_found(told):
    there = world(row(1), row(2)) if told.again is False else world(row(1))
    assert kinds([said(), told], there) == {"untrue"}


def test_a_seat_that_was_given_up_and_is_served_is_untrue():
    history = [said("reserve", state="reserved"), said("cancel", state="cancelled", at=12.0, status=200)]
    assert "untrue" in kinds(history, world(row()))


def test_money_that_went_to_nobody_is_unbalanced():
    assert kinds([said()], world(row(released_minor=12000))) == {"unbalanced"}


def test_a_refund_that_is_still_owed_is_unbalanced():
    assert kinds([said()], world(row(owed_minor=100))) == {"unbalanced"}


@pytest.mark.parametrize("figure", ["sum", "escrow", "pending"])
def test_a_ledger_that_is_not_empty_at_the_end_is_unbalanced(figure):
    ledger = {"differences": [], "currencies": [{**CNY, figure: {"amount": "0.01"}}]}
    assert kinds([said()], world(row(), ledger=ledger)) == {"unbalanced"}


def test_a_figure_that_was_not_recomputed_is_unbalanced():
    wrong = {"subject": "seats of campaign C", "kept": "3", "recomputed": "2"}
    assert kinds([said()], world(row(), ledger={"differences": [wrong], "currencies": [CNY]})) == {"unbalanced"}


@pytest.mark.parametrize(
    "statement",
    [
        {"differences": [{"number": "n", "fault": "amount", "ledger": "1", "provider": "2"}], "open": [], "agreed": 1},
        {"differences": [], "open": ["n"], "agreed": 1},
    ],
    ids=["it differs", "it is under way"],
)
def test_a_statement_that_tells_something_else_is_unreconciled(statement):
    assert kinds([said()], world(row(), statement=statement)) == {"unreconciled"}


def test_a_campaign_that_has_not_ended_is_unfinished():
    assert "unfinished" in kinds([], world(state="tipped"))


def test_what_still_waits_is_unfinished():
    assert kinds([said()], world(row(), waiting={"supplier dead letters": 1})) == {"unfinished"}


def test_seats_that_the_supplier_has_not_heard_of_are_unfinished():
    there = world(row())
    held = SimpleNamespace(match_id="M", state="proposed", sold=None, capacity=10, held=10, confirmed=0)
    assert kinds([said()], replace(there, matches={"M": held})) == {"unfinished"}


def test_a_delivery_that_reputation_has_not_heard_of_is_lost():
    assert kinds([said()], replace(world(row()), receipts={})) == {"lost"}


def test_a_receipt_of_nobody_who_was_served_is_double():
    assert kinds([said()], replace(world(row()), receipts={"K1": 1, "K2": 1})) == {"double"}


def test_a_campaign_that_is_gone_is_lost():
    assert kinds([], replace(world(), campaigns={})) == {"lost"}
