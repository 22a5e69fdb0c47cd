"""Matches without a pool, and what becomes of any match when its campaign opens, is confirmed, or ends."""

import logging
from typing import Any
from uuid import UUID

from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.kernel.quantity import require_count
from services.supplier.domain.cards import MatchCard
from services.supplier.domain.commands import ConfirmSeats, HoldForCampaign, ProposeMatch, ReleaseSeats
from services.supplier.domain.errors import (
    CommunityUnknownError,
    MatchNotFoundError,
    NotQualifiedError,
    OfferNotFoundError,
    SlotNotFoundError,
    SlotStartedError,
)
from services.supplier.domain.events import SlotConfirmed, SlotReleased
from services.supplier.domain.matches import ExpiryReason, Match, MatchState, Share
from services.supplier.domain.model import Supplier, SupplierState
from services.supplier.domain.offers import Offer, Slot
from services.supplier.handlers.access import publish, see_offer
from services.supplier.handlers.booking import expire_all, hold, lock_match, look_again, reopen, step
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

log = logging.getLogger(__name__)


def propose_match(command: ProposeMatch, uow: SupplierUnitOfWork) -> MatchCard:
    """Hold seats of a slot for the caller's community, or for those that a node operator names."""
    command.caller.require(Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)
    community_ids = _communities(command, uow)
    seen, supplier = see_offer(uow, command.caller, command.offer_id)
    offer = uow.offers.keep_published(seen.offer_id) or seen
    offer.require_published()
    _require_shared(offer, supplier, community_ids)
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


def _require_shared(offer: Offer, supplier: Supplier, community_ids: tuple[UUID, ...]) -> None:
    hidden = [one for one in community_ids if not supplier.is_visible_in(one)]
    if hidden or supplier.state is not SupplierState.ACTIVE:
        raise OfferNotFoundError("there is no such offer for these communities", offer_id=str(offer.offer_id))


def _bookable_slot(uow: SupplierUnitOfWork, offer: Offer, slot_id: UUID) -> Slot:
    slot = uow.slots.find(slot_id)
    if slot is None or slot.offer_id != offer.offer_id:
        raise SlotNotFoundError("the offer has no such slot", slot_id=str(slot_id))
    if slot.span.start <= uow.clock.now():
        raise SlotStartedError("the slot has begun", state="started", slot_id=str(slot_id))
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
        held_until=min(now + uow.policy.match_hold, slot.span.start),
        distance_km=None,
        score=score.score if score else None,
        score_low=score.low if score else None,
        campaign_id=None,
        created_at=now,
    )


def expire_match(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Give the seats back when the timer of a match fires, unless a campaign was opened on it."""
    match = uow.matches.find(UUID(payload["match_id"]))
    if match is not None:
        expire_all(uow, [match], ExpiryReason.HOLD_EXPIRED)


def hold_for_campaign(command: HoldForCampaign, uow: SupplierUnitOfWork) -> None:
    """Hold the seats as long as the campaign lasts. A proposal that has just expired takes them back if it can."""
    match = _lock_known(uow, command.match_id)
    if not (match.is_waiting or match.may_still_open):
        return _ignore(match, "campaign_opened")
    opened = step(uow, match, lambda it: it.open(command.campaign_id))
    _note_live(uow, opened)


def confirm_seats(command: ConfirmSeats, uow: SupplierUnitOfWork) -> None:
    """Turn held seats into sold ones and free the rest, whether or not word of the opening has come before."""
    match = _lock_known(uow, command.match_id)
    if match.state is not MatchState.PROPOSED and not match.may_still_open:
        return _ignore(match, "campaign_confirmed")
    confirmed = step(uow, match, lambda it: it.confirm(command.campaign_id, command.seats))
    publish(uow, SlotConfirmed(confirmed, command.campaign_id, command.seats))
    unsold = match.seats - command.seats if match.state is MatchState.PROPOSED else 0
    if unsold > 0:
        publish(uow, SlotReleased(confirmed, unsold))
        look_again(uow, [confirmed.offer.terms.category], {confirmed.pool_id})
    _note_live(uow, confirmed)


def release_seats(command: ReleaseSeats, uow: SupplierUnitOfWork) -> None:
    """Free the seats of a campaign that failed or was cancelled, opened or not."""
    match = _lock_known(uow, command.match_id)
    if match.may_still_open:
        return uow.matches.save(match.close(command.campaign_id))
    if match.state is not MatchState.PROPOSED:
        return _ignore(match, "the end of its campaign")
    released = step(uow, match, lambda it: it.release(command.campaign_id))
    publish(uow, SlotReleased(released, released.seats))
    # A pool whose campaign was opened is dissolved by demand; one that only had drafts may get another proposal.
    if match.campaign_id is None and match.pool_id is not None:
        reopen(uow, match.pool_id)
    look_again(uow, [released.offer.terms.category], {released.pool_id})


def _note_live(uow: SupplierUnitOfWork, match: Match) -> None:
    copy = uow.pools.find(match.pool_id, lock=True) if match.pool_id else None
    if copy is not None and copy.is_open:
        uow.pools.save(copy.matched())


def _lock_known(uow: SupplierUnitOfWork, match_id: UUID) -> Match:
    match = lock_match(uow, match_id)
    if match is None:
        raise MatchNotFoundError("the match is not known here", match_id=str(match_id))
    return match


def _ignore(match: Match, news: str) -> None:
    # Repeats and late news are ordinary: the match has gone further, and each step happens once.
    log.info("nothing to do for a match", extra={"news": news, "state": str(match.state)})
