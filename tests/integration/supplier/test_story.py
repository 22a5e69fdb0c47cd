"""The main story of the service on a real database: share, offer, match, hold, confirm, release."""

import pytest

from services.chassis.answers import KeyReusedError
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.errors import (
    CommunityUnknownError,
    NotQualifiedError,
    OfferWithdrawnError,
    QualificationDecidedError,
    SlotFullError,
    StaleVersionError,
)
from tests.builders_supplier import offer_data, pool_data, slot_data, span, supplier_data
from tests.fakes.chassis import request
from tests.integration.supplier.conftest import with_policy


def seats(market, made):
    slot = market.slot(made)
    assert slot["free"] == slot["capacity"] - slot["held"] - slot["confirmed"]
    return slot["held"], slot["confirmed"]


def test_a_ready_pool_is_matched_and_the_seats_are_held_and_sold(booked):
    market, match = booked.market, booked.match
    assert (match["state"], match["people"], match["seats"], match["rank"]) == ("proposed", 18, 30, 1)
    assert match["parts"]["price"] == {"amount": "128.00", "currency": "CNY"}
    assert seats(market, booked.offer) == (30, 0)
    (proposed,) = market.events_of(match["match_id"])
    assert proposed.data["communities"] == [
        {"community_id": str(booked.home.community_id), "people": 10},
        {"community_id": str(booked.other.community_id), "people": 8},
    ]
    campaign = market.campaign(match)
    market.hear("campaign_opened", campaign)
    market.clock.pass_(days=4)
    market.fire_due_timers()
    assert seats(market, booked.offer) == (30, 0), "the hold lasts as long as the campaign"
    market.hear("campaign_confirmed", {**campaign, "seats": 25})
    assert seats(market, booked.offer) == (0, 25)
    assert booked.home.ask("get_match", match_id=match["match_id"])["state"] == "confirmed"
    confirmed, released = market.events_of(match["match_id"])[1:]
    assert (confirmed.name, confirmed.data["seats"]) == ("slot_confirmed.v1", 25)
    assert (released.name, released.data["seats"]) == ("slot_released.v1", 5)


def test_a_hold_that_nobody_uses_expires_and_its_seats_are_free(booked):
    market = booked.market
    market.clock.pass_(hours=73)
    assert "expire_match" in market.fire_due_timers()
    assert seats(market, booked.offer) == (0, 0)
    assert booked.home.matches(booked.pool)[0]["state"] == "expired"
    expired = market.events_of(booked.match["match_id"])[1]
    assert (expired.name, expired.data["reason"]) == ("match_expired.v1", "hold_expired")
    market.fire_due_timers()
    assert len(booked.home.matches(booked.pool)) == 1, "the same offer is not proposed again by itself"


def test_a_failed_campaign_frees_its_seats_once(booked):
    market, campaign = booked.market, booked.market.campaign(booked.match)
    market.hear("campaign_opened", campaign)
    event_id = str(new_id())
    assert market.hear("campaign_failed", campaign, event_id=event_id)
    assert not market.hear("campaign_failed", campaign, event_id=event_id)
    market.hear("campaign_cancelled", campaign)
    assert seats(market, booked.offer) == (0, 0)
    assert market.names_of(booked.match["match_id"]) == ["match_proposed.v1", "slot_released.v1"]


def test_a_confirmation_that_overtakes_the_opening_is_taken_at_its_word(booked):
    market, campaign = booked.market, booked.market.campaign(booked.match)
    market.hear("campaign_confirmed", {**campaign, "seats": 30})
    market.hear("campaign_opened", campaign)
    assert seats(market, booked.offer) == (0, 30)
    market.clock.pass_(hours=73)
    market.fire_due_timers()
    assert seats(market, booked.offer) == (0, 30)


def test_the_cancellation_of_the_draft_of_an_expired_match_changes_nothing(booked):
    market, campaign = booked.market, booked.market.campaign(booked.match)
    market.clock.pass_(hours=73)
    market.fire_due_timers()
    market.hear("campaign_cancelled", campaign)
    market.hear("campaign_opened", campaign)
    assert seats(market, booked.offer) == (0, 0)
    assert booked.home.matches(booked.pool)[0]["state"] == "expired"


