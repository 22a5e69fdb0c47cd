"""Prices: what is known of offers, and whom a price keeps apart."""

import pytest

from services.demand import handlers, inbound
from services.demand.domain.merging import Candidate, same_category_merger
from services.demand.domain.prices import NO_PRICES, Offer, PriceList, Sharing, Tier, priced_out
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.builders_demand import Town, a_signal
from tests.fakes.chassis import MONDAY
from tests.fakes.demand import FakeDemandUnitOfWork

EVERYBODY = {"mode": "all", "community_ids": []}
USED_BY_ALL = {"sharing": EVERYBODY, "used_by": EVERYBODY}

ONE, OTHER = new_id(), new_id()
TIERS = ((1, 15000), (5, 12000), (10, 9000))


def listed(*offers):
    """Build a price list of (tiers, mode, owner) in yuan."""
    found = []
    for tiers, mode, owner in offers:
        supplier = new_id()
        offer = Offer(new_id(), supplier, "pottery", tuple(Tier(*tier) for tier in tiers), "CNY", False, 1)
        found.append((offer, Sharing(supplier, owner, mode, (), 1)))
    return PriceList(tuple(found))


def pays(yuan, people=1, community=ONE, currency="CNY"):
    return a_signal(community, people=people, ceiling=None if yuan is None else Money(yuan * 100, currency))


def test_the_price_is_the_least_of_the_usable_offers_at_the_head_count():
    prices = listed((TIERS, "all", ONE), (((1, 8000),), "none", OTHER))
    assert prices.at(4, {ONE}, "CNY") == Money(15000, "CNY")
    assert prices.at(5, {ONE}, "CNY") == Money(12000, "CNY")
    assert prices.at(4, {OTHER}, "CNY") == Money(8000, "CNY")
    assert prices.at(10, {ONE, OTHER}, "CNY") == Money(9000, "CNY")
    assert prices.at(5, {ONE}, "USD") is None
    assert listed((((8, 9000),), "all", ONE)).at(3, {ONE}, "CNY") == Money(9000, "CNY")


def test_the_next_tier_and_the_minimum_are_those_of_usable_offers():
    prices = listed((TIERS, "all", ONE), (((3, 8000),), "none", OTHER))
    assert prices.next_tier(6, {ONE}, "CNY") == (10, Money(9000, "CNY"))
    assert prices.next_tier(10, {ONE}, "CNY") is None
    assert prices.next_tier(1, {OTHER}, "CNY") is None
    assert (prices.minimum({ONE}), prices.minimum({new_id()}), NO_PRICES.minimum({ONE})) == (1, 1, None)


@pytest.mark.parametrize(
    ("new", "others", "out"),
    [
        (pays(100), [pays(None, 3)], True),
        (pays(120), [pays(None, 4)], False),
        (pays(None), [pays(100, 3)], False),
        (pays(100, currency="USD"), [pays(None, 3)], False),
        (pays(None, 6), [pays(100, 3)], False),
        (pays(95, 7), [pays(100, 3)], False),
    ],
)
def test_who_could_not_pay_at_the_joint_head_count_is_kept_out(new, others, out):
    assert (priced_out(new, others, listed((TIERS, "all", ONE))) is not None) == out


def test_who_would_make_it_dearer_for_somebody_is_kept_out():
    prices = listed((TIERS, "all", ONE), (((1, 8000),), "none", ONE))
    cheap, stranger = pays(100, 3), pays(None, 1, OTHER)
    assert priced_out(stranger, [cheap], prices) == Money(15000, "CNY")
    assert priced_out(pays(None, 1), [cheap], prices) is None
    # Who cannot pay now either is no reason to keep others out.
    assert priced_out(stranger, [pays(50, 3)], prices) is None


def test_a_misfit_names_the_price():
    pool = object.__new__(Candidate)
    candidate = Candidate(pool, (pays(None, 3),), listed((TIERS, "all", ONE)))
    assert "150.00 CNY" in same_category_merger.misfit(pays(100), candidate, MONDAY).why["en"]


