"""Why needs are together and why others are not; and which needs are alike, whatever category was given."""

from services.demand.domain.pooling import Others, Rules, Stated, batch_topics, left_out, solve, why, words_in_common
from services.kernel.money import Money
from tests.builders_pooling import need, span, tiers, yuan

RULES = Rules(prices=tiers(t={1: 100, 10: 80}))


def test_each_who_is_left_out_hears_the_first_thing_that_does_not_fit():
    members = [need("x", people=2, ceiling=yuan(150)), need("y", people=3)]
    others = [
        need("far", east=9),
        need("late", windows=[span(9)]),
        need("long", minutes=240, windows=[span(0, 4)]),
        need("usd", ceiling=Money(900, "USD")),
        need("poor", ceiling=yuan(90)),
        need("free"),
    ]
    (pool,) = solve(members, RULES).pools
    told = {one.need: one.why["en"] for other in others for one in left_out(pool, members, [other], RULES)}
    assert "9.0 km away, and its reach is 2 km" in told["far"]
    assert "60 minutes in common" in told["late"]
    assert "240 minutes in common" in told["long"]
    assert "another currency" in told["usd"]
    assert "90.00 CNY is below the price 100.00 CNY" in told["poor"]
    assert "more people are served with it in another pool" in told["free"]


def test_a_pool_says_what_is_reached_and_how_far_the_next_tier_is():
    members = [need("x", people=2, community="a"), need("y", people=3, community="b")]
    (pool,) = solve(members, RULES).pools
    said = why(pool, members, RULES, ["陶艺"])
    assert "a: 2; b: 3" in said["en"]
    assert "5 more bring it to 80.00 CNY" in said["en"]
    assert "再多 5 人降到 80.00 CNY" in said["zh"]
    assert "陶艺" in said["zh"]


def test_those_around_a_pool_are_of_its_topic_and_not_in_it():
    needs = [need("x"), need("y"), need("z", east=3.9), need("u", topic="u")]
    pool = solve(needs[:2], Rules()).pools[0]
    assert [one.id for one in Others(needs).around(pool)] == ["z"]


def test_words_in_common_are_those_of_most_texts():
    assert words_in_common(["周末陶艺体验", "想学陶艺", "pottery 陶艺"])[0] == "陶艺"
    assert words_in_common(["cleaning of an oven", "oven cleaning please"]) == ["cleaning", "oven"]


def test_a_missing_or_wrong_category_does_not_keep_the_same_words_apart():
    said = [Stated("周末想带孩子学陶艺", "pottery")] * 4 + [Stated("周末想带孩子学陶艺", None)]
    wrong = Stated("周末想带孩子学陶艺", "cleaning")
    assert set(batch_topics([*said, wrong])) == {"pottery"}
