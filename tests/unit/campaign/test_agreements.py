"""The hash of an agreement, from the match to what a campaign shows."""

from services.campaign.storage.terms_json import terms_of_columns, terms_to_json
from services.kernel.ids import new_id
from tests.builders_campaign import Desk, Town

HASH = "0f" * 32


def agreed(**changes):
    return {"agreement_id": str(new_id()), "agreement_hash": HASH, **changes}


def columns_of(campaign, json):
    terms = campaign.terms
    same = {name: getattr(terms, name) for name in ("match_id", "pool_id", "supplier_id", "currency")}
    return {**same, "community_ids": list(terms.communities), "terms": json}


def test_a_campaign_keeps_and_shows_the_hash_of_what_was_agreed():
    reference = agreed()
    town = Town(Desk(), **reference)
    shown = town.open()["agreement"]
    assert shown == {"agreement_id": reference["agreement_id"], "hash": HASH}


def test_a_campaign_of_a_match_without_a_tender_has_no_agreement():
    assert Town(Desk()).open()["agreement"] is None
    assert Town(Desk(), agreement_id=None, agreement_hash=None).open()["agreement"] is None


def test_the_agreement_is_kept_with_the_terms_and_old_terms_have_none():
    town = Town(Desk(), **agreed())
    campaign = town.desk.campaign_of_match(town.match_id)
    json = terms_to_json(campaign.terms)
    assert terms_of_columns(columns_of(campaign, json)) == campaign.terms
    del json["agreement"]
    assert terms_of_columns(columns_of(campaign, json)).agreement is None
