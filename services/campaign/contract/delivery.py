"""What is promised of a delivery: names, and writer schemas of its events, whose subject is the campaign."""

from marshmallow import Schema, fields, validate

RPCS = (
    "list_sessions",
    "hold_session",
    "cancel_session",
    "get_check_in_code",
    "list_check_in_keys",
    "upload_check_ins",
    "get_attendance",
    "get_commitment_attendance",
    "correct_attendance",
)
REASONS = ("weather", "illness", "supplier", "organiser")


def _id(**options: bool) -> fields.UUID:
    return fields.UUID(required=True, **options)


def _count(least: int = 0) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=least))


def _time() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True)


class CampaignBegunSchema(Schema):
    """The first session was held, or the first person was there: the seats change no more."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    begun_at = _time()
    sessions = _count(1)
    seats = _count()


class SessionHeldSchema(Schema):
    """Session ``number`` took place, so that ``held`` of all ``sessions`` did; its part was released."""

    campaign_id = _id()
    match_id = _id()
    pool_id = _id(allow_none=True)
    supplier_id = _id()
    number = _count(1)
    start = _time()
    end = _time()
    held = _count()
    sessions = _count(1)


class SessionCancelledSchema(SessionHeldSchema):
    """Session ``number`` does not take place; its part comes back to everybody at the end."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS))


EVENTS: dict[str, Schema] = {
    "campaign_begun.v1": CampaignBegunSchema(),
    "session_held.v1": SessionHeldSchema(),
    "session_cancelled.v1": SessionCancelledSchema(),
}
