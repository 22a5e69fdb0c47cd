"""Writer schemas of the events: exactly what a payload holds, and nothing more.

The subject of ``campaign_*`` and of ``match_declined`` is the campaign; that of ``commitment_*`` is the commitment.
"""

from marshmallow import Schema, fields, validate

from services.campaign.contract import asking, delivery


def _id(**options: bool) -> fields.UUID:
    return fields.UUID(required=True, **options)


def _text(**options: bool) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1), **options)


def _count(least: int = 0) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


def _time() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True)


def _one(schema: type[Schema], **options: bool) -> fields.Nested:
    return fields.Nested(schema, required=True, **options)


def _many(schema: type[Schema]) -> fields.List:
    return fields.List(fields.Nested(schema), required=True)


class MoneySchema(Schema):
    """A decimal string and an ISO 4217 currency."""

    amount = _text()
    currency = _text()


class PeopleSchema(Schema):
    """How many people a community is expected to bring."""

    community_id = _id()
    people = _count()


class SeatsSchema(Schema):
    """How many paid seats a community has."""

    community_id = _id()
    seats = _count(1)


class OrganiserSchema(Schema):
    """Who opened the campaign; a community's own token has no member."""

    community_id = _id()
    member_id = _id(allow_none=True)


class DeliveredCommitmentSchema(Schema):
    """One commitment of a delivered campaign."""

    commitment_id = _id()
    member_id = _id()
    community_id = _id()
    seats = _count(1)
    attended = fields.Boolean(required=True)


class CampaignDraftedSchema(Schema):
    """A proposal of the supplier service became a draft that an organiser may open."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    communities = _many(PeopleSchema)


class CampaignOpenedSchema(Schema):
    """An organiser opened the campaign: members may join until ``deadline``."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    offer_id = _id()
    slot_id = _id()
    communities = _many(PeopleSchema)
    min_seats = _count(1)
    max_seats = _count(1)
    deadline = _time()
    organiser = _one(OrganiserSchema)


class CommitmentSchema(Schema):
    """What happened to one commitment: ``amount`` was paid, or was given back; ``reason`` where there is one."""

    campaign_id = _id()
    commitment_id = _id()
    community_id = _id()
    member_id = _id()
    seats = _count(1)
    amount = _one(MoneySchema, allow_none=True)
    reason = _text(allow_none=True)


class OfferedSeatsSchema(CommitmentSchema):
    """Seats became free and are held until ``until`` for one on the waiting list, at ``amount`` in all."""

    until = _time()


class OptionSchema(Schema):
    """What the member can do, named as the API names it, and until when."""

    action = _text()
    until = fields.AwareDateTime(required=True, allow_none=True)


class TextsSchema(Schema):
    """A sentence in both languages."""

    zh = _text()
    en = _text()


class MemberNotifiedSchema(Schema):
    """What one member is told: what changed for it, and what it can do."""

    notice_id = _id()
    campaign_id = _id()
    commitment_id = _id()
    dispute_id = _id(allow_none=True)
    community_id = _id()
    member_id = _id()
    kind = _text()
    text = _one(TextsSchema)
    options = _many(OptionSchema)


class CampaignExtendedSchema(Schema):
    """The minimum was missed and the campaign stays open until ``deadline``, for the ``extensions``-th time."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    deadline = _time()
    extensions = _count(1)


class CampaignCountSchema(Schema):
    """The paid seats crossed the minimum, upward (tipped) or downward (untipped)."""

    campaign_id = _id()
    paid_seats = _count()
    min_seats = _count(1)


class EngagedSchema(Schema):
    """One commitment of a group that was formed."""

    commitment_id = _id()
    community_id = _id()
    member_id = _id()


class CampaignConfirmedSchema(Schema):
    """The group is formed: ``seats`` at the final ``price`` each."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    seats = _count(1)
    price = _one(MoneySchema)
    communities = _many(SeatsSchema)
    commitments = _many(EngagedSchema)


class CampaignEndedSchema(Schema):
    """The campaign failed or was cancelled, and ``refunded`` went back to its members."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    reason = _text()
    refunded = _one(MoneySchema)


class CampaignRematchedSchema(Schema):
    """The campaign goes on with the match that was proposed in place of the withdrawn one.

    Of a group that is ``formed`` the ``seats`` are sold; one that still sells holds as many.
    """

    campaign_id = _id()
    match_id = _id()
    replaces_match_id = _id()
    seats = _count(1)
    formed = fields.Boolean(required=True)


class MatchDeclinedSchema(Schema):
    """The campaign does not want a match that was proposed to it; it may still look for another."""

    match_id = _id()
    campaign_id = _id()
    reason = _text()


class CampaignDeliveredSchema(Schema):
    """The service took place; lists all that a consumer needs to know about who took part.

    ``returned`` was given back for the sessions that were not held, of ``sessions`` in all.
    """

    campaign_id = _id()
    match_id = _id()
    supplier_id = _id()
    delivered_at = _time()
    category = _text()
    sessions = _count(1)
    sessions_held = _count(1)
    returned = _one(MoneySchema)
    commitments = _many(DeliveredCommitmentSchema)


class EndedDisputeSchema(Schema):
    """A dispute of a commitment: what it was about, how it ended, and what of the claim went back."""

    reason = _text()
    outcome = _text()
    claim = _one(MoneySchema)
    refunded = _one(MoneySchema)


class EndedCommitmentSchema(Schema):
    """How it ended for one commitment that was served."""

    commitment_id = _id()
    member_id = _id()
    community_id = _id()
    paid = _one(MoneySchema)
    refunded = _one(MoneySchema)
    released = _one(MoneySchema)
    disputes = _many(EndedDisputeSchema)


class CampaignSettledSchema(Schema):
    """The escrow is empty: ``paid`` is ``refunded``, ``released`` and what moved elsewhere. All may have left.

    ``commitments`` are those that were served.
    """

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    seats = _count()
    paid = _one(MoneySchema)
    refunded = _one(MoneySchema)
    released = _one(MoneySchema)
    delivered_at = _time()
    category = _text()
    commitments = _many(EndedCommitmentSchema)


EVENTS: dict[str, Schema] = {
    "campaign_drafted.v1": CampaignDraftedSchema(),
    "campaign_opened.v1": CampaignOpenedSchema(),
    "commitment_reserved.v1": CommitmentSchema(),
    "commitment_paid.v1": CommitmentSchema(),
    "commitment_cancelled.v1": CommitmentSchema(),
    "commitment_expired.v1": CommitmentSchema(),
    "commitment_queued.v1": CommitmentSchema(),
    "commitment_authorised.v1": CommitmentSchema(),
    "commitment_changed.v1": CommitmentSchema(),
    "seats_offered.v1": OfferedSeatsSchema(),
    "member_notified.v1": MemberNotifiedSchema(),
    "campaign_extended.v1": CampaignExtendedSchema(),
    "campaign_tipped.v1": CampaignCountSchema(),
    "campaign_untipped.v1": CampaignCountSchema(),
    "campaign_confirmed.v1": CampaignConfirmedSchema(),
    "campaign_failed.v1": CampaignEndedSchema(),
    "campaign_cancelled.v1": CampaignEndedSchema(),
    "campaign_rematched.v1": CampaignRematchedSchema(),
    "match_declined.v1": MatchDeclinedSchema(),
    **delivery.EVENTS,
    "campaign_delivered.v1": CampaignDeliveredSchema(),
    "campaign_settled.v1": CampaignSettledSchema(),
    **asking.EVENTS,
}
