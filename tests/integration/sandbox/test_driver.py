"""The driver against the sandbox as a process, over HTTP: every kind of order, and every kind of trouble."""

import random
import time
from datetime import UTC, datetime, timedelta

import eventlet
import pytest

from services.campaign.domain.reconciling import LedgerLine, compare
from services.campaign.providers.port import Kind, Limits, Order, ProviderRefused, ProviderUnavailable, Status
from services.kernel.clock import VirtualClock
from services.kernel.money import Money
from services.sandbox.profile import read_profile
from services.sandbox.running import Sandbox
from tests.fakes.chassis import MONDAY
from tests.integration.sandbox.conftest import QUICK, driver_of, ended, send, until

BAD_DAY = {
    **QUICK,
    "decline": dict.fromkeys(("charge", "refund", "split", "split_return"), 0.15),
    "callback": {
        "duplicate": 0.3,
        "late": 0.3,
        "late_seconds": [0.1, 0.5],
        "lost": 0.2,
        "reordered": 0.3,
        "early": 0.3,
    },
    "answer": {"refused": 0.15, "error": 0.1, "broken": 0.1, "timeout": 0.05, "hang_seconds": 0.3},
}


def cny(minor):
    return Money(minor, "CNY")


def span():
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(hours=1)


# Every kind of order


def test_a_payment_from_charge_to_statement(start, till):
    provider = start(QUICK).provider()

    def do(number, kind, minor, **more):
        accepted = provider.send(Order(number, kind, cny(minor), notify_url=till.url, **more))
        result = ended(provider, number, kind)
        (told,) = until(lambda: till.of(provider, number))
        assert told == result
        assert accepted.sequence <= result.sequence == 2
        assert (result.status, result.reason) == (Status.SUCCEEDED, None)
        return accepted, result

    expires_at = datetime.now(UTC) + timedelta(minutes=15)
    waiting, paid = do("c|1", Kind.CHARGE, 10_000, expires_at=expires_at, description="陶艺课 拼单")
    assert (waiting.status, waiting.pay_url is None, paid.pay_url) == (Status.PENDING, False, None)
    assert paid.amount == cny(10_000)
    do("s*1", Kind.SPLIT, 2_000, about="c|1", receiver="merchant:fund")
    do("s@2", Kind.SPLIT, 500, about="c|1", receiver="personal:organiser")
    do("r-1", Kind.REFUND, 3_000, about="c|1")
    do("b_1", Kind.SPLIT_RETURN, 1_500, about="s*1", receiver="merchant:fund")
    _, unfrozen = do("u1", Kind.UNFREEZE, 1, about="c|1")
    assert unfrozen.amount == cny(4_500)  # what it was, not what we thought

    lines = {line.number: line for line in provider.statement(*span())}
    assert {number: (line.kind, line.amount.minor, line.receiver) for number, line in lines.items()} == {
        "c|1": (Kind.CHARGE, 10_000, None),
        "s*1": (Kind.SPLIT, 2_000, "merchant:fund"),
        "s@2": (Kind.SPLIT, 500, "personal:organiser"),
        "r-1": (Kind.REFUND, 3_000, None),
        "b_1": (Kind.SPLIT_RETURN, 1_500, "merchant:fund"),
        "u1": (Kind.UNFREEZE, 4_500, None),
    }
    assert lines["c|1"].reference == paid.reference
    assert provider.learn_limits() == Limits(3000, 50, 50, 180, 20_000_000, 7) == provider.limits

    with pytest.raises(ProviderRefused) as refused:
        provider.send(Order("r-2", Kind.REFUND, cny(7_000), about="c|1"))
    assert refused.value.code == "SPLIT_RETURN_NEEDED"
    with pytest.raises(ProviderRefused) as refused:
        provider.send(Order("r-1", Kind.REFUND, cny(3_001), about="c|1"))
    assert refused.value.code == "NUMBER_REUSED"
    assert provider.query("r-2", Kind.REFUND).status is Status.UNKNOWN
    assert provider.query("r-1", Kind.CHARGE).status is Status.UNKNOWN


def test_what_is_authorised_is_captured_or_let_go():
    with Sandbox(profile=read_profile(QUICK)) as sandbox:
        provider = driver_of(sandbox)
        for number in ("a1", "a2"):
            provider.send(Order(number, Kind.AUTHORISE, cny(9_000)))
            assert ended(provider, number, Kind.AUTHORISE).status is Status.SUCCEEDED
        captured = provider.send(Order("k1", Kind.CAPTURE, cny(8_000), about="a1"))
        voided = provider.send(Order("v1", Kind.VOID, cny(9_000), about="a2"))
        assert (captured.status, captured.amount, voided.status) == (Status.SUCCEEDED, cny(8_000), Status.SUCCEEDED)
        assert provider.query("k1", Kind.CAPTURE) == captured
        provider.send(Order("r1", Kind.REFUND, cny(8_000), about="a1"))
        assert ended(provider, "r1", Kind.REFUND).status is Status.SUCCEEDED
        with pytest.raises(ProviderRefused, match="WRONG_STATE"):
            provider.send(Order("k2", Kind.CAPTURE, cny(1), about="a2"))


