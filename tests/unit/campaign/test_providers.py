"""The port, the offline driver, and what the sandbox driver makes of what it reads."""

import json
from datetime import timedelta

import pytest

from services.campaign.providers.offline import OfflineProvider, slip_number
from services.campaign.providers.port import (
    BadCallback,
    Kind,
    Limits,
    Order,
    ProviderRefused,
    ProviderUnavailable,
    Status,
)
from services.campaign.providers.registry import make_providers
from services.campaign.providers.sandbox import SandboxProvider
from services.campaign.providers.sandbox_wire import body_of, line_of, path_of_order, path_of_query, result_of
from services.chassis.settings import SandboxAccess, Settings
from services.kernel.errors import InvalidError
from services.kernel.money import Money
from services.sandbox.contract.signing import Signer, Verifier
from tests.builders_sandbox import Merchant
from tests.fakes.chassis import MONDAY, FakeClock

TEN = Money(1_000, "CNY")


def order(kind=Kind.CHARGE, number="c1", **more):
    if not kind.is_payment:
        more = {"about": "c0", **more}
    if kind.has_receiver:
        more = {"receiver": "merchant:a", **more}
    return Order(number, kind, more.pop("amount", TEN), **more)


# The port


@pytest.mark.parametrize("number", ["", "a b", "订单", "n" * 65, "c1\n", "a/b"])
def test_a_number_that_no_provider_takes_is_refused(number):
    with pytest.raises(InvalidError, match="expected 1 to 64 of digits, letters"):
        order(number=number)


