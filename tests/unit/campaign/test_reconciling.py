"""Statement against ledger: each difference is found, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.reconciling import Fault, LedgerLine, compare
from services.campaign.providers.port import Kind, StatementLine, Status
from services.kernel.money import Money
from tests.fakes.chassis import MONDAY

NOW = MONDAY + timedelta(days=1)
GRACE = timedelta(hours=1)
ENDED = (Status.SUCCEEDED, Status.DECLINED)


def line(number="r1", kind=Kind.REFUND, minor=100, receiver=None, status=Status.SUCCEEDED, at=MONDAY):
    return LedgerLine(number, kind, Money(minor, "CNY"), receiver, status, at)


def stated(ours):
    """The same as a provider states it."""
    return StatementLine(ours.number, ours.kind, ours.amount, ours.receiver, ours.at, f"ref-{ours.number}", ours.status)


def faults(ledger, statement):
    return [(each.number, each.fault) for each in compare(ledger, statement, NOW, GRACE).differences]


def test_what_is_the_same_on_both_sides_agrees():
    ours = [line("a"), line("b", Kind.SPLIT, receiver="merchant:x"), line("c", status=Status.DECLINED)]
    found = compare(ours, [stated(each) for each in reversed(ours)], NOW)
    assert (found.differences, found.open, found.agreed) == ((), (), 3)


def test_nothing_agrees_with_nothing():
    assert compare([], [], NOW).agreed == 0


@pytest.mark.parametrize(
    ("change", "fault", "says"),
    [
        ({"amount": Money(101, "CNY")}, Fault.OTHER_AMOUNT, ("1.00 CNY", "1.01 CNY")),
        ({"amount": Money(100, "EUR")}, Fault.OTHER_AMOUNT, ("1.00 CNY", "1.00 EUR")),
        ({"status": Status.DECLINED}, Fault.OTHER_STATUS, ("succeeded", "declined")),
        ({"status": Status.PENDING}, Fault.OTHER_STATUS, ("succeeded", "pending")),
        ({"receiver": "merchant:x"}, Fault.OTHER_RECEIVER, ("None", "merchant:x")),
        ({"kind": Kind.CAPTURE}, Fault.OTHER_KIND, ("refund", "capture")),
    ],
)
def test_what_differs_is_named_with_what_each_side_says(change, fault, says):
    (found,) = compare([line()], [replace(stated(line()), **change)], NOW).differences
    assert (found.fault, found.ledger, found.provider) == (fault, *says)
    for text in (found.zh, found.en):
        assert all(each in text for each in ("r1", *says))


def test_what_is_on_one_side_only_is_missing_on_the_other():
    assert faults([line("a")], [stated(line("b"))]) == [
        ("a", Fault.MISSING_AT_PROVIDER),
        ("b", Fault.MISSING_IN_LEDGER),
    ]


def test_what_stands_twice_is_found_on_either_side_and_once_however_often():
    assert faults([line(), line()], [stated(line())]) == [("r1", Fault.TWICE_IN_LEDGER)]
    (found,) = compare([line()], [stated(line())] * 3, NOW).differences
    assert (found.fault, found.en) == (
        Fault.TWICE_AT_PROVIDER,
        "Order r1: it stands 3 times in the provider's statement",
    )
    assert found.zh == "订单 r1：在支付机构的对账单中出现 3 次"


def test_what_is_pending_on_both_sides_is_open_until_the_grace_is_over():
    for age, is_open in ((GRACE - timedelta(seconds=1), True), (GRACE, False)):
        waiting = line(status=Status.PENDING, at=NOW - age)
        found = compare([waiting], [stated(waiting)], NOW, GRACE)
        assert found.open == (("r1",) if is_open else ())
        assert [each.fault for each in found.differences] == ([] if is_open else [Fault.OVERDUE])
        assert found.agreed == 0


def test_what_was_just_instructed_need_not_be_there_yet():
    waiting = line(status=Status.PENDING, at=NOW - timedelta(minutes=1))
    assert compare([waiting], [], NOW, GRACE).open == ("r1",)
    assert faults([replace(waiting, at=NOW - GRACE)], []) == [("r1", Fault.MISSING_AT_PROVIDER)]
    assert faults([replace(waiting, status=Status.SUCCEEDED)], []) == [("r1", Fault.MISSING_AT_PROVIDER)]


def test_a_callback_that_was_lost_is_another_status_at_once():
    waiting = line(status=Status.PENDING, at=NOW)
    assert faults([waiting], [replace(stated(waiting), status=Status.SUCCEEDED)]) == [("r1", Fault.OTHER_STATUS)]


def test_differences_have_an_order_that_does_not_depend_on_that_of_the_lines():
    ours = [line(number) for number in "dbca"]
    theirs = [replace(stated(line(number)), amount=Money(1, "CNY"), status=Status.DECLINED) for number in "acxb"]
    found = faults(ours, theirs)
    assert found == faults(ours[::-1], theirs[::-1]) == sorted(found)
    assert len(found) == 3 * 2 + 2


# Histories with faults that were put in on purpose


@st.composite
def histories(draw):
    numbers = draw(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), unique=True, max_size=25))
    lines = []
    for number in numbers:
        kind = draw(st.sampled_from(Kind))
        receiver = draw(st.sampled_from(("merchant:a", "personal:b"))) if kind.has_receiver else None
        pending = draw(st.booleans())
        at = NOW - timedelta(minutes=draw(st.integers(0, 59 if pending else 10_000)))
        status = Status.PENDING if pending else draw(st.sampled_from(ENDED))
        lines.append(LedgerLine(number, kind, Money(draw(st.integers(1, 10**6)), "CNY"), receiver, status, at))
    return lines


def other(values, value):
    return next(each for each in values if each != value)


def lose_at_provider(ours, theirs):
    # Of what is still pending with us it may be that it was not sent yet.
    return ([replace(ours, status=Status.SUCCEEDED)], []), {Fault.MISSING_AT_PROVIDER}


FAULTS = {
    "none": lambda ours, theirs: (([ours], [theirs]), set()),
    "lost at the provider": lose_at_provider,
    "lost in the ledger": lambda ours, theirs: (([], [theirs]), {Fault.MISSING_IN_LEDGER}),
    "twice at the provider": lambda ours, theirs: (([ours], [theirs, theirs]), {Fault.TWICE_AT_PROVIDER}),
    "twice in the ledger": lambda ours, theirs: (([ours, ours], [theirs]), {Fault.TWICE_IN_LEDGER}),
    "a fen more": lambda ours, theirs: (
        ([ours], [replace(theirs, amount=theirs.amount + Money(1, "CNY"))]),
        {Fault.OTHER_AMOUNT},
    ),
    "to somebody else": lambda ours, theirs: (
        ([ours], [replace(theirs, receiver="merchant:z")]),
        {Fault.OTHER_RECEIVER},
    ),
    "ended otherwise": lambda ours, theirs: (
        ([ours], [replace(theirs, status=other(ENDED, theirs.status))]),
        {Fault.OTHER_STATUS},
    ),
    "another kind": lambda ours, theirs: (
        ([ours], [replace(theirs, kind=other(Kind, theirs.kind))]),
        {Fault.OTHER_KIND},
    ),
    "waits too long": lambda ours, theirs: (
        (
            [replace(ours, status=Status.PENDING, at=NOW - GRACE)],
            [replace(theirs, status=Status.PENDING, at=NOW - 2 * GRACE)],
        ),
        {Fault.OVERDUE},
    ),
    "less, and to somebody else, and twice": lambda ours, theirs: (
        ([ours], [replace(theirs, amount=Money(0, "CNY"), receiver="merchant:z")] * 2),
        {Fault.OTHER_AMOUNT, Fault.OTHER_RECEIVER, Fault.TWICE_AT_PROVIDER},
    ),
}


@given(history=histories(), data=st.data())
def test_each_fault_is_found_and_nothing_else(history, data):
    ledger, statement, expected = [], [], set()
    for ours in history:
        inject = FAULTS[data.draw(st.sampled_from(sorted(FAULTS)))]
        (our_lines, their_lines), found = inject(ours, stated(ours))
        ledger += our_lines
        statement += their_lines
        expected |= {(ours.number, fault) for fault in found}
    ledger, statement = (data.draw(st.permutations(lines)) for lines in (ledger, statement))
    comparison = compare(ledger, statement, NOW, GRACE)
    assert {(each.number, each.fault) for each in comparison.differences} == expected
    assert len(comparison.differences) == len(expected)
    right = {each.number for each in history} - {number for number, _ in expected}
    assert set(comparison.open) == {
        each.number for each in history if each.number in right and each.status == "pending"
    }
    assert comparison.agreed == len(right) - len(comparison.open)
