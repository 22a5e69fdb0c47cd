"""Negotiations: whose turn it is, what holds until when, and what an acceptance binds to."""

from datetime import timedelta

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.agreements import is_untouched
from services.supplier.domain.negotiations import OfferState
from services.supplier.domain.pools import PoolState
from services.supplier.domain.tender_errors import (
    BidNotFoundError,
    BidUnfitError,
    NegotiationNotFoundError,
    NegotiationStateError,
    NotYourTurnError,
    OfferExpiredError,
    OfferSupersededError,
    RoundsExhaustedError,
    TenderStateError,
)
from services.supplier.domain.tender_life import TalkState, TenderState
from services.supplier.domain.tender_rules import TenderRules
from tests.builders_supplier import caller, cny, named
from tests.builders_tender import Bidder, Fair

LESS, MORE = ((10, "100.00"), (20, "85.00")), ((10, "105.00"), (20, "88.00"))


@pytest.fixture
def fair():
    made = Fair(rules=TenderRules(offers=3))
    made.ready()
    made.best = made.bidders[0].bid(made.tender, (10, "110.00"), (20, "90.00")).bid
    made.worse = made.bidders[1].bid(made.tender, (10, "125.00"), (20, "115.00")).bid
    made.to_deadline()
    return made


@pytest.fixture
def talk(fair):
    return fair.negotiate(fair.bidders[0], fair.best.bid_id, *LESS)


def now_of(fair, talk):
    return fair.uow.negotiations.find(talk.negotiation_id)


def test_the_organiser_answers_a_bid_with_an_offer_and_waits(fair, talk):
    assert talk.state is TalkState.SUPPLIER
    assert talk.standing.proposal.offer.terms.tiers[0].price == cny("100.00")
    with pytest.raises(NotYourTurnError):
        fair.counter(fair.bidders[0], talk, *MORE)
    with pytest.raises(NotYourTurnError):
        fair.accept(talk, 1)


def test_an_accepted_offer_is_what_the_match_and_the_document_say(fair, talk):
    fair.bidders[0].counter(talk, *MORE, note="含材料")
    accepted = fair.accept(talk, 2)
    assert accepted.state is TalkState.ACCEPTED
    assert [one.state for one in accepted.offers] == [OfferState.COUNTERED, OfferState.ACCEPTED]
    (match,) = fair.uow.matches.all()
    assert match.offer.terms.tiers[0].price == cny("105.00")
    document = fair.agreement.document
    assert document["proposal"]["note"] == "含材料"
    assert document["negotiation"] == {"negotiation_id": str(talk.negotiation_id), "offer": 2, "by": "supplier"}
    assert is_untouched(document, fair.agreement.hash)
    assert fair.copy.state is PoolState.MATCHED


def test_the_supplier_accepts_an_offer_of_the_communities(fair, talk):
    fair.accept(talk, 1, by=fair.bidders[0].caller)
    assert fair.tender.state is TenderState.AGREED
    assert fair.uow.matches.all()[0].offer.terms.tiers[1].price == cny("85.00")


def test_an_expired_offer_is_not_accepted_however_late_the_timer_is(fair, talk):
    fair.uow.clock.pass_(hours=6)
    with pytest.raises(OfferExpiredError):
        fair.accept(talk, 1, by=fair.bidders[0].caller)
    fair.fire()
    assert now_of(fair, talk).state is TalkState.IDLE
    with pytest.raises(OfferExpiredError):
        fair.accept(talk, 1, by=fair.bidders[0].caller)
    assert fair.uow.outbox.data_of("negotiation_moved.v1")[-1]["state"] == "idle"


@pytest.mark.parametrize("fired", [True, False])
def test_after_an_expiry_either_side_may_make_another_offer(fair, talk, fired):
    fair.uow.clock.pass_(hours=6)
    if fired:
        fair.fire()
    again = fair.counter(fair.bidders[0], talk, *MORE)
    assert [one.state for one in again.offers] == [OfferState.EXPIRED, OfferState.STANDING]
    assert again.state is TalkState.SUPPLIER


def test_the_timer_of_an_offer_that_was_answered_does_nothing(fair, talk):
    first = fair.uow.timers.pending[f"negotiation/{talk.negotiation_id}"]
    fair.uow.clock.pass_(hours=5)
    fair.bidders[0].counter(talk, *MORE)
    assert fair.uow.timers.pending[f"negotiation/{talk.negotiation_id}"][0] > first[0]
    fair.uow.clock.pass_(hours=2)
    fair.fire()
    assert now_of(fair, talk).state is TalkState.COMMUNITY


def test_only_the_last_offer_is_accepted(fair, talk):
    fair.bidders[0].counter(talk, *MORE)
    for number in (1, 3):
        with pytest.raises(OfferSupersededError):
            fair.accept(talk, number)


