"""Tenders on a real PostgreSQL: what is sealed in the tables, every border, and what happens at once."""

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.kernel.caller import Caller, Role
from services.kernel.clock import format_time, parse_time
from services.kernel.errors import ForbiddenError, NotFoundError, Refusal
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain.agreements import is_untouched
from services.supplier.storage import tender_rows, tender_tables
from services.supplier.views.tenders import tender_is_visible_to
from tests.fakes.chassis import MONDAY, request
from tests.integration.supplier.test_races import at_once

SECRET = "我们的秘密报价"


class Fair:
    """A pool of two communities that is tendered among three suppliers shared with both."""

    def __init__(self, market, people=(10, 8)):
        self.market = market
        market.clock.time = MONDAY
        self.home, self.other = market.community(), market.community()
        both = {"mode": "named", "community_ids": [str(self.other.community_id)]}
        self.studios = [self.home.supplier(both, name=f"工坊{number}") for number in range(3)]
        self.offers = [self.home.offer(studio) for studio in self.studios]
        self.home.ask("set_procedure", procedure="tender", category=market.category)
        self.pool = market.pool((self.home, people[0]), (self.other, people[1]))
        (self.tender,) = self.home.ask("list_tenders", pool_id=str(self.pool.pool_id))["items"]
        self.id = self.tender["tender_id"]

    def act(self, index, name, **data):
        return self.market.call(name, request(data, role="supplier", supplier_id=self.studios[index]["supplier_id"]))

    def proposal(self, index, price, hours=None, **changes):
        now = self.market.clock.now()
        until = now + timedelta(hours=hours) if hours else parse_time(self.tender["decide_by"], "decide_by")
        tiers = [{"seats": 10, "price": {"amount": price, "currency": "CNY"}}]
        slot_ids = [self.offers[index]["slots"][0]["slot_id"]]
        return {"tiers": tiers, "slot_ids": slot_ids, "valid_until": format_time(until), **changes}

    def bid(self, index, price="120.00", **changes):
        ids = {"tender_id": self.id, "offer_id": self.offers[index]["offer_id"]}
        return self.act(index, "submit_bid", **ids, **self.proposal(index, price, **changes))

    def to_deadline(self):
        self.market.clock.time = parse_time(self.tender["deadline"], "deadline")
        self.market.fire_due_timers()

    def get(self, role="organiser"):
        return self.home.ask("get_tender", role, tender_id=self.id)

    def match(self):
        return self.home.matches(self.pool)[0]


@pytest.fixture
def fair(market):
    return Fair(market)


@pytest.fixture
def open_(fair):
    fair.bids = [fair.bid(0, "100.00"), fair.bid(1, "110.00")]
    fair.to_deadline()
    return fair


def everything_in(market, *names):
    """Return all rows of these tables as PostgreSQL writes them: what a dump would hold."""
    with market.new_uow() as uow:
        found = [uow.connection.execute(text(f"SELECT t::text FROM supplier.{name} t")).scalars() for name in names]
        return "\n".join(row for rows in found for row in rows)


def test_a_tender_from_sealed_bids_to_an_agreement_that_the_match_rests_on(fair):
    first = fair.bid(0, "100.00", note=SECRET)
    fair.bid(1, "110.00")
    assert fair.get()["state"] == "bidding"
    fair.to_deadline()
    opened = fair.get()
    best = opened["bids"][0]
    assert (best["bid_id"], best["commitment"], best["nonce"]) == (
        first["bid_id"],
        first["commitment"],
        first["nonce"],
    )
    assert best["proposal"]["note"] == SECRET
    agreed = fair.home.ask("choose_bid", tender_id=fair.id, bid_id=best["bid_id"])
    agreement = fair.home.ask("get_agreement", agreement_id=agreed["agreement"]["agreement_id"])
    assert is_untouched(agreement["document"], agreement["hash"])
    match = fair.match()
    assert (match["agreement_hash"], match["state"]) == (agreement["hash"], "proposed")
    assert match["offer"]["tiers"][0]["price"]["amount"] == "100.00"
    assert fair.market.slot(fair.offers[0])["held"] == match["seats"]
    (proposed,) = [one for one in fair.market.events_of(match["match_id"]) if one.name == "match_proposed.v1"]
    assert proposed.data["agreement_hash"] == agreement["hash"]


