"""Permissions on a real PostgreSQL: given, shared on, ended by either side; what starts then, and what goes on."""

from datetime import timedelta
from itertools import product
from random import Random

import pytest
from sqlalchemy import select

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.supplier.domain.errors import (
    FieldsNotYoursError,
    GrantEndedError,
    GrantNotFoundError,
    GrantTooWideError,
    MayNotShareError,
    NotYoursError,
    OfferNotFoundError,
    PricesDifferError,
    ReceiverLeftError,
    SupplierNotFoundError,
)
from services.supplier.domain.model import Sharing
from services.supplier.domain.permissions import SEE_AND_USE, Permission
from services.supplier.storage import tables
from services.supplier.storage.visibility import supplier_is_visible_to
from tests.builders_supplier import ALL, grant, named, offer_data, slot_data, supplier
from tests.fakes.chassis import MONDAY, request

PAPER = {"kind": "insurance", "issuer": "保险公司", "number": "12345678", "expires_at": "2027-05-01T00:00:00Z"}
CNY = "CNY"
PEOPLE = tuple(new_id() for _ in range(5))


def priced(*steps):
    return [{"seats": seats, "price": {"amount": amount, "currency": CNY}} for seats, amount in steps]


@pytest.fixture
def town(market):
    """Three communities; the first has a supplier with an offer that nobody else knows of."""
    market.home, market.near, market.far = (market.community() for _ in range(3))
    market.studio = market.home.supplier()
    market.made = market.home.offer(market.studio)
    return market


def give(town, giver, taker, *permissions, **more):
    to = {"receiver_id": str(taker.community_id)} if taker else {"to_all": True}
    data = {"supplier_id": town.studio["supplier_id"], "permissions": list(permissions), "reason": "邻居推荐", **more}
    return giver.ask("grant_permissions", **{**to, **data})


def end(party, given, **more):
    return party.ask("end_grant", grant_id=given["grant_id"], **more)


def seen(town, party):
    return party.ask("get_supplier", supplier_id=town.studio["supplier_id"])


def book(town, party, seats=12):
    slot_id = town.made["slots"][0]["slot_id"]
    return party.ask("propose_match", offer_id=town.made["offer_id"], slot_id=slot_id, seats=seats)


def test_a_grant_is_seen_used_shared_on_and_ends_with_all_that_hangs_on_it(town):
    with pytest.raises(SupplierNotFoundError):
        seen(town, town.near)
    first = give(town, town.home, town.near, "see", "use", "share_on")
    assert seen(town, town.near)["permissions"] == ["see", "share_on", "use"]
    second = give(town, town.near, town.far, "see", "use")
    assert seen(town, town.far)["permissions"] == ["see", "use"]
    pool = town.pool((town.near, 6), (town.far, 7))
    (match,) = town.far.matches(pool)
    assert len(match["communities"]) == 2
    end(town.home, first, reason="不再共享")
    for party in (town.near, town.far):
        with pytest.raises(SupplierNotFoundError):
            seen(town, party)
        with pytest.raises(NotFoundError):
            book(town, party)
    assert town.far.ask("get_match", match_id=match["match_id"])["state"] == "expired"
    (expired,) = [one for one in town.events_of(match["match_id"]) if one.name == "match_expired.v1"]
    assert expired.data["reason"] == "sharing_ended"
    assert town.slot(town.made)["free"] == 30
    ends = [(one["grant_id"], one["ended_by"]) for one in grants_of(town, town.home)]
    assert sorted(ends) == sorted([(first["grant_id"], "granter"), (second["grant_id"], "chain")])


def grants_of(town, party, role="organiser"):
    return party.ask("list_supplier_grants", role, supplier_id=town.studio["supplier_id"])["items"]


def test_what_runs_is_completed_when_the_sharing_ends_half_way(town):
    given = give(town, town.home, town.near, "see", "use")
    match = book(town, town.near)
    campaign = town.campaign(match)
    town.hear("campaign_opened", campaign)
    end(town.near, given)
    assert town.near.ask("get_match", match_id=match["match_id"])["state"] == "proposed"
    town.hear("campaign_confirmed", {**campaign, "seats": 11})
    assert town.near.ask("get_match", match_id=match["match_id"])["state"] == "confirmed"
    assert town.slot(town.made)["confirmed"] == 11
    with pytest.raises(NotFoundError):
        book(town, town.near)
    assert town.near.matches(town.pool((town.near, 12))) == []


