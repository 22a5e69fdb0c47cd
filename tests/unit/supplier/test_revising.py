"""Versions of an offer: what is proposed from now on has the new terms, and what was proposed or sold its own."""

from datetime import timedelta

import pytest

from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers, inbound
from services.supplier.domain import commands
from services.supplier.domain.errors import NotYoursError, OfferNotFoundError, OfferStaleError, OfferWithdrawnError
from services.supplier.domain.offer_commands import ReviseOffer
from tests.builders_supplier import caller, offer_data, tiers
from tests.fair_supplier import HOME, Fair
from tests.fakes.chassis import request

DEARER = tiers((10, "129.00"), (20, "119.00"))


@pytest.fixture
def fair():
    return Fair()


def revise(fair, stall, who=None, if_match=None, **changes):
    command = ReviseOffer(who or caller(community_id=HOME), stall.offer_id, if_match, changes)
    return handlers.revise_offer(command, fair.uow).offer


def test_a_revised_offer_has_a_new_version_and_keeps_all_before_it(fair):
    stall = fair.stall()
    revised = revise(fair, stall, tiers=DEARER)
    assert (revised.version, revised.terms.tiers) == (2, DEARER)
    assert [version.version for version in fair.uow.offers.versions] == [2]
    assert fair.told("offer_revised.v1")[-1]["version"] == 2


def test_what_is_not_named_stays_and_what_is_the_same_is_no_revision(fair):
    stall = fair.stall()
    before = fair.uow.offers.find(stall.offer_id)
    assert revise(fair, stall, tiers=before.terms.tiers) == before
    assert fair.told("offer_revised.v1") == []
    assert revise(fair, stall, title="亲子木工").terms.tiers == before.terms.tiers


def test_a_proposal_keeps_the_terms_that_it_was_made_with(fair):
    stall = fair.stall(capacity=60)
    fair.pool(10, 8)
    before = fair.of(stall)
    revise(fair, stall, tiers=DEARER)
    fair.open(before)
    kept = fair.uow.matches.find(before.match_id)
    assert (kept.offer, kept.offer.version) == (before.offer, 1)
    fair.pool(10, 8)
    newer = fair.of(stall)
    assert (newer.offer.version, newer.offer.terms.tiers) == (2, DEARER)


def test_a_replacement_that_waits_keeps_the_terms_that_it_was_proposed_with(fair):
    first, second = fair.stall("99.00"), fair.stall()
    fair.pool(10, 8)
    match = fair.of(first)
    fair.open(match)
    fair.end(fair.of(second), new_id())
    fair.withdraw(match)
    waiting = fair.of(second)
    revise(fair, second, tiers=DEARER)
    assert waiting.replaces_match_id == match.match_id
    assert (
        fair.uow.matches.find(waiting.match_id).offer == waiting.offer != fair.uow.offers.find(second.offer_id).snapshot
    )


def test_a_pool_without_a_supplier_looks_again_when_an_offer_is_revised(fair):
    stall = fair.stall("158.00")
    pool = fair.pool(10, 8)
    assert fair.uow.pools.find(pool.pool_id).is_open
    revise(fair, stall, tiers=tiers((10, "99.00")))
    fair.fire()
    assert not fair.uow.pools.find(pool.pool_id).is_open


def test_who_edits_an_older_version_is_told_the_present_one(fair):
    stall = fair.stall()
    revise(fair, stall, title="亲子木工", if_match="1")
    with pytest.raises(OfferStaleError) as refused:
        revise(fair, stall, title="亲子编织", if_match="1")
    assert refused.value.detail["version"] == 2


def test_a_withdrawn_offer_is_not_revised(fair):
    stall = fair.stall()
    handlers.withdraw_offer(commands.WithdrawOffer(caller(community_id=HOME), stall.offer_id), fair.uow)
    with pytest.raises(OfferWithdrawnError):
        revise(fair, stall, title="亲子木工")


def test_terms_that_do_not_fit_the_slots_on_sale_are_refused_by_name(fair):
    stall = fair.stall()
    with pytest.raises(InvalidError) as refused:
        revise(fair, stall, minutes=600)
    assert refused.value.detail["errors"][0]["field"] == "minutes"
    stall = fair.stall()
    with pytest.raises(InvalidError) as refused:
        revise(fair, stall, min_group=31, max_group=40, tiers=tiers((31, "9.00")))
    assert refused.value.detail["errors"][0]["field"] == "min_group"
    stall = fair.stall()
    fair.uow.clock.time += timedelta(days=30)
    assert revise(fair, stall, minutes=600).terms.minutes == 600, "what has begun is no longer sold"


def test_only_whose_supplier_it_is_revises_its_offers(fair):
    stall = fair.stall()
    with pytest.raises(NotYoursError):
        revise(fair, stall, caller(community_id=new_id()), title="x")
    with pytest.raises(OfferNotFoundError):
        revise(fair, stall, caller(Role.SUPPLIER, supplier_id=new_id()), title="x")


def test_a_revision_is_read_field_by_field():
    asked = {"offer_id": str(new_id()), "tiers": offer_data(new_id())["tiers"], "release": None, "travel_km": None}
    command = inbound.revise_offer(request(asked, role="organiser", if_match="3"))
    assert command.if_match == "3"
    assert command.changes.keys() == {"tiers", "release", "travel_km"}
    assert command.changes["tiers"] == tiers()


def test_a_tier_without_a_price_is_refused_in_a_revision_too():
    with pytest.raises(InvalidError) as refused:
        inbound.revise_offer(request({"offer_id": str(new_id()), "tiers": [{"seats": 3}]}))
    assert refused.value.detail["errors"][0]["field"] == "tiers.0.price"


def test_published_offers_start_their_history(fair):
    read = inbound.publish_offer(request(offer_data(fair.stall().supplier_id), role="organiser", community_id=HOME))
    made = handlers.publish_offer(read, fair.uow).offer
    assert fair.uow.offers.versions[-1].terms == made.terms
