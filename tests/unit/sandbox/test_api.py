"""The provider's API without sockets: what it accepts, what it refuses, and what becomes of it in time."""

from datetime import timedelta

import pytest

from services.kernel.clock import format_time, parse_time
from tests.builders_sandbox import AT_ONCE, Merchant
from tests.fakes.chassis import MONDAY

DAY = timedelta(days=1)


@pytest.fixture
def merchant():
    merchant = Merchant()
    yield merchant
    merchant.close()


def with_profile(**profile):
    return Merchant(profile)


# Payments


def test_a_charge_waits_for_its_payer_and_is_then_frozen(merchant):
    status, charge = merchant.charge(description="陶艺课")
    assert (status, charge["status"], charge["sequence"]) == (200, "pending", 1)
    assert charge["pay_url"] == "http://sandbox/pay/c1"
    assert merchant.money()["stage"] == "unpaid"
    merchant.wait(seconds=1)
    charge = merchant.get("charges", "c1")
    assert (charge["status"], charge["sequence"], charge["at"]) == ("succeeded", 2, format_time(MONDAY + DAY / 86_400))
    assert "pay_url" not in charge
    assert (charge["money"]["paid"], charge["money"]["frozen"]) == (10_000, 10_000)


def test_what_was_due_is_done_before_anything_is_answered(merchant):
    merchant.charge()
    merchant.clock.pass_(seconds=1)  # nobody rang for the worker
    assert merchant.get("charges", "c1")["status"] == "succeeded"


def test_an_authorisation_reserves_and_a_capture_takes_a_part_of_it(merchant):
    reserved = merchant.paid(mode="authorise")["money"]
    assert (reserved["stage"], reserved["reserved"], reserved["paid"]) == ("authorised", 10_000, 0)
    _, capture = merchant.about("capture", "k1", amount=6_000, currency="CNY")
    assert (capture["status"], capture["about"]) == ("succeeded", "c1")
    money = merchant.money()
    assert (money["stage"], money["reserved"], money["paid"]) == ("frozen", 0, 6_000)
    assert merchant.about("capture", "k2", amount=1, currency="CNY")[1]["code"] == "WRONG_STATE"


def test_a_void_lets_all_of_it_go(merchant):
    merchant.paid(mode="authorise")
    _, void = merchant.about("void", "v1")
    assert (void["status"], void["amount"], merchant.money()["stage"]) == ("succeeded", 10_000, "over")


def test_an_authorisation_lapses_after_seven_days(merchant):
    merchant.paid(mode="authorise")
    merchant.wait(days=7)
    assert merchant.about("capture", "k1", amount=1, currency="CNY")[1]["code"] == "AUTHORISATION_LAPSED"
    assert merchant.about("void", "v1")[1]["status"] == "succeeded"


def test_more_than_was_authorised_is_not_captured(merchant):
    merchant.paid(mode="authorise")
    assert merchant.about("capture", "k1", amount=10_001, currency="CNY")[1]["code"] == "AMOUNT_EXCEEDED"


def test_a_charge_that_nobody_pays_expires():
    merchant = with_profile(pay="manual")
    merchant.charge(expires_at=format_time(MONDAY + timedelta(minutes=15)))
    merchant.wait(minutes=14, seconds=59)
    assert merchant.get("charges", "c1")["status"] == "pending"
    merchant.wait(seconds=1)
    charge = merchant.get("charges", "c1")
    assert (charge["status"], charge["reason"], charge["money"]["stage"]) == ("declined", "EXPIRED", "over")


def test_a_charge_without_a_time_can_be_paid_for_two_hours():
    merchant = with_profile(pay="manual")
    assert merchant.charge()[1]["expires_at"] == format_time(MONDAY + timedelta(hours=2))


def test_a_charge_that_has_expired_already_is_refused(merchant):
    assert merchant.charge(expires_at=format_time(MONDAY))[1]["code"] == "EXPIRED"