def test_no_table_and_no_event_tells_of_a_sealed_bid(fair):
    # Other tests have opened bids in the same tables.
    secret = f"{SECRET} {new_id()}"
    bid = fair.bid(0, "100.37", note=secret)
    held = everything_in(fair.market, "bids", "tenders", "outbox", "answers", "timers", "negotiations", "matches")
    assert bid["commitment"] in held
    assert secret not in held
    assert "100.37" not in held
    with fair.market.new_uow() as uow:
        row = uow.connection.execute(
            select(tender_tables.bids).where(tender_tables.bids.c.bid_id == bid["bid_id"])
        ).one()
        assert (row.proposal, row.nonce) == (None, None)
        with pytest.raises(IntegrityError):
            uow.connection.execute(text("UPDATE supplier.bids SET nonce = 'x' WHERE state = 'sealed'"))


def test_a_bid_that_was_changed_in_the_table_is_noticed(fair):
    bid = fair.bid(0, "100.00")
    with fair.market.new_uow() as uow:
        statement = text("UPDATE supplier.bids SET sealed = set_byte(sealed, 20, 7) WHERE bid_id = :bid_id")
        uow.connection.execute(statement, {"bid_id": bid["bid_id"]})
        with pytest.raises(InvalidTag):
            uow.bids.open_all(UUID(fair.id))


def borders(fair, talk, agreement):
    bid = fair.bids[0]["bid_id"]
    offer = fair.proposal(0, "90.00", hours=1)
    return [
        ("get_tender", {"tender_id": fair.id}),
        ("get_negotiation", {"negotiation_id": talk["negotiation_id"]}),
        ("get_agreement", {"agreement_id": agreement["agreement_id"]}),
        ("choose_bid", {"tender_id": fair.id, "bid_id": bid}),
        ("close_tender", {"tender_id": fair.id}),
        ("start_negotiation", {"bid_id": bid, **offer}),
        ("counter_offer", {"negotiation_id": talk["negotiation_id"], **offer}),
        ("accept_offer", {"negotiation_id": talk["negotiation_id"], "number": 1}),
        ("leave_negotiation", {"negotiation_id": talk["negotiation_id"], "reason": "x"}),
        ("submit_bid", {"tender_id": fair.id, "offer_id": fair.offers[0]["offer_id"], **offer}),
        ("withdraw_bid", {"bid_id": bid}),
    ]


def answer_of(market, name, data, **who):
    """Return how a call ends, without the ids that the caller has given itself."""
    try:
        return market.call(name, request(data, **who))
    except Refusal as refusal:
        return type(refusal), refusal.code


IDS = ("tender_id", "bid_id", "negotiation_id", "agreement_id")


def test_for_strangers_what_exists_answers_as_what_does_not(open_):
    fair = open_
    bid_id = fair.bids[0]["bid_id"]
    talk = fair.home.ask("start_negotiation", bid_id=bid_id, **fair.proposal(0, "90.00", hours=1))
    fair.act(0, "accept_offer", negotiation_id=talk["negotiation_id"], number=1)
    agreement = fair.get()["agreement"]
    strangers = [
        {"role": "organiser", "community_id": new_id()},
        {"role": "community_operator", "community_id": fair.market.community().community_id},
        {"role": "supplier", "supplier_id": new_id()},
    ]
    for name, data in borders(fair, talk, agreement):
        nowhere = {key: str(new_id()) if key in IDS else value for key, value in data.items()}
        for who in strangers:
            seen = answer_of(fair.market, name, data, **who)
            assert seen == answer_of(fair.market, name, nowhere, **who), (name, who["role"])
            assert issubclass(seen[0], NotFoundError | ForbiddenError)


def test_a_bidder_that_lost_reads_neither_the_agreement_nor_another_bid(open_):
    fair = open_
    agreed = fair.home.ask("choose_bid", tender_id=fair.id, bid_id=fair.bids[0]["bid_id"])
    lost = fair.act(1, "get_tender", tender_id=fair.id)
    assert [bid["bid_id"] for bid in lost["bids"]] == [fair.bids[1]["bid_id"]]
    assert (lost["agreement"], lost["chosen_bid_id"]) == (None, None)
    assert lost["bids"][0]["ranking"]["rank"] == 2
    with pytest.raises(NotFoundError):
        fair.act(1, "get_agreement", agreement_id=agreed["agreement"]["agreement_id"])
    won = fair.act(0, "get_tender", tender_id=fair.id)
    assert won["agreement"] == agreed["agreement"]
    assert fair.act(2, "get_tender", tender_id=fair.id)["bids"] == []


