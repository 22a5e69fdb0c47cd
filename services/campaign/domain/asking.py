"""The inquiry: a question to every member whom a change concerns, with a term, and with a meaning of silence.

Whoever does not accept is refunded, and that is always said. ASKING.md tells what is asked, and what comes of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.campaign.domain.errors import InquiryClosedError, NotAskedError
from services.campaign.domain.model import About, Campaign, Commitment, Standing
from services.campaign.domain.terms import Terms
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, InquiryId, MemberId, new_id
from services.kernel.money import Money


class Answer(StrEnum):
    """What a member can answer; silence means refund."""

    ACCEPT = "accept"
    REFUND = "refund"


class Conclusion(StrEnum):
    """What became of an inquiry. The last five changed nothing for those who had accepted."""

    MERGED = "merged"
    REMATCHED = "rematched"
    MOVED = "moved"
    TOO_FEW = "too_few"
    NOT_ASKED = "not_asked"
    GONE = "gone"
    CALLED_OFF = "called_off"
    SUPPLIER_WITHDREW = "supplier_withdrew"


@dataclass(frozen=True, slots=True)
class Asked:
    """One commitment that is asked, with what it answered; ``seats`` are those of the moment of asking."""

    commitment_id: CommitmentId
    community_id: CommunityId
    member_id: MemberId
    seats: int
    answer: Answer | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: ``terms`` are those that would hold, at ``price`` per seat at most.

    ``minimum`` is how many seats have to accept, or nothing changes. ``target_id`` is the campaign that members would
    move to; ``reason`` says by a code why something is to change, or why members were not asked, ``text`` in words.
    """

    inquiry_id: InquiryId
    campaign_id: CampaignId
    about: About
    terms: Terms
    asked: tuple[Asked, ...]
    asked_at: datetime
    term: datetime
    price: Money | None = None
    minimum: int = 1
    target_id: CampaignId | None = None
    even_if_fewer: bool = False
    reason: str | None = None
    text: str | None = None
    conclusion: Conclusion | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still takes answers, as far as the clock allows."""
        return self.conclusion is None

    @property
    def held_seats(self) -> int:
        """The room that is held in the other campaign while members are asked to move there."""
        return sum(one.seats for one in self.asked) if self.is_open and self.about is About.MERGE else 0

    @property
    def accepting(self) -> frozenset[CommitmentId]:
        """The commitments that have accepted."""
        return frozenset(one.commitment_id for one in self.asked if one.answer is Answer.ACCEPT)


def ask(
    campaign: Campaign,
    about: About,
    terms: Terms,
    commitments: Sequence[Commitment],
    term: datetime,
    now: datetime,
    **details: Any,
) -> Inquiry:
    """Return a new inquiry of these commitments; ``details`` are its other fields."""
    asked = tuple(Asked(one.commitment_id, one.community_id, one.member_id, one.seats) for one in commitments)
    ids = (InquiryId(new_id()), campaign.campaign_id)
    return Inquiry(*ids, about, terms, asked, asked_at=now, term=term, **details)


def answer(inquiry: Inquiry, commitment: Commitment, wanted: Answer, now: datetime) -> Inquiry:
    """Note an answer; until the term it may be changed. The term itself counts, not its timer."""
    if not inquiry.is_open or now >= inquiry.term:
        state = "closed" if inquiry.conclusion is None else str(inquiry.conclusion)
        raise InquiryClosedError("the inquiry is closed", state=state, term=format_time(inquiry.term))
    found = next((one for one in inquiry.asked if one.commitment_id == commitment.commitment_id), None)
    if found is None or commitment.state is not Standing.PAID:
        raise NotAskedError("this commitment is not asked", state=str(commitment.state))
    return _with(inquiry, replace(found, answer=wanted, answered_at=now))


def forget(inquiry: Inquiry, commitment_id: CommitmentId) -> Inquiry:
    """Forget an answer, because the seats are somebody else's now."""
    found = next((one for one in inquiry.asked if one.commitment_id == commitment_id), None)
    return inquiry if found is None else _with(inquiry, replace(found, answer=None, answered_at=None))


def _with(inquiry: Inquiry, changed: Asked) -> Inquiry:
    asked = (changed if one.commitment_id == changed.commitment_id else one for one in inquiry.asked)
    return replace(inquiry, asked=tuple(asked))


def is_answered(inquiry: Inquiry, paid: Collection[CommitmentId]) -> bool:
    """Tell whether all of those who are still there have answered."""
    return all(one.answer is not None for one in inquiry.asked if one.commitment_id in paid)


def conclude(inquiry: Inquiry, conclusion: Conclusion, now: datetime) -> Inquiry:
    """Close the inquiry, once."""
    if not inquiry.is_open:
        raise ValueError(f"inquiry {inquiry.inquiry_id} is {inquiry.conclusion} already")
    return replace(inquiry, conclusion=conclusion, closed_at=now)


def staying(inquiry: Inquiry, live: Sequence[Commitment]) -> list[Commitment]:
    """Return the paid commitments that stay: all others refused, or said nothing."""
    stay = inquiry.accepting
    return [one for one in live if one.state is Standing.PAID and one.commitment_id in stay]
