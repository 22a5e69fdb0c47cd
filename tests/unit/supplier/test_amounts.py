"""Prices of files: understood or refused, never read as nothing."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.supplier.domain.price_lists.amounts import Style, price, style_of


def read(value, currency="CNY", **options):
    return price(value, "price", currency, **options).amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("98", "CNY", "98.00"),
        ("¥1,234.50", "CNY", "1234.50"),
        ("￥98", "CNY", "98.00"),
        ("98元", "CNY", "98.00"),
        ("98元/人", "CNY", "98.00"),
        ("CNY 98", "CNY", "98.00"),
        ("１２８元", "CNY", "128.00"),
        ("1,50", "EUR", "1.50"),
        ("1.234,50 €", "EUR", "1234.50"),
        ("1 234,50", "EUR", "1234.50"),
        ("1'234.50", "EUR", "1234.50"),
        ("1,234,567", "CNY", "1234567.00"),
        ("HK$88", "HKD", "88.00"),
        ("'98", "CNY", "98.00"),
        ("¥980", "JPY", "980"),
        (98.0, "CNY", "98.00"),
        (128, "CNY", "128.00"),
        (0.1 + 0.2, "CNY", "0.30"),
    ],
)
def test_a_price_is_read_as_people_write_it(text, currency, amount):
    assert read(text, currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "面议",
        "n/a",
        "0",
        "0.00",
        "-5",
        "1,500",
        "1.500",
        "98.005",
        "12%",
        "1e3",
        "abc",
        "1.5.3",
        "$98",
        "98 €",
        True,
    ],
)
def test_what_is_no_clear_price_is_refused(text):
    with pytest.raises(InvalidError) as refused:
        read(text)
    assert refused.value.detail["errors"][0]["field"] == "price"


def test_the_other_cells_decide_what_one_cell_leaves_open():
    assert style_of(["1,500", "1,50", None, 98]) is Style.COMMA
    assert style_of(["1,500", "98.50"]) is Style.POINT
    assert style_of(["1,500", "98.50", "1,50"]) is None
    assert read("1,500", "EUR", style=Style.POINT) == "1500.00"
    assert read("1.500", "EUR", style=Style.COMMA) == "1500.00"
    with pytest.raises(InvalidError):
        read("98.50", "EUR", style=Style.COMMA)


@given(
    st.integers(1, 10**11).map(lambda minor: Decimal(minor) / 100),
    st.sampled_from(["de", "en", "zh", "fr", "de_CH", "es", "it", "ja"]),
)
def test_what_is_written_in_a_language_is_read_back_exactly(amount, locale):
    text = format_decimal(amount, format="#,##0.00", locale=locale)
    assert Decimal(read(text, "EUR", locale=locale)) == amount


@given(st.text(max_size=12))
def test_whatever_a_cell_holds_it_is_never_read_as_nothing(text):
    try:
        found = price(text, "price", "CNY")
    except InvalidError:
        return
    assert found.minor > 0
    assert any(sign.isnumeric() for sign in text)