def test_after_the_last_round_an_offer_is_accepted_or_left(fair, talk):
    fair.bidders[0].counter(talk, *MORE)
    fair.counter(fair.bidders[0], talk, *LESS)
    with pytest.raises(RoundsExhaustedError):
        fair.bidders[0].counter(talk, *MORE)
    assert now_of(fair, talk).standing.number == 3
    fair.accept(talk, 3, by=fair.bidders[0].caller)


@pytest.mark.parametrize("side", ["community", "supplier"])
def test_either_side_leaves_and_the_bid_stays(fair, talk, side):
    left = fair.leave(talk, fair.organiser if side == "community" else fair.bidders[0].caller)
    assert (left.state, left.left_because) == (TalkState.LEFT, "太贵")
    with pytest.raises(NegotiationStateError):
        fair.accept(talk, 1, by=fair.bidders[0].caller)
    with pytest.raises(NegotiationStateError):
        fair.negotiate(fair.bidders[0], fair.best.bid_id, *LESS)
    fair.choose(fair.best.bid_id)


def test_another_bid_than_the_best_is_negotiated_with_a_reason_that_is_kept(fair):
    with pytest.raises(InvalidError):
        fair.negotiate(fair.bidders[1], fair.worse.bid_id, *LESS)
    talk = fair.negotiate(fair.bidders[1], fair.worse.bid_id, *LESS, reason="离得近")
    fair.accept(talk, 1, by=fair.bidders[1].caller)
    assert fair.tender.overruled_because == "离得近"


def test_the_first_agreement_ends_the_other_negotiations(fair, talk):
    other = fair.negotiate(fair.bidders[1], fair.worse.bid_id, *LESS, reason="离得近")
    fair.accept(talk, 1, by=fair.bidders[0].caller)
    assert now_of(fair, other).state is TalkState.CLOSED
    with pytest.raises(NegotiationStateError):
        fair.accept(other, 1, by=fair.bidders[1].caller)
    assert not [key for key in fair.uow.timers.pending if key.startswith(("tender/", "negotiation/"))]


def test_what_the_communities_offer_has_to_fit_so_that_no_ceiling_is_felt_for(fair):
    with pytest.raises(BidUnfitError) as caught:
        fair.negotiate(fair.bidders[0], fair.best.bid_id, (10, "140.00"))
    assert caught.value.detail["reason"] == "too_expensive"


def test_an_offer_above_the_ceiling_is_not_accepted_by_the_communities(fair, talk):
    fair.bidders[0].counter(talk, (10, "140.00"))
    with pytest.raises(BidUnfitError):
        fair.accept(talk, 2)
    assert fair.tender.state is TenderState.DECIDING
    assert now_of(fair, talk).state is TalkState.COMMUNITY


def test_no_offer_holds_longer_than_there_is_to_decide(fair):
    late = fair.tender.decide_by + timedelta(minutes=1)
    with pytest.raises(InvalidError) as caught:
        fair.negotiate(fair.bidders[0], fair.best.bid_id, *LESS, valid_until=late)
    assert caught.value.detail["errors"][0]["field"] == "valid_until"


def test_at_the_end_of_the_tender_the_bid_counts_and_not_what_was_talked_about(fair, talk):
    fair.to_the_end()
    assert now_of(fair, talk).state is TalkState.CLOSED
    assert fair.uow.matches.all()[0].offer.terms.tiers[0].price == cny("110.00")


def test_nothing_is_negotiated_while_bids_are_sealed():
    fair = Fair()
    fair.ready()
    bid = fair.bidders[0].bid(fair.tender).bid
    with pytest.raises(BidNotFoundError):
        fair.negotiate(fair.bidders[0], bid.bid_id, *LESS)


def test_nothing_is_negotiated_after_an_agreement(fair):
    fair.choose(fair.best.bid_id)
    with pytest.raises(TenderStateError):
        fair.negotiate(fair.bidders[0], fair.best.bid_id, *LESS)


def test_other_bidders_and_communities_know_of_no_negotiation(fair, talk):
    for stranger in (fair.bidders[1].caller, caller(community_id=new_id())):
        with pytest.raises(NegotiationNotFoundError):
            fair.accept(talk, 1, by=stranger)
    with pytest.raises(ForbiddenError):
        fair.accept(talk, 1, by=caller(Role.MEMBER, community_id=fair.home))


def test_a_community_that_may_not_use_the_bidder_does_not_speak():
    fair = Fair()
    own = Bidder(fair.uow, sharing=named(fair.home))
    fair.ready()
    bid = own.bid(fair.tender, (10, "90.00")).bid
    fair.to_deadline()
    talk = fair.negotiate(own, bid.bid_id, (10, "80.00"))
    with pytest.raises(NegotiationNotFoundError):
        fair.leave(talk, by=caller(community_id=fair.other))
