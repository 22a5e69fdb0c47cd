"""The terms of one campaign: a template and the facts that its rules fix, as a document with a digest.

The document holds texts, whole numbers, objects and lists, no floating point number, so that its canonical form is that
of RFC 8785 (keys sorted, no white space, UTF-8). Whoever has the document can compute its digest: DISPUTES.md says how.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.campaign.domain.counting import threshold_of
from services.campaign.domain.model import Campaign, Organiser
from services.campaign.domain.rules import Measure
from services.campaign.domain.templates import Template
from services.campaign.domain.terms import Tier
from services.campaign.domain.terms_texts import NO_ADVICE
from services.campaign.domain.terms_words import in_words
from services.kernel.clock import format_time
from services.kernel.ids import CampaignId, TermsId
from services.kernel.money import Money

FORM = "pinlian.terms/1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """The document of a campaign, as it was stored, and who accepted it; opening is the organiser's acceptance."""

    campaign_id: CampaignId
    terms_id: TermsId
    digest: str
    canonical: str
    organiser: Organiser
    accepted_at: datetime
    supplier_accepted_at: datetime | None = None
    supplier_accepted_by: str | None = None

    def accepted_by_supplier(self, who: str, now: datetime) -> "CampaignTerms":
        """Return it accepted by ``who`` (supplier, or the community that registered it); the first time stays."""
        if self.supplier_accepted_at is not None:
            return self
        return replace(self, supplier_accepted_at=now, supplier_accepted_by=who)


def fix_terms(campaign: Campaign, template: Template, now: datetime) -> tuple[Campaign, CampaignTerms]:
    """Make the document of a campaign that is being opened, and bind the campaign to its digest."""
    if campaign.organiser is None:
        raise ValueError("a campaign that nobody opened has no terms")
    written = canonical(document_of(campaign, template))
    digest = digest_of(written)
    bound = replace(campaign, rules=replace(campaign.rules, terms_digest=digest))
    ids = (campaign.campaign_id, template.terms_id)
    return bound, CampaignTerms(*ids, digest, written, campaign.organiser, now)


def canonical(document: Document) -> str:
    """Return the one way to write a document: RFC 8785, for documents without floating point numbers."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(written: str) -> str:
    """Return the SHA-256 of a canonical document in hexadecimal."""
    return hashlib.sha256(written.encode()).hexdigest()


def document_of(campaign: Campaign, template: Template) -> Document:
    """Return the document: it names no person and no supplier, so that a mediator may read it too."""
    return {
        "form": FORM,
        "campaign_id": str(campaign.campaign_id),
        "title": campaign.terms.title,
        "template": {
            "terms_id": str(template.terms_id),
            "name": template.name,
            "version": template.version,
            "title": template.title.to_wire(),
        },
        "organiser": template.organiser.to_wire(),
        "supplier": template.supplier.to_wire(),
        "participant": template.participant.to_wire(),
        "facts": {**_group(campaign), **_money(campaign), **_times(campaign)},
        "in_words": in_words(campaign),
        "no_legal_advice": NO_ADVICE.to_wire(),
    }


def _group(campaign: Campaign) -> Document:
    threshold, rules = threshold_of(campaign), campaign.rules
    least, most = (_measured(campaign, threshold.measure, one) for one in (threshold.minimum, threshold.maximum))
    missed = rules.on_missed
    return {
        "seats": {"minimum": campaign.min_seats, "maximum": campaign.max_seats},
        "threshold": {"measure": str(threshold.measure), "minimum": least, "maximum": most},
        "limits": {"per_member": rules.limits.per_member, "per_household": rules.limits.per_household},
        "on_missed": {
            "action": str(missed.action),
            "extend_hours": _hours(missed.extend_hours),
            "extend_times": missed.extend_times,
            "ask_hours": _hours(missed.ask_hours),
        },
        "waiting_list": {"offer_minutes": rules.queue.offer_minutes, "pass_hours": _hours(rules.queue.pass_hours)},
    }


def _measured(campaign: Campaign, measure: Measure, count: int | None) -> int | str | None:
    if count is None or measure is not Measure.AMOUNT:
        return count
    return Money(count, campaign.terms.currency).amount


def _money(campaign: Campaign) -> Document:
    terms, loss = campaign.terms, campaign.rules.tier_loss
    names = ("supplier_bp", "organiser_bp", "community_bp", "platform_bp")
    return {
        "currency": terms.currency,
        "tiers": _tiers(terms.tiers),
        "fallback_tiers": _tiers(terms.fallback_tiers),
        "tier_loss": {"bearer": str(loss.bearer), "deposit_bp": loss.deposit_bp},
        "cancellation": {
            "steps": [
                {"hours_before": _hours(one.hours_before), "refund_bp": one.refund_bp}
                for one in terms.cancellation.steps
            ],
            "weather_bp": terms.cancellation.weather_bp,
            "illness_bp": terms.cancellation.illness_bp,
            "no_show_bp": terms.cancellation.no_show_bp,
        },
        "release": [{"stage": str(one.stage), "share_bp": one.share_bp} for one in terms.release],
        "shares": dict(zip(names, terms.shares.weights, strict=True)),
    }


def _tiers(tiers: tuple[Tier, ...]) -> list[Document]:
    return [{"seats": tier.seats, "price": tier.price.amount} for tier in tiers]


def _times(campaign: Campaign) -> Document:
    terms, rules, disputes = campaign.terms, campaign.rules, campaign.rules.disputes
    return {
        "deadline": None if campaign.deadline is None else format_time(campaign.deadline),
        "sessions": [{"start": format_time(one.start), "end": format_time(one.end)} for one in terms.times],
        "hold_minutes": campaign.hold_minutes,
        "grace_minutes": rules.grace_minutes,
        "ask_hours": _hours(rules.ask_hours),
        "acceptance_hours": _hours(terms.acceptance_hours),
        "disputes": {
            "answer_hours": _hours(disputes.answer_hours),
            "consent_hours": _hours(disputes.consent_hours),
            "mediation_hours": _hours(disputes.mediation_hours),
            "appeal_hours": _hours(disputes.appeal_hours),
        },
    }


def _hours(count: float) -> str:
    """Write a number of hours as a decimal text: different languages write the same float differently."""
    return format(Decimal(str(count)).normalize(), "f")