def test_an_end_in_time_works_from_that_moment_and_the_timer_draws_the_consequences(town):
    ends_at = format_time(MONDAY + timedelta(hours=5))
    give(town, town.home, town.near, "see", "use", "share_on", ends_at=ends_at)
    give(town, town.near, town.far, "see", "use")
    match = book(town, town.far)
    town.clock.pass_(hours=5)
    for party in (town.near, town.far):
        with pytest.raises(SupplierNotFoundError):
            seen(town, party)
    assert "expire_grant" in town.fire_due_timers()
    assert town.far.ask("get_match", match_id=match["match_id"])["state"] == "expired"
    assert sorted(one["ended_by"] for one in grants_of(town, town.home)) == ["chain", "time"]
    told = [one.data["sharing"] for one in town.events_of(town.studio["supplier_id"]) if "sharing" in one.data]
    assert told[-1] == {"mode": "none", "community_ids": []}


def test_the_matches_that_stay_keep_the_timers_that_give_their_seats_back(town):
    give(town, town.home, town.far, "see", "use")
    mine, theirs = book(town, town.home, 10), book(town, town.far, 10)
    town.near.supplier()
    end(town.far, give(town, town.home, town.far, "see"))
    assert town.home.ask("get_match", match_id=mine["match_id"])["state"] == "proposed"
    assert town.far.ask("get_match", match_id=theirs["match_id"])["state"] == "expired"
    town.clock.pass_(hours=72)
    assert "expire_match" in town.fire_due_timers()
    assert town.slot(town.made)["free"] == 30


def test_the_supplier_and_the_owner_and_the_node_end_what_others_have_given(town):
    studio = {"supplier_id": town.studio["supplier_id"]}
    give(town, town.home, town.near, "see", "share_on")
    for by, ask in {
        "supplier": lambda data: town.call("end_grant", request(data, role="supplier", **studio)),
        "owner": lambda data: town.home.ask("end_grant", **data),
        "node": lambda data: town.call("end_grant", request(data)),
        "granter": lambda data: town.near.ask("end_grant", **data),
        "receiver": lambda data: town.far.ask("end_grant", **data),
    }.items():
        given = give(town, town.near, town.far, "see")
        assert ask({"grant_id": given["grant_id"], "reason": "到此为止"})["ended_by"] == by
        with pytest.raises(GrantEndedError):
            end(town.home, given)


def test_who_leaves_is_reached_by_nothing_but_a_new_grant_of_the_owner(town):
    town.home.ask("change_supplier", supplier_id=town.studio["supplier_id"], sharing={"mode": "all"})
    give(town, town.home, town.far, "see", "share_on")
    match = book(town, town.near)
    left = town.near.ask("leave_supplier", supplier_id=town.studio["supplier_id"])
    assert left["community_id"] == str(town.near.community_id)
    with pytest.raises(SupplierNotFoundError):
        seen(town, town.near)
    assert town.near.ask("get_match", match_id=match["match_id"])["state"] == "expired"
    with pytest.raises(ReceiverLeftError):
        give(town, town.far, town.near, "see")
    give(town, town.home, town.near, "see")
    assert seen(town, town.near)["permissions"] == ["see", "use"]
    # The supplier itself puts a community out, of whatever it has.
    ids = {"supplier_id": town.studio["supplier_id"]}
    data = {**ids, "community_id": str(town.far.community_id), "reason": "路太远"}
    assert town.call("leave_supplier", request(data, role="supplier", **ids))["ended_grants"] == 1
    with pytest.raises(SupplierNotFoundError):
        seen(town, town.far)


def test_an_editor_edits_what_is_offered_and_not_who_earns_what(town):
    give(town, town.home, town.near, "see", "edit")
    ids = {"supplier_id": town.studio["supplier_id"]}
    assert town.near.ask("change_supplier", **ids, name="新名字")["name"] == "新名字"
    for field in ({"contact": "x"}, {"sharing": {"mode": "all"}}):
        with pytest.raises(FieldsNotYoursError):
            town.near.ask("change_supplier", **ids, **field)
    made = town.near.offer(town.studio)
    town.near.ask("add_slot", offer_id=made["offer_id"], **slot_data())
    revised = town.near.ask("revise_offer", if_match="2", offer_id=made["offer_id"], title="新陶艺课")
    assert revised["title"] == "新陶艺课"
    money = {"tiers": priced((1, "1.00")), "acceptance_hours": 1, "shares": {"supplier_bp": 9000, "organiser_bp": 1000}}
    for name, value in money.items():
        with pytest.raises(FieldsNotYoursError):
            town.near.ask("revise_offer", if_match="3", offer_id=made["offer_id"], **{name: value})
    with pytest.raises(FieldsNotYoursError):
        town.near.offer(town.studio, acceptance_hours=1)
    for name, data in {
        "submit_qualification": {**ids, **PAPER},
        "withdraw_match": {"match_id": book(town, town.home)["match_id"], "reason": "x"},
        "grant_permissions": {**ids, "to_all": True, "permissions": ["see"], "reason": "x"},
    }.items():
        with pytest.raises((ForbiddenError, NotFoundError)):
            town.near.ask(name, **data)
    assert town.near.ask("withdraw_offer", offer_id=made["offer_id"])["state"] == "withdrawn"


