"""How far campaigns have come, as campaign tells it: event to command."""

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.clock import parse_time
from services.kernel.ids import parse_id
from services.reputation.domain.commands import NoteEngagement
from services.reputation.inbound.reading import Reader, read


class _SeatsReader(Reader):
    community_id = fields.String(required=True)


class _EngagedReader(Reader):
    commitment_id = fields.String(required=True)
    community_id = fields.String(required=True)
    member_id = fields.String(required=True)


class _ConfirmedReader(Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    communities = fields.List(fields.Nested(_SeatsReader), required=True)
    # An older campaign service told no single commitments: of these nobody reviews before the service is over.
    commitments = fields.List(fields.Nested(_EngagedReader), load_default=list)


class _BegunReader(Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    begun_at = fields.String(required=True)


def campaign_confirmed(event: Envelope) -> NoteEngagement:
    """Read who takes part in a group that was formed, of campaign.campaign_confirmed.v1."""
    data = read(_ConfirmedReader, event.data)
    names = ("commitment_id", "community_id", "member_id")
    people = tuple(tuple(parse_id(one[name], f"commitments.{name}") for name in names) for one in data["commitments"])
    news = {
        "supplier_id": parse_id(data["supplier_id"], "supplier_id"),
        "community_ids": [parse_id(one["community_id"], "communities") for one in data["communities"]],
        "confirmed_at": event.time,
    }
    return NoteEngagement(parse_id(data["campaign_id"], "campaign_id"), news, people)


def campaign_begun(event: Envelope) -> NoteEngagement:
    """Read campaign.campaign_begun.v1."""
    data = read(_BegunReader, event.data)
    supplier_id = parse_id(data["supplier_id"], "supplier_id")
    news = {"begun_at": parse_time(data["begun_at"], "begun_at"), "supplier_id": supplier_id}
    return NoteEngagement(parse_id(data["campaign_id"], "campaign_id"), news)
