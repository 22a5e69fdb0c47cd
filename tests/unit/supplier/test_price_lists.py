"""Price lists: read with a preview, committed exactly as shown, and written back."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.sheets import csv_of, lines_of, workbook_of
from services.supplier.domain.errors import (
    NotYoursError,
    PriceListNotFoundError,
    PriceListStaleError,
    PriceListStateError,
    SupplierNotFoundError,
)
from services.supplier.domain.offers import OfferState
from services.supplier.domain.price_lists.comparing import Catalogue, compare
from services.supplier.domain.price_lists.entries import entries_of
from services.supplier.domain.price_lists.formats import header_of, template_rows
from services.supplier.domain.price_lists.model import KEPT, Defaults, Kind
from services.supplier.domain.price_lists.writing import rows_of
from services.supplier.domain.terms import Tier, Where
from tests.builders_price_lists import HEADER, Shop, kinds, problem
from tests.builders_supplier import cny, offer

LIST = HEADER + "T-1,亲子陶艺课,pottery,128.00,10,30,120,20,118.00\nT-2,木工课,woodwork,¥98,8,20,90,,\n"
FOODSOFT = (
    "status;number;name;note;manufacturer;origin;unit;price;tax;deposit;unit_quantity;scale_quantity;scale_price;category\n"
    ";A1;Töpferkurs;;Atelier;;1;98,50;0;0;10;20;90,00;Kunst\n"
    ";A1;Töpferkurs;;Atelier;;1;98,50;0;0;10;30;85,00;Kunst\n"
    "x;A2;Alter Kurs;;Atelier;;1;50,00;0;0;10;;;Kunst\n"
)
OFN = (
    "producer,sku,name,display_name,category,description,units,unit_type,variant_unit_name,price,on_hand,available_on\n"
    "Studio,P-1,Pottery,Pottery for families,pottery,,1,,seat,98.00,30,\n"
)


@pytest.fixture
def shop():
    return Shop()


def test_a_preview_says_what_is_new_and_writes_nothing(shop):
    preview = shop.preview(LIST)
    assert (preview.format, kinds(preview)) == ("template", ["new", "new"])
    assert [line.line for line in preview.lines] == [2, 3]
    assert shop.offers() == {}


def test_a_commit_publishes_revises_and_withdraws_exactly_what_was_shown(shop):
    shop.send(LIST)
    changed = LIST.replace("118.00", "112.00").replace("T-2,木工课", "T-2,木工课").replace("¥98,8", "98,8")
    preview = shop.send(changed + "T-3,茶艺课,tea,60,5,12,60,,\n")
    assert kinds(preview) == ["changed", "unchanged", "new"]
    shown = preview.lines[0].changes
    assert [(one.field, one.before, one.after) for one in shown] == [
        ("tiers", "10: 128.00 CNY, 20: 118.00 CNY", "10: 128.00 CNY, 20: 112.00 CNY")
    ]
    assert shop.offers()["T-1"].version == 2
    assert shop.offers()["T-1"].terms.tiers[1] == Tier(20, cny("112.00"))
    gone = shop.send("编号,名称,状态,价格\nT-1,亲子陶艺课,下架,\n")
    assert kinds(gone) == ["delisted"]
    assert set(shop.offers()) == {"T-2", "T-3"}


def test_what_is_not_in_a_complete_list_is_delisted_and_otherwise_left_alone(shop):
    shop.send(LIST)
    only = HEADER + "T-1,亲子陶艺课,pottery,128.00,10,30,120,20,118.00\n"
    assert kinds(shop.preview(only)) == ["unchanged"]
    preview = shop.send(only, complete=True)
    assert [(one.kind, one.line, one.number) for one in preview.lines[1:]] == [(Kind.DELISTED, None, "T-2")]
    assert set(shop.offers()) == {"T-1"}


def test_a_number_whose_offer_was_withdrawn_is_free_again(shop):
    shop.send(LIST)
    shop.send("编号,名称,状态,价格\nT-1,亲子陶艺课,x,\n")
    assert kinds(shop.send(LIST)) == ["new", "unchanged"]
    assert shop.offers()["T-1"].version == 1


def test_the_price_of_an_invalid_line_is_never_nothing_and_the_others_are_committed(shop):
    text = HEADER + "T-1,陶艺,pottery,面议,10,30,120,,\nT-2,木工,woodwork,0,8,20,90,,\nT-3,茶,tea,60,5,12,60,,\n"
    preview = shop.send(text)
    assert kinds(preview) == ["invalid", "invalid", "new"]
    assert [problem(preview, at) for at in (0, 1)] == [
        ("价格", "'面议' names no price"),
        ("价格", "'0' is not above zero"),
    ]
    assert set(shop.offers()) == {"T-3"}


def test_everything_that_is_wrong_in_a_line_is_told_at_once_with_its_column(shop):
    preview = shop.preview(HEADER + "T-1,陶艺,陶艺课,x,ten,30,120,20,\n")
    assert [one.column for one in preview.lines[0].problems] == ["类别", "价格", "最少席数"]


def test_a_tier_that_is_no_tier_is_named_by_its_column(shop):
    preview = shop.preview(HEADER + "T-1,陶艺,pottery,128,10,30,120,20,138\n")
    assert problem(preview) == ("阶梯1价格", "138.00 CNY rises")


def test_a_list_of_foodsoft_joins_the_scales_of_a_number_and_reads_its_comma(shop):
    given = {"currency": "EUR", "minutes": 90, "max_group": 40, "categories": {"Kunst": "pottery"}}
    preview = shop.send(FOODSOFT, **given)
    assert (preview.format, kinds(preview)) == ("foodsoft", ["new", "unchanged"])
    tiers = shop.offers()["A1"].terms.tiers
    assert [(tier.seats, tier.price.amount) for tier in tiers] == [(10, "98.50"), (20, "90.00"), (30, "85.00")]
    assert preview.lines[0].from_defaults == ("max_group", "minutes")
    assert "deposit" in preview.ignored_columns


@pytest.mark.parametrize(("prices_are", "price"), [("gross", "100.00"), ("net", "119.00"), (None, None)])
def test_a_column_of_taxes_makes_the_price_unclear_until_somebody_says_what_it_is(shop, prices_are, price):
    text = "number;name;price;tax;unit_quantity;scale_quantity\nA1;Kurs;100,00;19;10;\n"
    given = {"currency": "EUR", "minutes": 60, "max_group": 20, "category": "pottery"}
    preview = shop.preview(text, **given, **({"prices_are": prices_are} if prices_are else {}))
    if price is None:
        assert problem(preview) == ("price", "has a tax of 19")
    else:
        assert preview.lines[0].terms.tiers[0].price.amount == price


def test_a_list_without_tiers_does_not_flatten_an_offer_that_has_some(shop):
    shop.send(LIST.replace("T-1", "P-1"))
    given = {"min_group": 10, "minutes": 60}
    same = shop.preview(OFN.replace("98.00", "128.00"), **given)
    assert same.lines[0].terms.tiers == shop.offers()["P-1"].terms.tiers
    other = shop.preview(OFN, **given)
    assert problem(other)[0] == "price"
    assert "2 tiers" in problem(other)[1]


def test_an_offer_that_was_changed_since_the_preview_stops_all_of_the_list(shop):
    shop.send(LIST)
    preview = shop.preview(LIST.replace("128.00", "130.00") + "T-3,茶,tea,60,5,12,60,,\n")
    shop.send(LIST.replace("118.00", "117.00"))
    with pytest.raises(PriceListStaleError) as refused:
        shop.commit(preview)
    assert refused.value.detail["numbers"] == ["T-1"]
    assert set(shop.offers()) == {"T-1", "T-2"}


def test_a_list_is_committed_once_and_not_after_a_day(shop):
    preview = shop.send(LIST)
    with pytest.raises(PriceListStateError):
        shop.commit(preview)
    late = shop.preview(LIST.replace("128.00", "130.00"))
    shop.uow.clock.pass_(seconds=KEPT.total_seconds())
    with pytest.raises(PriceListStateError):
        shop.commit(late)


def test_a_preview_that_nobody_commits_is_forgotten_and_one_that_was_is_kept(shop):
    from services.supplier.handlers import TIMERS

    kept, left = shop.send(LIST), shop.preview(LIST)
    shop.uow.clock.pass_(seconds=timedelta(days=1).total_seconds())
    shop.uow.fire_due(TIMERS)
    assert set(shop.uow.price_lists.rows) == {kept.list_id}
    assert left.list_id != kept.list_id


def test_only_the_owner_sends_lists_and_sees_them(shop):
    stranger = {"role": "organiser", "community_id": new_id()}
    with pytest.raises((SupplierNotFoundError, NotYoursError)):
        shop.preview(LIST, who=stranger)
    preview = shop.preview(LIST)
    for name in ("commit_price_list", "discard_price_list"):
        with pytest.raises(PriceListNotFoundError):
            shop.end(name, preview, stranger)
    itself = {"role": "supplier", "supplier_id": shop.supplier.supplier_id}
    assert shop.commit(preview, itself).state == "committed"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("编号,名称\nT-1,陶艺\n", "has no column 价格"),
        ("编号,名称,价格,价格\nT-1,陶艺,1,1\n", "has the column '价格' twice"),
        ("编号,名称,价格\n", "holds no rows"),
        (b"PK\x03\x04broken", "cannot be read as a workbook (BadZipFile)"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(shop, text, problem):
    with pytest.raises(InvalidError) as refused:
        shop.preview(text)
    assert refused.value.detail["errors"][0]["problem"] == problem


def test_files_of_chinese_windows_and_workbooks_are_read_as_well(shop):
    assert kinds(shop.preview(LIST.encode("gb18030"))) == ["new", "new"]
    rows = [row for _, row in lines_of(LIST.encode(), 10)]
    assert kinds(shop.preview(workbook_of(rows, "价格"))) == ["new", "new"]
    assert kinds(shop.preview(csv_of(template_rows("en")))) == ["new", "new"]


title = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and text.strip("'")
)
prices = st.lists(st.integers(1, 10**7), min_size=1, max_size=4, unique=True).map(
    lambda ones: sorted(ones, reverse=True)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(title, prices, st.booleans()), min_size=1, max_size=4), st.sampled_from(["csv", "xlsx"]))
def test_what_is_exported_reads_back_as_unchanged(made, kind):
    offers = {}
    for at, (name, minors, visits) in enumerate(made):
        tiers = tuple(Tier(5 * (n + 1), Money(minor, "CNY")) for n, minor in enumerate(minors))
        where = {"where": Where.COMMUNITY, "travel_km": 12.5} if visits else {}
        offers[f"N-{at}"] = offer(title=name, tiers=tiers, min_group=5, max_group=60, **where)
    rows = rows_of("template", "工坊", sorted(offers.items()))
    data = csv_of(rows) if kind == "csv" else workbook_of(rows, "工坊")
    lines = lines_of(data, 100)
    header, defaults = header_of(lines[0][1]), Defaults()
    catalogue = Catalogue(offers, Place(31.2304, 121.4737))
    found = compare(entries_of(lines[1:], header, defaults), header, catalogue, defaults)
    assert [(one.kind, one.problems) for one in found] == [(Kind.UNCHANGED, ())] * len(offers)


@pytest.mark.parametrize("form", ["foodsoft", "ofn"])
def test_the_other_forms_read_back_as_unchanged_too(form):
    offers = {"A": offer(), "B": offer(tiers=(Tier(10, cny("90.00")),))}
    data = csv_of(rows_of(form, "工坊", sorted(offers.items())), ";" if form == "foodsoft" else ",")
    lines = lines_of(data, 100)
    header, defaults = header_of(lines[0][1]), Defaults()
    found = compare(entries_of(lines[1:], header, defaults), header, Catalogue(offers, Place(0, 0)), defaults)
    assert (header.format.name, [str(one.kind) for one in found]) == (form, ["unchanged", "unchanged"])


def test_a_paused_offer_is_still_the_offer_of_its_number(shop):
    shop.send(LIST)
    one = shop.offers()["T-1"]
    shop.uow.offers.save(one.pause(["business_licence"]))
    assert shop.uow.offers.find(one.offer_id).state is OfferState.PAUSED
    assert kinds(shop.preview(LIST)) == ["unchanged", "unchanged"]
