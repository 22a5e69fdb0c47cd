from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.money import EXPONENTS, MAX_MINOR, Money

amounts = st.integers(-MAX_MINOR, MAX_MINOR)
currencies = st.sampled_from(sorted(EXPONENTS))


def cny(minor):
    return Money(minor, "CNY")


@given(amounts, currencies)
def test_what_is_written_is_read_back(minor, currency):
    money = Money(minor, currency)
    assert Money.from_wire(money.to_wire()) == money


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**4), min_size=1, max_size=20).filter(any))
def test_a_split_is_complete_and_fair(minor, weights):
    parts = cny(minor).split(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


@given(st.integers(0, 10**9), st.integers(1, 50))
def test_a_split_in_equal_shares_differs_by_one_unit_at_most(minor, people):
    parts = [part.minor for part in cny(minor).split([1] * people)]
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_the_largest_remainder_gets_the_odd_unit():
    assert [part.minor for part in cny(100).split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in cny(10).split([3000, 5000, 2000])] == [3, 5, 2]
    assert [part.minor for part in cny(5).split([1, 3])] == [1, 4]


def test_a_share_of_nothing_is_nothing():
    assert cny(100).split([0, 1, 0]) == [cny(0), cny(100), cny(0)]


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_weights_that_divide_nothing_are_refused(weights):
    with pytest.raises(InvalidError):
        cny(100).split(weights)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("98.00", "CNY", 9800), ("98", "CNY", 9800), ("0.1", "CNY", 10), ("500", "JPY", 500), ("-1.50", "EUR", -150)],
)
def test_exact_amounts_are_read(amount, currency, minor):
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("98.005", "CNY"),
        ("1.5", "JPY"),
        ("", "CNY"),
        ("ninety", "CNY"),
        ("NaN", "CNY"),
        ("Infinity", "CNY"),
        ("1e40", "CNY"),
        ("1e2", "CNY"),
        ("1_000", "CNY"),
        ("９８", "CNY"),
        (" 98 ", "CNY"),
        ("98.", "CNY"),
        ("999999999999.0000000000000000000000001", "CNY"),
        (98.0, "CNY"),
        (98, "CNY"),
        (None, "CNY"),
        ("98.00", "BTC"),
        ("98.00", ""),
    ],
)
def test_what_is_not_an_exact_amount_is_refused(amount, currency):
    with pytest.raises(InvalidError):
        Money.parse(amount, currency)


@given(st.text())
def test_any_text_is_an_amount_or_refused(text):
    with suppress(InvalidError):
        assert Money.parse(text, "CNY").currency == "CNY"


def test_a_refusal_names_the_field_and_what_would_be_right():
    with pytest.raises(InvalidError) as refused:
        Money.parse("98.005", "CNY", "ceiling")
    (error,) = refused.value.detail["errors"]
    assert error["field"] == "ceiling"
    assert "98.00" in error["expected"]


@pytest.mark.parametrize("minor", [MAX_MINOR + 1, -MAX_MINOR - 1, 1.0, True, "1"])
def test_only_whole_units_within_reason_are_money(minor):
    with pytest.raises(InvalidError):
        Money(minor, "CNY")


def test_amounts_are_written_with_all_places_of_the_currency():
    assert cny(5).amount == "0.05"
    assert cny(-120).amount == "-1.20"
    assert Money(500, "JPY").amount == "500"
    assert str(cny(9800)) == "98.00 CNY"


@given(amounts, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_integers(minor, other):
    if abs(minor) + 1000 > MAX_MINOR:
        return
    assert cny(minor) + cny(other) == cny(minor + other)
    assert cny(minor) - cny(other) == cny(minor - other)
    assert -cny(minor) == cny(-minor)
    assert (cny(minor) < cny(other)) == (minor < other)
    assert (cny(minor) >= cny(other)) == (minor >= other)


def test_a_price_times_seats_is_the_sum():
    assert cny(9800) * 3 == cny(29400)


def test_a_sum_out_of_range_is_refused():
    with pytest.raises(InvalidError):
        cny(MAX_MINOR) + cny(1)


@pytest.mark.parametrize("act", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__])
def test_currencies_never_meet(act):
    with pytest.raises(InvalidError):
        act(cny(1), Money(1, "EUR"))


def test_no_money_is_false():
    assert not Money.zero("CNY")
    assert cny(1)
    assert cny(-1)