def test_nobody_pays_after_the_time_however_slow_payers_are():
    merchant = with_profile(delay={"charge": [0, 1200]}, last_moment=0.3)
    expires_at = MONDAY + timedelta(minutes=10)
    for number in range(200):
        merchant.charge(f"c{number}", expires_at=format_time(expires_at))
    merchant.wait(minutes=30)
    lines = merchant.statement(MONDAY, MONDAY + DAY)
    paid = [parse_time(line["at"], "at") for line in lines if line["status"] == "succeeded"]
    assert len(lines) == 200
    assert 90 < len(paid) < 180
    assert max(paid) < expires_at
    # Three tenths pay in the last three seconds, as they were drawn to.
    assert sum(at >= expires_at - timedelta(seconds=3) for at in paid) > 40


# Refunds, splits, unfreezing


def test_a_refund_is_taken_at_once_and_arrives_later(merchant):
    merchant.paid()
    _, refund = merchant.refund("r1", 4_000)
    assert (refund["status"], merchant.money()["moving"], merchant.money()["frozen"]) == ("pending", 4_000, 6_000)
    merchant.wait(seconds=1)
    assert merchant.get("refunds", "r1")["status"] == "succeeded"
    assert (merchant.money()["moving"], merchant.money()["refunded"]) == (0, 4_000)
    assert merchant.refund("r2", 6_001)[1]["code"] == "AMOUNT_EXCEEDED"


def test_a_refund_of_what_is_not_paid_is_refused(merchant):
    merchant.charge()
    status, refusal = merchant.refund("r1", 1)
    assert (status, refusal["code"], refusal["stage"]) == (422, "WRONG_STATE", "unpaid")
    assert "unpaid" in refusal["message"]


def test_a_split_goes_to_several_receivers(merchant):
    merchant.paid()
    _, split = merchant.split("s1", ("merchant:fund", 1_000), ("personal:organiser", 500))
    assert (split["status"], split["amount"], merchant.money()["frozen"]) == ("pending", 1_500, 8_500)
    merchant.wait(seconds=1)
    split = merchant.get("splits", "s1")
    assert [part["status"] for part in split["receivers"]] == ["succeeded", "succeeded"]
    assert merchant.money()["receivers"] == 1_500


@pytest.mark.parametrize(
    ("receivers", "code"),
    [
        ([("merchant:a", 3_001)], "SHARE_EXCEEDED"),
        ([("merchant:a", 100), ("merchant:a", 100)], "RECEIVER_REPEATED"),
        ([(f"merchant:{each}", 1) for each in range(51)], "TOO_MANY_RECEIVERS"),
    ],
)
def test_a_split_beyond_the_limits_is_refused(merchant, receivers, code):
    merchant.paid()
    assert merchant.split("s1", *receivers)[1]["code"] == code
    assert merchant.money()["frozen"] == 10_000


def test_the_share_of_others_counts_over_all_splits(merchant):
    merchant.paid()
    assert merchant.split("s1", ("merchant:a", 2_000))[0] == 200
    assert merchant.split("s2", ("merchant:a", 1_001))[1]["code"] == "SHARE_EXCEEDED"
    assert merchant.split("s3", ("merchant:a", 1_000))[0] == 200


def test_a_payment_is_split_fifty_times_at_most(merchant):
    merchant.paid()
    for number in range(50):
        assert merchant.split(f"s{number}", ("merchant:a", 1))[0] == 200
    assert merchant.split("s50", ("merchant:a", 1))[1]["code"] == "TOO_MANY_SPLITS"


def test_no_more_is_split_than_is_left():
    merchant = with_profile(limits={"share_bp": 10_000})
    merchant.paid()
    merchant.refund("r1", 8_000)
    assert merchant.split("s1", ("merchant:a", 2_001))[1]["code"] == "AMOUNT_EXCEEDED"


def test_what_was_split_has_to_come_back_before_it_is_refunded(merchant):
    merchant.paid()
    merchant.split("s1", ("merchant:a", 3_000))
    merchant.wait(seconds=1)
    assert merchant.refund("r1", 10_000)[1]["code"] == "SPLIT_RETURN_NEEDED"
    _, back = merchant.split_return("b1", "s1", "merchant:a", 3_000)
    assert (back["status"], back["about"], back["receiver"]) == ("pending", "s1", "merchant:a")
    assert merchant.split_return("b2", "s1", "merchant:a", 1)[1]["code"] == "AMOUNT_EXCEEDED"
    merchant.wait(seconds=1)
    assert merchant.money()["payee"] == 3_000
    assert merchant.refund("r1", 10_000)[0] == 200
    merchant.wait(seconds=1)
    assert merchant.money()["refunded"] == 10_000


