"""Writer schemas of the events: exactly what a payload holds, and nothing more."""

from marshmallow import Schema, fields, validate

from services.supplier.contract.parts import (
    OfferSnapshotSchema,
    SlotSchema,
    TierSchema,
    a_count,
    a_text,
    a_time,
    an_id,
    many,
    one,
)
from services.supplier.contract.registry_events import REGISTRY_EVENTS


class CommunityShareSchema(Schema):
    """How many people of a community the match counts on; 0 where nobody has said."""

    community_id = an_id()
    people = a_count(0)


class SharingSchema(Schema):
    """Who sees the supplier besides the community that registered it."""

    mode = a_text("none", "named", "all")
    community_ids = fields.List(fields.UUID(), required=True)


class SupplierSchema(Schema):
    """supplier_registered.v1 and supplier_changed.v1."""

    supplier_id = an_id()
    community_id = an_id()
    name = a_text()
    sharing = one(SharingSchema)
    # Who may begin something new with it; who sees it need not be among them.
    used_by = one(SharingSchema)


class QualificationSchema(Schema):
    """qualification_reviewed.v1 and qualification_expired.v1."""

    qualification_id = an_id()
    supplier_id = an_id()
    kind = a_text()
    state = a_text("approved", "rejected", "expired")


class OfferPublishedSchema(Schema):
    """offer_published.v1 and offer_revised.v1: what is offered, and what a seat costs from how many seats on."""

    offer_id = an_id()
    supplier_id = an_id()
    category = a_text()
    version = a_count()
    tiers = many(TierSchema)


class OfferWithdrawnSchema(Schema):
    """offer_withdrawn.v1."""

    offer_id = an_id()
    supplier_id = an_id()


class MatchProposedSchema(Schema):
    """match_proposed.v1: ``seats`` of the slot are held until ``held_until``.

    A match that is proposed in place of a withdrawn one names that and the campaign; in any other both are null. One
    that came out of a tender has the hash of its agreement.
    """

    match_id = an_id()
    pool_id = an_id(allow_none=True)
    replaces_match_id = an_id(allow_none=True)
    campaign_id = an_id(allow_none=True)
    rank = a_count()
    category = a_text()
    people = a_count()
    communities = many(CommunityShareSchema)
    supplier_id = an_id()
    supplier_name = a_text()
    offer = one(OfferSnapshotSchema)
    slot = one(SlotSchema)
    seats = a_count()
    held_until = a_time()
    agreement_id = fields.UUID(allow_none=True)
    agreement_hash = fields.String(allow_none=True)


class MatchExpiredSchema(Schema):
    """match_expired.v1: the seats are free again."""

    match_id = an_id()
    pool_id = an_id(allow_none=True)
    reason = a_text(
        "hold_expired",
        "offer_withdrawn",
        "pool_dissolved",
        "withdrawn",
        "sharing_ended",
        "offer_paused",
        "supplier_suspended",
    )


class SupplierWithdrewSchema(Schema):
    """supplier_withdrew.v1: the campaign has no seats any more; ``reason`` is the supplier's own."""

    match_id = an_id()
    campaign_id = an_id()
    pool_id = an_id(allow_none=True)
    supplier_id = an_id()
    reason = a_text()


# Why an offer was ruled out; ``group_too_large`` and ``other_currency`` are told of replacements only.
REASONS = (
    "no_offer",
    "not_shared",
    "out_of_reach",
    "group_too_small",
    "group_too_large",
    "not_qualified",
    "other_currency",
    "no_slot",
    "too_expensive",
    "limited",
    "lost_in_round",
)


def _reasons() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(REASONS)),
        values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        required=True,
    )


class ReplacementMissingSchema(Schema):
    """replacement_missing.v1: nobody can take the place of the withdrawn match now; it is looked for on."""

    match_id = an_id()
    campaign_id = an_id()
    reasons = _reasons()


class PoolUnmatchedSchema(Schema):
    """pool_unmatched.v1: how many offers were ruled out by what; no supplier is named."""

    pool_id = an_id()
    reasons = _reasons()


class SlotConfirmedSchema(Schema):
    """slot_confirmed.v1: ``seats`` are sold."""

    match_id = an_id()
    slot_id = an_id()
    campaign_id = an_id()
    seats = a_count()


class SlotReleasedSchema(Schema):
    """slot_released.v1: ``seats`` that were held are free again."""

    match_id = an_id()
    slot_id = an_id()
    seats = a_count()


class VisitPlannedSchema(Schema):
    """visit_planned.v1: when crews come to the homes of a match is found; which homes is told to nobody by an event."""

    plan_id = an_id()
    match_id = an_id()
    supplier_id = an_id()
    version = a_count()
    crews = a_count(0)
    all_served = fields.Boolean(required=True)


EVENTS: dict[str, Schema] = {
    "supplier_registered.v1": SupplierSchema(),
    "supplier_changed.v1": SupplierSchema(),
    "qualification_reviewed.v1": QualificationSchema(),
    "qualification_expired.v1": QualificationSchema(),
    **REGISTRY_EVENTS,
    "offer_published.v1": OfferPublishedSchema(),
    "offer_revised.v1": OfferPublishedSchema(),
    "offer_withdrawn.v1": OfferWithdrawnSchema(),
    "match_proposed.v1": MatchProposedSchema(),
    "match_expired.v1": MatchExpiredSchema(),
    "supplier_withdrew.v1": SupplierWithdrewSchema(),
    "replacement_missing.v1": ReplacementMissingSchema(),
    "pool_unmatched.v1": PoolUnmatchedSchema(),
    "slot_confirmed.v1": SlotConfirmedSchema(),
    "slot_released.v1": SlotReleasedSchema(),
    "visit_planned.v1": VisitPlannedSchema(),
}
