"""Matches without a pool, and the end of any match on which nobody opened a campaign in time."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.kernel.caller import Role
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.kernel.quantity import require_count
from services.supplier.domain.cards import MatchCard
from services.supplier.domain.commands import ProposeMatch
from services.supplier.domain.errors import (
    CommunityUnknownError,
    NotQualifiedError,
    OfferNotFoundError,
    PricesDifferError,
    SlotClosedError,
    SlotNotFoundError,
    SlotStartedError,
    SlotTooLateError,
)
from services.supplier.domain.matches import ExpiryReason, Match, Share
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer, Slot
from services.supplier.domain.pricing import made_to_all
from services.supplier.domain.standing import MatchState
from services.supplier.handlers.access import see_offer
from services.supplier.handlers.booking import expire_all, hold
from services.supplier.handlers.limits import require_new_work, rooms
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def propose_match(command: ProposeMatch, uow: SupplierUnitOfWork) -> MatchCard:
    """Hold seats of a slot for the caller's community, or for those that a node operator names."""
    command.caller.require(Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)
    community_ids = _communities(command, uow)
    seen, supplier = see_offer(uow, command.caller, command.offer_id)
    # Whoever has a limit is locked before its matches are counted.
    rooms(uow, [supplier])
    # Whoever takes a permission back or suspends the supplier waits for us, or we see that it has.
    supplier = uow.suppliers.keep(supplier.supplier_id) or supplier
    offer = uow.offers.keep_published(seen.offer_id) or seen
    offer.require_published()
    offer = _shared(offer, supplier, community_ids)
    offer = replace(offer, terms=offer.terms.adapted(command.choices))
    require_new_work(uow, supplier, command.seats)
    slot = _bookable_slot(uow, offer, command.slot_id)
    require_count(command.seats, "seats", least=offer.terms.min_group, most=offer.terms.max_group)
    _require_qualified(uow, offer)
    match = _direct_match(uow, offer, supplier, slot, command.seats, community_ids)
    hold(uow, match)
    return MatchCard(match, command.caller, uow.policy.privacy_k)


def _communities(command: ProposeMatch, uow: SupplierUnitOfWork) -> tuple[UUID, ...]:
    own = command.caller.community_id
    wanted = tuple(dict.fromkeys(command.community_ids or ((own,) if own else ())))
    if not wanted:
        raise InvalidError("community_ids", "is missing", "the communities for which the seats are held")
    unknown = uow.communities.unknown_among([one for one in wanted if one != own])
    # What is not the caller's own community does not exist for it, known here or not.
    foreign = [one for one in wanted if not command.caller.sees(one) or one in unknown]
    if foreign:
        raise CommunityUnknownError(
            "community_ids", f"names unknown communities: {', '.join(map(str, foreign))}", "known communities"
        )
    return wanted


def _shared(offer: Offer, supplier: Supplier, community_ids: tuple[UUID, ...]) -> Offer:
    hidden = [one for one in community_ids if not supplier.is_usable_in(one)]
    if hidden:
        raise OfferNotFoundError("there is no such offer for these communities", offer_id=str(offer.offer_id))
    made = made_to_all(offer, supplier, community_ids)
    if made is None:
        message = "the communities have prices of their own and no table of tiers together"
        raise PricesDifferError(message, state="prices_differ", offer_id=str(offer.offer_id))
    return made


def _bookable_slot(uow: SupplierUnitOfWork, offer: Offer, slot_id: UUID) -> Slot:
    slot = uow.slots.find(slot_id)
    if slot is None or slot.offer_id != offer.offer_id:
        raise SlotNotFoundError("the offer has no such slot", slot_id=str(slot_id))
    if slot.span.start <= uow.clock.now():
        raise SlotStartedError("the slot has begun", state="started", slot_id=str(slot_id))
    if slot.bookable_until <= uow.clock.now():
        latest = format_time(slot.bookable_until)
        raise SlotTooLateError(f"the slot had to be booked by {latest}", state="too_late", book_by=latest)
    if slot.closed:
        raise SlotClosedError("the supplier has withdrawn from the slot", state="closed", slot_id=str(slot_id))
    return slot


def _require_qualified(uow: SupplierUnitOfWork, offer: Offer) -> None:
    valid = uow.qualifications.valid_kinds([offer.supplier_id], uow.clock.now()).get(offer.supplier_id, frozenset())
    missing = sorted(set(offer.terms.required_qualifications) - valid)
    if missing:
        raise NotQualifiedError(f"the supplier lacks {', '.join(missing)}", state="not_qualified", missing=missing)


def _direct_match(
    uow: SupplierUnitOfWork, offer: Offer, supplier: Supplier, slot: Slot, seats: int, community_ids: tuple[UUID, ...]
) -> Match:
    now = uow.clock.now()
    score = uow.scores.many([supplier.supplier_id]).get(supplier.supplier_id)
    # One community is expected to take all the seats; how several will share them nobody has said.
    expected = seats if len(community_ids) == 1 else 0
    return Match(
        match_id=new_id(),
        pool_id=None,
        state=MatchState.PROPOSED,
        rank=1,
        people=seats,
        communities=tuple(Share(community_id, expected) for community_id in community_ids),
        supplier_id=supplier.supplier_id,
        supplier_name=supplier.name,
        offer=offer.snapshot,
        slot_id=slot.slot_id,
        span=slot.span,
        sessions=slot.sessions,
        seats=seats,
        held_until=min(now + uow.policy.match_hold, slot.bookable_until),
        distance_km=None,
        score=score.score if score else None,
        score_low=score.low if score else None,
        campaign_id=None,
        created_at=now,
        supplier_standing=str(supplier.standing),
    )


def expire_match(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Give the seats back when the timer of a match fires, unless a campaign was opened on it."""
    match = uow.matches.find(UUID(payload["match_id"]))
    if match is not None:
        expire_all(uow, [match], ExpiryReason.HOLD_EXPIRED)
