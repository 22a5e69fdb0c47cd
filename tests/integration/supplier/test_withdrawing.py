"""A supplier withdraws on a real database: seats, slots, replacements, and rows of an earlier version."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import text

from services.kernel.ids import new_id
from services.supplier.domain.errors import MatchStateError, SlotClosedError
from tests.builders_supplier import slot_data, span
from tests.fakes.chassis import request

BECAUSE = "陶艺老师生病"
SHARED = {"mode": "all", "community_ids": []}


def seats(market, made):
    slot = market.slot(made)
    return slot["held"], slot["confirmed"], slot["free"], slot["closed"]


def priced(amount):
    return [{"seats": 1, "price": {"amount": amount, "currency": "CNY"}}]


def withdraw(party, match, **options):
    return party.ask("withdraw_match", match_id=match["match_id"], reason=BECAUSE, **options)


@pytest.fixture
def sold(booked):
    """The booked match, its campaign confirmed with 25 seats, and a second supplier with a dearer offer."""
    booked.other_offer = booked.home.offer(booked.home.supplier(SHARED), tiers=priced("129.00"))
    booked.campaign = booked.market.campaign(booked.match)
    booked.market.hear("campaign_opened", booked.campaign)
    booked.market.hear("campaign_confirmed", {**booked.campaign, "seats": 25})
    return booked


def replacement_of(sold):
    (found,) = [one for one in sold.home.matches(sold.pool) if one["replaces_match_id"]]
    return found


def news(campaign, match, **more):
    """What campaign says of a replacement."""
    return {"campaign_id": campaign["campaign_id"], "match_id": match["match_id"], **more}


def rematched(campaign, match, count):
    return news(campaign, match, replaces_match_id=match["replaces_match_id"], seats=count)


def test_a_supplier_withdraws_from_a_confirmed_campaign_and_another_takes_its_place(sold):
    market = sold.market
    ids = {"supplier_id": sold.studio["supplier_id"]}
    data = {"match_id": sold.match["match_id"], "reason": BECAUSE}
    left = market.call("withdraw_match", request(data, role="supplier", **ids))
    assert (left["state"], left["withdrawn_because"]) == ("withdrawn", BECAUSE)
    assert sold.home.ask("get_match", match_id=left["match_id"])["withdrawn_because"] == BECAUSE
    assert seats(market, sold.offer) == (0, 0, 0, True)
    told = market.events_of(left["match_id"])[-1]
    assert (told.name, told.data["campaign_id"]) == ("supplier_withdrew.v1", sold.campaign["campaign_id"])
    found = replacement_of(sold)
    assert (found["offer"]["offer_id"], found["seats"], found["people"]) == (sold.other_offer["offer_id"], 25, 25)
    (proposed,) = market.events_of(found["match_id"])
    assert proposed.data["replaces_match_id"] == left["match_id"]
    assert proposed.data["campaign_id"] == sold.campaign["campaign_id"]
    market.hear("campaign_rematched", rematched(sold.campaign, found, 25))
    assert seats(market, sold.other_offer) == (0, 25, 5, False)
    assert market.names_of(found["match_id"]) == ["match_proposed.v1", "slot_confirmed.v1"]
    market.clock.pass_(hours=73)
    market.fire_due_timers()
    assert seats(market, sold.other_offer) == (0, 25, 5, False)
    market.hear("campaign_cancelled", sold.campaign)
    assert seats(market, sold.other_offer) == (0, 25, 5, False), "news of the match that is gone change nothing"


def test_a_declined_replacement_makes_room_for_the_next_best_until_there_is_none(sold):
    market = sold.market
    third = sold.other.offer(sold.other.supplier(SHARED), tiers=priced("130.00"))
    withdraw(sold.home, sold.match)
    first = replacement_of(sold)
    market.hear("match_declined", news(sold.campaign, first, reason="too_expensive"))
    assert seats(market, sold.other_offer)[:2] == (0, 0)
    assert market.names_of(first["match_id"]) == ["match_proposed.v1", "slot_released.v1"]
    market.fire_due_timers()
    (second,) = [one for one in sold.home.matches(sold.pool) if one["offer"]["offer_id"] == third["offer_id"]]
    assert (second["state"], second["replaces_match_id"]) == ("proposed", sold.match["match_id"])
    market.hear("match_declined", news(sold.campaign, second, reason="too_far"))
    market.fire_due_timers()
    missing = market.events_of(sold.match["match_id"])[-1]
    assert (missing.name, missing.data["reasons"]) == ("replacement_missing.v1", {"no_offer": 1})
    fourth = sold.other.offer(sold.other.supplier(SHARED), tiers=priced("99.00"))
    market.fire_due_timers()
    assert seats(market, fourth)[:2] == (25, 0)
    market.hear("campaign_cancelled", sold.campaign)
    assert seats(market, fourth)[:2] == (0, 0)
    fifth = sold.other.offer(sold.other.supplier(SHARED), tiers=priced("88.00"))
    market.fire_due_timers()
    assert seats(market, fifth)[:2] == (0, 0)


def test_an_opened_campaign_is_offered_a_replacement_that_other_communities_can_see(booked):
    market, home, other = booked.market, booked.home, booked.other
    home.offer(home.supplier(), tiers=priced("1.00"))
    seen = other.offer(other.supplier(SHARED), tiers=priced("120.00"))
    market.hear("campaign_opened", market.campaign(booked.match))
    withdraw(home, booked.match)
    (found,) = [one for one in other.matches(booked.pool) if one["replaces_match_id"]]
    assert (found["offer"]["offer_id"], found["seats"], found["people"]) == (seen["offer_id"], 30, 18)


def test_a_direct_match_is_replaced_near_its_time_and_place(market):
    home = market.community()
    made = home.offer(home.supplier())
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    match = home.ask("propose_match", **wanted)
    campaign = market.campaign(match)
    market.hear("campaign_opened", campaign)
    far = home.offer(home.supplier(), place={"lat": 31.5, "lon": 121.4737})
    late = home.offer(home.supplier(), slots=[slot_data(span(day=2))])
    withdraw(home, match)
    assert market.events_of(match["match_id"])[-1].data["reasons"] == {"no_slot": 1, "out_of_reach": 1}
    near = home.ask("add_slot", offer_id=late["offer_id"], **slot_data(span(day=1)))
    market.fire_due_timers()
    (found,) = [one for one in home.ask("list_matches")["items"] if one["replaces_match_id"] == match["match_id"]]
    assert (found["slot"]["slot_id"], found["seats"], found["pool_id"]) == (near["slot_id"], 12, None)
    assert found["parts"]["distance_km"] is None
    assert seats(market, far)[0] == 0
    with pytest.raises(SlotClosedError):
        home.ask("propose_match", **wanted)


def test_a_waiting_match_expires_and_the_pool_is_offered_another_slot(booked):
    market, home = booked.market, booked.home
    left = withdraw(home, booked.match)
    assert left["state"] == "expired"
    assert market.events_of(left["match_id"])[1].data["reason"] == "withdrawn"
    assert seats(market, booked.offer) == (0, 0, 30, False)
    market.fire_due_timers()
    assert len(home.matches(booked.pool)) == 1
    home.ask("add_slot", offer_id=booked.offer["offer_id"], **slot_data(span(hour=6)))
    market.fire_due_timers()
    assert [one["state"] for one in home.matches(booked.pool)] == ["expired", "proposed"]


def test_a_repeat_of_a_withdrawal_has_its_answer_and_another_one_the_state(sold):
    key = str(new_id())
    first = withdraw(sold.home, sold.match, key=key)
    assert withdraw(sold.home, sold.match, key=key) == first
    with pytest.raises(MatchStateError) as refused:
        withdraw(sold.home, sold.match)
    assert refused.value.detail["state"] == "withdrawn"
    assert sold.market.names_of(sold.match["match_id"]).count("supplier_withdrew.v1") == 1


def test_an_offer_that_is_still_a_draft_of_the_pool_may_replace_the_one_that_was_chosen(market):
    """The unique index is about proposals to the pool; word that the draft was superseded is still on its way."""
    home = market.community()
    home.offer(home.supplier(), tiers=priced("99.00"))
    second = home.offer(home.supplier(), tiers=priced("118.00"), slots=[slot_data(capacity=60)])
    pool = market.pool((home, 18))
    chosen, draft = home.matches(pool)
    market.hear("campaign_opened", market.campaign(chosen))
    withdraw(home, chosen)
    *_, found = home.matches(pool)
    assert (found["replaces_match_id"], found["offer"]) == (chosen["match_id"], draft["offer"])
    assert seats(market, second)[:2] == (60, 0)
    market.hear("campaign_cancelled", market.campaign(draft))
    market.fire_due_timers()
    assert [one["state"] for one in home.matches(pool)] == ["withdrawn", "released", "proposed"]


def test_the_end_of_a_pool_is_not_the_end_of_a_replacement_for_its_campaign(sold):
    withdraw(sold.home, sold.match)
    gone = {"pool_id": str(sold.pool.pool_id), "category": sold.market.category, "reason": "campaign_cancelled"}
    sold.market.hear("pool_dissolved", gone, version=4)
    assert replacement_of(sold)["state"] == "proposed"
    sold.market.hear("campaign_cancelled", sold.campaign)
    assert replacement_of(sold)["state"] == "released"


def test_what_was_sold_before_it_was_remembered_is_found_out(sold):
    market, revision = sold.market, import_module("services.supplier.migrations.versions.0003_withdrawals")
    both = {"offer_id": sold.other_offer["offer_id"], "slot_id": sold.other_offer["slots"][0]["slot_id"]}
    matches = [sold.home.ask("propose_match", seats=count, **both) for count in (12, 11)]
    for match, count in zip(matches, (11, 10), strict=True):
        market.hear("campaign_confirmed", {**market.campaign(match), "seats": count})
    with market.new_uow() as uow:
        uow.connection.execute(text("UPDATE supplier.matches SET sold = NULL"))
        one, forgotten = matches
        table = type(uow).tables.outbox
        uow.connection.execute(table.delete().where(table.c.subject == forgotten["match_id"]))
        for statement in (revision.SOLD_OF_SLOTS, revision.SOLD_OF_EVENTS):
            uow.connection.execute(text(statement))
        found = [uow.matches.find(match["match_id"]).sold for match in (sold.match, one, forgotten)]
    assert found == [25, 11, None]


def test_the_slot_is_over_and_nobody_withdraws(sold):
    sold.market.clock.time = span().end
    with pytest.raises(MatchStateError) as refused:
        withdraw(sold.home, sold.match)
    assert refused.value.detail["state"] == "confirmed"
    sold.market.clock.time = span().end - timedelta(seconds=1)
    assert withdraw(sold.home, sold.match)["state"] == "withdrawn"
