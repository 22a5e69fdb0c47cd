"""Disputes, mediators and terms: rows to values and back."""

from typing import Any
from uuid import UUID

from services.campaign.domain.disputes import (
    Decision,
    Dispute,
    DisputeState,
    File,
    Kind,
    Mediator,
    Offer,
    Reason,
    Side,
    Statement,
)
from services.campaign.domain.mediating import Candidate, Named
from services.campaign.domain.model import Organiser
from services.campaign.domain.templates import Template, Text
from services.campaign.domain.terms_document import CampaignTerms
from services.campaign.storage.rows import AnyRow, Row
from services.kernel.clock import format_time, parse_time
from services.kernel.ids import StatementId
from services.kernel.money import Money

_SAME = (
    *("dispute_id", "campaign_id", "commitment_id", "community_id", "member_id", "supplier_id", "answer_until"),
    *("consent_until", "answered_at", "due_at", "outcome", "opened_at", "closed_at", "version"),
)


def dispute_of(row: AnyRow) -> Dispute:
    """Return the dispute of a row of ``disputes``."""
    currency, mediator_id = row["currency"], row["mediator_id"]
    return Dispute(
        **{name: row[name] for name in _SAME},
        state=DisputeState(row["state"]),
        reason=Reason(row["reason"]),
        claim=Money(row["claim_minor"], currency),
        offers=tuple(_offer(one, currency) for one in row["offers"]),
        decisions=tuple(_decision(one, currency) for one in row["decisions"]),
        mediator=None if mediator_id is None else Mediator(mediator_id, row["mediator_community_id"]),
        past=tuple(row["past_mediators"]),
        appealed_by=None if row["appealed_by"] is None else Side(row["appealed_by"]),
        refunded=Money(row["refunded_minor"], currency),
    )


def _offer(found: list[Any], currency: str) -> Offer:
    offer_id, side, minor = found
    return Offer(StatementId(UUID(offer_id)), Side(side), Money(minor, currency))


def _decision(found: list[Any], currency: str) -> Decision:
    minor, side, at = found
    return Decision(Money(minor, currency), Side(side), parse_time(at, "decided_at"))


def row_of_dispute(dispute: Dispute) -> Row:
    """Return the row of a dispute."""
    mediator = dispute.mediator
    return {
        **{name: getattr(dispute, name) for name in _SAME},
        "currency": dispute.claim.currency,
        "state": dispute.state,
        "reason": dispute.reason,
        "claim_minor": dispute.claim.minor,
        "offers": [[str(one.offer_id), one.side, one.amount.minor] for one in dispute.offers],
        "decisions": [[one.amount.minor, one.side, format_time(one.decided_at)] for one in dispute.decisions],
        "mediator_id": None if mediator is None else mediator.member_id,
        "mediator_community_id": None if mediator is None else mediator.community_id,
        "past_mediators": list(dispute.past),
        "appealed_by": dispute.appealed_by,
        "refunded_minor": dispute.refunded.minor,
    }


def statement_of(row: AnyRow, currency: str) -> Statement:
    """Return the statement of a row of ``dispute_statements``."""
    minor = row["amount_minor"]
    return Statement(
        statement_id=row["statement_id"],
        dispute_id=row["dispute_id"],
        kind=Kind(row["kind"]),
        side=Side(row["side"]),
        text=row["text"],
        amount=None if minor is None else Money(minor, currency),
        files=tuple(File(*one) for one in row["files"]),
        created_at=row["created_at"],
    )


def row_of_statement(said: Statement) -> Row:
    """Return the row of a statement."""
    return {
        "statement_id": said.statement_id,
        "dispute_id": said.dispute_id,
        "kind": said.kind,
        "side": said.side,
        "text": said.text,
        "amount_minor": None if said.amount is None else said.amount.minor,
        "files": [[one.name, one.sha256, one.size] for one in said.files],
        "created_at": said.created_at,
    }


def named_of(row: AnyRow) -> Named:
    """Return a named mediator."""
    return Named(**{name: row[name] for name in ("member_id", "community_id", "named_at", "ended_at", "open_cases")})


def candidate_of(row: AnyRow) -> Candidate:
    """Return a mediator that could get a case."""
    return Candidate(Mediator(row["member_id"], row["community_id"]), row["open_cases"], row["dealt_at"])


_TEXTS = ("title", "organiser", "supplier", "participant")


def template_of(row: AnyRow) -> Template:
    """Return the template of a row of ``terms_templates``."""
    same = {name: row[name] for name in ("terms_id", "community_id", "name", "version", "created_at")}
    return Template(**same, **{name: Text(**row["texts"][name]) for name in _TEXTS})


def row_of_template(template: Template) -> Row:
    """Return the row of a template."""
    same = {name: getattr(template, name) for name in ("terms_id", "community_id", "name", "version", "created_at")}
    return {**same, "texts": {name: getattr(template, name).to_wire() for name in _TEXTS}}


def campaign_terms_of(row: AnyRow) -> CampaignTerms:
    """Return the terms of a campaign."""
    names = ("campaign_id", "terms_id", "digest", "accepted_at", "supplier_accepted_at", "supplier_accepted_by")
    organiser = Organiser(row["organiser_community_id"], row["organiser_member_id"])
    return CampaignTerms(**{name: row[name] for name in names}, canonical=row["document"], organiser=organiser)


def row_of_campaign_terms(terms: CampaignTerms) -> Row:
    """Return the row of the terms of a campaign."""
    return {
        "campaign_id": terms.campaign_id,
        "terms_id": terms.terms_id,
        "digest": terms.digest,
        "document": terms.canonical,
        "organiser_community_id": terms.organiser.community_id,
        "organiser_member_id": terms.organiser.member_id,
        "accepted_at": terms.accepted_at,
        "supplier_accepted_at": terms.supplier_accepted_at,
        "supplier_accepted_by": terms.supplier_accepted_by,
    }
