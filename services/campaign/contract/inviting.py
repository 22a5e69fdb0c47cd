"""What is promised of invitations. Their events go from service to service: each tells of members of one community."""

from marshmallow import Schema, fields

from services.campaign.contract.events import MoneySchema

RPCS = ("invite_members", "list_invitations", "decline_invitation")


def _id(**options: bool) -> fields.UUID:
    return fields.UUID(required=True, **options)


class AnsweredSchema(Schema):
    """That a member joined or declined what it was asked to join."""

    campaign_id = _id()
    member_id = _id()


class InvitationsAskedSchema(Schema):
    """May these members of a community be asked to join? ``answered`` are answers since its last question.

    The subject is the community; reputation answers with ``invitations_decided.v1``.
    """

    round_id = _id()
    campaign_id = _id()
    community_id = _id()
    member_ids = fields.List(fields.UUID(), required=True)
    answered = fields.List(fields.Nested(AnsweredSchema), required=True)


class MembersInvitedSchema(Schema):
    """These members of a community are asked to join now."""

    campaign_id = _id()
    community_id = _id()
    member_ids = fields.List(fields.UUID(), required=True)


class OrganiserEarnedSchema(Schema):
    """What the organiser's part of a settled campaign is in all, to the last fen as the ledger has it."""

    campaign_id = _id()
    community_id = _id()
    member_id = _id(allow_none=True)
    income = fields.Nested(MoneySchema, required=True)


EVENTS: dict[str, Schema] = {
    "invitations_asked.v1": InvitationsAskedSchema(),
    "members_invited.v1": MembersInvitedSchema(),
    "organiser_earned.v1": OrganiserEarnedSchema(),
}