def test_a_campaign_opened_just_before_the_hold_expired_takes_its_seats_back(booked):
    market, campaign = booked.market, booked.market.campaign(booked.match)
    market.clock.pass_(hours=73)
    market.fire_due_timers()
    market.hear("campaign_opened", campaign)
    assert seats(market, booked.offer) == (30, 0)
    market.hear("campaign_confirmed", {**campaign, "seats": 12})
    assert seats(market, booked.offer) == (0, 12)


def test_a_late_campaign_never_takes_seats_that_others_have(booked):
    market, campaign = booked.market, booked.market.campaign(booked.match)
    market.clock.pass_(hours=73)
    market.fire_due_timers()
    slot_id = booked.offer["slots"][0]["slot_id"]
    booked.home.ask("propose_match", offer_id=booked.offer["offer_id"], slot_id=slot_id, seats=30)
    with pytest.raises(SlotFullError):
        market.hear("campaign_opened", campaign)
    with pytest.raises(SlotFullError):
        market.hear("campaign_confirmed", {**campaign, "seats": 10})
    assert seats(market, booked.offer) == (30, 0)


def test_a_dissolved_pool_frees_what_is_held_for_it(booked):
    market = booked.market
    gone = {"pool_id": str(booked.pool.pool_id), "category": market.category, "reason": "empty"}
    market.hear("pool_dissolved", gone, version=4)
    assert seats(market, booked.offer) == (0, 0)
    assert market.events_of(booked.match["match_id"])[1].data["reason"] == "pool_dissolved"
    market.hear("pool_ready", pool_data(booked.pool), version=3)
    assert len(booked.home.matches(booked.pool)) == 1, "older news of a dissolved pool is ignored"


def test_a_pool_that_is_dissolved_before_it_is_known_stays_dissolved(market):
    home = market.community()
    made = home.offer(home.supplier())
    pool_id = new_id()
    market.hear("pool_dissolved", {"pool_id": str(pool_id), "category": market.category, "reason": "empty"}, version=4)
    pool = market.pool((home, 12), pool_id=pool_id)
    assert home.matches(pool) == []
    assert seats(market, made) == (0, 0)


def test_a_withdrawn_offer_expires_its_proposals_but_not_its_campaigns(market):
    home = market.community()
    studio = home.supplier()
    made = home.offer(studio, slots=[slot_data(capacity=60)])
    first, second = market.pool((home, 12)), market.pool((home, 13))
    (kept,), (lost,) = home.matches(first), home.matches(second)
    market.hear("campaign_opened", market.campaign(kept))
    other = home.offer(studio, tiers=[{"seats": 1, "price": {"amount": "129.00", "currency": "CNY"}}])
    withdrawn = home.ask("withdraw_offer", offer_id=made["offer_id"])
    assert (withdrawn["state"], withdrawn["slots"][0]["held"]) == ("withdrawn", 30)
    assert market.events_of(lost["match_id"])[1].data["reason"] == "offer_withdrawn"
    market.fire_due_timers()
    again = home.matches(second)[1]
    assert again["offer"]["offer_id"] == other["offer_id"], "who lost an offer is proposed the next best"
    with pytest.raises(OfferWithdrawnError) as refused:
        home.ask("withdraw_offer", offer_id=made["offer_id"])
    assert refused.value.detail["state"] == "withdrawn"
    assert home.ask("list_offers", category=market.category)["items"] == [
        home.ask("get_offer", offer_id=other["offer_id"])
    ]


def test_the_best_offers_up_to_the_policy_are_proposed_in_order(market):
    home = market.community()
    prices = ["125.00", "99.00", "119.00", "109.00"]
    for price in prices:
        home.offer(home.supplier(), tiers=[{"seats": 10, "price": {"amount": price, "currency": "CNY"}}])
    pool = market.pool((home, 15))
    found = home.matches(pool)
    assert [one["parts"]["price"]["amount"] for one in found] == ["99.00", "109.00", "119.00"]
    assert [one["rank"] for one in found] == [1, 2, 3]


