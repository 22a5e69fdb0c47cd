"""Withdrawals against everything that may happen to a match at the same moment, on a real PostgreSQL."""

from collections import Counter
from threading import Thread
from time import sleep
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from services.supplier.domain.errors import MatchStateError
from services.supplier.domain.matches import SeatChange
from services.supplier.storage import rows, tables
from tests.builders_supplier import slot_data
from tests.integration.supplier.test_races import at_once

SHARED = {"mode": "all", "community_ids": []}
ATTEMPTS = pytest.mark.parametrize("attempt", range(4))


def priced(amount):
    return [{"seats": 1, "price": {"amount": amount, "currency": "CNY"}}]


@pytest.fixture
def town(market):
    """An offer with room for 60 and a direct match of 20 of them, and a dearer offer with room for 30."""
    home = market.community()
    town = SimpleNamespace(market=market, home=home)
    town.first = home.offer(home.supplier(), tiers=priced("99.00"), slots=[slot_data(capacity=60)])
    town.second = home.offer(home.supplier(), tiers=priced("118.00"))
    town.match = book(home, town.first, 20)
    town.campaign = market.campaign(town.match)
    yield town
    assert_books_balance(market)


def book(home, made, seats):
    slot_id = made["slots"][0]["slot_id"]
    return home.ask("propose_match", offer_id=made["offer_id"], slot_id=slot_id, seats=seats)


def withdraw(home, match):
    return home.ask("withdraw_match", match_id=match["match_id"], reason="陶艺老师生病")


def matches_of(market):
    with market.new_uow() as uow:
        found = uow.connection.execute(select(tables.matches).order_by(tables.matches.c.match_id))
        return [match for match in map(rows.match_of, found) if match.offer.terms.category == market.category]


def replacements(town):
    return [match for match in matches_of(town.market) if match.replaces_match_id is not None]


def assert_books_balance(market):
    """Every slot has exactly the seats that its matches have, never below zero and never above its capacity."""
    held, confirmed = Counter(), Counter()
    for match in matches_of(market):
        held[match.slot_id] += match.booked.held
        confirmed[match.slot_id] += match.booked.confirmed
    with market.new_uow() as uow:
        offers = uow.offers.published_in(market.category)
        slots = uow.slots.of_offers([offer.offer_id for offer in offers])
    for slot in (slot for found in slots.values() for slot in found):
        assert (slot.held, slot.confirmed) == (held[slot.slot_id], confirmed[slot.slot_id])
        assert 0 <= slot.held + slot.confirmed <= slot.capacity


@ATTEMPTS
def test_a_withdrawal_and_a_confirmation_leave_a_replacement_for_all_who_bought(town, attempt):
    town.market.hear("campaign_opened", town.campaign)
    sold = {**town.campaign, "seats": 17}
    at_once(lambda: withdraw(town.home, town.match), lambda: town.market.hear("campaign_confirmed", sold))
    assert town.home.ask("get_match", match_id=town.match["match_id"])["state"] == "withdrawn"
    assert town.market.names_of(town.match["match_id"]).count("supplier_withdrew.v1") == 1
    (found,) = [match for match in replacements(town) if match.is_waiting]
    assert found.seats >= 17
    with town.market.new_uow() as uow:
        vacancy = uow.vacancies.find(town.match["match_id"])
    assert (vacancy.people, vacancy.state) == (17, "offered")


@ATTEMPTS
def test_a_withdrawal_and_an_opening_always_meet(town, attempt):
    at_once(lambda: withdraw(town.home, town.match), lambda: town.market.hear("campaign_opened", town.campaign))
    assert town.home.ask("get_match", match_id=town.match["match_id"])["state"] == "withdrawn"
    assert town.market.names_of(town.match["match_id"]).count("supplier_withdrew.v1") == 1
    assert [str(match.for_campaign_id) for match in replacements(town)] == [town.campaign["campaign_id"]]


@ATTEMPTS
def test_a_withdrawal_and_an_expiry_end_a_match_once(town, attempt):
    town.market.clock.pass_(hours=72)
    result, _ = at_once(lambda: withdraw(town.home, town.match), town.market.fire_due_timers)
    assert town.home.ask("get_match", match_id=town.match["match_id"])["state"] == "expired"
    assert town.market.names_of(town.match["match_id"]).count("match_expired.v1") == 1
    if isinstance(result, MatchStateError):
        assert result.detail["state"] == "expired"
    assert town.market.slot(town.first)["free"] == 60


@ATTEMPTS
def test_of_many_withdrawals_at_once_one_is_made(town, attempt):
    others = book(town.home, town.first, 15)
    town.market.hear("campaign_confirmed", {**town.market.campaign(others), "seats": 15})
    town.market.hear("campaign_confirmed", {**town.campaign, "seats": 20})
    results = at_once(*[lambda: withdraw(town.home, town.match)] * 6)
    refused = [result for result in results if isinstance(result, MatchStateError)]
    assert (len(refused), {one.detail["state"] for one in refused}) == (5, {"withdrawn"})
    slot = town.market.slot(town.first)
    assert (slot["confirmed"], slot["free"], slot["closed"]) == (15, 0, True)
    assert [match.seats for match in replacements(town)] == [20]