def test_people_return_nothing(merchant):
    merchant.paid()
    merchant.split("s1", ("personal:a", 3_000))
    merchant.wait(seconds=1)
    assert merchant.split_return("b1", "s1", "personal:a", 3_000)[1]["code"] == "NOT_RETURNABLE"


def test_who_got_nothing_returns_nothing(merchant):
    merchant.paid()
    merchant.split("s1", ("merchant:a", 3_000))
    assert merchant.split_return("b1", "s1", "merchant:a", 1)[1]["code"] == "NOTHING_TO_RETURN"  # still on its way
    assert merchant.split_return("b1", "s1", "merchant:b", 1)[1]["code"] == "NOTHING_TO_RETURN"


def test_unfreezing_gives_the_rest_to_the_payee_and_ends_the_splitting(merchant):
    merchant.paid()
    merchant.refund("r1", 1_000)
    _, unfreeze = merchant.about("unfreeze", "u1")
    assert (unfreeze["status"], unfreeze["amount"]) == ("succeeded", 9_000)
    assert (merchant.money()["stage"], merchant.money()["payee"]) == ("free", 9_000)
    assert merchant.split("s1", ("merchant:a", 1))[1]["code"] == "WRONG_STATE"
    assert merchant.about("unfreeze", "u2")[1]["code"] == "WRONG_STATE"
    assert merchant.refund("r2", 9_000)[0] == 200  # from the payee's account


def test_of_two_unfreezes_on_their_way_one_is_quicker():
    merchant = with_profile(delay={"unfreeze": [1, 1]})
    merchant.paid()
    merchant.about("unfreeze", "u1")
    merchant.about("unfreeze", "u2")
    merchant.wait(seconds=1)
    ends = [merchant.get("unfreezes", number) for number in ("u1", "u2")]
    assert [(end["status"], end["amount"]) for end in ends] == [("succeeded", 10_000), ("declined", 0)]


def test_money_unfreezes_by_itself_after_180_days(merchant):
    merchant.paid(notify_url="http://merchant/callback")
    merchant.wait(days=180)
    assert merchant.money()["stage"] == "free"
    (line,) = [line for line in merchant.statement(MONDAY, MONDAY + 200 * DAY) if line["kind"] == "unfreeze"]
    assert line["number"].startswith("auto|")
    assert (line["about"], line["amount"]) == ("c1", 10_000)
    assert line["at"] == format_time(MONDAY + 180 * DAY + timedelta(seconds=1))
    assert '"type":"unfreeze.succeeded"' in merchant.callbacks()[-1]["body"]


def test_a_person_gets_no_more_in_a_month_than_the_limit():
    merchant = Merchant({**AT_ONCE, "limits": {"share_bp": 10_000, "receiver_month": 5_000}})
    for number in ("c1", "c2", "c3"):
        merchant.paid(number)
    assert merchant.split("s1", ("personal:a", 4_000), charge="c1")[1]["status"] == "succeeded"
    declined = merchant.split("s2", ("personal:a", 1_001), charge="c2")[1]
    assert (declined["status"], declined["reason"]) == ("declined", "RECEIVER_RECEIPT_LIMIT")
    assert merchant.money("c2")["frozen"] == 10_000
    mixed = merchant.split("s3", ("personal:a", 1_001), ("merchant:b", 2_000), charge="c2")[1]
    assert [part["status"] for part in mixed["receivers"]] == ["declined", "succeeded"]
    assert merchant.split("s4", ("personal:a", 1_000), charge="c2")[1]["status"] == "succeeded"
    assert merchant.split("s6", ("personal:a", 1), charge="c2")[1]["status"] == "declined"
    # In China the first of June begins while it is still May in UTC.
    merchant.clock.time = MONDAY.replace(day=31, hour=16)
    assert merchant.split("s5", ("personal:a", 5_000), charge="c3")[1]["status"] == "succeeded"


# What is declined


def declining(*kinds, **profile):
    return Merchant({"decline": dict.fromkeys(kinds, 1), **profile})


