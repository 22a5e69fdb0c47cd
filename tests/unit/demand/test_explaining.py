"""Explanations: words in common, what each brings, what sharing gains; nothing that is not given."""

import pytest

from services.demand.domain.explaining import say_gain, say_shares, say_words, words_in_common
from services.demand.domain.prices import NO_PRICES, Offer, PriceList, Sharing, Tier
from services.demand.views import show_pool
from services.kernel.caller import Caller, Role
from services.kernel.ids import new_id
from tests.builders_demand import Town
from tests.fakes.demand import FakeDemandUnitOfWork

ONE, OTHER = new_id(), new_id()


def listed(*tiers, mode="all", owner=ONE):
    supplier = new_id()
    offer = Offer(new_id(), supplier, "pottery", tuple(Tier(*tier) for tier in tiers), "CNY", False, 1)
    return PriceList(((offer, Sharing(supplier, owner, mode, (), 1)),))


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("周六想带两个孩子做陶艺", "想找陶艺老师，周六"), ("周六", "陶艺")),
        (("亲子陶艺体验课有吗", "求亲子陶艺体验课"), ("亲子陶艺体验",)),
        (("Pottery for two kids", "a POTTERY class with kids"), ("pottery", "kids")),
        (("陶艺", "钢琴"), ()),
        (("陶艺",), ()),
        ((), ()),
    ],
)
def test_words_are_those_that_all_have(texts, words):
    found = words_in_common(texts)
    assert set(words) <= set(found) or tuple(words) == found


def test_the_order_of_texts_makes_no_difference():
    texts = ["周末陶艺课", "陶艺课周末", "想学陶艺，周末"]
    assert words_in_common(texts) == words_in_common(texts[::-1])


def test_no_words_no_sentence():
    assert say_words(()) == ()
    assert "“陶艺”" in say_words(("陶艺",))[0]["zh"]


def test_what_others_bring_is_said_only_when_it_may_be_told():
    assert say_shares(5, 0, exact=False) == ()
    assert "at least 10" in say_shares(5, 10, exact=False)[0]["en"]
    assert "at least" not in say_shares(5, 10, exact=True)[0]["en"]


def test_the_gain_is_the_minimum_then_the_next_tier():
    prices = listed((8, 15800), (15, 12800))
    assert "再有 3 人就能成团" in say_gain(prices, 5, {ONE}, "CNY")[0]["zh"]
    now, then = say_gain(prices, 9, {ONE, OTHER}, "CNY")
    assert "158.00 CNY" in now["en"]
    assert "With 6 more people it is 128.00 CNY" in then["en"]
    assert len(say_gain(prices, 15, {ONE}, "CNY")) == 1


@pytest.mark.parametrize("prices", [NO_PRICES, listed((8, 15800), mode="none", owner=OTHER)])
def test_without_a_usable_offer_nothing_is_said_of_prices(prices):
    assert say_gain(prices, 9, {ONE}, "CNY") == ()


def test_a_pool_speaks_of_own_words_and_prices_and_of_nobody_elses():
    town = Town(FakeDemandUnitOfWork())
    mine, other = town.community(), town.community()
    supplier = new_id()
    tiers = (Tier(8, 15800), Tier(15, 12800))
    town.uow.prices.save_sharing(Sharing(supplier, mine.community_id, "all", (), 1))
    town.uow.prices.save_offer(Offer(new_id(), supplier, "pottery", tiers, "CNY", False, 1))
    signal = town.place(mine, text="周六想做陶艺", people=4)
    town.place(mine, text="孩子想学陶艺", people=2)
    town.place(other, text="老王家要陶艺和烧烤", people=3)
    caller = Caller("t", Role.ORGANISER, mine.community_id)
    said = [one["zh"] for one in show_pool(town.pool_of(signal), caller, town.uow).why]
    assert "这些需求都提到：“陶艺”。" in said
    assert "再有 2 人就能成团，每人 158.00 CNY。" in said
    assert not any("烧烤" in one or "9" in one.replace("2026", "") for one in said[3:])
