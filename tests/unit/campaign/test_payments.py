"""Members pay by a provider: the sandbox itself and its driver, on a clock of ours, without a socket."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.campaign.domain import purse
from services.campaign.domain.ledger import balances, provider_account, set_aside
from services.campaign.domain.orders import OrderState
from services.campaign.domain.outcome import Outcome
from services.campaign.handlers.outcomes import EFFECTS
from services.campaign.handlers.recording import record
from services.campaign.providers.port import Kind, Result, Status
from services.kernel.clock import format_time
from services.kernel.errors import ConflictError, ForbiddenError
from services.kernel.money import Money
from tests.bank import QUICK
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town, cny
from tests.statements import differences, worst_day

SHARES = {"supplier_bp": 8500, "organiser_bp": 500, "community_bp": 600, "platform_bp": 400}
MANUAL = {**QUICK, "pay": "manual"}


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def open_town(desk):
    def make(profile=QUICK, *, seed=1, **match):
        terms = match.pop("terms", {})
        town = Town(desk.with_bank(profile, seed=seed), **match)
        town.open(**terms)
        return town

    return make


def paid_online(town, seats=1, **data):
    held = town.reserve(seats)
    town.start_payment(held, **data)
    town.desk.work()
    return held


def state(town, commitment):
    return town.commitment(commitment)["state"]


def orders(town, kind=None):
    own = [one for one in town.desk.orders() if str(one.campaign_id) == town.campaign_id]
    return [one for one in own if kind in (None, one.kind)]


def told(town, kind):
    return [one for one in town.desk.told(kind) if str(one.campaign_id) == town.campaign_id]


def transfers(town):
    return [one for one in town.desk.transfers() if str(one.campaign_id) == town.campaign_id]


def balance(town, account):
    return balances(transfers(town)).get((account, "CNY"), 0)


def sums_to_zero(desk):
    return set(balances(desk.transfers()).values()) and not sum(balances(desk.transfers()).values())


def wait(town, when):
    town.desk.pass_(seconds=(when - town.desk.clock.now()).total_seconds())


def refused(kind, act):
    with pytest.raises(kind) as failure:
        act()
    return failure.value.code


def settle(town):
    wait(town, SLOT_START)
    town.act("deliver_campaign")
    wait(town, SLOT_START + timedelta(days=3))


def test_a_payment_that_succeeds_takes_the_seats(open_town):
    town = open_town()
    held = town.reserve(3)
    order = town.start_payment(held)
    assert (order["state"], order["amount"]) == ("open", held["amount"])
    assert state(town, held) == "reserved"
    town.desk.work()
    assert (state(town, held), town.commitment(held)["method"]) == ("paid", "sandbox")
    assert town.see()["money"]["escrow"] == held["amount"]


def test_a_payment_that_is_declined_leaves_the_seats_held_for_another_try(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.work()
    town.desk.bank.decide(order["number"], "NOT_ENOUGH_MONEY")
    town.desk.work()
    assert state(town, held) == "reserved"
    (note,) = told(town, "payment_declined")
    assert [option.action for option in note.options] == ["start_payment"]
    again = town.start_payment(held)
    town.desk.work()
    town.desk.bank.decide(again["number"])
    town.desk.work()
    assert state(town, held) == "paid"


def test_only_one_payment_is_under_way_and_nothing_it_rests_on_changes_meanwhile(open_town):
    town = open_town(MANUAL)
    held = town.reserve(2)
    town.start_payment(held)
    assert refused(ConflictError, lambda: town.start_payment(held)) == "campaign.payment_open"
    seats = {"commitment_id": held["commitment_id"], "seats": 1}
    change = lambda: town.desk.do("change_seats", seats, **town.organiser())  # noqa: E731
    assert refused(ConflictError, change) == "campaign.payment_open"


def test_a_payment_made_while_the_seats_were_held_counts_though_the_word_of_it_comes_later(open_town):
    town = open_town({**QUICK, "callback": {"lost": 1}, "delay": {"charge": [1700, 1700]}})
    held = town.reserve(1)
    town.start_payment(held)
    town.desk.pass_(minutes=35)
    assert state(town, held) == "paid"


def test_a_payment_that_comes_after_the_seats_were_given_up_is_returned(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.work()
    town.leave(held)
    town.desk.bank.decide(order["number"])
    town.desk.work()
    assert state(town, held) == "cancelled"
    assert town.see()["money"]["paid"] == cny("0.00")
    assert town.desk.bank.money(order["number"])["refunded"] == 12800
    assert balance(town, provider_account("sandbox")) == 0
    (note,) = told(town, "payment_returned")
    assert "128.00" in note.zh


def test_what_is_paid_in_cash_and_again_at_the_provider_is_returned_there(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.work()
    town.pay(held)
    town.desk.bank.decide(order["number"])
    town.desk.work()
    assert town.commitment(held)["method"] == "offline"
    assert town.desk.bank.money(order["number"])["refunded"] == 12800
    assert town.see()["money"]["escrow"] == cny("128.00")


# The deadline


def test_the_deadline_waits_for_a_payment_that_began_in_time(open_town):
    town = open_town({**QUICK, "delay": {"charge": [300, 300]}})
    town.join(9)
    wait(town, DEADLINE - timedelta(minutes=6))
    last = town.reserve(1)
    town.start_payment(last)
    wait(town, DEADLINE + timedelta(seconds=1))
    assert town.see()["state"] == "confirmed"
    assert state(town, last) == "paid"


def test_an_unknown_outcome_is_waited_for_as_long_as_the_grace_and_not_longer(open_town):
    town = open_town()
    town.join(9)
    wait(town, DEADLINE - timedelta(minutes=1))
    town.desk.bank.away = True
    last = town.reserve(1)
    town.start_payment(last)
    wait(town, DEADLINE + timedelta(minutes=4))
    assert town.see()["state"] == "open"
    wait(town, DEADLINE + timedelta(minutes=31))
    assert (town.see()["state"], state(town, last)) == ("failed", "expired")
    town.desk.bank.away = False
    wait(town, DEADLINE + timedelta(days=1))
    assert town.see()["state"] == "failed"
    assert [order.state for order in orders(town, Kind.CHARGE)] == [OrderState.DECLINED]


def test_a_payment_after_the_close_is_returned(open_town):
    town = open_town({"callback": {"lost": 1}, "delay": {"charge": [5, 5]}})
    town.join(9)
    wait(town, DEADLINE - timedelta(minutes=1))
    last = town.reserve(1)
    order = town.start_payment(last)
    town.desk._go_out()  # it has been sent, and then the provider is silent
    town.desk.bank.away = True
    wait(town, DEADLINE + timedelta(hours=1))
    assert town.see()["state"] == "failed"
    town.desk.bank.away = False
    wait(town, DEADLINE + timedelta(hours=3))
    assert town.desk.bank.money(order["number"])["refunded"] == order_amount(order)
    assert balance(town, provider_account("sandbox")) == 0
    assert town.see()["money"]["paid"] == town.see()["money"]["refunded"]


def order_amount(order):
    return Money.from_wire(order["amount"]).minor


# Authorised


LATER = {"later": True}


def test_what_is_authorised_is_safe_and_does_not_count_as_paid(open_town):
    town = open_town()
    town.join(9)
    held = paid_online(town, 2, **LATER)
    seen = town.see()
    assert (state(town, held), seen["state"]) == ("authorised", "open")
    assert "成团时扣款" in town.commitment(held)["status"]["zh"]
    wait(town, DEADLINE - timedelta(seconds=1))
    assert state(town, held) == "authorised"
    assert town.outlook()["action"] == "capture"


def test_at_the_deadline_it_is_taken_first_and_what_was_taken_decides(open_town):
    town = open_town()
    town.join(9)
    held = paid_online(town, 2, **LATER)
    wait(town, DEADLINE + timedelta(seconds=1))
    assert (town.see()["state"], state(town, held)) == ("confirmed", "paid")
    assert town.see()["money"]["paid"] == cny("1408.00")


def test_what_cannot_be_taken_does_not_count(open_town):
    town = open_town({**QUICK, "decline": {"capture": 1}})
    town.join(9)
    held = paid_online(town, 2, **LATER)
    wait(town, DEADLINE + timedelta(minutes=1))
    assert (town.see()["state"], state(town, held)) == ("failed", "expired")
    assert told(town, "capture_declined")
    assert sums_to_zero(town.desk)


def test_nothing_is_taken_where_the_group_would_not_be_formed_even_so(open_town):
    town = open_town()
    town.join(4)
    held = paid_online(town, 2, **LATER)
    wait(town, DEADLINE + timedelta(minutes=1))
    assert (town.see()["state"], state(town, held)) == ("failed", "expired")
    assert not orders(town, Kind.CAPTURE)
    (void,) = orders(town, Kind.VOID)
    assert void.state is OrderState.SUCCEEDED
    assert town.desk.bank.money(void.about)["reserved"] == 0


def test_an_early_close_takes_what_is_authorised_and_stays_open_where_that_fails(open_town):
    town = open_town({**QUICK, "decline": {"capture": 1}})
    town.join(9)
    paid_online(town, 2, **LATER)
    assert town.act("close_campaign")["state"] == "open"
    assert town.see()["closing_at"] is not None
    town.desk.pass_(minutes=1)
    assert (town.see()["state"], town.see()["closing_at"]) == ("open", None)
    wait(town, DEADLINE + timedelta(minutes=1))
    assert town.see()["state"] == "failed"


def test_who_authorised_and_leaves_is_let_go(open_town):
    town = open_town()
    held = paid_online(town, 2, **LATER)
    assert town.leave(held)["state"] == "cancelled"
    town.desk.work()
    (void,) = orders(town, Kind.VOID)
    assert (void.state, town.see()["money"]["paid"]) == (OrderState.SUCCEEDED, cny("0.00"))


def test_an_authorisation_whose_seats_are_gone_is_let_go(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held, **LATER)
    town.desk.work()
    town.leave(held)
    town.desk.bank.decide(order["number"])
    town.desk.work()
    assert [one.state for one in orders(town, Kind.VOID)] == [OrderState.SUCCEEDED]


def test_what_was_taken_after_all_is_not_let_go_any_more_and_holds_no_settlement_up(open_town):
    town = open_town({**QUICK, "callback": {"lost": 1}, "delay": {**QUICK["delay"], "capture": [5, 5]}})
    town.join(10)
    paid_online(town, 2, **LATER)
    wait(town, DEADLINE + timedelta(seconds=1))  # the capture has been sent, and then the provider is silent
    town.desk.bank.away = True
    wait(town, DEADLINE + timedelta(hours=1))
    assert town.see()["state"] == "confirmed"
    town.desk.bank.away = False
    wait(town, DEADLINE + timedelta(hours=1, minutes=10))
    (capture,), (void,) = orders(town, Kind.CAPTURE), orders(town, Kind.VOID)
    assert (capture.state, void.state) == (OrderState.SUCCEEDED, OrderState.DECLINED)
    assert town.desk.bank.money(capture.about)["refunded"] == capture.amount.minor
    settle(town)
    assert town.see()["state"] == "settled"
    assert not differences(town.desk, orders(town))


def test_what_was_let_go_is_not_taken_any_more_and_holds_no_settlement_up(open_town):
    town = open_town({**QUICK, "callback": {"lost": 1}})
    town.join(10)
    held = paid_online(town, 2, **LATER)
    wait(town, DEADLINE - timedelta(seconds=1))
    town.desk.bank.away = True  # the capture does not get there
    wait(town, DEADLINE + timedelta(minutes=31))
    assert (town.see()["state"], state(town, held)) == ("confirmed", "expired")
    town.desk.bank.away = False
    (capture,), (void,) = orders(town, Kind.CAPTURE), orders(town, Kind.VOID)
    ahead(town, void, of=capture)
    wait(town, DEADLINE + timedelta(minutes=45))
    (capture,), (void,) = orders(town, Kind.CAPTURE), orders(town, Kind.VOID)
    assert (capture.state, void.state) == (OrderState.DECLINED, OrderState.SUCCEEDED)
    settle(town)
    assert town.see()["state"] == "settled"
    assert not differences(town.desk, orders(town))


def ahead(town, one, *, of):
    """Let an order be carried out before another one."""
    now = town.desk.clock.now()
    with town.desk.unit() as uow:
        uow.orders.save([replace(one, due_at=now), replace(of, due_at=now + timedelta(minutes=10))])


def test_a_provider_that_cannot_hold_money_as_long_is_refused(open_town):
    town = open_town(terms={"deadline": format_time(DEADLINE + timedelta(days=3))})
    held = town.reserve(1)
    assert refused(ConflictError, lambda: town.start_payment(held, **LATER)) == "campaign.provider"
    assert town.start_payment(held)["kind"] == "charge"


# Refunds


def test_a_refund_goes_back_to_where_it_came_from(open_town):
    town = open_town()
    held = paid_online(town, 2)
    left = town.leave(held)
    assert (left["refunded"], left["owed"]) == (cny("256.00"), cny("0.00"))
    town.desk.work()
    (order,) = orders(town, Kind.REFUND)
    assert order.state is OrderState.SUCCEEDED
    assert town.desk.bank.money(order.about)["refunded"] == 25600
    assert town.see()["money"]["escrow"] == cny("0.00")


def test_a_refund_that_fails_is_owed_until_it_is_tried_again(open_town):
    town = open_town()
    held = paid_online(town, 2)
    town.leave(held)
    town.desk.refuse_refunds()
    owed = town.commitment(held)
    assert (owed["refunded"], owed["owed"]) == (cny("0.00"), cny("256.00"))
    assert town.see()["money"]["owed"] == cny("256.00")
    again = town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser())
    assert (again["refunded"], again["owed"]) == (cny("256.00"), cny("0.00"))
    retry = lambda: town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser())  # noqa: E731
    assert refused(ConflictError, retry) == "campaign.commitment_state"
    town.desk.work()
    assert town.see()["money"]["escrow"] == cny("0.00")


def test_what_the_provider_still_holds_is_not_given_back_by_hand(open_town):
    town = open_town()
    held = paid_online(town, 1)
    town.leave(held)
    town.desk.refuse_refunds()
    data = {"commitment_id": held["commitment_id"], "in_cash": True}
    assert refused(ConflictError, lambda: town.desk.do("retry_refund", data, **town.organiser())) == "campaign.provider"


def test_a_payment_of_which_something_is_owed_is_not_released_and_the_others_are(open_town):
    town = open_town()
    early, late = paid_online(town, 10), paid_online(town, 10)
    town.desk.clock.time = DEADLINE
    town.desk.fire_due_timers()
    town.desk.refuse_refunds()
    assert town.commitment(early)["owed"] == cny("100.00")
    settle(town)
    assert town.see()["state"] == "delivered"
    assert town.see()["money"]["released"] == cny("1180.00")
    town.desk.do("retry_refund", {"commitment_id": early["commitment_id"]}, **town.organiser())
    town.desk.pass_(minutes=1)
    assert town.see()["state"] == "settled"
    assert town.commitment(late)["owed"] == town.commitment(early)["owed"] == cny("0.00")


def test_a_late_payment_whose_return_failed_can_be_returned_again(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.work()
    town.leave(held)
    town.desk.bank.decide(order["number"])
    town.desk.bank.work()
    town.desk.bank.ring(town.desk.callback)
    town.desk.refuse_refunds()
    assert balance(town, provider_account("sandbox")) == 12800
    for _ in range(2):
        town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser())
        town.desk.refuse_refunds()
    town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser())
    town.desk.work()
    assert balance(town, provider_account("sandbox")) == 0
    assert refused(
        ConflictError,
        lambda: town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser()),
    )


# Release and splits


def test_a_settled_payment_is_split_and_the_rest_is_the_suppliers(open_town):
    town = open_town(shares=SHARES)
    held = paid_online(town, 10)
    settle(town)
    assert town.see()["state"] == "settled"
    (charge,) = orders(town, Kind.CHARGE)
    money = town.desk.bank.money(charge.number)
    assert (money["stage"], money["receivers"], money["payee"]) == ("free", 19200, 108800)
    assert balance(town, "platform") == 5120
    assert balance(town, f"fund:{held['community_id']}") == 7680
    assert balance(town, f"supplier:{town.supplier_id}") == 108800


def test_with_a_provider_the_stages_are_promises_until_all_is_due(open_town):
    town = open_town(shares=SHARES)
    paid_online(town, 10)
    wait(town, DEADLINE + timedelta(minutes=1))
    assert (town.see()["state"], town.see()["money"]["released"]) == ("confirmed", cny("0.00"))
    town.desk.clock.time = SLOT_START
    assert town.act("deliver_campaign")["money"]["released"] == cny("0.00")


def test_a_campaign_is_settled_only_when_the_provider_has_moved_everything(open_town):
    town = open_town(shares=SHARES)
    paid_online(town, 10)
    wait(town, SLOT_START)
    town.act("deliver_campaign")
    town.desk.bank.away = True
    wait(town, SLOT_START + timedelta(days=3))
    assert town.see()["state"] == "delivered"
    town.desk.bank.away = False
    town.desk.pass_(hours=1)
    assert town.see()["state"] == "settled"


def test_a_campaign_is_not_settled_when_only_the_first_of_several_parts_has_been_moved(open_town):
    town = open_town({**QUICK, "delay": {**QUICK["delay"], "split": [600, 600]}}, shares=SHARES)
    paid_online(town, 10)
    wait(town, SLOT_START)
    town.act("deliver_campaign")
    wait(town, SLOT_START + timedelta(hours=48, minutes=15))
    splits = orders(town, Kind.SPLIT)
    assert {one.state for one in splits} == {OrderState.SUCCEEDED, OrderState.OPEN}
    assert town.see()["state"] == "delivered"
    wait(town, SLOT_START + timedelta(hours=50))
    assert town.see()["state"] == "settled"


def test_a_receiver_that_cannot_get_its_split_leaves_it_to_the_supplier(open_town):
    town = open_town({**QUICK, "decline": {"split": 1}}, shares=SHARES)
    paid_online(town, 10)
    settle(town)
    (charge,) = orders(town, Kind.CHARGE)
    assert town.see()["state"] == "settled"
    assert town.desk.bank.money(charge.number)["payee"] == 128000
    assert balance(town, f"supplier:{town.supplier_id}") == 128000


def test_what_was_split_off_comes_back_before_it_is_refunded(open_town):
    """The organiser is a person, whose part cannot come back through the provider: it is owed, and given by hand."""
    town = open_town(shares=SHARES)
    held = paid_online(town, 10)
    settle(town)
    one = UUID(held["commitment_id"])
    with town.desk.unit() as uow:
        campaign = uow.campaigns.lock(UUID(town.campaign_id))
        moved = purse.give_back(campaign, uow.commitments.find(one), Money(10_000, "CNY"), cause="goodwill")
        record(Outcome(moved.campaign, changed=(moved.commitment,), transfers=moved.transfers), uow)
    assert (moved.commitment.refunded, moved.commitment.owed) == (Money(8500, "CNY"), Money(1500, "CNY"))
    town.desk.pass_(hours=2)
    seen = town.commitment(held)
    assert (seen["refunded"], seen["owed"]) == (cny("95.00"), cny("5.00"))
    returns = {order.receiver.partition(":")[0]: order.state for order in orders(town, Kind.SPLIT_RETURN)}
    assert returns == {"personal": OrderState.DECLINED, "merchant": OrderState.SUCCEEDED}
    given = town.desk.do("retry_refund", {"commitment_id": str(one), "in_cash": True}, **town.organiser())
    assert (given["refunded"], given["owed"]) == (cny("100.00"), cny("0.00"))
    assert sums_to_zero(town.desk)
    (charge,) = orders(town, Kind.CHARGE)
    assert town.desk.bank.money(charge.number)["refunded"] == 9500


# What a provider says


def test_every_outcome_of_every_order_has_its_effect():
    ends = (OrderState.SUCCEEDED, OrderState.DECLINED)
    assert set(EFFECTS) == {(kind, end) for kind in Kind for end in ends}


def test_an_outcome_has_its_effect_once_whatever_is_said_later(open_town):
    town = open_town()
    held = paid_online(town, 1)
    (order,) = orders(town)
    before = transfers(town)
    for status, sequence in ((Status.SUCCEEDED, 2), (Status.DECLINED, 3), (Status.PENDING, 1)):
        town.desk.hear_of(Result(order.number, status, kind=order.kind, sequence=sequence))
    assert (state(town, held), transfers(town)) == ("paid", before)


def test_older_news_changes_nothing(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.hear_of(Result(order["number"], Status.PENDING, kind=Kind.CHARGE, sequence=5))
    town.desk.hear_of(Result(order["number"], Status.SUCCEEDED, kind=Kind.CHARGE, sequence=4))
    assert state(town, held) == "reserved"


def test_a_callback_that_is_not_the_providers_changes_nothing(open_town):
    town = open_town(MANUAL)
    held = town.reserve(1)
    order = town.start_payment(held)
    town.desk.work()
    town.desk.bank.decide(order["number"])
    heard = []
    town.desk.bank.ring(lambda headers, body: heard.append((headers, body)))
    headers, body = heard[-1]
    forged = body.replace(b'"succeeded"', b'"declined"')
    assert refused(ForbiddenError, lambda: town.desk.callback(headers, forged)) == "campaign.bad_callback"
    assert refused(ForbiddenError, lambda: town.desk.callback({}, body)) == "campaign.bad_callback"
    town.desk.clock.pass_(hours=1)
    assert refused(ForbiddenError, lambda: town.desk.callback(headers, body)) == "campaign.bad_callback"
    assert state(town, held) == "reserved"


def test_money_that_unfreezes_by_itself_is_noted_and_harms_nothing(open_town):
    town = open_town({**QUICK, "limits": {"unfreeze_days": 1}}, shares=SHARES)
    paid_online(town, 10)
    settle(town)
    by_itself = [order for order in orders(town, Kind.UNFREEZE) if order.number.startswith("auto|")]
    assert [order.state for order in by_itself] == [OrderState.SUCCEEDED]
    wait(town, SLOT_START + timedelta(days=9))
    assert town.see()["state"] == "settled"
    assert balance(town, f"supplier:{town.supplier_id}") == 128000
    assert not differences(town.desk, orders(town))


# What is possible


@pytest.mark.parametrize(
    ("match", "data"),
    [
        ({}, {"provider": "wechat"}),
        ({"shares": {"supplier_bp": 6000, "organiser_bp": 4000, "community_bp": 0, "platform_bp": 0}}, {}),
    ],
)
def test_what_the_provider_would_not_do_is_refused_before_anybody_pays(open_town, match, data):
    town = open_town(**match)
    held = town.reserve(1)
    assert refused(ConflictError, lambda: town.start_payment(held, **data)) == "campaign.provider"


def test_nobody_pays_for_a_commitment_of_another_community(open_town):
    town = open_town()
    held = town.reserve(1)
    data = {"commitment_id": held["commitment_id"], "provider": "sandbox"}
    for who in (town.member(), town.member(town.b), town.organiser(town.b), town.supplier()):
        with pytest.raises(Exception, match=r"no such commitment|cannot do this"):
            town.desk.do("start_payment", data, **who)


# Bad luck


def play_the_worst_day(open_town, seed):
    """Pay, authorise, leave, miss the minimum, settle; nothing works at the first time."""
    extend = {"on_missed": {"action": "extend", "extend_hours": 24, "extend_times": 1}}
    town = open_town(worst_day(), seed=seed, people=(60, 40), seats=40, shares=SHARES, terms=extend)
    desk = town.desk
    wait(town, DEADLINE - timedelta(hours=20))
    held = [town.reserve(1 + index % 3) for index in range(18)]
    for index, one in enumerate(held):
        town.start_payment(one, later=index % 3 == 0)
        desk.pass_(minutes=1)
    for one in held[::5]:
        if state(town, one) in ("paid", "authorised"):
            town.leave(one)
    wait(town, DEADLINE + timedelta(days=2))
    if town.see()["state"] == "confirmed":
        settle(town)
    wait(town, SLOT_START + timedelta(days=12))
    owed = town.see()["money"]["owed"]
    assert town.see()["state"] in ("failed", "settled") or owed != cny("0.00")
    assert not [order for order in orders(town) if order.state is OrderState.OPEN]
    assert sums_to_zero(desk)
    assert not differences(town.desk, orders(town))
    assert not any(set_aside(transfers(town)).values())
    money = [desk.bank.money(one.number) for one in orders(town) if one.kind.is_payment and one.sequence]
    held_there = sum(one["frozen"] + one["reserved"] + one["moving"] for one in money)
    escrow = Money.from_wire(town.see()["money"]["escrow"]).minor
    left = balance(town, provider_account("sandbox"))
    assert held_there == escrow + left


@pytest.mark.parametrize("seed", range(8))
def test_on_the_worst_of_days_every_fen_is_accounted_for(open_town, seed):
    play_the_worst_day(open_town, seed)