def test_every_write_needs_its_permission(town):
    """Each write of an offer or a card, tried with each set of permissions that does not hold the one it needs."""
    made, ids = town.made["offer_id"], {"supplier_id": town.studio["supplier_id"]}
    slot_id = town.made["slots"][0]["slot_id"]
    writes = {
        "edit": [
            ("change_supplier", {**ids, "name": "x"}, None),
            ("publish_offer", offer_data(town.studio["supplier_id"], category=town.category), None),
            ("add_slot", {"offer_id": made, **slot_data()}, None),
            ("revise_offer", {"offer_id": made, "title": "x"}, "2"),
            ("withdraw_offer", {"offer_id": made}, None),
        ],
        "use": [("propose_match", {"offer_id": made, "slot_id": slot_id, "seats": 12}, None)],
        "share_on": [
            ("grant_permissions", {**ids, "to_all": True, "permissions": ["see"], "reason": "x"}, None),
        ],
    }
    for needed in ("use", "share_on", "edit"):
        calls = writes[needed]
        others = [one for one in ("use", "edit", "share_on") if one != needed]
        for chosen in (["see"], ["see", *others]):
            give(town, town.home, town.near, *chosen)
            for name, data, if_match in calls:
                with pytest.raises((NotYoursError, OfferNotFoundError, MayNotShareError)):
                    town.near.ask(name, if_match=if_match, **data)
        give(town, town.home, town.near, "see", needed)
        for name, data, if_match in calls:
            assert town.near.ask(name, if_match=if_match, **data)


def test_nobody_gives_more_than_it_may_pass_on(town):
    give(town, town.home, town.near, "see", "share_on", contact="when_confirmed")
    for more in ({"permissions": ["see", "edit"]}, {"contact": "always"}):
        with pytest.raises(GrantTooWideError):
            town.near.ask(
                "grant_permissions",
                **{
                    "supplier_id": town.studio["supplier_id"],
                    "receiver_id": str(town.far.community_id),
                    "permissions": ["see"],
                    "reason": "x",
                    **more,
                },
            )
    with pytest.raises(GrantTooWideError):
        give(town, town.near, town.far, "see", "use", prices={"adjustment_bp": 100})


def test_grants_are_shown_to_those_who_have_a_part_in_them(town):
    first = give(town, town.home, town.near, "see", "share_on")
    second = give(town, town.near, town.far, "see")
    ids = lambda items: [one["grant_id"] for one in items]  # noqa: E731
    assert ids(grants_of(town, town.home, "member")) == [first["grant_id"], second["grant_id"]]
    assert ids(grants_of(town, town.far)) == [second["grant_id"]]
    assert ids(town.near.ask("list_grants", direction="given")["items"]) == [second["grant_id"]]
    assert ids(town.near.ask("list_grants", direction="received")["items"]) == [first["grant_id"]]
    stranger = town.community()
    assert stranger.ask("list_grants")["items"] == []
    with pytest.raises(SupplierNotFoundError):
        grants_of(town, stranger)
    with pytest.raises(GrantNotFoundError):
        end(stranger, first)
    with pytest.raises(GrantNotFoundError):
        end(town.far, first)
    other = stranger.supplier()
    with pytest.raises(GrantNotFoundError):
        town.call(
            "end_grant", request({"grant_id": first["grant_id"]}, role="supplier", supplier_id=other["supplier_id"])
        )
    for role in ("member", "partner"):
        with pytest.raises(ForbiddenError):
            town.near.ask("end_grant", role, grant_id=first["grant_id"])


def test_the_contact_is_told_to_who_needs_it_when_it_is_needed(town):
    give(town, town.home, town.near, "see", "use", contact="when_confirmed")
    give(town, town.home, town.far, "see", contact="always")
    assert (seen(town, town.near)["contact"], seen(town, town.far)["contact"]) == (None, "138 0000 0000")
    assert town.far.ask("get_supplier", "member", supplier_id=town.studio["supplier_id"])["contact"] is None
    match = book(town, town.near)
    town.hear("campaign_confirmed", {**town.campaign(match), "seats": 12})
    assert seen(town, town.near)["contact"] == "138 0000 0000"
    town.clock.pass_(hours=24 * 60)
    assert seen(town, town.near)["contact"] is None


