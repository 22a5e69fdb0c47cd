"""Tenders: sealed bids, their opening, the ranking, and what becomes of them."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers, outbound
from services.supplier.contract import EVENTS, RPCS
from services.supplier.domain import commands
from services.supplier.domain.agreements import is_untouched
from services.supplier.domain.documents import canonical, digest
from services.supplier.domain.errors import OfferNotFoundError
from services.supplier.domain.matching import Reason
from services.supplier.domain.permissions import SEE_AND_USE
from services.supplier.domain.pools import PoolState
from services.supplier.domain.price_models import PriceModel
from services.supplier.domain.procedures import Procedure
from services.supplier.domain.registry import SupplierStanding
from services.supplier.domain.tender_commands import ChooseProcedure, CloseTender
from services.supplier.domain.tender_errors import (
    BidNotFoundError,
    BidsClosedError,
    BidStateError,
    BidUnfitError,
    TenderLiveError,
    TenderNotFoundError,
    TenderStateError,
)
from services.supplier.domain.tender_life import TALK, TENDER, TenderState
from services.supplier.domain.tender_rules import Afterwards, TenderRules
from services.supplier.domain.tenders import BidState, bid_document
from services.supplier.handlers.tender_showing import card_of
from tests.builders_supplier import caller, cny, grant, named, slot, span
from tests.builders_tender import Bidder, Fair
from tests.fakes.chassis import MONDAY

CHEAP, DEAR = ((10, "110.00"), (20, "90.00")), ((10, "125.00"), (20, "115.00"))
PAGE = Path(__file__).resolve().parents[3] / "services" / "supplier" / "TENDERS.md"


@pytest.fixture
def fair():
    return Fair()


@pytest.fixture
def decided(fair):
    """Two bids are open, and the one of the second bidder is the better one."""
    fair.ready()
    fair.dear = fair.bidders[0].bid(fair.tender, *DEAR).bid
    fair.cheap = fair.bidders[1].bid(fair.tender, *CHEAP).bid
    fair.to_deadline()
    return fair


def test_a_pool_that_is_tendered_waits_open_while_those_who_could_serve_it_are_asked(fair):
    tender = fair.ready()
    assert tender.state is TenderState.BIDDING
    assert tender.supplier_ids == {bidder.supplier.supplier_id for bidder in fair.bidders}
    assert fair.copy.state is PoolState.OPEN
    assert fair.uow.matches.all() == []
    (told,) = fair.uow.outbox.data_of("tender_opened.v1")
    assert told["invited"] == 2


@pytest.mark.parametrize(
    "unable", [{"sharing": named(new_id())}, {"required_qualifications": ("licence",)}, {"category": "piano"}]
)
def test_who_could_not_serve_the_pool_is_not_asked(fair, unable):
    Bidder(fair.uow, **unable)
    assert len(fair.ready().supplier_ids) == 2


def test_who_could_serve_it_with_another_group_or_time_or_price_is_asked(fair):
    Bidder(fair.uow, min_group=25, tiers=Bidder(fair.uow).proposal((25, "999.00")).tiers)
    assert len(fair.ready().supplier_ids) == 4


def test_without_anybody_to_be_asked_the_pool_is_told_why_and_looks_again_later():
    fair = Fair(bidders=0)
    assert fair.ready() is None
    assert fair.uow.outbox.data_of("pool_unmatched.v1")[0]["reasons"] == {"no_offer": 1}
    late = Bidder(fair.uow)
    handlers.match_pool({"pool_id": str(fair.pool.pool_id)}, fair.uow)
    assert fair.tender.supplier_ids == {late.supplier.supplier_id}


def test_who_comes_later_is_asked_too_while_bids_are_taken(fair):
    fair.ready()
    late = Bidder(fair.uow)
    handlers.match_pool({"pool_id": str(fair.pool.pool_id)}, fair.uow)
    assert late.supplier.supplier_id in fair.tender.supplier_ids
    assert late.bid(fair.tender).bid.state is BidState.SEALED


def test_a_sealed_bid_is_read_by_nobody(fair):
    fair.ready()
    note = "我们的秘密"
    fair.bidders[0].bid(fair.tender, *CHEAP, note=note)
    fair.other_operator = caller(Role.COMMUNITY_OPERATOR, community_id=fair.other)
    for reader in (fair.organiser, fair.other_operator, caller(Role.NODE_OPERATOR), fair.bidders[0].caller):
        shown = outbound.tender(card_of(fair.uow, fair.tender, reader))
        (bid,) = shown["bids"]
        hidden = ("supplier_id", "supplier_name", "proposal", "nonce", "document", "ranking")
        assert [bid[name] for name in hidden] == [None] * 6
        assert note not in str(shown)
        assert "110.00" not in str(shown)
    assert outbound.tender(card_of(fair.uow, fair.tender, fair.bidders[1].caller))["bids"] == []
    assert note not in str(fair.uow.outbox.events)


def test_the_receipt_of_a_bid_proves_later_what_it_was(decided):
    opened = decided.uow.bids.find(decided.cheap.bid_id)
    assert opened.is_as_sealed
    assert opened.commitment == decided.uow.outbox.data_of("bid_sealed.v1")[1]["commitment"]
    cheaper = replace(opened.proposal, note="另有赠品")
    assert not replace(opened, proposal=cheaper).is_as_sealed


def test_a_bid_is_replaced_and_taken_back_until_the_deadline(fair):
    fair.ready()
    bidder = fair.bidders[0]
    first = bidder.bid(fair.tender, *DEAR).bid
    second = bidder.bid(fair.tender, *CHEAP).bid
    assert (second.bid_id, second.revision) == (first.bid_id, 2)
    assert second.commitment != first.commitment
    bidder.withdraw(second.bid_id)
    with pytest.raises(BidStateError):
        bidder.withdraw(second.bid_id)
    bidder.bid(fair.tender, *DEAR)
    (opened,) = (fair.to_deadline(), fair.uow.bids.of(fair.tender.tender_id))[1]
    assert opened.proposal.offer.terms.tiers[0].price == cny("125.00")


def test_after_the_deadline_no_bid_is_taken_however_late_the_timer_is(fair):
    fair.ready()
    bid = fair.bidders[0].bid(fair.tender).bid
    fair.uow.clock.time = fair.tender.deadline
    with pytest.raises(BidsClosedError):
        fair.bidders[1].bid(fair.tender)
    with pytest.raises(BidsClosedError):
        fair.bidders[0].withdraw(bid.bid_id)


def test_only_a_supplier_that_was_asked_bids_and_for_itself(fair):
    fair.ready()
    stranger = Bidder(fair.uow, sharing=named(new_id()))
    with pytest.raises(TenderNotFoundError):
        stranger.bid(fair.tender)
    bidder = fair.bidders[0]
    for somebody in (fair.organiser, caller(Role.NODE_OPERATOR)):
        bidder.caller = somebody
        with pytest.raises(ForbiddenError):
            bidder.bid(fair.tender)
    fair.bidders[1].offer = bidder.offer
    with pytest.raises(OfferNotFoundError):
        fair.bidders[1].bid(fair.tender)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": span().start - timedelta(days=30)}, "valid_until"),
        ({"slot_ids": (new_id(),)}, "slot_ids"),
        ({"slot_ids": ()}, "slot_ids"),
        ({"min_group": 31}, "max_group"),
    ],
)
def test_a_bid_that_cannot_be_is_refused_with_its_field(fair, changes, field):
    fair.ready()
    with pytest.raises(InvalidError) as caught:
        fair.bidders[0].bid(fair.tender, **changes)
    assert caught.value.detail["errors"][0]["field"] == field


def test_a_bid_for_more_people_than_there_are_is_refused_at_once(fair):
    fair.ready()
    with pytest.raises(BidUnfitError) as caught:
        fair.bidders[0].bid(fair.tender, (25, "90.00"), min_group=25)
    assert caught.value.detail["reason"] == Reason.GROUP_TOO_SMALL


def test_nobody_feels_for_the_ceiling_before_bids_are_opened(fair):
    fair.ready()
    dear = fair.bidders[0].bid(fair.tender, (10, "999.00")).bid
    fair.bidders[1].bid(fair.tender, *CHEAP)
    fair.to_deadline()
    assert {ranked.bid_id: ranked.reason for ranked in fair.ranking}[dear.bid_id] == Reason.TOO_EXPENSIVE


def test_at_the_deadline_bids_are_opened_and_ranked(decided):
    assert decided.tender.state is TenderState.DECIDING
    assert [ranked.bid_id for ranked in decided.ranking] == [decided.cheap.bid_id, decided.dear.bid_id]
    (told,) = decided.uow.outbox.data_of("bids_opened.v1")
    assert told["fitting"] == 2


def test_a_bidder_is_told_its_rank_and_no_price_of_others(decided):
    shown = outbound.tender(card_of(decided.uow, decided.tender, decided.bidders[0].caller))
    (own,) = shown["bids"]
    assert own["bid_id"] == str(decided.dear.bid_id)
    assert (own["ranking"]["rank"], own["ranking"]["of"], own["ranking"]["total"]) == (2, 2, None)
    places = {part["part"]: part["place"] for part in own["ranking"]["parts"]}
    assert (places["price_expected"], places["distance"]) == (2, 1)
    assert {part["points"] for part in own["ranking"]["parts"]} == {None}
    assert "90.00" not in str(shown)
    assert "130.00" not in str(shown), "the ceiling is not shown"


def test_the_organiser_sees_each_part_with_its_sentence_and_they_add_up(decided):
    shown = outbound.tender(card_of(decided.uow, decided.tender, decided.organiser))
    best = shown["bids"][0]["ranking"]
    assert digest(shown["bids"][0]["document"]) == shown["bids"][0]["commitment"], "anybody can work it out"
    assert best["total"] == sum(part["contribution"] for part in best["parts"])
    assert all(part["text"]["zh"] and part["text"]["en"] for part in best["parts"])
    assert shown["request"]["people"] == 18


def test_figures_that_would_tell_of_few_people_are_not_told():
    fair = Fair(people=(16, 2))
    fair.ready()
    fair.bidders[0].bid(fair.tender)
    fair.to_deadline()
    for reader in (fair.organiser, fair.bidders[0].caller):
        shown = outbound.tender(card_of(fair.uow, fair.tender, reader))
        assert (shown["request"]["people"], shown["request"]["people_exact"]) == (16, False)
        (people,) = (part for part in shown["bids"][0]["ranking"]["parts"] if part["part"] == "people")
        assert people["text"]["en"] == "Serves 21 of 21 people", "few count as the smallest number that is told"


def test_the_best_bid_is_taken_and_the_match_rests_on_the_agreement(decided):
    card = decided.choose(decided.cheap.bid_id)
    assert card.tender.state is TenderState.AGREED
    (match,) = decided.uow.matches.all()
    agreement = decided.agreement
    assert (match.agreement_id, match.agreement_hash) == (agreement.agreement_id, agreement.hash)
    assert match.offer.terms.tiers[1].price == cny("90.00")
    assert decided.uow.slots.find(match.slot_id).held == match.seats
    assert decided.copy.state is PoolState.MATCHED
    assert is_untouched(agreement.document, agreement.hash)
    proposed = decided.uow.outbox.data_of("match_proposed.v1")[0]
    assert proposed["agreement_hash"] == agreement.hash
    assert decided.uow.outbox.data_of("agreement_made.v1")[0]["overruled_because"] is None


def test_an_agreement_that_was_touched_is_noticed(decided):
    decided.choose(decided.cheap.bid_id)
    document, hash_ = decided.agreement.document, decided.agreement.hash
    touched = [
        {**document, "seats": document["seats"] + 1},
        {**document, "proposal": {**document["proposal"], "note": "x"}},
        {name: value for name, value in document.items() if name != "bids"},
        {**document, "seats": 1.5},
    ]
    assert [is_untouched(one, hash_) for one in touched] == [False] * 4
    assert is_untouched(dict(reversed(document.items())), hash_), "the order of names is not part of it"


def test_a_document_is_written_in_one_way_only():
    assert canonical({"b": [1, None, True], "a": "拼"}) == '{"a":"拼","b":[1,null,true]}'.encode()
    with pytest.raises(TypeError):
        canonical({"a": 1.5})


def test_another_bid_than_the_best_needs_a_reason_which_is_kept_and_told(decided):
    with pytest.raises(InvalidError):
        decided.choose(decided.dear.bid_id)
    decided.choose(decided.dear.bid_id, "上次服务很好")
    assert decided.tender.overruled_because == "上次服务很好"
    assert decided.agreement.document["chosen"]["overruled_because"] == "上次服务很好"
    assert decided.agreement.document["chosen"]["rank"] == 2
    assert decided.uow.outbox.data_of("agreement_made.v1")[0]["overruled_because"] == "上次服务很好"


def test_the_document_names_no_price_of_those_who_lost(decided):
    decided.choose(decided.cheap.bid_id)
    text = canonical(decided.agreement.document).decode()
    assert "115.00" not in text
    assert decided.dear.commitment in text


def test_a_bid_that_no_longer_fits_is_not_taken(decided):
    taken = decided.bidders[1].slot
    decided.uow.slots.rows[taken.slot_id] = replace(taken, confirmed=25)
    with pytest.raises(BidUnfitError) as caught:
        decided.choose(decided.cheap.bid_id)
    assert caught.value.detail["reason"] == Reason.NO_SLOT
    assert decided.tender.state is TenderState.DECIDING


def test_a_bid_is_not_taken_after_its_validity():
    fair = Fair()
    fair.ready()
    valid_until = fair.tender.deadline + timedelta(hours=1)
    bid = fair.bidders[0].bid(fair.tender, valid_until=valid_until).bid
    fair.to_deadline()
    fair.uow.clock.time = valid_until
    with pytest.raises(BidUnfitError) as caught:
        fair.choose(bid.bid_id)
    assert caught.value.detail["reason"] == "bid_expired"


def test_a_bidder_that_was_suspended_in_the_meantime_is_not_taken(decided):
    best = decided.bidders[1].supplier
    decided.uow.suppliers.add(replace(best, standing=SupplierStanding.SUSPENDED))
    with pytest.raises(BidUnfitError):
        decided.choose(decided.cheap.bid_id)


def test_a_worse_grade_loses_a_tender_that_would_have_been_won(fair):
    fair.ready()
    for bidder, standing in zip(fair.bidders, ("grade_c", "grade_a"), strict=True):
        fair.uow.suppliers.add(replace(bidder.supplier, standing=SupplierStanding(standing)))
    cheaper = fair.bidders[0].bid(fair.tender, (10, "119.00")).bid
    better = fair.bidders[1].bid(fair.tender, (10, "120.00")).bid
    fair.to_deadline()
    assert [ranked.bid_id for ranked in fair.ranking] == [better.bid_id, cheaper.bid_id]


def test_a_bid_is_at_its_own_prices_whatever_a_grant_says(fair):
    bidder = fair.bidders[0]
    dearer, ids = PriceModel(adjustment_bp=500), {"supplier_id": bidder.supplier.supplier_id}
    for community_id in (fair.home, fair.other):
        given = grant(bidder.supplier.community_id, community_id, *SEE_AND_USE, prices=dearer, **ids)
        fair.uow.permissions.add(given)
    fair.ready()
    bid = bidder.bid(fair.tender, (10, "120.00")).bid
    fair.to_deadline()
    fair.choose(bid.bid_id)
    (match,) = fair.uow.matches.all()
    assert match.offer.terms.tiers[0].price == cny("120.00")
    assert len(match.communities) == 2


def test_nothing_is_chosen_while_bids_are_sealed(fair):
    fair.ready()
    bid = fair.bidders[0].bid(fair.tender).bid
    with pytest.raises(TenderStateError):
        fair.choose(bid.bid_id)


def test_a_community_reads_and_takes_only_bids_of_suppliers_that_it_may_use():
    fair = Fair()
    own = Bidder(fair.uow, sharing=named(fair.home))
    fair.ready()
    bid = own.bid(fair.tender, *CHEAP).bid
    fair.bidders[0].bid(fair.tender, *DEAR)
    fair.to_deadline()
    other = caller(community_id=fair.other)
    shown = outbound.tender(card_of(fair.uow, fair.tender, other))
    (foreign,) = (one for one in shown["bids"] if one["bid_id"] == str(bid.bid_id))
    assert foreign["proposal"] is None
    with pytest.raises(BidNotFoundError):
        fair.choose(bid.bid_id, "便宜", by=other)
    fair.choose(bid.bid_id, "只给我们")
    assert fair.agreement.community_ids == (fair.home,)
    assert not fair.agreement.is_visible_to(other)
    assert not fair.agreement.is_visible_to(fair.bidders[0].caller)
    assert fair.agreement.is_visible_to(own.caller)


def test_communities_outside_the_pool_know_of_no_tender(decided):
    stranger = caller(community_id=new_id())
    with pytest.raises(TenderNotFoundError):
        decided.choose(decided.cheap.bid_id, by=stranger)
    assert not decided.tender.is_visible_to(stranger)


def test_without_a_bid_the_tender_fails_and_the_pool_goes_on_directly(fair):
    fair.ready()
    fair.to_deadline()
    assert fair.uow.outbox.data_of("tender_failed.v1")[0]["then"] == "direct"
    fair.fire()
    assert fair.copy.procedure is Procedure.DIRECT
    assert fair.copy.state is PoolState.MATCHED


def test_a_pool_may_be_asked_again_as_often_as_its_rules_say():
    fair = Fair(rules=TenderRules(afterwards=Afterwards.AGAIN, attempts=2))
    fair.ready()
    fair.to_deadline()
    fair.fire()
    assert (fair.tender.attempt, fair.tender.state) == (2, TenderState.BIDDING)
    fair.to_deadline()
    fair.fire()
    assert [told["then"] for told in fair.uow.outbox.data_of("tender_failed.v1")] == ["again", "direct"]
    assert fair.copy.state is PoolState.MATCHED


def test_where_nobody_decides_in_time_the_best_bid_that_fits_is_taken(decided):
    taken = decided.bidders[1].slot
    decided.uow.slots.rows[taken.slot_id] = replace(taken, confirmed=25)
    assert decided.to_the_end().chosen_bid_id == decided.dear.bid_id
    assert decided.copy.state is PoolState.MATCHED


def test_where_no_bid_fits_the_tender_fails_with_the_reasons(fair):
    fair.ready()
    for bidder in fair.bidders:
        bidder.bid(fair.tender, (10, "999.00"))
    fair.to_deadline()
    fair.to_the_end()
    assert fair.tender.reasons == {"too_expensive": 2}
    shown = [outbound.tender(card_of(fair.uow, fair.tender, who)) for who in (fair.organiser, fair.bidders[0].caller)]
    assert [one["reasons"] for one in shown] == [{"too_expensive": 2}, None]


def test_a_tender_takes_at_most_half_of_the_time_that_is_left(fair):
    tender = fair.ready()
    last_start = fair.pool.windows[0].end - timedelta(minutes=fair.pool.minutes)
    assert tender.decide_by - MONDAY == (last_start - MONDAY) / 2
    assert tender.deadline < tender.decide_by


def test_where_it_is_too_late_for_a_tender_the_pool_is_told_so(fair):
    fair.uow.clock.time = fair.pool.windows[0].end
    assert fair.ready() is None
    assert fair.uow.outbox.data_of("pool_unmatched.v1")[0]["reasons"] == {"no_slot": 1}


def test_an_organiser_ends_a_tender_without_an_agreement(decided):
    handlers.close_tender(CloseTender(decided.organiser, decided.tender.tender_id), decided.uow)
    assert decided.tender.state is TenderState.FAILED
    decided.fire()
    assert decided.copy.state is PoolState.MATCHED


def test_the_tender_of_a_pool_that_is_dissolved_is_cancelled(decided):
    handlers.dissolve_pool(commands.DissolvePool(decided.pool.pool_id, "pottery", 9), decided.uow)
    assert decided.tender.state is TenderState.CANCELLED
    assert not [key for key in decided.uow.timers.pending if key.startswith("tender/")]
    assert decided.to_the_end().state is TenderState.CANCELLED


def test_the_way_of_a_pool_does_not_change_during_a_tender(fair):
    fair.ready()
    command = ChooseProcedure(fair.organiser, None, fair.pool.pool_id, Procedure.DIRECT)
    with pytest.raises(TenderLiveError):
        handlers.choose_procedure(command, fair.uow)


def test_a_match_that_is_lost_after_the_last_tender_is_replaced_directly(decided):
    decided.choose(decided.cheap.bid_id)
    assert decided.copy.procedure is Procedure.DIRECT


def test_an_offer_of_many_slots_is_taken_in_the_slot_that_is_named(fair):
    bidder = fair.bidders[0]
    late = slot(bidder.offer.offer_id, span(hour=5))
    fair.uow.slots.add(late)
    fair.ready()
    bid = bidder.bid(fair.tender, slot_ids=(bidder.slot.slot_id, late.slot_id)).bid
    fair.to_deadline()
    with pytest.raises(InvalidError):
        fair.choose(bid.bid_id, slot_id=new_id())
    fair.choose(bid.bid_id, slot_id=late.slot_id)
    assert fair.agreement.document["slot"]["slot_id"] == str(late.slot_id)


def test_what_is_sealed_holds_everything_that_was_bid(decided):
    opened = decided.uow.bids.find(decided.cheap.bid_id)
    document = bid_document(opened.bid_id, opened.supplier_id, opened.proposal, opened.nonce)
    assert document["terms"]["tiers"][1]["price"]["amount"] == "90.00"
    assert document["nonce"] == opened.nonce


# The page.


def rows_of(heading):
    text = PAGE.read_text().split(f"## {heading}")[1].split("\n## ")[0]
    found = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", text, re.M)]
    return found[2:]


@pytest.mark.parametrize(("heading", "table"), [("The life of a tender", TENDER), ("The life of a negotiation", TALK)])
def test_the_page_shows_the_table(heading, table):
    written = [[str(state), str(step), str(line.next), line.by, line.told] for (state, step), line in table.items()]
    assert rows_of(heading) == written


def test_the_tables_name_events_and_calls_that_exist():
    for line in (*TENDER.values(), *TALK.values()):
        assert all(name in EVENTS for name in line.told.split(", "))
        known = {*RPCS, "timer", "pool_dissolved.v1", "the end of the tender"}
        assert all(by in known for by in line.by.split(", "))
