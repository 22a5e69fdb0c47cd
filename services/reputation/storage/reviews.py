"""Loading and saving reviews, and how far the campaigns have come that they are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.bulk import insert_many
from services.kernel.clock import format_time, parse_time
from services.kernel.ids import CampaignId, CommitmentId, CommunityId, MemberId
from services.reputation.domain.masking import Hidden, Mask
from services.reputation.domain.model import ALL_MARKS, Answer, Review, Scores
from services.reputation.domain.phases import Author, Engagement, Phase
from services.reputation.storage.tables import abuse_words, engaged, engagements, reviews

_IDS = ("commitment_id", "campaign_id", "supplier_id", "community_id", "member_id")
_SAME = ("review_id", *_IDS, "again", "text", "original", "created_at")
# What scores are made of.
_EVIDENCE = (reviews.c.phase == Phase.AFTER.value, reviews.c.author == Author.PARTICIPANT.value)


class Reviews:
    """What was written. The marks never change, the text only in what is hidden of it; nothing is deleted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, review: Review) -> None:
        """Keep a new review."""
        self._connection.execute(insert(reviews).values(_row(review)))

    def save(self, review: Review) -> None:
        """Save what of a review may change: what is hidden of it, and the answer."""
        row = _row(review)
        changes = {name: row[name] for name in ("text", "original", "masks", "answer")}
        self._connection.execute(update(reviews).where(reviews.c.review_id == review.review_id).values(changes))

    def find(self, review_id: UUID, *, lock: bool = False) -> Review | None:
        """Return a review."""
        query = select(reviews).where(reviews.c.review_id == review_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return row and review_of(row)

    def find_of_commitment(self, commitment_id: CommitmentId, phase: Phase = Phase.AFTER) -> Review | None:
        """Return the review of a commitment in a phase, or None."""
        query = select(reviews).where(reviews.c.commitment_id == commitment_id, reviews.c.phase == phase.value)
        row = self._connection.execute(query).one_or_none()
        return row and review_of(row)

    def find_by(
        self, author: Author, campaign_id: CampaignId, community_id: CommunityId | None, phase: Phase
    ) -> Review | None:
        """Return what an organiser or a supervisor has said of a campaign in a phase, or None."""
        table = reviews.c
        where = (table.author == author.value, table.campaign_id == campaign_id, table.phase == phase.value)
        of = table.community_id.is_(None) if community_id is None else table.community_id == community_id
        row = self._connection.execute(select(reviews).where(*where, of)).one_or_none()
        return row and review_of(row)

    def of_commitments(self, commitment_ids: Sequence[UUID]) -> dict[UUID, Review]:
        """Return the reviews of these commitments that may become evidence."""
        query = select(reviews).where(reviews.c.commitment_id == func.any(list(commitment_ids)), *_EVIDENCE)
        return {row.commitment_id: review_of(row) for row in self._connection.execute(query)}

    def abuse(self, community_id: CommunityId | None) -> tuple[str, ...]:
        """Return the words that a community does not want to read."""
        query = select(abuse_words.c.words).where(abuse_words.c.community_id == community_id)
        return tuple(self._connection.execute(query).scalar_one_or_none() or ())

    def set_abuse(self, community_id: CommunityId, words: Sequence[str]) -> None:
        """Keep the words that a community does not want to read."""
        statement = insert(abuse_words).values(community_id=community_id, words=list(words))
        set_ = {"words": list(words)}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["community_id"], set_=set_))


class Engagements:
    """How far campaigns have come, and who takes part in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, campaign_id: CampaignId, news: Mapping[str, Any]) -> None:
        """Keep what is told of a campaign, in whatever order."""
        statement = insert(engagements).values(campaign_id=campaign_id, **news)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["campaign_id"], set_=dict(news)))

    def note_people(
        self, campaign_id: CampaignId, people: Sequence[tuple[CommitmentId, CommunityId, MemberId]]
    ) -> None:
        """Keep who takes part; what was told before stays."""
        names = ("commitment_id", "community_id", "member_id")
        known = set(self._connection.execute(_known([one[0] for one in people])).scalars())
        rows = [
            {**dict(zip(names, one, strict=True)), "campaign_id": campaign_id} for one in people if one[0] not in known
        ]
        insert_many(self._connection, engaged, rows)

    def find(self, campaign_id: CampaignId) -> Engagement | None:
        """Return how far a campaign has come, locked: of two reviews at once the second sees the first."""
        query = select(engagements).where(engagements.c.campaign_id == campaign_id)
        row = self._connection.execute(query.with_for_update()).one_or_none()
        return row and Engagement(**{**row._mapping, "community_ids": tuple(row.community_ids)})

    def commitment(self, commitment_id: CommitmentId) -> tuple[CampaignId, CommunityId, MemberId] | None:
        """Return of which campaign, community and member a commitment is."""
        row = self._connection.execute(select(engaged).where(engaged.c.commitment_id == commitment_id)).one_or_none()
        return row and (row.campaign_id, row.community_id, row.member_id)


def _known(commitment_ids: Sequence[CommitmentId]) -> Any:
    return select(engaged.c.commitment_id).where(engaged.c.commitment_id == func.any(list(commitment_ids)))


def review_of(row: Row[Any]) -> Review:
    """Make a review of its row."""
    fields = row._mapping
    return Review(
        **{name: fields[name] for name in _SAME},
        scores=Scores(**{mark: fields[mark] for mark in ALL_MARKS}),
        phase=Phase(fields["phase"]),
        author=Author(fields["author"]),
        masks=tuple(Mask(Hidden(kind), *rest) for kind, *rest in fields["masks"]),
        answer=_answer(fields["answer"]),
    )


def _answer(kept: dict[str, Any] | None) -> Answer | None:
    if kept is None:
        return None
    earlier = tuple((text, _at(until)) for text, until in kept["earlier"])
    return Answer(kept["text"], _at(kept["at"]), earlier)


def _at(text: str) -> datetime:
    return parse_time(text, "at")


def _row(review: Review) -> dict[str, Any]:
    answer = review.answer
    return {
        **{name: getattr(review, name) for name in _SAME},
        **{mark: getattr(review.scores, mark) for mark in ALL_MARKS},
        "twelfths": review.scores.twelfths,
        "phase": review.phase.value,
        "author": review.author.value,
        "masks": [[str(one.kind), one.start, one.length, one.by, one.reason] for one in review.masks],
        "answer": answer
        and {
            "text": answer.text,
            "at": format_time(answer.at),
            "earlier": [[text, format_time(until)] for text, until in answer.earlier],
        },
    }
