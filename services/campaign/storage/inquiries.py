"""Loading and saving inquiries, which change under the lock of their campaign."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, update

from services.campaign.domain.asking import Answer, Asked, Conclusion, Inquiry
from services.campaign.domain.model import About
from services.campaign.domain.terms import Terms
from services.campaign.storage.asking_tables import inquiries, inquiry_answers
from services.campaign.storage.rows import AnyRow, Row
from services.campaign.storage.tables import commitments
from services.campaign.storage.terms_json import terms_of_columns, terms_to_json
from services.chassis.bulk import insert_many
from services.kernel.ids import CampaignId, CommitmentId, InquiryId, MatchId
from services.kernel.money import Money

OPEN = inquiries.c.conclusion.is_(None)


class Inquiries:
    """What members are asked, and what they answered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, inquiry: Inquiry) -> None:
        """Keep a new inquiry and whom it asks."""
        self._connection.execute(inquiries.insert().values(_row_of(inquiry)))
        answers = [
            {"inquiry_id": inquiry.inquiry_id, "commitment_id": one.commitment_id, "seats": one.seats}
            for one in inquiry.asked
        ]
        insert_many(self._connection, inquiry_answers, answers)

    def save(self, inquiry: Inquiry) -> None:
        """Save how an inquiry ended."""
        changes = {name: _row_of(inquiry)[name] for name in ("conclusion", "closed_at", "held_seats")}
        self._connection.execute(update(inquiries).where(inquiries.c.inquiry_id == inquiry.inquiry_id).values(changes))

    def save_answer(self, inquiry: Inquiry, commitment_id: CommitmentId) -> None:
        """Save what one commitment answered."""
        one = next(asked for asked in inquiry.asked if asked.commitment_id == commitment_id)
        table = inquiry_answers.c
        where = (table.inquiry_id == inquiry.inquiry_id, table.commitment_id == commitment_id)
        values = {"answer": one.answer, "answered_at": one.answered_at}
        self._connection.execute(update(inquiry_answers).where(*where).values(values))

    def find(self, inquiry_id: InquiryId) -> Inquiry | None:
        """Return an inquiry; who has locked its campaign sees its present state."""
        return self._one(select(inquiries).where(inquiries.c.inquiry_id == inquiry_id))

    def open_of(self, campaign_id: CampaignId) -> Inquiry | None:
        """Return what the members of a campaign are being asked."""
        return self._one(select(inquiries).where(inquiries.c.campaign_id == campaign_id, OPEN))

    def of_match(self, match_id: MatchId) -> Inquiry | None:
        """Return the inquiry about a match that was proposed as a replacement."""
        about = inquiries.c.about == About.REPLACEMENT
        return self._one(select(inquiries).where(inquiries.c.match_id == match_id, about))

    def into(self, target_id: CampaignId) -> list[Inquiry]:
        """Return the open inquiries by which members of others may move into a campaign, the oldest first."""
        query = select(inquiries).where(inquiries.c.target_campaign_id == target_id, OPEN)
        return self._all(query.order_by(inquiries.c.inquiry_id))

    def partners(self, campaign_id: CampaignId) -> list[CampaignId]:
        """Return the campaigns that share an open merge with this one, on whichever side."""
        columns = inquiries.c.campaign_id, inquiries.c.target_campaign_id
        query = select(*columns).where(OPEN, inquiries.c.target_campaign_id.is_not(None))
        found = self._connection.execute(query.where((columns[0] == campaign_id) | (columns[1] == campaign_id)))
        return [one for row in found for one in row if one != campaign_id]

    def page(self, campaign_id: CampaignId, before: UUID | None, limit: int) -> list[Inquiry]:
        """Return inquiries of a campaign, the newest first."""
        query = select(inquiries).where(inquiries.c.campaign_id == campaign_id)
        if before is not None:
            query = query.where(inquiries.c.inquiry_id < before)
        return self._all(query.order_by(inquiries.c.inquiry_id.desc()).limit(limit))

    def _one(self, query: Select) -> Inquiry | None:
        found = self._all(query)
        return found[0] if found else None

    def _all(self, query: Select) -> list[Inquiry]:
        found = self._connection.execute(query).mappings().all()
        asked = self._asked([row["inquiry_id"] for row in found])
        return [_inquiry_of(row, tuple(asked[row["inquiry_id"]])) for row in found]

    def _asked(self, inquiry_ids: Sequence[InquiryId]) -> dict[InquiryId, list[Asked]]:
        """Return whom they ask. Seats that were handed over belong to their new member."""
        table, asked = inquiry_answers.c, {inquiry_id: [] for inquiry_id in inquiry_ids}
        if not inquiry_ids:
            return asked
        query = (
            select(inquiry_answers, commitments.c.community_id, commitments.c.member_id)
            .join(commitments, commitments.c.commitment_id == table.commitment_id)
            .where(table.inquiry_id == func.any(list(inquiry_ids)))
            .order_by(table.commitment_id)
        )
        for row in self._connection.execute(query):
            answer = None if row.answer is None else Answer(row.answer)
            who = (row.commitment_id, row.community_id, row.member_id, row.seats)
            asked[row.inquiry_id].append(Asked(*who, answer, row.answered_at))
        return asked


def _row_of(inquiry: Inquiry) -> Row:
    return {
        "inquiry_id": inquiry.inquiry_id,
        "campaign_id": inquiry.campaign_id,
        "about": inquiry.about,
        "terms": _terms_to_json(inquiry.terms),
        "match_id": inquiry.terms.match_id,
        "target_campaign_id": inquiry.target_id,
        "currency": inquiry.terms.currency,
        "price_minor": None if inquiry.price is None else inquiry.price.minor,
        "minimum": inquiry.minimum,
        "held_seats": inquiry.held_seats,
        "even_if_fewer": inquiry.even_if_fewer,
        "reason": inquiry.reason,
        "text": inquiry.text,
        "asked_at": inquiry.asked_at,
        "term": inquiry.term,
        "conclusion": inquiry.conclusion,
        "closed_at": inquiry.closed_at,
    }


def _inquiry_of(row: AnyRow, asked: tuple[Asked, ...]) -> Inquiry:
    price = row["price_minor"]
    return Inquiry(
        inquiry_id=row["inquiry_id"],
        campaign_id=row["campaign_id"],
        about=About(row["about"]),
        terms=_terms_of(row),
        price=None if price is None else Money(price, row["currency"]),
        minimum=row["minimum"],
        asked=asked,
        asked_at=row["asked_at"],
        term=row["term"],
        target_id=row["target_campaign_id"],
        even_if_fewer=row["even_if_fewer"],
        reason=row["reason"],
        text=row["text"],
        conclusion=None if row["conclusion"] is None else Conclusion(row["conclusion"]),
        closed_at=row["closed_at"],
    )


def _terms_to_json(terms: Terms) -> dict[str, Any]:
    """Return all of the terms: what a campaign has columns for as well."""
    return {
        "pool_id": None if terms.pool_id is None else str(terms.pool_id),
        "supplier_id": str(terms.supplier_id),
        "community_ids": [str(one) for one in terms.communities],
        "terms": terms_to_json(terms),
    }


def _terms_of(row: AnyRow) -> Terms:
    kept = row["terms"]
    columns = {
        "match_id": row["match_id"],
        "pool_id": None if kept["pool_id"] is None else UUID(kept["pool_id"]),
        "community_ids": [UUID(one) for one in kept["community_ids"]],
        "supplier_id": UUID(kept["supplier_id"]),
        "currency": row["currency"],
        "terms": kept["terms"],
    }
    return terms_of_columns(columns)
