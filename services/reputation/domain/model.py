"""Receipts, reviews, and who sees a supplier."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId, ReviewId, SupplierId
from services.kernel.quantity import require_count
from services.reputation.domain.errors import AlreadyReviewedError, CommitmentUnknownError
from services.reputation.domain.events import ReviewWritten
from services.reputation.domain.masking import Mask, masked
from services.reputation.domain.phases import Author, Phase
from services.reputation.domain.score import DIMENSIONS, LEAST, MOST, PLACES, TWELFTHS

MAX_TEXT = 2000  # characters
ALL_MARKS = (*DIMENSIONS, "qualification", "attendance", "progress")


@dataclass(frozen=True, slots=True)
class Scores:
    """The marks of one review, whole numbers from 1 to 5; which have to be given, its phase says (phases.py)."""

    quality: int | None = None
    punctuality: int | None = None
    communication: int | None = None
    value: int | None = None
    qualification: int | None = None
    attendance: int | None = None
    progress: int | None = None

    def __post_init__(self) -> None:
        given = [name for name in ALL_MARKS if getattr(self, name) is not None]
        for dimension in given or ("quality",):
            require_count(getattr(self, dimension), f"scores.{dimension}", least=LEAST, most=MOST)

    @property
    def twelfths(self) -> int:
        """The mean of the given marks in twelfths, a whole number."""
        given = [mark for dimension in ALL_MARKS if (mark := getattr(self, dimension)) is not None]
        return int(Fraction(sum(given) * TWELFTHS, len(given)))

    @property
    def overall(self) -> float:
        """The mean of the given marks, rounded."""
        return round(self.twelfths / TWELFTHS, PLACES)


def require_text(text: object, field: str) -> str:
    """Return ``text`` without blanks around it if it can be kept; raise ``InvalidError`` naming ``field``."""
    expected = f"text of at most {MAX_TEXT} characters"
    if not isinstance(text, str):
        raise InvalidError(field, f"{text!r} is not text", expected)
    if len(text) > MAX_TEXT:
        raise InvalidError(field, f"has {len(text)} characters", expected)
    # NUL and lone surrogates are possible in JSON and impossible in PostgreSQL.
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InvalidError(field, "holds a character that is not text", expected)
    return text.strip()


@dataclass(frozen=True, slots=True)
class Receipt:
    """That ``supplier_id`` served the seats that a member paid for."""

    commitment_id: CommitmentId
    campaign_id: CampaignId
    community_id: CommunityId
    member_id: MemberId
    seats: int
    supplier_id: SupplierId
    delivered_at: datetime

    def require_reviewer(self, caller: Caller) -> None:
        """Raise ``CommitmentUnknownError`` unless the caller is its member or acts for that member's community."""
        own = caller.role is not Role.MEMBER or caller.member_id == self.member_id
        if not (caller.sees(self.community_id) and own):
            message = "no such delivered commitment is known here"
            raise CommitmentUnknownError(message, commitment_id=str(self.commitment_id))

    def review(
        self, review_id: ReviewId, scores: Scores, text: str, now: datetime, again: bool | None = None
    ) -> tuple["Review", ReviewWritten]:
        """Return the review of the commitment, and that it was written."""
        review = Review(
            review_id=review_id,
            commitment_id=self.commitment_id,
            campaign_id=self.campaign_id,
            supplier_id=self.supplier_id,
            community_id=self.community_id,
            member_id=self.member_id,
            scores=scores,
            text=text,
            created_at=now,
            again=again,
        )
        return review, ReviewWritten(review)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the supplier says to a review; ``earlier`` are (text, until when) of what it said before."""

    text: str
    at: datetime
    earlier: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody says of a service. ``text`` is what everybody reads; ``original`` is kept where parts are hidden.

    A participant speaks of its commitment, an organiser for its community, a supervisor of the node for nobody's.
    """

    review_id: ReviewId
    commitment_id: CommitmentId | None
    campaign_id: CampaignId
    supplier_id: SupplierId
    community_id: CommunityId | None
    member_id: MemberId | None
    scores: Scores
    text: str
    created_at: datetime
    phase: Phase = Phase.AFTER
    author: Author = Author.PARTICIPANT
    again: bool | None = None
    original: str | None = None
    masks: tuple[Mask, ...] = ()
    answer: Answer | None = None

    @property
    def whole_text(self) -> str:
        """The text as it was written."""
        return self.text if self.original is None else self.original

    def hide(self, masks: Iterable[Mask]) -> "Review":
        """Hide parts of the text, those that are given and no others; all shown again is as if nothing was hidden."""
        masks = tuple(sorted(masks, key=lambda one: one.start))
        whole = self.whole_text
        return replace(self, text=masked(whole, masks), original=whole if masks else None, masks=masks)

    def answered(self, text: str, now: datetime) -> "Review":
        """Let the supplier answer, or say it otherwise; what it said before stays with it."""
        before = self.answer
        earlier = (*before.earlier, (before.text, now)) if before else ()
        return replace(self, answer=Answer(text, now, earlier))

    def refuse_another(self) -> AlreadyReviewedError:
        """Return the refusal of a second review of the same commitment."""
        detail = {"commitment_id": str(self.commitment_id), "review_id": str(self.review_id)}
        return AlreadyReviewedError("the commitment has its review", state="reviewed", **detail)


class Sharing(StrEnum):
    """With whom the registering community shares a supplier."""

    NONE = "none"
    NAMED = "named"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SupplierCopy:
    """What this service knows of a supplier: who may see it. ``seen_version`` orders the copies."""

    supplier_id: SupplierId
    community_id: CommunityId
    sharing: Sharing
    shared_with: frozenset[CommunityId]
    seen_version: int
