"""What is promised about members and organisers: no name, no contact, and nothing that leaves the community.

``invitations_decided`` and ``honour_awarded`` go from service to service and to their own community only.
"""

from marshmallow import Schema, fields

RPCS = (
    "get_member_points",
    "list_organisers",
    "get_rota",
    "set_rota",
    "hand_over_duty",
    "take_over_duty",
    "swap_turns",
    "get_fatigue_policy",
    "set_fatigue_policy",
    "list_fatigue",
    "set_quiet",
)

ERRORS = {
    "reputation.member_unknown": "There is no such member in the caller's reach.",
    "reputation.community_unknown": "There is no such community in the caller's reach.",
    "reputation.no_rota": "The community has no rota.",
    "reputation.turn_unknown": "The community has no such turn of duty.",
    "reputation.turn_state": "The turn of duty is in a state in which this cannot be done.",
    "reputation.not_your_turn": "It is another member's turn.",
}


def _id(**options: bool) -> fields.UUID:
    return fields.UUID(required=True, **options)


class WhySchema(Schema):
    """Why a member is not asked now, as a code and for people."""

    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class DecidedSchema(Schema):
    """Whether one member is asked; otherwise why not, and from when on it could be."""

    member_id = _id()
    allowed = fields.Boolean(required=True)
    why = fields.Nested(WhySchema, required=True, allow_none=True)
    not_before = fields.AwareDateTime(required=True, allow_none=True)


class InvitationsDecidedSchema(Schema):
    """invitations_decided.v1: the answer to campaign's invitations_asked.v1 of the same ``round_id``, its subject."""

    round_id = _id()
    campaign_id = _id()
    community_id = _id()
    members = fields.List(fields.Nested(DecidedSchema), required=True)


class HonourAwardedSchema(Schema):
    """honour_awarded.v1: an organiser has earned an honour; the subject is the member."""

    community_id = _id()
    member_id = _id()
    honour = fields.String(required=True)


class DutyTakenOverSchema(Schema):
    """duty_taken_over.v1: who is on duty now, and who was; the subject is the community."""

    community_id = _id()
    turn_id = _id()
    member_id = _id()
    before_member_id = _id(allow_none=True)


EVENTS: dict[str, Schema] = {
    "invitations_decided.v1": InvitationsDecidedSchema(),
    "honour_awarded.v1": HonourAwardedSchema(),
    "duty_taken_over.v1": DutyTakenOverSchema(),
}