@ATTEMPTS
def test_two_suppliers_of_one_category_withdraw_at_once(town, attempt):
    """Each may be the replacement of the other: whoever comes first is told of the other, who is then gone as well."""
    other = book(town.home, town.second, 20)
    for match in (town.match, other):
        town.market.hear("campaign_opened", town.market.campaign(match))
    at_once(*[lambda match=match: withdraw(town.home, match) for match in (town.match, other)])
    states = [town.home.ask("get_match", match_id=one["match_id"])["state"] for one in (town.match, other)]
    assert states == ["withdrawn", "withdrawn"]
    for made in (town.first, town.second):
        slot = town.market.slot(made)
        assert (slot["free"], slot["closed"]) == (0, True)


@ATTEMPTS
def test_a_withdrawal_and_bookings_of_both_slots_never_sell_a_seat_twice(town, attempt):
    town.market.hear("campaign_confirmed", {**town.campaign, "seats": 20})
    bookings = [lambda: book(town.home, town.first, 20)] * 3 + [lambda: book(town.home, town.second, 15)] * 3
    left, *_ = at_once(lambda: withdraw(town.home, town.match), *bookings)
    assert left["state"] == "withdrawn", "whoever takes the seats of a replacement first, the withdrawal is made"
    assert town.market.slot(town.first)["free"] == 0
    assert town.market.slot(town.second)["held"] in (20, 30)
    with pytest.raises(Exception, match="withdrawn from the slot"):
        book(town.home, town.first, 20)


def test_seats_that_are_taken_while_a_replacement_is_looked_for_are_not_held_twice(town):
    """Somebody has taken the seats of the only other offer and not committed yet: the search waits for that."""
    town.market.hear("campaign_confirmed", {**town.campaign, "seats": 20})
    results = []
    searching = Thread(target=lambda: results.append(withdraw(town.home, town.match)))
    with town.market.new_uow() as uow:
        assert uow.slots.change(town.second["slots"][0]["slot_id"], SeatChange(held=15))
        searching.start()
        wait_until_somebody_waits(town.market)
        uow.commit()
    searching.join(60)
    assert [result["state"] for result in results] == ["withdrawn"]
    assert town.market.events_of(town.match["match_id"])[-1].data["reasons"] == {"no_slot": 1}
    with town.market.new_uow() as uow:
        assert uow.slots.change(town.second["slots"][0]["slot_id"], SeatChange(held=-15))
        uow.commit()


def wait_until_somebody_waits(market):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = :event")
    for _ in range(1000):
        with market.new_uow() as uow:
            if uow.connection.execute(waiting, {"event": "transactionid"}).scalar_one():
                return
        sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def test_the_database_itself_gives_no_seat_of_a_closed_slot_away_but_takes_them_back(town):
    withdraw_from = town.first["slots"][0]["slot_id"]
    with town.market.new_uow() as uow:
        uow.slots.close(withdraw_from)
        assert not uow.slots.change(withdraw_from, SeatChange(held=1))
        assert not uow.slots.change(withdraw_from, SeatChange(held=-1, confirmed=2))
        assert uow.slots.change(withdraw_from, SeatChange(held=-5, confirmed=5))
        assert uow.slots.change(withdraw_from, SeatChange(held=-1))
        assert not uow.slots.change(withdraw_from, SeatChange(held=-15))


@ATTEMPTS
def test_campaigns_that_lose_their_supplier_at_once_share_the_room_that_is_left(town, attempt):
    matches = [town.match, *(book(town.home, town.first, 20) for _ in range(2))]
    for match in matches:
        town.market.hear("campaign_confirmed", {**town.market.campaign(match), "seats": 14})
    at_once(*[lambda match=match: withdraw(town.home, match) for match in matches])
    assert sorted(match.seats for match in replacements(town)) == [14, 14]
    assert town.market.slot(town.second)["free"] == 2
    missing = Counter(name for match in matches for name in town.market.names_of(match["match_id"]))
    assert missing["replacement_missing.v1"] == 1


@ATTEMPTS
def test_the_answers_to_a_replacement_and_its_expiry_at_once_have_one_end(town, attempt):
    market = town.market
    market.hear("campaign_confirmed", {**town.campaign, "seats": 20})
    withdraw(town.home, town.match)
    (found,) = replacements(town)
    ids = {"campaign_id": town.campaign["campaign_id"], "match_id": str(found.match_id)}
    market.clock.pass_(hours=72)
    at_once(
        lambda: market.hear("campaign_rematched", {**ids, "replaces_match_id": town.match["match_id"], "seats": 20}),
        lambda: market.hear("match_declined", {**ids, "reason": "too_expensive"}),
        lambda: market.hear("campaign_cancelled", town.campaign),
        lambda: withdraw(town.home, ids),
        market.fire_due_timers,
    )
    market.fire_due_timers()
    with market.new_uow() as uow:
        states = {vacancy.state for vacancy in uow.vacancies.live_of(town.campaign["campaign_id"])}
    assert states <= {"offered", "open"}
    assert not [match for match in replacements(town) if match.is_waiting] or "offered" in states


@ATTEMPTS
def test_an_offer_published_while_a_supplier_withdraws_always_meets_the_campaign(town, attempt):
    town.market.hear("campaign_opened", town.campaign)
    town.home.ask("withdraw_offer", offer_id=town.second["offer_id"])
    studio = town.home.supplier()
    at_once(lambda: withdraw(town.home, town.match), lambda: town.home.offer(studio))
    town.market.fire_due_timers()
    assert [match.for_campaign_id is not None for match in replacements(town)] == [True]
