"""Money in disputes: whatever is decided, what goes back and what is released are all there is, to the fen."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.campaign.domain import purse
from services.campaign.domain.disputes import Decision, DisputeState, Side, disputable
from services.campaign.domain.executing import execute
from services.campaign.domain.ledger import balances, escrow_account, fund_account
from services.campaign.domain.model import State
from services.campaign.domain.releasing import reached_bp
from services.campaign.domain.terms import FULL_BP, ReleaseStage, Shares
from services.campaign.providers.port import Kind
from services.kernel.money import Money
from tests.bank import QUICK
from tests.builders_campaign import SLOT_START, Desk, Town, cny
from tests.builders_disputes import Court

COURT = Court(Desk())
COURT.open("1.00")
CAMPAIGN = COURT.desk.uow.campaigns.find(UUID(COURT.town.campaign_id))
COMMITMENT = COURT.desk.uow.commitments.find(UUID(COURT.mine["commitment_id"]))
DISPUTE = replace(COURT.stored(), state=DisputeState.DECIDED_FINALLY, due_at=None)
NOW = COURT.desk.clock.now()


def fen(minor):
    return Money(minor, "CNY")


@st.composite
def shares(draw):
    cuts = sorted(draw(st.lists(st.integers(0, FULL_BP), min_size=3, max_size=3)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, FULL_BP], strict=True)]
    return Shares(*parts)


@st.composite
def frozen_ones(draw, provider="offline"):
    """A campaign and a frozen commitment in any position that the purse can have brought it to."""
    paid = draw(st.integers(1, 10**6))
    refunded = draw(st.integers(0, paid - 1))
    net = paid - refunded
    released = draw(st.integers(0, net))
    kept = draw(st.sampled_from([0, net, net // 2]))
    state = draw(st.sampled_from([State.CONFIRMED, State.DELIVERED]))
    first, second = sorted((draw(st.integers(0, FULL_BP)), draw(st.integers(0, FULL_BP))))
    plan = tuple(
        ReleaseStage(*one)
        for one in (("confirmed", first), ("delivered", second - first), ("accepted", FULL_BP - second))
    )
    terms = replace(CAMPAIGN.terms, shares=draw(shares()), release=plan)
    money = {"paid": fen(paid), "refunded": fen(refunded), "released": fen(released), "owed": fen(0)}
    commitment = replace(COMMITMENT, **money, kept=fen(kept), frozen=True, provider=provider)
    return replace(CAMPAIGN, **money, terms=terms, state=state), commitment


def sums(transfers, kind):
    return sum(one.amount.minor for one in transfers if one.kind == kind)


@given(frozen_ones(), st.data())
def test_what_goes_back_and_what_is_released_are_the_net_for_every_decision(pair, data):
    campaign, commitment = pair
    amount = data.draw(st.integers(0, disputable(commitment).minor))
    done = execute(campaign, commitment, replace(DISPUTE, claim=disputable(commitment)), fen(amount), NOW)
    after, one, moved = done.outcome.campaign, done.outcome.changed[0], done.outcome.transfers
    assert sums(moved, "refund") == amount == done.turn.dispute.refunded.minor
    assert one.net == commitment.net - fen(amount)
    assert one.released.minor == commitment.released.minor - sums(moved, "return") + sums(moved, "release")
    assert one.refunded + one.released + one.held == one.paid
    assert one.released >= min(purse.due(one, reached_bp(campaign)), one.net)
    assert (after.refunded, after.released) == (one.refunded, one.released)
    assert one.kept <= one.net
    assert not one.frozen
    # Nothing is taken back from those who were paid as long as the escrow holds enough.
    assert sums(moved, "return") == max(0, amount - commitment.held.minor)
    settled, _, last = purse.release(replace(after, state=State.SETTLED), [one], "accepted", FULL_BP)
    assert settled.refunded + settled.released == commitment.paid
    assert settled.escrow == fen(0)
    booked = balances([*moved, *last]).get((escrow_account(campaign.campaign_id), "CNY"), 0)
    assert booked == -commitment.held.minor


@given(frozen_ones(), st.integers(0, 10**6), st.data())
def test_what_a_fund_cannot_return_the_supplier_returns(pair, fund, data):
    campaign, commitment = pair
    amount = data.draw(st.integers(0, disputable(commitment).minor))
    free = execute(campaign, commitment, replace(DISPUTE, claim=commitment.net), fen(amount), NOW)
    bound = execute(campaign, commitment, replace(DISPUTE, claim=commitment.net), fen(amount), NOW, fen(fund))
    account = fund_account(commitment.community_id)
    given_back = [one for one in bound.outcome.transfers if one.kind == "return"]
    assert sum(one.amount.minor for one in given_back if one.debit == account) <= fund
    assert sums(given_back, "return") == sums(free.outcome.transfers, "return")
    assert replace(bound.outcome, transfers=()).changed == free.outcome.changed


@given(frozen_ones(provider="sandbox"), st.data())
def test_a_provider_owes_what_it_has_to_fetch_back_first(pair, data):
    campaign, commitment = pair
    amount = data.draw(st.integers(0, disputable(commitment).minor))
    done = execute(campaign, commitment, replace(DISPUTE, claim=disputable(commitment)), fen(amount), NOW)
    after, one = done.outcome.campaign, done.outcome.changed[0]
    assert (one.refunded - commitment.refunded) + one.owed == fen(amount)
    assert one.net == commitment.net - fen(amount)
    assert (after.refunded, after.released, after.owed) == (one.refunded, one.released, one.owed)
    back = purse.came_back(after, one, one.owed, "x")
    assert back.commitment.owed == fen(0)
    assert back.commitment.refunded == commitment.refunded + fen(amount)
    settled, _, _ = purse.release(replace(back.campaign, state=State.SETTLED), [back.commitment], "accepted", FULL_BP)
    assert settled.refunded + settled.released == commitment.paid


@given(frozen_ones(provider="sandbox"), st.data())
def test_a_dispute_during_an_open_refund_reaches_only_what_is_not_owed_already(pair, data):
    campaign, commitment = pair
    first = data.draw(st.integers(0, commitment.net.minor))
    moved = purse.give_back(campaign, commitment, fen(first), "refund", "partly_delivered")
    left = disputable(moved.commitment)
    assert left == commitment.net - fen(first)
    amount = data.draw(st.integers(0, left.minor))
    claim = replace(DISPUTE, claim=commitment.net)
    done = execute(moved.campaign, moved.commitment, claim, fen(amount), NOW)
    one = done.outcome.changed[0]
    assert one.net == left - fen(amount)
    assert (one.refunded - commitment.refunded) + one.owed == fen(first + amount)
    assert one.owed <= one.released
    more = execute(moved.campaign, moved.commitment, claim, commitment.net, NOW)
    assert more.turn.dispute.refunded == left


def test_no_more_is_executed_than_is_left_whatever_was_decided():
    short = replace(COMMITMENT, refunded=fen(25500))
    campaign = replace(CAMPAIGN, refunded=fen(25500), released=short.released, paid=short.paid)
    short = replace(short, released=fen(0))
    done = execute(campaign, short, replace(DISPUTE, claim=fen(20000)), fen(20000), NOW)
    assert done.turn.dispute.refunded == fen(100)


def test_only_the_frozen_one_waits():
    free = replace(COMMITMENT, frozen=False)
    _, changed, _ = purse.release(replace(CAMPAIGN, state=State.SETTLED), [COMMITMENT, free], "accepted", FULL_BP)
    assert [one.frozen for one in changed] == [False]


# Whole campaigns


PLANS = [
    (("confirmed", 3000), ("delivered", 5000), ("accepted", 2000)),
    (("confirmed", 3333), ("delivered", 3334), ("accepted", 3333)),
    (("confirmed", 0), ("delivered", 0), ("accepted", 10000)),
    (("confirmed", 10000), ("delivered", 0), ("accepted", 0)),
]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(shares(), st.sampled_from(PLANS), st.sampled_from(["99.99", "33.35", "0.07"]), st.data())
def test_several_disputes_in_one_campaign_end_with_nothing_left_and_nothing_lost(split, plan, price, data):
    desk = Desk()
    names = ("supplier_bp", "organiser_bp", "community_bp", "platform_bp")
    parts = dict(zip(names, split.weights, strict=True))
    court = Court(desk, delivered=False, tiers=((1, price),), min_group=1, release=plan, shares=parts)
    before = data.draw(st.booleans())
    if not before:
        court.deliver()
    cases = [_open(court, commitment, data) for commitment in (court.mine, court.other)]
    for case in cases[: data.draw(st.integers(0, 2))]:
        _end(court, *case, data)
    if before:
        court.deliver()
    court.pass_(days=2)
    for court.case, *_ in cases:  # those that are still open, whoever was silent
        court.pass_(days=9)
        if court.stored().is_open:
            court.decide(share_bp=data.draw(st.integers(0, FULL_BP)))
            court.pass_(days=2)
    seen = court.town.see()
    assert (seen["state"], seen["money"]["escrow"]) == ("settled", cny("0.00"))
    for commitment in desk.uow.commitments.rows.values():
        assert commitment.refunded + commitment.released == commitment.paid
        assert not commitment.frozen
    assert set(desk.uow.ledger.sums().values()) == {0}
    refunded = sum(Money.from_wire(one["refunded"]).minor for one in desk.uow.outbox.data_of("dispute_closed.v1"))
    assert refunded == Money.from_wire(seen["money"]["refunded"]).minor


def _open(court, commitment, data):
    who = court.town.organiser(UUID(commitment["community_id"]))
    net = Money.from_wire(court.town.commitment(commitment)["paid"]).minor
    claim = fen(data.draw(st.integers(1, net)))
    return court.open(claim.amount, who=who, commitment=commitment), claim, who


def _end(court, case, claim, who, data):
    """End a case in one of the ways that there are."""
    court.case = case
    way = data.draw(st.sampled_from(["withdraw", "settle", "decide", "appeal"]))
    amount = fen(data.draw(st.integers(0, claim.minor))).amount
    if way == "withdraw":
        court.withdraw(who)
    elif way == "settle":
        court.accept(who, court.offer(court.town.supplier(), amount)["offers"][-1]["offer_id"])
    else:
        court.answer()
        court.ask(who)
        court.decide(share_bp=data.draw(st.integers(0, FULL_BP)))
        if way == "appeal":
            court.appeal(who)
            court.decide(amount=amount)


def test_a_full_refund_after_everything_was_released_comes_back_from_all_receivers():
    court = Court(Desk(), release=(("confirmed", 3000), ("delivered", 7000), ("accepted", 0)))
    assert court.money() == (25600, 25600, 0)
    court.open("256.00")
    court.accept(court.member, court.offer(court.town.supplier(), "256.00")["offers"][0]["offer_id"])
    back = {one.debit.split(":")[0]: one.amount.minor for one in court.uow.ledger.of("return")}
    assert back == {"supplier": 20480, "organiser": 2560, "fund": 1792, "platform": 768}
    assert court.money() == (0, 0, 0)


def test_a_fund_that_was_spent_does_not_keep_a_decision_from_being_executed():
    court = Court(Desk(), release=(("confirmed", 3000), ("delivered", 7000), ("accepted", 0)))
    account = fund_account(court.town.a)
    spent = replace(court.uow.ledger.of("release")[0], transfer_id=None, key="spent", kind="correction", debit=account)
    court.uow.ledger.post([replace(spent, credit="platform", amount=fen(court.uow.ledger.balance(account)))])
    court.open("256.00")
    court.accept(court.member, court.offer(court.town.supplier(), "256.00")["offers"][0]["offer_id"])
    back = {one.debit.split(":")[0]: one.amount.minor for one in court.uow.ledger.of("return")}
    assert back == {"supplier": 22272, "organiser": 2560, "platform": 768}
    assert court.town.commitment(court.mine)["refunded"] == cny("256.00")


@pytest.mark.parametrize(("bp", "amount"), [(3750, "75.00"), (3333, "66.66"), (0, "0.00"), (10000, "200.00")])
def test_a_part_of_a_claim_is_executed_to_the_fen(bp, amount):
    court = Court(Desk())
    court.to_mediation()
    court.decide(share_bp=bp)
    court.pass_(hours=48)
    assert court.see()["refunded"] == cny(amount)
    assert court.stored().decisions == (Decision(Money.from_wire(cny(amount)), Side.MEDIATOR, SLOT_START),)


def test_a_dispute_over_an_online_payment_is_executed_by_the_provider():
    court = Court(Desk().with_bank(QUICK), online=True)
    town = court.town
    assert court.mine["method"] == "sandbox"
    court.to_mediation()
    court.desk.pass_(hours=48)
    assert town.see()["state"] == "delivered"
    court.decide(share_bp=3750)
    court.appeal(town.supplier())
    assert court.decide(amount="75.00")["refunded"] == cny("75.00")
    assert town.see()["state"] == "delivered"  # the provider has still to move it
    court.desk.pass_(hours=1)
    assert town.commitment(court.mine)["refunded"] == cny("75.00")
    seen = town.see()
    assert (seen["state"], seen["money"]["escrow"], seen["money"]["owed"]) == ("settled", cny("0.00"), cny("0.00"))
    refunds = [one for one in court.uow.orders.rows.values() if one.kind is Kind.REFUND]
    assert [(one.amount, str(one.state)) for one in refunds] == [(fen(7500), "succeeded")]


def test_a_town_without_disputes_never_looks_for_them():
    town = Town(Desk())
    town.open()
    town.act("cancel_campaign", reason="x")
    assert town.see()["state"] == "cancelled"
