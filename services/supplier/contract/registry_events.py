"""Writer schemas of the events of the registry: standings, papers that run out, offers that wait for them."""

from marshmallow import Schema, fields

from services.supplier.contract.parts import TierSchema, a_count, a_text, a_time, an_id, many, one

STANDINGS = ("registered", "under_review", "probation", "grade_a", "grade_b", "grade_c", "suspended", "removed")


class StandingReasonSchema(Schema):
    """Why a supplier stands where it stands; ``data`` is what reputation says of a grade."""

    code = a_text()
    zh = a_text()
    en = a_text()
    data = fields.Dict(keys=fields.String(), required=True)


class AllowsSchema(Schema):
    """Whether anything new is started with it, and whether what runs is completed."""

    new_work = fields.Boolean(required=True)
    running = fields.Boolean(required=True)


class StandingChangedSchema(Schema):
    """supplier_standing_changed.v1; a renewed supplier comes back with the reason ``renewed``."""

    supplier_id = an_id()
    community_id = an_id()
    standing = a_text(*STANDINGS)
    before = a_text(*STANDINGS)
    reason = one(StandingReasonSchema)
    allows = one(AllowsSchema)
    version = a_count()


class QualificationExpiringSchema(Schema):
    """qualification_expiring.v1: ``community_id`` registered the supplier."""

    qualification_id = an_id()
    supplier_id = an_id()
    community_id = an_id()
    kind = a_text()
    expires_at = a_time()
    days_left = a_count(0)


class PauseReasonSchema(Schema):
    """The kinds of papers that ran out."""

    code = a_text("qualification_expired")
    zh = a_text()
    en = a_text()
    kinds = fields.List(fields.String(), required=True)


class RunningSchema(Schema):
    """A campaign that runs on the offer."""

    campaign_id = an_id()
    match_id = an_id()


class OfferPausedSchema(Schema):
    """offer_paused.v1: nothing is booked on it until ``offer_resumed.v1``; ``campaigns`` go on."""

    offer_id = an_id()
    supplier_id = an_id()
    category = a_text()
    reason = one(PauseReasonSchema)
    campaigns = many(RunningSchema, 0)


class OfferResumedSchema(Schema):
    """offer_resumed.v1: it is on the market again, with the terms that it had."""

    offer_id = an_id()
    supplier_id = an_id()
    category = a_text()
    version = a_count()
    tiers = many(TierSchema)
    campaigns = many(RunningSchema, 0)


REGISTRY_EVENTS: dict[str, Schema] = {
    "supplier_standing_changed.v1": StandingChangedSchema(),
    "qualification_expiring.v1": QualificationExpiringSchema(),
    "offer_paused.v1": OfferPausedSchema(),
    "offer_resumed.v1": OfferResumedSchema(),
}
