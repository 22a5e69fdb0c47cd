"""Price lists on a real PostgreSQL: previews survive as they were, commits are all or nothing, borders hold."""

import base64
import json
import threading

import pytest

from services.kernel.ids import new_id
from services.sheets import lines_of
from services.supplier.domain.errors import (
    NotYoursError,
    PriceListNotFoundError,
    PriceListStaleError,
    PriceListStateError,
    SupplierNotFoundError,
)
from tests.builders_price_lists import HEADER, file
from tests.builders_supplier import supplier_data
from tests.fakes.chassis import request

LIST = HEADER + "T-1,亲子陶艺课,{category},128.00,10,30,120,20,118.00\n=2,木工课,{category},98,8,20,90,,\n"


@pytest.fixture
def shop(market):
    return Owner(market)


class Owner:
    """The community that registered a supplier."""

    def __init__(self, market):
        self.market, self.party = market, market.community()
        self.who = {"role": "organiser", "community_id": self.party.community_id}
        self.supplier_id = self.call("register_supplier", **supplier_data())["supplier_id"]

    def call(self, name, who=None, /, **data):
        return self.market.call(name, request(data, **(who or self.who)))

    def preview(self, text, who=None, **given):
        text = text.format(category=self.market.category.replace(" ", "-"))
        return self.call("preview_price_list", who, supplier_id=self.supplier_id, **file(text, **given))

    def end(self, name, preview, who=None):
        return self.call(name, who, list_id=preview["list_id"])

    def csv(self, who=None, **data):
        found = self.call("export_price_list_csv", who, supplier_id=self.supplier_id, **data)
        return lines_of(base64.b64decode(found["base64"]), 100)


def test_a_list_goes_in_and_out_and_nothing_is_changed_the_second_time(shop):
    preview = shop.preview(LIST)
    assert preview["counts"]["new"] == 2
    shop.end("commit_price_list", preview)
    exported = base64.b64decode(shop.call("export_price_list_csv", supplier_id=shop.supplier_id)["base64"])
    assert b"'=2" in exported
    again = shop.call("preview_price_list", supplier_id=shop.supplier_id, **file(exported))
    assert again["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "delisted": 0, "invalid": 0}


def test_what_was_shown_is_what_is_kept(shop):
    preview = shop.preview(LIST)
    assert shop.end("get_price_list", preview) == preview
    committed = shop.end("commit_price_list", preview)
    assert committed["lines"] == preview["lines"]
    with pytest.raises(PriceListStateError):
        shop.end("discard_price_list", preview)


def test_a_commit_that_is_refused_leaves_nothing_behind(shop):
    shop.end("commit_price_list", shop.preview(LIST))
    late = shop.preview(LIST.replace("128.00", "130.00") + "T-3,茶艺课,{category},60,5,12,60,,\n")
    shop.end("commit_price_list", shop.preview(LIST.replace("118.00", "117.00")))
    with pytest.raises(PriceListStaleError):
        shop.end("commit_price_list", late)
    assert [row[0] for _, row in shop.csv()[1:]] == ["'=2", "T-1"]


def test_two_commits_of_the_same_offers_at_once_do_not_both_win(shop):
    shop.end("commit_price_list", shop.preview(LIST))
    previews = [shop.preview(LIST.replace("128.00", f"{price}.00")) for price in (130, 131)]
    ends, barrier = [], threading.Barrier(2)

    def commit(preview):
        barrier.wait()
        try:
            ends.append(shop.end("commit_price_list", preview)["state"])
        except PriceListStaleError:
            ends.append("stale")

    threads = [threading.Thread(target=commit, args=(preview,)) for preview in previews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["committed", "stale"]


def test_another_community_sees_a_shared_supplier_s_prices_and_not_its_lists(shop):
    preview = shop.preview(LIST)
    shop.end("commit_price_list", preview)
    stranger = {"role": "organiser", "community_id": shop.market.community().community_id}
    for name in ("get_price_list", "commit_price_list", "discard_price_list"):
        with pytest.raises(PriceListNotFoundError):
            shop.end(name, preview, stranger)
    with pytest.raises(SupplierNotFoundError):
        shop.csv(stranger)
    sharing = {"mode": "named", "community_ids": [str(stranger["community_id"])]}
    asked = request({"supplier_id": shop.supplier_id, "sharing": sharing}, if_match="1", **shop.who)
    shop.market.call("change_supplier", asked)
    assert len(shop.csv(stranger)) == 3
    with pytest.raises(NotYoursError):
        shop.preview(LIST, stranger)
    with pytest.raises(PriceListNotFoundError):
        shop.end("get_price_list", preview, {"role": "supplier", "supplier_id": new_id()})


def test_the_catalogue_is_linked_data_of_which_every_reference_is_there_and_no_contact(shop):
    shop.end("commit_price_list", shop.preview(LIST))
    found = base64.b64decode(shop.call("get_catalogue", supplier_id=shop.supplier_id)["base64"])
    document = json.loads(found)
    nodes = {node["@id"]: node for node in document["@graph"]}
    kinds = sorted(node["@type"] for node in nodes.values())
    assert kinds == sorted(["dfc-b:Enterprise", *["dfc-b:SuppliedProduct", "dfc-b:CatalogItem", "dfc-b:Offer"] * 2])
    values = [value for node in nodes.values() for value in node.values() if isinstance(value, dict)]
    references = [value["@id"] for value in values if "@id" in value]
    assert references
    assert set(references) <= set(nodes)
    own = next(part for part in document["@context"] if isinstance(part, dict))
    known = {"dfc-b", *(key for key in own if ":" not in key)}
    assert {key.split(":")[0] for node in nodes.values() for key in node if not key.startswith("@")} == known
    assert "138" not in found.decode()
    tiers = max((node["pinlian:hasTier"] for node in nodes.values() if "pinlian:hasTier" in node), key=len)
    assert [tier["dfc-b:hasPrice"]["dfc-b:value"] for tier in tiers] == ["128.00", "118.00"]
