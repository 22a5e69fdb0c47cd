"""At whose prices an offer is made, to one community and to several together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.supplier.domain.matches import Share
from services.supplier.domain.matching import Fit, Reason, judge
from services.supplier.domain.model import Sharing
from services.supplier.domain.permissions import Permission
from services.supplier.domain.price_models import LEAST_BP, MOST_BP, Joint, OfferPrices, PriceModel
from services.supplier.domain.pricing import made_to_all, made_to_best, offer_for
from services.supplier.domain.terms import Tier
from tests.builders_supplier import candidate, cny, grant, offer, ready_pool, supplier, terms, tiers
from tests.effort import stories
from tests.fakes.chassis import MONDAY

SEE, USE = Permission.SEE, Permission.USE
HOME, NEAR, FAR, THIRD = (new_id() for _ in range(4))


def studio(**prices):
    """A supplier of HOME: what each community may use it at."""
    by_name = {"near": NEAR, "far": FAR, "third": THIRD}
    grants = tuple(grant(HOME, by_name[name], SEE, USE, prices=model) for name, model in prices.items())
    return supplier(community_id=HOME, grants=grants, sharing=Sharing())


def shares(**people):
    by_name = {"home": HOME, "near": NEAR, "far": FAR, "third": THIRD}
    return [Share(by_name[name], count) for name, count in people.items()]


def first_price(made):
    return str(made.offer.terms.tiers[0].price.amount)


DEAR, JOINING = PriceModel(1000), PriceModel(1000, joint=Joint.BASE)


def test_who_is_alone_gets_its_own_prices():
    made = made_to_best(offer(), studio(near=DEAR), shares(near=12))
    assert (first_price(made), made.people) == ("140.80", 12)


def test_together_they_get_the_prices_of_all_and_who_has_its_own_stays_out():
    made = made_to_best(offer(), studio(near=DEAR, far=None), shares(home=6, far=6, near=11))
    assert (first_price(made), made.people) == ("128.00", 12)
    assert [share.community_id for share in made.communities] == [HOME, FAR]


def test_a_larger_community_is_served_at_its_own_prices_rather_than_a_smaller_group_at_those_of_all():
    made = made_to_best(offer(), studio(near=DEAR, far=None), shares(home=6, far=6, near=13))
    assert (first_price(made), made.people) == ("140.80", 13)


def test_who_joins_at_the_prices_of_all_is_one_of_them_and_alone_has_its_own():
    of = studio(near=JOINING, far=JOINING)
    assert first_price(made_to_best(offer(), of, shares(near=6, far=6))) == "128.00"
    assert first_price(made_to_best(offer(), of, shares(near=6))) == "140.80"


def test_among_equals_the_joint_group_is_served():
    made = made_to_best(offer(), studio(near=DEAR), shares(near=8, home=8))
    assert first_price(made) == "128.00"


def test_who_may_only_see_it_is_not_served():
    only_sees = supplier(community_id=HOME, grants=(grant(HOME, NEAR, SEE),))
    assert made_to_best(offer(), only_sees, shares(near=20)) is None
    pool = ready_pool(20, community_ids=[NEAR])
    assert judge(pool, candidate(only_sees), MONDAY) is Reason.NOT_SHARED


def test_a_match_is_made_at_the_prices_of_the_community_and_held_against_its_ceiling():
    fit = judge(ready_pool(12, community_ids=[NEAR], ceiling=None), candidate(studio(near=DEAR)), MONDAY)
    assert isinstance(fit, Fit)
    assert fit.price == cny("140.80")
    pool = ready_pool(12, community_ids=[NEAR], ceiling=cny("130.00"))
    assert judge(pool, candidate(studio(near=DEAR)), MONDAY) is Reason.TOO_EXPENSIVE


def test_all_together_have_one_table_or_none():
    of = studio(near=DEAR, far=JOINING)
    assert made_to_all(offer(), of, [HOME, NEAR]) is None
    joint = offer()
    assert made_to_all(joint, of, [HOME, FAR]) == joint
    assert str(made_to_all(offer(), of, [FAR]).terms.tiers[0].price.amount) == "140.80"


def test_a_table_counts_for_its_offer_and_others_keep_their_prices():
    made, other = offer(), offer()
    of = studio(near=PriceModel(0, (OfferPrices(made.offer_id, tiers((10, "99.00"))),)))
    assert offer_for(made, of, NEAR).terms.tiers == tiers((10, "99.00"))
    assert offer_for(other, of, NEAR) == other
    assert first_price(made_to_best(other, of, shares(home=5, near=5))) == "128.00"


@pytest.mark.parametrize(
    "table",
    [tiers((9, "99.00"), (40, "90.00")), (Tier(10, Money.parse("99.00", "USD")),), tiers((10, "9.00"), (12, "10.00"))],
)
def test_a_table_that_does_not_fit_is_no_price(table):
    made = offer()
    of = studio(near=PriceModel(0, (OfferPrices(made.offer_id, table),)))
    assert offer_for(made, of, NEAR) is None
    assert made_to_best(made, of, shares(near=12)) is None


@pytest.mark.parametrize("values", [{}, {"adjustment_bp": LEAST_BP - 1}, {"adjustment_bp": MOST_BP + 1}])
def test_prices_that_make_no_sense_are_refused(values):
    with pytest.raises(InvalidError):
        PriceModel(**values)
    with pytest.raises(InvalidError):
        PriceModel(0, (OfferPrices(HOME, tiers()), OfferPrices(HOME, tiers())))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=5), st.integers(LEAST_BP, MOST_BP).filter(bool))
@stories(60, 1)
def test_adjusted_tiers_are_tiers_again_and_off_by_less_than_a_minor_unit(minors, adjustment):
    ordered = tuple(Tier(index + 1, Money(minor, "CNY")) for index, minor in enumerate(sorted(minors, reverse=True)))
    before = terms(tiers=ordered, min_group=1, max_group=30)
    after = PriceModel(adjustment).terms_of(new_id(), before)
    for old, new in zip(before.tiers, after.tiers, strict=True):
        exact = old.price.minor * (10_000 + adjustment) / 10_000
        assert abs(new.price.minor - max(exact, 1)) <= 0.5 + 1e-6
    assert replace(after, tiers=before.tiers) == before