def test_a_declined_charge_was_never_paid():
    charge = declining("charge").paid()
    assert (charge["status"], charge["money"]["stage"], charge["money"]["paid"]) == ("declined", "over", 0)
    assert charge["reason"] in ("PAYER_DECLINED", "PAYER_ACCOUNT_ABNORMAL", "NOT_ENOUGH_MONEY")


def test_a_declined_capture_may_be_tried_again():
    merchant = declining("capture")
    merchant.paid(mode="authorise")
    for number in ("k1", "k2"):
        assert merchant.about("capture", number, amount=10_000, currency="CNY")[1]["status"] == "declined"
    assert (merchant.money()["stage"], merchant.money()["reserved"]) == ("authorised", 10_000)


def with_a_return(*declined):
    """A payment of 10 000 of which 3 000 went out and came back, so that the payee has them."""
    merchant = declining(*declined)
    merchant.paid()
    merchant.split("s1", ("merchant:a", 3_000))
    merchant.wait(seconds=1)
    merchant.split_return("b1", "s1", "merchant:a", 3_000)
    merchant.wait(seconds=1)
    return merchant


def test_a_refund_is_taken_of_the_frozen_money_first():
    merchant = with_a_return()
    merchant.refund("r1", 8_000)
    assert (merchant.money()["frozen"], merchant.money()["payee"], merchant.money()["moving"]) == (0, 2_000, 8_000)


def test_a_declined_refund_is_back_where_it_was():
    merchant = with_a_return("refund")
    merchant.refund("r1", 8_000)
    merchant.wait(seconds=1)
    assert merchant.get("refunds", "r1")["status"] == "declined"
    assert (merchant.money()["frozen"], merchant.money()["payee"], merchant.money()["moving"]) == (7_000, 3_000, 0)


def test_a_declined_return_may_be_tried_again():
    merchant = with_a_return("split_return")
    assert merchant.get("split-returns", "b1")["status"] == "declined"
    assert (merchant.money()["receivers"], merchant.money()["payee"]) == (3_000, 0)
    assert merchant.split_return("b2", "s1", "merchant:a", 3_000)[0] == 200


def test_a_declined_split_does_not_count_for_the_share():
    merchant = declining("split")
    merchant.paid()
    for number in ("s1", "s2"):
        assert merchant.split(number, ("merchant:a", 3_000))[0] == 200
        merchant.wait(seconds=1)
        assert merchant.get("splits", number)["status"] == "declined"
    assert merchant.money()["frozen"] == 10_000


def test_what_is_declined_after_the_unfreezing_goes_to_the_payee():
    merchant = declining("split", "refund")
    merchant.paid()
    merchant.split("s1", ("merchant:a", 3_000))
    merchant.refund("r1", 2_000)
    merchant.about("unfreeze", "u1")
    assert (merchant.money()["payee"], merchant.money()["moving"]) == (5_000, 5_000)
    merchant.wait(seconds=1)
    assert (merchant.money()["payee"], merchant.money()["moving"], merchant.money()["frozen"]) == (10_000, 0, 0)


# The same number


def test_the_same_number_is_the_same_request(merchant):
    first = merchant.charge()
    assert merchant.charge() == first
    merchant.wait(seconds=1)
    again = merchant.charge()[1]
    assert (again["status"], again["sequence"]) == ("succeeded", 2)
    assert len(merchant.statement(MONDAY, MONDAY + DAY)) == 1


def test_the_same_refund_twice_moves_money_once(merchant):
    merchant.paid()
    merchant.refund("r1", 4_000)
    merchant.refund("r1", 4_000)
    assert merchant.money()["moving"] == 4_000


def test_the_same_number_with_other_content_is_a_conflict(merchant):
    merchant.paid()
    merchant.refund("r1", 4_000)
    for status, refusal in (
        merchant.refund("r1", 4_001),
        merchant.refund("c1", 4_000),
        merchant.about("unfreeze", "r1"),
        merchant.charge("r1", 4_000),
    ):
        assert (status, refusal["code"]) == (409, "NUMBER_REUSED")


def test_a_refused_number_may_be_used_again(merchant):
    merchant.charge()
    assert merchant.refund("r1", 4_000)[0] == 422
    merchant.wait(seconds=1)
    assert merchant.refund("r1", 4_000)[0] == 200