def test_an_unmatched_pool_says_why_and_is_matched_when_an_offer_comes(market):
    home, other = market.community(), market.community()
    market.pool((home, 12))
    pool = market.pool((home, 12), (other, 3))
    (unmatched,) = market.events_of(pool.pool_id)
    assert unmatched.data["reasons"] == {"no_offer": 1}
    studio = other.supplier()
    other.offer(studio, min_group=2, tiers=[{"seats": 2, "price": {"amount": "200.00", "currency": "CNY"}}])
    market.fire_due_timers()
    assert market.events_of(pool.pool_id)[-1].data["reasons"] == {"too_expensive": 1}
    other.offer(studio, min_group=3, tiers=[{"seats": 3, "price": {"amount": "100.00", "currency": "CNY"}}])
    market.fire_due_timers()
    (match,) = other.matches(pool)
    assert [share["people"] for share in match["communities"]] == [3], "only those who see the supplier are served"
    assert home.matches(pool) == []


def test_an_unmatched_pool_is_matched_when_a_slot_is_added(market):
    home = market.community()
    made = home.offer(home.supplier(), slots=[slot_data(span(day=1))])
    pool = market.pool((home, 12))
    assert market.events_of(pool.pool_id)[0].data["reasons"] == {"no_slot": 1}
    added = home.ask("add_slot", offer_id=made["offer_id"], **slot_data(capacity=12))
    assert (added["capacity"], added["free"]) == (12, 12)
    market.fire_due_timers()
    (match,) = home.matches(pool)
    assert (match["slot"]["slot_id"], match["seats"]) == (added["slot_id"], 12)
    assert home.ask("get_offer", offer_id=made["offer_id"])["version"] == 2


def test_an_unmatched_pool_is_matched_when_the_sharing_widens(market):
    home, other = market.community(), market.community()
    studio = home.supplier()
    home.offer(studio)
    pool = market.pool((other, 12))
    assert market.events_of(pool.pool_id)[0].data["reasons"] == {"not_shared": 1}
    home.ask("change_supplier", supplier_id=studio["supplier_id"], sharing={"mode": "all"})
    market.fire_due_timers()
    assert len(other.matches(pool)) == 1
    assert market.names_of(pool.pool_id) == ["pool_unmatched.v1"]


def test_an_unmatched_pool_is_matched_when_a_required_paper_is_approved(market):
    home = market.community()
    studio = home.supplier()
    home.offer(studio, required_qualifications=["insurance"])
    pool = market.pool((home, 12))
    assert market.events_of(pool.pool_id)[0].data["reasons"] == {"not_qualified": 1}
    paper = submit(home, studio, market, kind="insurance")
    review(home, paper, "approved")
    market.fire_due_timers()
    assert len(home.matches(pool)) == 1


def test_a_pool_without_seats_is_matched_when_another_lets_them_go(market):
    home = market.community()
    home.offer(home.supplier())
    first, second = market.pool((home, 12)), market.pool((home, 12))
    assert market.events_of(second.pool_id)[0].data["reasons"] == {"no_slot": 1}
    market.hear("campaign_cancelled", market.campaign(home.matches(first)[0]))
    market.fire_due_timers()
    assert len(home.matches(second)) == 1
    assert len(home.matches(first)) == 1


def test_the_newest_score_decides_between_equal_offers(market):
    home = market.community()
    worse, better = home.supplier(), home.supplier()
    for studio in (worse, better):
        home.offer(studio)
    score = {"supplier_id": better["supplier_id"], "score": 4.8, "reviews": 9, "low": 4.5, "high": 5.0}
    market.hear("score_changed", score, version=2)
    market.hear("score_changed", {**score, "score": 1.0, "low": 0.5}, version=1)
    first, _ = home.matches(market.pool((home, 12)))
    assert (first["supplier_id"], first["parts"]["score"]) == (better["supplier_id"], 4.8)
    shown = home.ask("get_supplier", supplier_id=better["supplier_id"])["score"]
    assert shown == {"score": 4.8, "reviews": 9, "low": 4.5, "high": 5.0}


def test_the_offer_in_a_match_stays_as_it_was(booked):
    booked.home.ask("add_slot", offer_id=booked.offer["offer_id"], **slot_data())
    booked.home.ask("withdraw_offer", offer_id=booked.offer["offer_id"])
    (match,) = booked.home.matches(booked.pool)
    assert match["offer"] == booked.match["offer"]