def test_the_list_shows_what_the_rule_of_the_domain_shows(fair):
    stranger = fair.market.community()
    callers = [
        Caller("t", Role.NODE_OPERATOR),
        Caller("t", Role.ORGANISER, fair.home.community_id),
        Caller("t", Role.PARTNER, fair.other.community_id),
        Caller("t", Role.ORGANISER, stranger.community_id),
        Caller("t", Role.ORGANISER),
        Caller("t", Role.SUPPLIER, supplier_id=UUID(fair.studios[0]["supplier_id"])),
        Caller("t", Role.SUPPLIER, supplier_id=new_id()),
        Caller("t", Role.SUPPLIER),
    ]
    table = tender_tables.tenders
    with fair.market.new_uow() as uow:
        rows = uow.connection.execute(select(table)).all()
        for caller in callers:
            statement = select(table.c.tender_id).where(tender_is_visible_to(caller))
            shown = set(uow.connection.execute(statement).scalars())
            assert shown == {row.tender_id for row in rows if tender_rows.tender_of(row).is_visible_to(caller)}


def test_a_pool_has_one_tender_at_a_time_even_if_it_becomes_ready_twice_at_once(fair):
    payload = {"pool_id": str(fair.pool.pool_id)}

    def look():
        with fair.market.new_uow() as uow:
            handlers.match_pool(payload, uow)
            uow.commit()

    assert at_once(look, look, look) == ["done"] * 3
    assert len(fair.home.ask("list_tenders", pool_id=str(fair.pool.pool_id))["items"]) == 1


def test_of_two_acceptances_at_once_one_binds(open_):
    fair = open_
    talks = [
        fair.home.ask(
            "start_negotiation", bid_id=bid["bid_id"], reason="都谈谈", **fair.proposal(index, "90.00", hours=1)
        )
        for index, bid in enumerate(fair.bids)
    ]
    results = at_once(
        *(
            lambda index=index, talk=talk: fair.act(
                index, "accept_offer", negotiation_id=talk["negotiation_id"], number=1
            )
            for index, talk in enumerate(talks)
        ),
        lambda: fair.home.ask("choose_bid", tender_id=fair.id, bid_id=fair.bids[0]["bid_id"]),
    )
    refused = [one for one in results if isinstance(one, Refusal)]
    assert len(refused) == 2, results
    assert {one.code for one in refused} <= {"supplier.tender_state", "supplier.negotiation_state"}
    assert len(fair.home.matches(fair.pool)) == 1
    held = sum(fair.market.slot(made)["held"] for made in fair.offers)
    assert held == fair.match()["seats"]


@pytest.mark.parametrize("late", [0, 1])
def test_a_bid_at_the_deadline_is_in_before_the_opening_or_refused(fair, late):
    fair.bid(0)
    market, deadline = fair.market, parse_time(fair.tender["deadline"], "deadline")
    # The bidder's clock reads the last moment or the first after it, while the timer is fired by another.
    market.clock.time = deadline - timedelta(microseconds=1) + timedelta(microseconds=late)

    def open_bids():
        with market.new_uow() as uow:
            handlers.close_bids({"tender_id": fair.id}, uow)
            uow.commit()

    bid, opened = at_once(lambda: fair.bid(1, "90.00"), open_bids)
    assert opened == "done"
    shown = [one["bid_id"] for one in fair.get()["bids"]]
    if isinstance(bid, Refusal):
        assert bid.code == "supplier.bids_closed"
        assert len(shown) == 1
    else:
        assert late == 0
        assert bid["bid_id"] in shown
        assert all(one["state"] == "open" for one in fair.get()["bids"])


def test_two_who_choose_at_once_the_last_seats_of_a_slot_get_them_once(market):
    fair = Fair(market)
    fair.bids = [fair.bid(0, "100.00")]
    fair.to_deadline()
    wanted = {"offer_id": fair.offers[0]["offer_id"], "slot_id": fair.offers[0]["slots"][0]["slot_id"], "seats": 30}
    chosen, direct = at_once(
        lambda: fair.home.ask("choose_bid", tender_id=fair.id, bid_id=fair.bids[0]["bid_id"]),
        lambda: fair.other.ask("propose_match", **wanted),
    )
    assert sum(isinstance(one, Refusal) for one in (chosen, direct)) == 1
    assert market.slot(fair.offers[0])["held"] == 30


def test_when_sharing_ends_the_bid_is_taken_no_more(open_):
    fair = open_
    fair.home.ask("change_supplier", supplier_id=fair.studios[0]["supplier_id"], sharing={"mode": "none"})
    with pytest.raises(NotFoundError):
        fair.other.ask("choose_bid", tender_id=fair.id, bid_id=fair.bids[0]["bid_id"])
    agreed = fair.home.ask("choose_bid", tender_id=fair.id, bid_id=fair.bids[0]["bid_id"])
    agreement = fair.home.ask("get_agreement", agreement_id=agreed["agreement"]["agreement_id"])
    assert agreement["community_ids"] == [str(fair.home.community_id)]
