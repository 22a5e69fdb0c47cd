"""What follows from grants: bounds, chains, ends, prices. A small model says the same by brute force."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.model import Sharing, SharingMode
from services.supplier.domain.permissions import (
    EVERYTHING,
    NOTHING,
    OWN,
    SEE_AND_USE,
    Access,
    Contact,
    EndedBy,
    Permission,
)
from services.supplier.domain.price_models import PriceModel
from tests.builders_supplier import ALL, grant, named, supplier
from tests.effort import stories
from tests.fakes.chassis import MONDAY

SEE, USE, EDIT, ON = Permission
A, B, C, D, E = (new_id() for _ in range(5))


def of_a(*grants, sharing=None, left=()):
    return supplier(community_id=A, grants=grants, sharing=sharing or Sharing(), left=frozenset(left))


def test_the_owner_may_do_everything_and_a_stranger_nothing():
    assert (of_a().access_of(A), of_a().access_of(B), of_a().access_of(None)) == (OWN, NOTHING, NOTHING)


def test_the_short_form_lets_others_see_and_use_and_never_tells_the_contact():
    for sharing in (named(B), ALL):
        assert of_a(sharing=sharing).access_of(B) == Access(SEE_AND_USE)


def test_a_grant_gives_what_it_says_and_no_more():
    it = of_a(grant(A, B, SEE, contact=Contact.WHEN_CONFIRMED))
    assert it.access_of(B) == Access(frozenset({SEE}), Contact.WHEN_CONFIRMED)
    assert (it.is_visible_in(B), it.is_usable_in(B), it.is_visible_in(C)) == (True, False, False)


def test_who_may_not_share_on_passes_nothing_on():
    assert of_a(grant(A, B, SEE, USE, EDIT), grant(B, C, SEE)).access_of(C) == NOTHING
    assert of_a(sharing=named(B)).passable_by(B) == NOTHING


def test_what_is_passed_on_is_bounded_by_what_came_with_the_right_to_share_on():
    chain = (grant(A, B, SEE, ON, contact=Contact.WHEN_CONFIRMED), grant(B, C, *EVERYTHING, contact=Contact.ALWAYS))
    assert of_a(*chain).access_of(C) == Access(frozenset({SEE, ON}), Contact.WHEN_CONFIRMED)
    # B may use it by another way, which it was not allowed to share on.
    both = of_a(*chain, sharing=named(B))
    assert both.may(B, USE)
    assert not both.may(C, USE)


def test_a_link_that_ends_takes_all_with_it_that_hung_on_it():
    first, second = grant(A, B, *EVERYTHING), grant(B, C, *EVERYTHING)
    assert of_a(first, second).access_of(C).permissions == EVERYTHING
    assert of_a(second).access_of(C) == NOTHING


def test_a_ring_without_the_owner_gives_nothing():
    assert of_a(grant(B, C, *EVERYTHING), grant(C, B, *EVERYTHING)).access_of(B) == NOTHING


def test_who_left_receives_nothing_and_passes_nothing_on():
    it = of_a(grant(A, B, *EVERYTHING), grant(B, C, SEE), sharing=ALL, left=[B])
    assert it.access_of(B) == NOTHING
    assert it.access_of(C) == Access(SEE_AND_USE)
    assert not it.may(D, EDIT)


def test_a_grant_is_live_until_its_end_and_not_at_it():
    one = grant(A, B, SEE, ends_at=MONDAY + timedelta(days=1))
    assert one.is_live(MONDAY)
    assert not one.is_live(MONDAY + timedelta(days=1))
    assert not one.end(EndedBy.RECEIVER, None, MONDAY).is_live(MONDAY)


def test_prices_are_those_of_the_nearest_way_that_names_the_community():
    dear, dearer = PriceModel(adjustment_bp=500), PriceModel(adjustment_bp=900)
    direct, to_all = grant(A, B, SEE, USE, prices=dear), grant(A, None, SEE, USE, prices=dearer)
    assert of_a(direct, to_all).access_of(B).prices == dear
    assert of_a(direct, to_all).access_of(C).prices == dearer
    assert of_a(direct, sharing=ALL).access_of(B).prices == dear
    assert of_a(to_all, sharing=named(B)).access_of(B).prices is None
    inherited = of_a(replace(direct, access=Access(EVERYTHING, prices=dear)), grant(B, C, SEE, USE))
    assert inherited.access_of(C).prices == dear


@pytest.mark.parametrize(
    ("receiver", "permissions", "options"),
    [
        (B, (USE,), {}),
        (None, (SEE, EDIT), {}),
        (None, (SEE, ON), {}),
        (None, (SEE,), {"contact": Contact.ALWAYS}),
        (A, (SEE,), {}),
        (B, (SEE,), {"prices": PriceModel(adjustment_bp=1)}),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(receiver, permissions, options):
    with pytest.raises(InvalidError):
        grant(A, receiver, *permissions, **options)


def test_others_are_told_everybody_who_sees_it_by_whatever_way():
    chain = (grant(A, B, SEE, ON), grant(B, C, SEE))
    assert of_a(*chain, sharing=named(D)).seen_by == named(B, C, D)
    assert of_a(*chain, sharing=ALL).seen_by.mode is SharingMode.ALL
    assert of_a(grant(B, C, SEE)).seen_by == Sharing()


PEOPLE = (A, B, C, D, E)
LINKS = st.builds(
    lambda giver, taker, what, contact: (giver, taker, frozenset(what) | {SEE}, contact),
    st.sampled_from(PEOPLE),
    st.sampled_from((*PEOPLE, None)),
    st.sets(st.sampled_from(Permission)),
    st.sampled_from(Contact),
).filter(lambda link: link[0] != link[1])


def as_grant(giver, taker, what, contact):
    if taker is None:
        return grant(giver, None, *(what & SEE_AND_USE), contact=min(contact, Contact.WHEN_CONFIRMED, key=_level))
    return grant(giver, taker, *what, contact=contact)


def _level(contact):
    return contact.level


def model(links, left):
    """Everybody's permissions and contact, by walking every way from the owner: what is on all of its links."""
    found = {one: (set(), 0) for one in PEOPLE}
    found[A] = (set(EVERYTHING), 2)

    def walk(at, what, level, seen):
        for link in links:
            givens = [one for one in PEOPLE if one not in (A, at)] if link.receiver_id is None else [link.receiver_id]
            if link.granter_id != at or link in seen:
                continue
            reached, told = what & link.access.permissions, min(level, link.access.contact.level)
            for taker in givens:
                if taker in left or taker == A or (link.receiver_id is None and taker == at):
                    continue
                found[taker] = (found[taker][0] | reached, max(found[taker][1], told))
                if ON in reached:
                    walk(taker, reached, told, [*seen, link])

    walk(A, set(EVERYTHING), 2, [])
    return found


@given(st.lists(LINKS, max_size=7), st.sets(st.sampled_from(PEOPLE[1:]), max_size=2), st.sampled_from(["none", "all"]))
@stories(150, 1)
def test_no_way_leaks_more_than_walking_every_way_by_hand_gives(links, left, mode):
    grants = [as_grant(*link) for link in links]
    short = [grant(A, None, SEE, USE)] if mode == "all" else []
    it = of_a(*grants, sharing=Sharing(SharingMode(mode)), left=left)
    expected = model([*grants, *short], left)
    for one in PEOPLE:
        access = it.access_of(one)
        # Whoever gives to all gives to itself as well, which it has anyway.
        assert (set(access.permissions), access.contact.level) == expected[one]