def test_a_number_may_hold_what_wechat_pay_takes():
    assert order(number="A-b_3|*@").number == "A-b_3|*@"


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        (Kind.CHARGE, {"amount": Money(0, "CNY")}, "amount"),
        (Kind.REFUND, {"amount": Money(-1, "CNY")}, "amount"),
        (Kind.VOID, {"amount": Money(-1, "CNY")}, "amount"),
        (Kind.CHARGE, {"about": "c0"}, "about"),
        (Kind.REFUND, {"about": None}, "about"),
        (Kind.CAPTURE, {"about": "a b"}, "about"),
        (Kind.SPLIT, {"receiver": None}, "receiver"),
        (Kind.SPLIT_RETURN, {"receiver": ""}, "receiver"),
        (Kind.REFUND, {"receiver": "merchant:a"}, "receiver"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(kind, more, field):
    with pytest.raises(InvalidError) as refused:
        order(kind, **more)
    assert refused.value.detail["errors"][0]["field"] == field


def test_nothing_may_be_expected_of_what_concerns_all_that_is_left():
    assert order(Kind.UNFREEZE, amount=Money(0, "CNY")).amount == Money(0, "CNY")


# Offline


@pytest.mark.parametrize("kind", [Kind.CHARGE, Kind.REFUND, Kind.SPLIT, Kind.SPLIT_RETURN, Kind.UNFREEZE])
def test_cash_succeeds_at_once_with_a_slip(kind):
    result = OfflineProvider(FakeClock()).send(order(kind))
    assert (result.status, result.at, result.amount, result.kind) == (Status.SUCCEEDED, MONDAY, TEN, kind)
    assert result.reference == slip_number("c1")


def test_a_slip_is_the_same_for_the_same_order_and_readable():
    assert slip_number("c1") == slip_number("c1")
    slips = {slip_number(f"c{number}") for number in range(10_000)}
    assert len(slips) == 10_000
    for slip in slips:
        assert len(slip) == 14
        assert not set("ILOU") & set(slip)


@pytest.mark.parametrize("kind", [Kind.AUTHORISE, Kind.CAPTURE, Kind.VOID])
def test_cash_cannot_be_reserved(kind):
    with pytest.raises(ProviderRefused) as refused:
        OfflineProvider().send(order(kind))
    assert refused.value.code == "NOT_SUPPORTED"
    assert not OfflineProvider.traits.can_authorise


def test_nobody_knows_of_cash_but_the_ledger():
    provider = OfflineProvider()
    assert provider.query("c1", Kind.CHARGE).status is Status.UNKNOWN
    assert list(provider.statement(MONDAY, MONDAY)) == []
    assert (provider.traits.has_statement, provider.limits) == (False, Limits())
    with pytest.raises(BadCallback):
        provider.read_callback({}, b"{}")


# The sandbox's wire


@pytest.mark.parametrize(
    ("made", "path", "body"),
    [
        (
            order(expires_at=MONDAY),
            "/v1/charges",
            {"mode": "pay_now", "amount": 1000, "expires_at": "2026-05-11T09:00:00Z"},
        ),
        (order(Kind.AUTHORISE), "/v1/charges", {"mode": "authorise", "amount": 1000}),
        (order(Kind.CAPTURE, about="c|0"), "/v1/charges/c%7C0/capture", {"amount": 1000}),
        (order(Kind.REFUND), "/v1/refunds", {"charge": "c0", "amount": 1000}),
        (order(Kind.SPLIT), "/v1/splits", {"charge": "c0", "receivers": [{"receiver": "merchant:a", "amount": 1000}]}),
        (
            order(Kind.SPLIT_RETURN, about="s0"),
            "/v1/split-returns",
            {"split": "s0", "receiver": "merchant:a", "amount": 1000},
        ),
    ],
)
def test_an_order_is_written_as_the_sandbox_reads_it(made, path, body):
    assert path_of_order(made) == path
    assert body_of(made) == {"number": "c1", "currency": "CNY", **body}


@pytest.mark.parametrize("kind", [Kind.VOID, Kind.UNFREEZE])
def test_of_all_that_is_left_no_amount_is_sent(kind):
    assert body_of(order(kind, notify_url="http://us/", description="x")) == {
        "number": "c1",
        "notify_url": "http://us/",
        "description": "x",
    }
    assert path_of_order(order(kind)) == f"/v1/charges/c0/{kind}"


def test_of_a_long_description_the_payer_sees_the_beginning(merchant):
    made = order(description="陶" * 300)
    assert merchant.ask("POST", "/v1/charges", body_of(made))[0] == 200
    assert body_of(made)["description"] == "陶" * 127


def test_what_the_sandbox_shows_is_read(merchant):
    merchant.paid(amount=1_000)
    merchant.split("s1", ("merchant:a", 300))
    merchant.wait(seconds=1)
    charge = result_of(merchant.ask("GET", path_of_query("c1", Kind.CHARGE))[1])
    assert (charge.number, charge.kind, charge.status, charge.amount) == ("c1", Kind.CHARGE, Status.SUCCEEDED, TEN)
    assert (charge.sequence, charge.at) == (2, MONDAY + timedelta(seconds=1))
    split = result_of(merchant.ask("GET", path_of_query("s1", Kind.SPLIT))[1])
    assert (split.about, split.amount) == ("c1", Money(300, "CNY"))
    lines = [line_of(line) for line in merchant.statement(MONDAY, MONDAY + timedelta(days=1))]
    assert [(line.number, line.receiver, line.status) for line in lines] == [
        ("c1", None, Status.SUCCEEDED),
        ("s1", "merchant:a", Status.SUCCEEDED),
    ]


@pytest.fixture
def merchant():
    made = Merchant()
    yield made
    made.close()


@pytest.mark.parametrize(("number", "kind"), [("c9", Kind.CHARGE), ("c1", Kind.AUTHORISE)])
def test_an_answer_about_another_order_tells_nothing(merchant, number, kind):
    merchant.paid()
    with pytest.raises(ProviderUnavailable, match="about another order"):
        provider_of(merchant)._read(merchant.get("charges", "c1"), number, kind)


# Callbacks


def provider_of(merchant):
    access = merchant.provider.access
    return SandboxProvider(access.url, merchant.signer, Verifier(access.public_key), merchant.clock)


def callback_of(merchant):
    merchant.paid(notify_url="http://us/")
    body = merchant.callbacks()[0]["body"].encode()
    return merchant.provider._signer.headers(body, merchant.clock.now()), body


def test_a_callback_is_read_after_its_signature_is_checked(merchant):
    headers, body = callback_of(merchant)
    result = provider_of(merchant).read_callback({name.upper(): value for name, value in headers.items()}, body)
    assert (result.number, result.status, result.sequence) == ("c1", Status.SUCCEEDED, 2)


def test_a_callback_that_was_changed_or_is_old_or_comes_from_others_is_bad(merchant):
    headers, body = callback_of(merchant)
    provider = provider_of(merchant)
    with pytest.raises(BadCallback, match="does not fit"):
        provider.read_callback(headers, body.replace(b"10000", b"90000"))
    with pytest.raises(BadCallback, match="another key"):
        provider.read_callback(Signer.generate().headers(body, merchant.clock.now()), body)
    with pytest.raises(BadCallback, match="sandbox-timestamp is missing"):
        provider.read_callback({}, body)
    merchant.clock.pass_(minutes=5)
    with pytest.raises(BadCallback, match="five minutes"):
        provider.read_callback(headers, body)


@pytest.mark.parametrize(
    "change",
    [{"status": "perhaps"}, {"kind": None}, {"amount": "1"}, {"amount": 10**13}, {"at": "soon"}, {"number": 5}, None],
)
def test_a_callback_that_is_signed_but_not_readable_is_bad(merchant, change):
    headers, body = callback_of(merchant)
    document = json.loads(body)
    document["order"] = None if change is None else document["order"] | change
    body = json.dumps(document).encode()
    headers = merchant.provider._signer.headers(body, merchant.clock.now())
    with pytest.raises(BadCallback, match="not readable"):
        provider_of(merchant).read_callback(headers, body)


# The registry


def test_a_node_always_has_offline_payments_and_others_as_it_is_set():
    clock = FakeClock()
    assert set(make_providers(Settings(), clock)) == {"offline"}
    access = SandboxAccess("http://sandbox", Signer.generate().private_text, Signer.generate().public_text)
    providers = make_providers(Settings(sandbox=access), clock)
    assert {name: provider.name for name, provider in providers.items()} == {"offline": "offline", "sandbox": "sandbox"}
    assert (providers["sandbox"].limits.share_bp, providers["sandbox"].traits.asynchronous) == (3000, True)