# Signatures and what is wrong with requests


def test_a_nonce_is_used_once(merchant):
    header = merchant.signer.authorization("GET", "/v1/limits", b"", MONDAY)
    assert merchant.ask("GET", "/v1/limits", authorization=header)[0] == 200
    assert merchant.ask("GET", "/v1/limits", authorization=header) == (
        401,
        {"code": "NONCE_USED", "message": "the nonce was used before"},
    )


def test_the_nonce_of_a_refused_request_is_used_too(merchant):
    merchant.charge()
    body = b'{"number":"r1","charge":"c1","amount":1,"currency":"CNY"}'
    header = merchant.signer.authorization("POST", "/v1/refunds", body, MONDAY)
    assert merchant.ask("POST", "/v1/refunds", body, authorization=header)[0] == 422
    assert merchant.ask("POST", "/v1/refunds", body, authorization=header)[0] == 401


def test_a_request_that_is_not_signed_changes_nothing(merchant):
    merchant.paid()
    body = b'{"number":"r1","charge":"c1","amount":1,"currency":"CNY"}'
    old = merchant.signer.authorization("POST", "/v1/refunds", body, MONDAY - timedelta(minutes=10))
    for header in ("", "Bearer x", old):
        status, refusal = merchant.ask("POST", "/v1/refunds", body, authorization=header or "-")
        assert (status, refusal["code"]) == (401, "SIGN_ERROR")
    assert merchant.money()["moving"] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": 0}, "amount is 0; expected 1 to"),
        ({"amount": 1.5}, "amount is not a whole number"),
        ({"amount": "100"}, "amount is not a whole number"),
        ({"amount": None}, "amount is null"),
        ({"currency": "XXX"}, "currency is 'XXX'; expected CNY"),
        ({"number": "a b"}, "number is 'a b'; expected 1 to 64 of digits"),
        ({"number": "n" * 65}, "expected 1 to 64"),
        ({"number": "c1\n"}, "expected 1 to 64"),
        ({"mode": "later"}, "mode is 'later'; expected pay_now or authorise"),
        ({"expires_at": "tomorrow"}, "expires_at 'tomorrow' is not a time; expected an RFC 3339 time"),
        ({"expires_at": 5}, "expires_at 5 is not a time"),
        ({"notify_url": "ftp://x"}, "notify_url is 'ftp://x'; expected a URL"),
        ({"notify_url": "http://[x"}, "expected a URL"),
        ({"colour": "red"}, "colour is not known here"),
    ],
)
def test_what_is_wrong_with_a_charge_is_named(merchant, change, message):
    status, refusal = merchant.charge(**change)
    assert (status, refusal["code"]) == (400, "INVALID_REQUEST")
    assert message in refusal["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000, b'{"number": {}}'])
def test_what_is_no_request_is_refused(merchant, body):
    status, refusal = merchant.ask("POST", "/v1/charges", body)
    assert (status, refusal["code"]) == (400, "INVALID_REQUEST")


def test_a_receiver_that_is_none_is_named(merchant):
    merchant.paid()
    refusal = merchant.split("s1", ("alice", 1))[1]
    assert "receivers.0.receiver is 'alice'; expected merchant:ACCOUNT or personal:ACCOUNT" in refusal["message"]
    assert "receivers has 0" not in merchant.split("s1")[1]["message"]


def test_another_currency_than_that_of_the_payment_is_refused(merchant):
    merchant.paid()
    assert merchant.refund("r1", 1, currency="EUR")[1]["code"] == "CURRENCY_MISMATCH"


def test_what_is_not_there_is_said_to_be_not_there(merchant):
    merchant.paid()
    for answer in (
        merchant.ask("GET", "/v1/charges/c9"),
        merchant.ask("GET", "/v1/refunds/c1"),
        merchant.refund("r1", 1, charge="c9"),
        merchant.split_return("b1", "s9", "merchant:a", 1),
    ):
        assert (answer[0], answer[1]["code"]) == (404, "ORDER_NOT_FOUND")
    assert merchant.ask("GET", "/v1/nothing")[1]["code"] == "NO_ROUTE"
    assert merchant.ask("GET", "/v1/refunds")[1]["code"] == "NO_ROUTE"


# Statements


def test_a_statement_has_a_line_for_each_order_and_each_receiver(merchant):
    merchant.paid()
    merchant.split("s1", ("merchant:a", 1_000), ("personal:b", 500))
    merchant.refund("r1", 2_000)
    merchant.wait(seconds=1)
    merchant.refund("r2", 1)  # still pending
    lines = merchant.statement(MONDAY, MONDAY + DAY)
    assert [(line["number"], line["amount"], line["receiver"], line["status"]) for line in lines] == [
        ("c1", 10_000, None, "succeeded"),
        ("r1", 2_000, None, "succeeded"),
        ("r2", 1, None, "pending"),
        ("s1", 1_000, "merchant:a", "succeeded"),
        ("s1", 500, "personal:b", "succeeded"),
    ]


def test_a_statement_is_of_its_time(merchant):
    merchant.paid()  # at one second
    assert merchant.statement(MONDAY, MONDAY + timedelta(seconds=1)) == []
    assert len(merchant.statement(MONDAY + timedelta(seconds=1), MONDAY + timedelta(seconds=2))) == 1


def test_a_statement_may_be_csv(merchant):
    merchant.paid()
    status, body = merchant.raw(
        "GET", "/v1/statement?from=2026-05-11T00:00:00Z&to=2026-05-12T00:00:00Z", accept="text/csv"
    )
    head, line, *rest = body.decode().split("\r\n")
    assert (status, rest) == (200, [""])
    assert head == "number,kind,status,amount,currency,receiver,about,reference,reason,at"
    assert line.startswith("c1,charge,succeeded,10000,CNY,,,S")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "from is missing; to is missing"),
        ("?from=2026-05-11T00:00:00Z&to=soon", "to 'soon' is not a time"),
        ("?from=2026-05-11T00:00:00Z&to=2026-05-11T00:00:00Z", "to is not after from"),
    ],
)
def test_a_statement_needs_a_time(merchant, query, message):
    status, refusal = merchant.ask("GET", f"/v1/statement{query}")
    assert status == 400
    assert message in refusal["message"]