# Trouble with answers


@pytest.mark.parametrize(
    ("trouble", "happened", "says"),
    [
        ("refused", False, "it answered 503"),
        ("error", True, "it answered 500"),
        ("broken", True, "it did not answer (ConnectionError)"),
        ("timeout", True, "it did not answer (ReadTimeout)"),
    ],
)
def test_an_answer_that_does_not_come_leaves_the_outcome_unknown(trouble, happened, says):
    profile = {**QUICK, "answer": {trouble: 1, "hang_seconds": 0.5}}
    with Sandbox(profile=read_profile(profile)) as sandbox:
        provider = driver_of(sandbox, timeout=(0.2, 0.2))
        with pytest.raises(ProviderUnavailable) as unknown:
            provider.send(Order("c1", Kind.CHARGE, cny(100)))
        assert str(unknown.value) == says
        with sandbox._store as transaction:
            assert (transaction.find_order("c1") is not None) is happened


def test_nobody_there_and_somebody_else_there_are_both_no_answer(till):
    with Sandbox() as sandbox:
        provider = driver_of(sandbox)
        provider._url = "http://127.0.0.1:1"
        with pytest.raises(ProviderUnavailable, match="did not answer"):
            provider.send(Order("c1", Kind.CHARGE, cny(100)))
        provider._url = till.url  # answers 204, and signs nothing
        with pytest.raises(ProviderUnavailable, match="cannot be trusted"):
            provider.query("c1", Kind.CHARGE)


def test_keys_that_do_not_fit_are_no_refusal_of_the_order():
    with Sandbox() as one, Sandbox() as other:
        provider, stranger = driver_of(one), driver_of(other)
        stranger._url = one.url
        with pytest.raises(ProviderUnavailable, match="cannot be trusted: it was signed with another key"):
            stranger.send(Order("c1", Kind.CHARGE, cny(100)))
        stranger._verifier = provider._verifier
        with pytest.raises(ProviderUnavailable, match="it answered 401: it was signed with another key"):
            stranger.send(Order("c1", Kind.CHARGE, cny(100)))
        assert provider.query("c1", Kind.CHARGE).status is Status.UNKNOWN


def test_a_clock_that_is_wrong_is_no_refusal_of_the_order():
    with Sandbox() as sandbox:
        provider = driver_of(sandbox, VirtualClock(MONDAY))
        with pytest.raises(ProviderUnavailable, match="five minutes"):
            provider.send(Order("c1", Kind.CHARGE, cny(100)))


# Trouble with callbacks


def pay(till, profile):
    """Charge once with this profile; return the answer and all that came, as soon as it is quiet."""
    with Sandbox(profile=read_profile({**QUICK, **profile})) as sandbox:
        provider = driver_of(sandbox)
        answer = provider.send(Order("c1", Kind.CHARGE, cny(100), notify_url=till.url))
        came_first = till.of(provider, "c1")
        assert ended(provider, "c1", Kind.CHARGE).status is Status.SUCCEEDED
        until(lambda: sandbox.next_due() is None or sandbox.next_due().year > datetime.now(UTC).year or till.came)
        until(lambda: sandbox.at_rest() and not _callbacks(sandbox))
        return answer, came_first, till.of(provider, "c1")


def _callbacks(sandbox):
    with sandbox._store:
        return sandbox._store._connection.execute("SELECT count(*) FROM callbacks").fetchone()[0]


def test_a_callback_comes_once(till):
    answer, first, told = pay(till, {})
    assert (answer.status, first, [each.sequence for each in told]) == (Status.PENDING, [], [2])


def test_a_callback_comes_twice(till):
    _, _, told = pay(till, {"callback": {"duplicate": 1}})
    assert told == [told[0]] * 2


def test_a_callback_never_comes(till):
    assert pay(till, {"callback": {"lost": 1}})[2] == []


def test_a_callback_comes_late(till):
    begun = time.monotonic()
    _, _, told = pay(till, {"callback": {"late": 1, "late_seconds": [0.6, 0.6]}})
    assert len(told) == 1
    assert time.monotonic() - begun > 0.6


def test_the_older_news_comes_after_the_newer(till):
    _, _, told = pay(till, {"callback": {"reordered": 1}})
    assert [(each.sequence, each.status) for each in told] == [(2, Status.SUCCEEDED), (1, Status.PENDING)]


def test_a_callback_comes_before_the_answer(till):
    answer, first, told = pay(till, {"callback": {"early": 1}})
    assert (answer.status, answer.sequence) == (Status.PENDING, 1)
    assert [(each.status, each.sequence) for each in first] == [(Status.SUCCEEDED, 2)]
    assert told == first


