"""Who sees what: communities, roles and suppliers, on every read and every write."""

from itertools import product

import pytest
from sqlalchemy import select

from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.supplier.domain.errors import (
    NotYoursError,
    SharingNotYoursError,
    SupplierNotFoundError,
)
from services.supplier.domain.matches import Share
from services.supplier.storage import rows, tables
from services.supplier.storage.visibility import match_is_visible_to, supplier_is_visible_to
from tests.builders_supplier import ALL, match, named, offer, offer_data, slot, slot_data, supplier, supplier_data
from tests.fakes.chassis import request

PAPER = {
    "kind": "insurance",
    "issuer": "保险公司",
    "number": "12345678",
    "expires_at": "2027-05-01T00:00:00Z",
}
REVIEW = {"decision": "approved", "reason": "看过了"}


@pytest.fixture
def town(booked):
    """A private supplier with an offer, a paper and a match, and everything that somebody could ask about it."""
    home = booked.home
    studio = home.supplier()
    made = home.offer(studio)
    paper = home.ask("submit_qualification", supplier_id=studio["supplier_id"], **PAPER)
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    direct = home.ask("propose_match", **wanted)
    booked.private = studio
    booked.reads = [
        ("get_supplier", {"supplier_id": studio["supplier_id"]}),
        ("list_qualifications", {"supplier_id": studio["supplier_id"]}),
        ("get_offer", {"offer_id": made["offer_id"]}),
        ("list_offer_versions", {"offer_id": made["offer_id"]}),
        ("get_offer_calendar", {"offer_id": made["offer_id"]}),
        ("export_calendar", {"offer_id": made["offer_id"]}),
        ("get_match", {"match_id": direct["match_id"]}),
    ]
    booked.writes = [
        ("change_supplier", {"supplier_id": studio["supplier_id"], "name": "x"}),
        ("submit_qualification", {"supplier_id": studio["supplier_id"], **PAPER}),
        ("review_qualification", {"qualification_id": paper["qualification_id"], **REVIEW}),
        ("publish_offer", offer_data(studio["supplier_id"])),
        ("revise_offer", {"offer_id": made["offer_id"], "title": "x"}),
        ("set_days_off", {"supplier_id": studio["supplier_id"], "blackouts": []}),
        ("get_days_off", {"supplier_id": studio["supplier_id"]}),
        ("withdraw_offer", {"offer_id": made["offer_id"]}),
        ("add_slot", {"offer_id": made["offer_id"], **slot_data()}),
        ("withdraw_match", {"match_id": direct["match_id"], "reason": "x"}),
        ("propose_match", wanted),
    ]
    return booked


def test_a_community_that_may_not_see_a_supplier_is_told_that_nothing_is_there(town):
    for role, (name, data) in product(("organiser", "community_operator"), town.reads + town.writes):
        with pytest.raises(NotFoundError):
            town.other.ask(name, role, **data)


def test_lists_of_a_community_do_not_contain_what_it_may_not_see(town):
    hidden = town.private["supplier_id"]
    for name in ("list_suppliers", "list_offers", "list_matches"):
        page = town.other.ask(name, limit=100)
        assert hidden not in [item["supplier_id"] for item in page["items"]]
    assert town.other.ask("list_offers", supplier_id=hidden)["items"] == []


def test_the_token_of_another_supplier_is_told_that_nothing_is_there(town):
    for name, data in town.reads + town.writes:
        if name in ("review_qualification", "propose_match"):
            continue
        with pytest.raises(NotFoundError):
            town.market.call(name, request(data, role="supplier", supplier_id=town.studio["supplier_id"]))


def test_a_supplier_sees_itself_and_its_matches_and_nothing_else(town):
    ids = {"supplier_id": town.private["supplier_id"]}
    for name, data in town.reads:
        assert town.market.call(name, request(data, role="supplier", **ids))
    for name in ("list_suppliers", "list_offers", "list_matches"):
        items = town.market.call(name, request(role="supplier", **ids))["items"]
        assert {item["supplier_id"] for item in items} == {town.private["supplier_id"]}