# The payer


def test_nobody_decides_for_payers_without_controls(merchant):
    merchant.charge()
    assert merchant.ask("POST", "/v1/test/charges/c1/pay")[1]["code"] == "NO_CONTROLS"
    assert b"<button" not in merchant.raw("GET", "/pay/c1", accept="text/html")[1]


def test_the_payer_of_a_test_pays_or_declines():
    merchant = Merchant({"pay": "manual"}, controls=True)
    for number in ("c1", "c2"):
        merchant.charge(number, description="<b>x</b>")
    merchant.wait(minutes=1)
    page = merchant.raw("GET", "/pay/c1", accept="text/html")[1].decode()
    assert "100.00 CNY" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert 'action="/v1/test/charges/c1/pay"' in page
    assert merchant.ask("POST", "/v1/test/charges/c1/pay")[1]["status"] == "succeeded"
    declined = merchant.ask("POST", "/v1/test/charges/c2/decline")[1]
    assert (declined["status"], declined["reason"]) == ("declined", "PAYER_DECLINED")
    assert merchant.money("c1")["frozen"] == 10_000
    assert merchant.ask("POST", "/v1/test/charges/c2/pay")[1]["code"] == "WRONG_STATE"
    assert merchant.raw("POST", "/v1/test/charges/c2/pay", accept="text/html")[0] == 422
    assert b"<button" not in merchant.raw("GET", "/pay/c1", accept="text/html")[1]


def test_who_presses_a_button_sees_the_page_again():
    merchant = Merchant({"pay": "manual"}, controls=True)
    merchant.charge()
    assert merchant.raw("POST", "/v1/test/charges/c1/pay", accept="text/html,*/*")[0] == 303


def test_a_charge_that_has_expired_cannot_be_paid_by_hand():
    merchant = Merchant({"pay": "manual"}, controls=True)
    merchant.charge(expires_at=format_time(MONDAY + timedelta(minutes=1)))
    merchant.clock.pass_(minutes=1)
    assert merchant.ask("POST", "/v1/test/charges/c1/pay")[1]["code"] == "WRONG_STATE"
    assert merchant.get("charges", "c1")["reason"] == "EXPIRED"