def test_a_direct_match_holds_seats_for_the_community_that_asks(market):
    home = market.community()
    made = home.offer(home.supplier())
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"]}
    match = home.ask("propose_match", "partner", seats=20, **wanted)
    assert (match["pool_id"], match["people"], match["seats"]) == (None, 20, 20)
    assert match["parts"]["price"]["amount"] == "118.00"
    with pytest.raises(SlotFullError) as refused:
        home.ask("propose_match", seats=11, **wanted)
    assert (refused.value.detail["free"], refused.value.detail["state"]) == (10, "full")
    for wrong in (9, 31):
        with pytest.raises(InvalidError, match="seats"):
            home.ask("propose_match", seats=wrong, **wanted)


def test_a_direct_match_of_several_communities_is_for_the_node_operator(market):
    home, other = market.community(), market.community()
    made = home.offer(home.supplier({"mode": "all", "community_ids": []}))
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    both = [str(home.community_id), str(other.community_id)]
    with pytest.raises(CommunityUnknownError):
        home.ask("propose_match", community_ids=both, **wanted)
    match = market.call("propose_match", request({**wanted, "community_ids": both}))
    assert [share["people"] for share in match["communities"]] == [0, 0]
    assert home.ask("get_match", match_id=match["match_id"])["people"] == 12


def test_a_direct_match_needs_the_papers_that_the_offer_requires(market):
    home = market.community()
    studio = home.supplier()
    made = home.offer(studio, required_qualifications=["insurance"])
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    with pytest.raises(NotQualifiedError) as refused:
        home.ask("propose_match", **wanted)
    assert refused.value.detail["missing"] == ["insurance"]
    review(home, submit(home, studio, market, kind="insurance"), "approved")
    assert home.ask("propose_match", **wanted)["state"] == "proposed"


def submit(home, studio, market, **changes):
    data = {
        "supplier_id": studio["supplier_id"],
        "kind": "business_licence",
        "issuer": "上海市市场监督管理局",
        "number": "91310000MA1K4X7Q",
        "expires_at": "2027-05-01T00:00:00+08:00",
    }
    asked = request({**data, **changes}, role="supplier", supplier_id=studio["supplier_id"])
    return market.call("submit_qualification", asked)


def review(home, paper, decision):
    data = {"qualification_id": paper["qualification_id"], "decision": decision, "reason": "原件已核对"}
    return home.ask("review_qualification", **data)


def test_a_paper_is_submitted_reviewed_and_runs_out(market):
    home = market.community()
    studio = home.supplier()
    paper = submit(home, studio, market, expires_at="2026-05-20T00:00:00Z")
    assert (paper["state"], paper["number"]) == ("submitted", "****4X7Q")
    approved = review(home, paper, "approved")
    assert (approved["state"], approved["reason"], approved["reviewed_by"]) == (
        "approved",
        "原件已核对",
        "tok_organiser",
    )
    with pytest.raises(QualificationDecidedError) as refused:
        review(home, paper, "rejected")
    assert refused.value.detail["state"] == "approved"
    market.clock.pass_(days=10)
    market.fire_due_timers()
    (shown,) = home.ask("list_qualifications", supplier_id=studio["supplier_id"])["items"]
    assert shown == {**approved, "state": "expired"}
    states = [event.data["state"] for event in market.events_of(paper["qualification_id"])]
    assert states == ["approved", "expired"]


def test_a_rejected_paper_does_not_run_out(market):
    home = market.community()
    paper = submit(home, home.supplier(), market, expires_at="2026-05-20T00:00:00Z")
    assert review(home, paper, "rejected")["state"] == "rejected"
    market.clock.pass_(days=10)
    assert "expire_qualification" not in market.fire_due_timers()


def test_a_repeated_key_gets_the_first_answer_and_has_no_second_effect(market):
    home, key = market.community(), str(new_id())
    first = home.ask("register_supplier", key=key, **supplier_data())
    assert home.ask("register_supplier", key=key, **supplier_data()) == first
    assert home.own_suppliers() == [first["supplier_id"]]
    with pytest.raises(KeyReusedError):
        home.ask("register_supplier", key=key, **supplier_data(name="另一家"))
    made = home.offer(first)
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    match = home.ask("propose_match", key=key, **wanted)
    assert home.ask("propose_match", key=key, **wanted) == match
    assert seats(market, made) == (12, 0)