def test_a_member_reads_what_its_community_sees_and_changes_nothing(town):
    for name, data in town.reads:
        assert town.home.ask(name, "member", **data)
    for name, data in [*town.writes, ("register_supplier", supplier_data())]:
        with pytest.raises(ForbiddenError):
            town.home.ask(name, "member", **data)


def test_a_quality_supervisor_reads_and_reviews_the_papers_of_its_community_and_runs_nothing(town):
    for name, data in town.reads[:3]:
        assert town.home.ask(name, "quality_supervisor", **data)
    for name, data in (*town.writes[:2], *town.writes[3:], ("register_supplier", supplier_data())):
        with pytest.raises(ForbiddenError):
            town.home.ask(name, "quality_supervisor", **data)
    review, data = town.writes[2]
    with pytest.raises(NotFoundError):
        town.other.ask(review, "quality_supervisor", **data)
    assert town.home.ask(review, "quality_supervisor", **data)["state"] == "approved"


def test_the_quality_supervisor_of_the_node_reads_and_reviews_everywhere(town):
    review, data = town.writes[2]
    assert town.market.call(review, request(data, role="quality_supervisor"))["reviewed_by"] == "tok_quality_supervisor"
    for name, data in town.reads[:3]:
        assert town.market.call(name, request(data, role="quality_supervisor"))


def test_a_partner_proposes_matches_but_does_not_run_suppliers(town):
    for name, data in [*town.writes[:-1], ("register_supplier", supplier_data())]:
        with pytest.raises(ForbiddenError):
            town.home.ask(name, "partner", **data)


def test_a_supplier_neither_reviews_itself_nor_proposes_itself_nor_decides_who_sees_it(town):
    ids = {"supplier_id": town.private["supplier_id"]}
    for name, data in (town.writes[2], town.writes[-1], ("register_supplier", supplier_data())):
        with pytest.raises(ForbiddenError):
            town.market.call(name, request(data, role="supplier", **ids))
    with pytest.raises(SharingNotYoursError):
        town.market.call("change_supplier", request({**ids, "sharing": {"mode": "all"}}, role="supplier", **ids))
    renamed = town.market.call("change_supplier", request({**ids, "name": "新名"}, role="supplier", **ids))
    assert (renamed["name"], renamed["contact"]) == ("新名", "138 0000 0000")


def test_a_community_that_sees_a_shared_supplier_books_it_but_does_not_run_it(town):
    studio, made = town.studio["supplier_id"], town.offer["offer_id"]
    writes = [
        ("change_supplier", {"supplier_id": studio, "name": "x"}),
        ("submit_qualification", {"supplier_id": studio, **PAPER}),
        ("publish_offer", offer_data(studio)),
        ("withdraw_offer", {"offer_id": made}),
        ("add_slot", {"offer_id": made, **slot_data()}),
        ("withdraw_match", {"match_id": town.match["match_id"], "reason": "x"}),
    ]
    for name, data in writes:
        with pytest.raises(NotYoursError):
            town.other.ask(name, **data)
    paper = town.home.ask("submit_qualification", supplier_id=studio, **PAPER)
    with pytest.raises(NotYoursError):
        town.other.ask("review_qualification", qualification_id=paper["qualification_id"], **REVIEW)


def test_the_contact_and_the_other_communities_are_for_those_whose_supplier_it_is(town):
    third = town.market.community()
    both = {"mode": "named", "community_ids": [str(town.other.community_id), str(third.community_id)]}
    town.home.ask("change_supplier", supplier_id=town.studio["supplier_id"], sharing=both)
    own = town.home.ask("get_supplier", supplier_id=town.studio["supplier_id"])
    assert own["contact"] == "138 0000 0000"
    assert sorted(own["sharing"]["community_ids"]) == sorted(both["community_ids"])
    seen = third.ask("get_supplier", supplier_id=town.studio["supplier_id"])
    assert seen["contact"] is None
    assert seen["sharing"] == {"mode": "named", "community_ids": [str(third.community_id)]}


