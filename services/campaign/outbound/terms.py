"""Terms on the wire: templates, and the document of a campaign with who accepted it."""

import json

from services.campaign.domain.templates import Template
from services.campaign.domain.terms_reading import TermsReport
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.clock import format_time


def terms(found: Template) -> Payload:
    """Return a template."""
    return {
        "terms_id": str(found.terms_id),
        "community_id": wire.text(found.community_id),
        "name": found.name,
        "version": found.version,
        "title": found.title.to_wire(),
        "organiser": found.organiser.to_wire(),
        "supplier": found.supplier.to_wire(),
        "participant": found.participant.to_wire(),
        "created_at": format_time(found.created_at),
    }


def campaign_terms(report: TermsReport) -> Payload:
    """Return the document that members accept, and its digest; the member who opened is for its own community only."""
    found, organiser = report.terms, report.terms.organiser
    own = report.caller.sees(organiser.community_id)
    return {
        "campaign_id": str(found.campaign_id),
        "terms_id": str(found.terms_id),
        "digest": found.digest,
        "algorithm": "SHA-256 of the document as RFC 8785 (JSON Canonicalization Scheme) writes it",
        "document": json.loads(found.canonical),
        "accepted_by_organiser": {
            "community_id": str(organiser.community_id),
            "member_id": wire.text(organiser.member_id) if own else None,
            "accepted_at": format_time(found.accepted_at),
        },
        "accepted_by_supplier": {
            "accepted": found.supplier_accepted_at is not None,
            "by": found.supplier_accepted_by,
            "accepted_at": wire.time(found.supplier_accepted_at),
        },
    }
