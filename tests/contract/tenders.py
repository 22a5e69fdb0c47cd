"""What is written about procedures and tenders, for the tests of the supplier's contract: a story that is told once."""

from services.kernel.ids import new_id
from services.supplier import handlers, outbound
from services.supplier.domain.procedures import Choice, Procedure, Setting
from services.supplier.domain.tender_commands import CloseTender
from services.supplier.handlers.tender_showing import card_of
from tests.builders_tender import Fair


def _bids(fair):
    fair.ready()
    fair.sealed = [fair.bidders[0].bid(fair.tender, (10, "125.00")), fair.bidders[1].bid(fair.tender)]
    fair.taken_back = fair.bidders[0].withdraw(fair.sealed[0].bid.bid_id)
    fair.sealed[0] = fair.bidders[0].bid(fair.tender, (10, "125.00"))
    fair.to_deadline()
    return fair


def _negotiated(fair):
    bidder = fair.bidders[0]
    fair.talk = fair.negotiate(bidder, fair.sealed[0].bid.bid_id, (10, "110.00"), reason="上次服务很好")
    fair.countered = bidder.counter(fair.talk, (10, "120.00"))
    fair.left = fair.countered.leave("太贵")
    fair.accepted = fair.accept(fair.talk, 2)
    return fair


def _closed(fair):
    return handlers.close_tender(CloseTender(fair.organiser, fair.tender.tender_id), fair.uow)


def _chosen(fair):
    return fair.choose(fair.sealed[1].bid.bid_id)


STORY, FAILED = _negotiated(_bids(Fair())), _bids(Fair())
CLOSED = _closed(FAILED)
TENDER = outbound.tender(card_of(STORY.uow, STORY.tender, STORY.organiser))
# Each event as the handlers have written it: wire name to subject and payload.
TOLD = {name: (subject, data) for name, subject, data in (*FAILED.uow.outbox.events, *STORY.uow.outbox.events)}
SHOWN = {
    "set_procedure": outbound.setting(Setting(new_id(), "pottery", Procedure.TENDER)),
    "choose_procedure": outbound.choice(Choice(new_id(), new_id(), Procedure.TENDER, Procedure.TENDER)),
    "get_tender": TENDER,
    "choose_bid": outbound.tender(_chosen(_bids(Fair()))),
    "close_tender": outbound.tender(CLOSED),
    "submit_bid": outbound.sealed_bid(STORY.sealed[0]),
    "withdraw_bid": outbound.sealed_bid(STORY.taken_back),
    "start_negotiation": outbound.negotiation(STORY.talk),
    "counter_offer": outbound.negotiation(STORY.countered),
    "accept_offer": outbound.negotiation(STORY.accepted),
    "get_negotiation": outbound.negotiation(STORY.accepted),
    "leave_negotiation": outbound.negotiation(STORY.left),
    "get_agreement": outbound.agreement(STORY.agreement),
}
LISTED = {"list_procedures": "set_procedure", "list_tenders": "get_tender"}
# Questions about one thing, by the name of its id.
SINGLE = {"get_tender": "tender_id", "get_negotiation": "negotiation_id", "get_agreement": "agreement_id"}
