"""Mediators: who may decide a case, how long, and what a decision is to the fen."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.campaign.domain import dispute_notices as notices
from services.campaign.domain.dispute_events import DisputeDecided
from services.campaign.domain.dispute_lifecycle import Act, step
from services.campaign.domain.disputes import Decision, Dispute, DisputeState, Kind, Mediator, Side
from services.campaign.domain.disputing import Turn, require_within, say
from services.campaign.domain.model import Campaign
from services.campaign.domain.notices import Notice
from services.campaign.domain.terms import FULL_BP
from services.kernel.ids import CommunityId, MemberId
from services.kernel.money import Money

INTEREST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Named:
    """A member whom the operator of its community has named a mediator; one that was ended gets no cases."""

    member_id: MemberId
    community_id: CommunityId
    named_at: datetime
    ended_at: datetime | None = None
    open_cases: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator that could get a case; ``dealt_at`` is when it, or its household, last dealt with the supplier."""

    mediator: Mediator
    open_cases: int
    dealt_at: datetime | None


def choose(
    dispute: Dispute,
    communities: Iterable[CommunityId],
    registered_by: CommunityId | None,
    candidates: Iterable[Candidate],
    now: datetime,
) -> Mediator | None:
    """Return who gets the case: no interest in it, not there before, fewest open cases, then the lowest id.

    Where it is not known which community registered the supplier, nobody can be said to have no interest.
    """
    if registered_by is None:
        return None
    concerned, been = {*communities, registered_by}, set(dispute.past)
    if dispute.mediator is not None:
        been.add(dispute.mediator.member_id)
    since = now - timedelta(days=INTEREST_DAYS)
    free = [
        one
        for one in candidates
        if one.mediator.community_id not in concerned
        and one.mediator.member_id not in been
        and (one.dealt_at is None or one.dealt_at <= since)
    ]
    chosen = min(free, key=lambda one: (one.open_cases, one.mediator.member_id), default=None)
    return None if chosen is None else chosen.mediator


def assign(
    campaign: Campaign, dispute: Dispute, mediator: Mediator | None, now: datetime, *, again: bool = False
) -> Turn:
    """Give the case to a mediator for one term; without one the node operator decides, and a mediator is looked for
    again after as long. ``again`` tells that the case was in mediation already: no change is no news.
    """
    past = dispute.past if dispute.mediator is None else (*dispute.past, dispute.mediator.member_id)
    due_at = now + timedelta(hours=campaign.rules.disputes.mediation_hours)
    given = replace(dispute, mediator=mediator, past=past, due_at=due_at)
    if mediator is not None:
        return Turn(given, notices=(notices.in_mediation(campaign, given), notices.assigned(campaign, given, mediator)))
    unchanged = again and dispute.mediator is None
    return Turn(given, notices=() if unchanged else (notices.in_mediation(campaign, given),))


def escalate(dispute: Dispute, now: datetime) -> Turn:
    """End the time in which only consent was sought; a mediator has to be assigned next."""
    return Turn(step(dispute, Act.ESCALATE, now))


def decline(dispute: Dispute, now: datetime) -> Turn:
    """Let a mediator say that it has an interest in the case; another has to be assigned next."""
    return Turn(step(dispute, Act.DECLINE, now))


def pass_on(campaign: Campaign, dispute: Dispute, now: datetime) -> Turn:
    """Take the case from a mediator whose term is over; the next has to be assigned."""
    return Turn(step(dispute, Act.PASS_ON, now), notices=_lost(campaign, dispute, notices.TERM_OVER))


def replace_ended(campaign: Campaign, dispute: Dispute) -> Turn:
    """Take the case from one who is no mediator any more, whatever its term."""
    return Turn(dispute, notices=_lost(campaign, dispute, notices.NO_LONGER_NAMED))


def _lost(campaign: Campaign, dispute: Dispute, why: tuple[str, str]) -> tuple[Notice, ...]:
    mediator = dispute.mediator
    return () if mediator is None else (notices.discharged(campaign, dispute, mediator, why),)


def share_of(claim: Money, bp: int) -> Money:
    """Return the member's part when the claim is divided by basis points: largest remainder, ties to the member."""
    return claim.split((bp, FULL_BP - bp))[0]


def decide(campaign: Campaign, dispute: Dispute, side: Side, amount: Money, text: str, now: datetime) -> Turn:
    """Decide how much goes back. The first decision can be appealed, the second is final."""
    decided = step(dispute, Act.DECIDE, now)
    require_within(dispute, amount)
    first = decided.state is DisputeState.DECIDED
    due_at = now + timedelta(hours=campaign.rules.disputes.appeal_hours) if first else None
    decided = replace(decided, decisions=(*dispute.decisions, Decision(amount, side, now)), due_at=due_at)
    said = say(dispute, Kind.DECISION, side, text, now, amount)
    told = (notices.decided(campaign, decided),) if first else ()
    return Turn(decided, (said,), (DisputeDecided(decided),), told)