def test_who_reviewed_a_paper_is_told_to_the_community_of_the_reviewer_only(town):
    studio = town.studio["supplier_id"]
    paper = town.home.ask("submit_qualification", supplier_id=studio, **PAPER)
    town.home.ask("review_qualification", qualification_id=paper["qualification_id"], **REVIEW)
    (own,) = town.home.ask("list_qualifications", supplier_id=studio)["items"]
    (foreign,) = town.other.ask("list_qualifications", supplier_id=studio)["items"]
    assert (own["reviewed_by"], foreign["reviewed_by"]) == ("tok_organiser", None)
    assert foreign["number"] == "****5678"


def test_counts_of_other_communities_below_k_are_hidden_with_everything_that_tells_them(market):
    home, other = market.community(), market.community()
    studio = home.supplier({"mode": "all", "community_ids": []})
    home.offer(studio)
    pool = market.pool((home, 8), (other, 4))
    (seen,) = home.matches(pool)
    assert [share["people"] for share in seen["communities"]] == [8, None]
    assert "12 people" not in str(seen["explanation"])
    assert (seen["people"], seen["people_exact"], seen["parts"]["people"]) == (8, False, 8)
    assert "12 人" not in str(seen["explanation"])
    (exact,) = other.matches(pool)
    assert (exact["people"], exact["people_exact"]) == (12, True)
    operator = market.call("get_match", request({"match_id": seen["match_id"]}))
    assert operator["people"] == 12
    ids = {"supplier_id": studio["supplier_id"]}
    its = market.call("get_match", request({"match_id": seen["match_id"]}, role="supplier", **ids))
    assert [share["people"] for share in its["communities"]] == [8, None]


def test_narrowing_the_sharing_hides_the_supplier_but_not_what_was_agreed(town):
    town.market.hear("campaign_opened", town.market.campaign(town.match))
    town.home.ask("change_supplier", supplier_id=town.studio["supplier_id"], sharing={"mode": "none"})
    with pytest.raises(SupplierNotFoundError):
        town.other.ask("get_supplier", supplier_id=town.studio["supplier_id"])
    assert town.other.ask("get_match", match_id=town.match["match_id"])["state"] == "proposed"


def test_a_supplier_is_registered_for_the_own_community_or_by_the_node_operator(market):
    home, other = market.community(), market.community()
    with pytest.raises(NotFoundError):
        home.ask("register_supplier", **supplier_data(community_id=str(other.community_id)))
    made = market.call("register_supplier", request(supplier_data(community_id=str(other.community_id))))
    assert made["community_id"] == str(other.community_id)


def test_the_two_forms_of_visibility_say_the_same(market):
    """The rule exists once for objects and once for SQL; here they meet for every kind of caller and sharing."""
    owner, friend, stranger = new_id(), new_id(), new_id()
    made = [supplier(community_id=owner, sharing=sharing) for sharing in (supplier().sharing, named(friend), ALL)]
    proposed = []
    with market.new_uow() as uow:
        for one in made:
            uow.suppliers.add(one)
            sold = offer(one.supplier_id)
            seats = slot(sold.offer_id)
            uow.offers.add(sold)
            uow.slots.add(seats)
            proposed.append(
                match(
                    supplier_id=one.supplier_id,
                    offer=sold.snapshot,
                    slot_id=seats.slot_id,
                    communities=(Share(owner, 5), Share(friend, 5)),
                )
            )
            uow.matches.add(proposed[-1])
        communities = (owner, friend, stranger, None)
        suppliers = (*(one.supplier_id for one in made), new_id(), None)
        callers = [
            Caller("tok", role, community_id=community, supplier_id=supplier_id)
            for role, community, supplier_id in product(Role, communities, suppliers)
        ]
        for who in callers:
            found = uow.connection.execute(
                select(tables.suppliers).where(supplier_is_visible_to(who, market.clock.now()))
            )
            visible = {row.supplier_id for row in found} & {one.supplier_id for one in made}
            assert visible == {one.supplier_id for one in made if one.is_visible_to(who)}, who
            found = uow.connection.execute(select(tables.matches).where(match_is_visible_to(who)))
            visible = {rows.match_of(row).match_id for row in found} & {one.match_id for one in proposed}
            assert visible == {one.match_id for one in proposed if one.is_visible_to(who)}, who