def heard(name, data, version=1):
    from tests.contract.test_demand_contract import example

    wire = example("events", f"{name}.v1", "supplier")
    from services.chassis.envelope import Envelope

    return Envelope.from_wire({**wire, "aggregateversion": version, "data": {**wire["data"], **data}})


def tell(town, name, data, version=1):
    read = inbound.supplier_known if name.startswith("supplier") else getattr(inbound, name)
    handle = handlers.note_supplier if name.startswith("supplier") else handlers.note_offer
    handle(read(heard(name, data, version)), town.uow)


def test_the_newest_news_of_an_offer_counts_whatever_order_they_come_in():
    town, offer = Town(FakeDemandUnitOfWork()), {"offer_id": str(new_id())}
    tell(town, "supplier_registered", USED_BY_ALL)
    tell(town, "offer_withdrawn", offer, version=2)
    tell(town, "offer_published", offer)
    assert town.uow.prices.of("pottery") == NO_PRICES
    tell(town, "offer_published", {"offer_id": str(new_id())})
    assert town.uow.prices.of("pottery").at(1, {ONE}, "CNY") == Money(15800, "CNY")


def test_nobody_counts_on_the_price_of_an_offer_while_it_waits_for_papers():
    town, offer = Town(FakeDemandUnitOfWork()), {"offer_id": str(new_id())}
    tell(town, "supplier_registered", USED_BY_ALL)
    tell(town, "offer_published", offer)
    tell(town, "offer_paused", offer, version=2)
    assert town.uow.prices.of("pottery") == NO_PRICES
    tell(town, "offer_resumed", offer, version=3)
    assert town.uow.prices.of("pottery").at(1, {ONE}, "CNY") == Money(15800, "CNY")
    tell(town, "offer_paused", offer, version=2)
    assert town.uow.prices.of("pottery").at(1, {ONE}, "CNY") == Money(15800, "CNY")


def test_an_offer_of_an_unknown_supplier_or_without_prices_keeps_nobody_out():
    town = Town(FakeDemandUnitOfWork())
    tell(town, "offer_published", {})
    assert town.uow.prices.of("pottery") == NO_PRICES
    tell(town, "supplier_changed", USED_BY_ALL, version=2)
    tell(town, "supplier_registered", {}, version=1)
    assert town.uow.prices.of("pottery").at(1, {OTHER}, "CNY") is not None


def test_a_signal_that_cannot_pay_begins_a_pool_of_its_own_and_fits_when_a_tier_is_reached():
    town = Town(FakeDemandUnitOfWork())
    one, other = town.community(), town.community()
    tell(town, "supplier_registered", USED_BY_ALL)
    tell(town, "offer_published", {})
    first = town.place(one, people=6)
    poor = town.place(other, people=3, ceiling={"amount": "130.00", "currency": "CNY"})
    assert poor.pool_id != first.pool_id
    town.place(one, people=6)
    late = town.place(other, people=3, ceiling={"amount": "130.00", "currency": "CNY"})
    assert late.pool_id == first.pool_id


def test_a_person_who_is_recognised_in_two_communities_counts_once_for_the_price():
    prices = listed((TIERS, "all", ONE))
    there = pays(None, 3)
    again, other = pays(120, 2, OTHER), pays(120, 2, OTHER)
    persons = {there.member_id: "p", again.member_id: "p"}
    assert priced_out(other, [there], prices, persons) is None
    assert priced_out(again, [there], prices, persons) == Money(15000, "CNY")


def test_who_only_sees_a_supplier_cannot_count_on_its_price():
    town = Town(FakeDemandUnitOfWork())
    tell(town, "supplier_registered", {"sharing": EVERYBODY, "used_by": {"mode": "none", "community_ids": []}})
    tell(town, "offer_published", {"offer_id": str(new_id())})
    assert town.uow.prices.of("pottery").at(1, {ONE}, "CNY") is None