def test_a_community_sees_its_own_prices_and_is_matched_at_them(town):
    give(town, town.home, town.near, "see", "use", prices={"adjustment_bp": 1000})
    own = town.near.ask("get_offer", offer_id=town.made["offer_id"])
    assert (own["own_prices"], own["tiers"][0]["price"]["amount"]) == (True, "140.80")
    assert town.home.ask("get_offer", offer_id=town.made["offer_id"])["tiers"][0]["price"]["amount"] == "128.00"
    listed = town.near.ask("list_offers", supplier_id=town.studio["supplier_id"])["items"]
    assert listed[0]["tiers"] == own["tiers"]
    versions = town.near.ask("list_offer_versions", offer_id=town.made["offer_id"])["items"]
    assert versions[0]["tiers"] == own["tiers"]
    assert book(town, town.near)["offer"]["tiers"] == own["tiers"]
    (alone,) = town.near.matches(town.pool((town.near, 12), ceiling=None))
    assert alone["offer"]["tiers"] == own["tiers"]


def test_a_joint_pool_is_served_at_one_table(town):
    give(town, town.home, town.far, "see", "use")
    give(town, town.home, town.near, "see", "use", prices={"adjustment_bp": 1000})
    (joint,) = town.home.matches(town.pool((town.home, 6), (town.far, 6), (town.near, 11), ceiling=None))
    assert {one["community_id"] for one in joint["communities"]} == {
        str(town.home.community_id),
        str(town.far.community_id),
    }
    assert joint["offer"]["tiers"][0]["price"]["amount"] == "128.00"
    both = {"community_ids": [str(town.home.community_id), str(town.near.community_id)]}
    wanted = {"offer_id": town.made["offer_id"], "slot_id": town.made["slots"][0]["slot_id"], "seats": 10}
    with pytest.raises(PricesDifferError):
        town.call("propose_match", request({**wanted, **both}))


def test_a_table_that_does_not_fit_the_offer_any_more_is_not_a_price(town):
    table = {"offer_id": town.made["offer_id"], "tiers": priced((10, "99.00"))}
    give(town, town.home, town.near, "see", "use", prices={"tables": [table]})
    assert town.near.ask("get_offer", offer_id=town.made["offer_id"])["tiers"] == table["tiers"]
    town.home.ask(
        "revise_offer", if_match="1", offer_id=town.made["offer_id"], min_group=8, tiers=priced((8, "130.00"))
    )
    with pytest.raises(OfferNotFoundError):
        town.near.ask("get_offer", offer_id=town.made["offer_id"])
    assert town.near.ask("list_offers", supplier_id=town.studio["supplier_id"])["items"] == []
    assert town.near.matches(town.pool((town.near, 12), ceiling=None)) == []


def a_tangle(draw, supplier_id):
    """Grants between five communities at random, some of them over in an hour, of each pair one as in life."""
    ways = [(giver, taker) for giver, taker in product(PEOPLE, (*PEOPLE, None)) if giver != taker]
    for giver, taker in ways:
        if draw.random() < (0.35 if taker else 0.05):
            what = {Permission.SEE, *draw.sample(list(Permission), draw.randint(0, 3))}
            what = what & SEE_AND_USE if taker is None else what
            ends_at = MONDAY + timedelta(hours=1) if draw.random() < 0.3 else None
            yield grant(giver, taker, *what, supplier_id=supplier_id, ends_at=ends_at)


def test_the_permissions_say_the_same_in_sql_and_in_the_domain(market):
    """The rule exists once for objects and once for SQL; here they meet on random grants, for every kind of reader."""
    draw, made = Random(5071), []
    with market.new_uow() as uow:
        for number in range(120):
            left = frozenset(one for one in PEOPLE[1:] if draw.random() < 0.15)
            sharing = ALL if number % 20 == 0 else named(PEOPLE[4]) if number % 5 == 0 else Sharing()
            one = supplier(community_id=PEOPLE[0], left=left, sharing=sharing)
            uow.suppliers.add(one)
            made.append(one.supplier_id)
            for given in a_tangle(draw, one.supplier_id):
                uow.permissions.add(given)
        for now in (MONDAY, MONDAY + timedelta(hours=2)):
            market.clock.time = now
            found, seen_by = uow.suppliers.many(made), []
            for reader in (*PEOPLE, new_id(), None):
                who = Caller("tok", Role.ORGANISER, community_id=reader)
                rows = uow.connection.execute(select(tables.suppliers).where(supplier_is_visible_to(who, now)))
                visible = {row.supplier_id for row in rows} & set(made)
                assert visible == {id_ for id_ in made if found[id_].is_visible_to(who)}
                seen_by.append(len(visible))
            assert all(0 < count < len(made) for count in seen_by[1:5]), "the tangles tell the two forms apart"
        for id_ in made[:10]:
            assert all(uow.permissions.effective(id_, one) == found[id_].access_of(one).permissions for one in PEOPLE)
        uow.rollback()
