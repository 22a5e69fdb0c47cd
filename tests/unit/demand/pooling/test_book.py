"""The book: one step for each need, identities that stay, and a re-optimisation that moves for a gain only."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.pooling import Book, Pins, Prices, Rules, solve, violations
from services.demand.domain.pooling.near import Near
from services.kernel.errors import ConflictError, NotFoundError
from services.kernel.geo import Place
from tests.builders_pooling import assert_sound, need, some_needs, span, tiers, yuan


def book_of(*needs, rules=None, pins=None):
    book = Book(rules, pins)
    for one in needs:
        book.add(one)
    return book


def members(book):
    return {pool_id: set(pool.needs) for pool_id, pool in book.pools()}


def test_a_need_joins_the_pool_of_most_people_in_which_it_fits():
    book = book_of(need("x"), need("y", east=8, people=3), need("z", east=4, radius=5))
    assert book.pool_of("z") == book.pool_of("y")


def test_a_pool_moves_for_a_need_as_far_as_all_of_it_still_reach():
    book = book_of(need("x"), need("y", east=3))
    assert members(book) == {1: {"x", "y"}}
    assert_sound([pool for _, pool in book.pools()], [need("x"), need("y", east=3)], Rules())


def test_a_changed_need_stays_in_its_pool_as_long_as_it_fits_and_goes_on_into_another_when_it_does_not():
    book = book_of(need("x"), need("y"), need("far", east=20))
    assert book.change(need("y", east=1)) == 1
    assert book.change(need("y", east=19)) == book.pool_of("far")
    assert members(book) == {1: {"x"}, 2: {"y", "far"}}
    assert book.change(need("x", people=7)) == 1


def test_when_who_made_it_cheap_leaves_those_who_cannot_pay_go_on():
    rules = Rules(prices=tiers(t={1: 100, 4: 80}))
    book = book_of(need("x", people=2), need("y"), need("poor", ceiling=yuan(80)), rules=rules)
    book.reoptimise()
    assert book.pool_of("poor") == book.pool_of("x")
    book.remove("y")
    assert book.pool_of("poor") != book.pool_of("x")


def test_a_frozen_pool_takes_nobody_and_loses_only_who_withdraws():
    book = book_of(need("x"), need("y"))
    book.freeze(1)
    assert book.add(need("z")) == 2
    assert book.reoptimise() == []
    assert book.change(need("y", people=2)) == 1
    book.remove("y")
    assert members(book) == {1: {"x"}, 2: {"z"}}
    book.thaw(1)
    (shift,) = book.reoptimise()
    assert shift.gain == 2
    assert len(members(book)) == 1


def test_ties_and_partings_by_hand_hold_through_reoptimisation():
    book = book_of(need("x"), need("y", east=3.5), need("z", people=5))
    assert book.tie(["x", "y"]) is not None
    book.part("z", "x")
    book.reoptimise()
    assert book.pool_of("x") == book.pool_of("y") != book.pool_of("z")
    assert book.tie(["x", "z"]) is None
    with pytest.raises(ConflictError, match="by hand"):
        book.part("x", "y")


def test_what_cannot_be_served_together_cannot_be_tied():
    assert book_of(need("x"), need("y", east=20)).tie(["x", "y"]) is None


def test_reoptimising_moves_only_for_the_stated_gain_and_keeps_identities():
    chain = [need("b", east=3), need("c", east=6), need("a"), need("d", east=9)]
    patient = book_of(*chain, rules=Rules(gain=3, joined=1.0))
    assert patient.reoptimise() == []
    book = book_of(*chain, rules=Rules(gain=2))
    (shift,) = book.reoptimise()
    assert (shift.gain, sorted(members(book).values(), key=min)) == (2, [{"a", "b"}, {"c", "d"}])
    assert set(members(book)) <= {1, 2, 3}
    assert len(shift.moved) == 2


def test_mistakes_are_refused():
    book = book_of(need("x"))
    with pytest.raises(ConflictError):
        book.add(need("x"))
    with pytest.raises(NotFoundError):
        book.remove("y")


def test_places_around_are_found_over_the_date_line_and_near_the_poles():
    near = Near()
    random = Random(5)
    places = {i: Place(random.uniform(-90, 90), random.uniform(-180, 180)) for i in range(300)}
    places |= {300: Place(-17, 179.99), 301: Place(89.9, 10), 302: Place(10.1, 0.1)}
    for i, place in places.items():
        near.put(i, place, 1 + i % 4)
    for centre in (Place(-17, -179.99), Place(89.9, -170), Place(10, 0)):
        found = set(near.around(centre, 23))
        assert found >= {i for i, one in places.items() if one.distance_km(centre) <= 23}
        assert 1 <= len(found) < 150


@given(
    st.lists(
        st.tuples(some_needs, st.sampled_from(["add", "add", "change", "remove", "freeze", "reoptimise"])), max_size=20
    ),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_after_any_history_the_book_is_sound_and_frozen_pools_kept_their_needs(history, priced):
    rules = Rules(prices=tiers(t={1: 100, 6: 80}) if priced else Prices())
    book, known, frozen = Book(rules), {}, {}
    for one, what in history:
        old = next(iter(known), None)
        if what == "add" or old is None:
            book.add(one)
            known[one.id] = one
        elif what == "change":
            known[old] = replace(one, id=old)
            book.change(known[old])
        elif what == "remove":
            book.remove(old)
            del known[old]
        elif what == "freeze":
            frozen[book.pool_of(old)] = set(dict(book.pools())[book.pool_of(old)].needs)
            book.freeze(book.pool_of(old))
        else:
            book.reoptimise()
    for pool_id, pool in book.pools():
        found = [one for one in violations(pool, known, rules) if pool_id not in frozen or one.what != "too dear"]
        assert found == []
    assert sorted(one for _, pool in book.pools() for one in pool.needs) == sorted(known)
    changed = {old for old in known}
    for pool_id, kept in frozen.items():
        assert pool_id not in members(book) or members(book)[pool_id] <= kept | changed


def test_after_reoptimising_any_order_of_arrival_serves_what_the_batch_serves():
    random = Random(3)
    needs = [need(str(i), east=random.uniform(0, 9), windows=[span(random.randint(0, 5))]) for i in range(40)]
    best = solve(needs, Rules()).served
    for _ in range(4):
        book = book_of(*random.sample(needs, len(needs)))
        book.reoptimise()
        assert sum(pool.people for _, pool in book.pools() if pool.served) >= best


def test_pins_reach_a_need_that_comes_later():
    book = book_of(need("x"), need("big", people=9, east=0.5), pins=Pins(apart=[("late", "big")]))
    book.part("x", "big")
    book.add(need("late"))
    assert book.pool_of("late") != book.pool_of("big")