def test_a_callback_is_sent_until_it_is_heard(till):
    till.statuses = ["500 Down", "404 Not Found", "302 Found"]
    _, _, told = pay(till, {})
    assert told == [told[0]] * 4


# A virtual clock


def test_on_a_virtual_clock_everything_happens_at_its_time(till):
    clock = VirtualClock(MONDAY)
    with Sandbox(clock=clock) as sandbox:
        provider = driver_of(sandbox, clock)
        provider.send(Order("c1", Kind.CHARGE, cny(100), notify_url=till.url))
        until(sandbox.at_rest)
        assert sandbox.next_due() == MONDAY + timedelta(seconds=1)
        assert till.came == []
        told = []
        while (due := sandbox.next_due()) is not None:
            clock.move_to(due)
            assert not sandbox.at_rest()
            until(sandbox.at_rest)
            told.append(provider.read_callback(*till.came[-1]))
        assert [(each.kind, each.about, each.at) for each in told] == [
            (Kind.CHARGE, None, MONDAY + timedelta(seconds=1)),
            (Kind.UNFREEZE, "c1", MONDAY + timedelta(days=180, seconds=1)),
        ]


# All of it at once, and death


KILLS, SALES = 4, 16


class Shop:
    """A merchant that believes only what the provider said, and asks again until it says something."""

    def __init__(self, provider, till):
        self.provider, self.till = provider, till
        self.lines = {}
        self.answered = []

    def do(self, number, kind, minor, **more):
        result = send(self.provider, Order(number, kind, cny(minor), notify_url=self.till.url, **more))
        self.answered.append(result)
        result = ended(self.provider, number, kind)
        self.lines[number] = LedgerLine(number, kind, result.amount, more.get("receiver"), result.status, result.at)
        return result.status is Status.SUCCEEDED

    def sell(self, number):
        """A payment with a bit of everything, as far as it gets."""
        if not self.do(f"c{number}", Kind.CHARGE, 1_000):
            return
        about = {"about": f"c{number}"}
        if self.do(f"s{number}", Kind.SPLIT, 200, receiver="merchant:fund", **about):
            self.do(f"b{number}", Kind.SPLIT_RETURN, 50, about=f"s{number}", receiver="merchant:fund")
        self.do(f"r{number}", Kind.REFUND, 300, **about)
        self.do(f"u{number}", Kind.UNFREEZE, 0, **about)

    def compare(self):
        """Compare the books; return what differs."""
        until(lambda: self._statement() is not None)
        return compare(self.lines.values(), self._statement(), datetime.now(UTC))

    def _statement(self):
        try:
            return list(self.provider.statement(*span()))
        except ProviderUnavailable:
            return None

    def check(self):
        found = self.compare()
        assert [each.en for each in found.differences] == []
        assert found.agreed == len(self.lines)
        # Whatever a callback told, at whatever time: nothing newer than the end, and the end as it was answered.
        for result in self.till.results(self.provider):
            if result.sequence == 2:
                assert result.status is self.lines[result.number].status, result
            assert result.sequence <= 2


def test_on_a_bad_day_every_order_ends_once_and_both_sides_agree(start, till):
    shop = Shop(start(BAD_DAY, "--seed", "3").provider(timeout=(0.5, 0.2)), till)
    for sale in [eventlet.spawn(shop.sell, number) for number in range(20)]:
        sale.wait()
    shop.check()
    statuses = [line.status for line in shop.lines.values()]
    assert statuses.count(Status.DECLINED) > 3
    assert statuses.count(Status.SUCCEEDED) > 30
    told = [(result.number, result.sequence) for result in till.results(shop.provider)]
    assert len(told) > len(set(told)), "nothing came twice"
    assert any(sequence == 1 for _, sequence in told), "nothing came out of order"
    assert {number for number, _ in told} < set(shop.lines), "nothing was lost"


def test_what_was_answered_survives_kill_9_and_callbacks_go_on(start, till):
    process = start(QUICK)
    shop = Shop(process.provider(), till)
    workers = [eventlet.spawn(shop.sell, number) for number in range(SALES)]
    chance = random.Random(5)
    for kill in range(KILLS):
        until(lambda: len(shop.answered) >= 15 * kill, patience=90)  # noqa: B023 - it is called here and now
        eventlet.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.start()
    for worker in workers:
        worker.wait()
    shop.check()
    assert len(shop.lines) == 5 * SALES
    for answer in shop.answered:
        assert answer.amount == shop.lines[answer.number].amount or answer.kind is Kind.UNFREEZE
    # Not one callback is lost with the process: each order was told of, some twice.
    until(lambda: {result.number for result in till.results(shop.provider)} == set(shop.lines))