def test_an_edit_of_an_older_version_is_refused(market):
    home = market.community()
    studio = home.supplier()
    changed = home.ask(
        "change_supplier", if_match="1", supplier_id=studio["supplier_id"], name="新泥巴工坊", contact=None
    )
    assert (changed["version"], changed["name"], changed["contact"]) == (2, "新泥巴工坊", None)
    with pytest.raises(StaleVersionError) as refused:
        home.ask("change_supplier", if_match="1", supplier_id=studio["supplier_id"], name="x")
    assert refused.value.detail["version"] == 2
    same = home.ask("change_supplier", if_match="2", supplier_id=studio["supplier_id"], name="新泥巴工坊")
    assert same["version"] == 2
    told = ["supplier_registered.v1", "supplier_standing_changed.v1", "supplier_changed.v1"]
    assert market.names_of(studio["supplier_id"]) == told


def test_a_supplier_cannot_be_shared_with_an_unknown_community(market):
    home, stranger = market.community(), new_id()
    with pytest.raises(CommunityUnknownError) as refused:
        home.supplier({"mode": "named", "community_ids": [str(stranger)]})
    assert refused.value.detail["errors"][0]["field"] == "sharing.community_ids"
    market.hear("community_registered", {"community_id": str(stranger)})
    assert home.supplier({"mode": "named", "community_ids": [str(stranger)]})["sharing"]["mode"] == "named"


def test_pages_of_lists_hold_everything_once(market):
    home = market.community()
    made = [home.supplier()["supplier_id"] for _ in range(5)]
    assert home.own_suppliers(limit=2) == made
    assert len(home.ask("list_suppliers", limit=2)["items"]) == 2
    with pytest.raises(InvalidError, match="cursor"):
        home.ask("list_suppliers", cursor="bm9uc2Vuc2U")


def test_lists_leave_out_the_slots_that_have_begun(market):
    home = market.community()
    made = home.offer(home.supplier(), slots=[slot_data(), slot_data(span(day=1))])
    market.clock.pass_(days=5, hours=1)
    (listed,) = home.ask("list_offers", supplier_id=made["supplier_id"], category=market.category)["items"]
    assert len(listed["slots"]) == 1
    assert len(home.ask("get_offer", offer_id=made["offer_id"])["slots"]) == 2


def test_the_policy_of_the_node_says_how_many_offers_are_held_and_how_long(market):
    with_policy(market, matches_per_pool=1)
    home = market.community()
    for _ in range(2):
        home.offer(home.supplier())
    (match,) = home.matches(market.pool((home, 12)))
    assert match["held_until"] == "2026-05-14T09:00:00Z"


def test_a_newer_state_of_an_unmatched_pool_replaces_the_older(market):
    home = market.community()
    home.offer(home.supplier())
    pool = market.pool((home, 3))
    assert market.events_of(pool.pool_id)[0].data["reasons"] == {"group_too_small": 1}
    grown = {**pool_data(pool), "communities": [{"community_id": str(home.community_id), "people": 14}]}
    market.hear("pool_ready", grown, version=2)
    assert home.matches(pool) == [], "older news is ignored"
    market.hear("pool_ready", grown, version=4)
    assert [match["people"] for match in home.matches(pool)] == [14]
    market.hear("pool_ready", grown, version=5)
    assert len(home.matches(pool)) == 1, "a matched pool is not matched twice"


def test_an_offer_is_published_by_the_supplier_itself(market):
    home = market.community()
    studio = home.supplier()
    data = offer_data(studio["supplier_id"], category=market.category)
    made = market.call("publish_offer", request(data, role="supplier", supplier_id=studio["supplier_id"]))
    assert made["place"] == studio["place"]
    assert made["release"][0] == {"stage": "confirmed", "share_bp": 3000}
    (published,) = market.events_of(made["offer_id"])
    assert published.data["category"] == market.category
