"""What other services tell: events to commands."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.quantity import require_count
from services.reputation.domain.commands import CopySupplier, DeliveredCommitment, RecordDelivery
from services.reputation.domain.model import Sharing, SupplierCopy
from services.reputation.inbound.reading import Reader, read


class _DeliveredReader(Reader):
    commitment_id = fields.String(required=True)
    community_id = fields.String(required=True)
    member_id = fields.String(required=True)
    seats = fields.Raw(required=True)
    attended = fields.Boolean(load_default=True)


class _DeliveryReader(Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    delivered_at = fields.String(required=True)
    commitments = fields.List(fields.Nested(_DeliveredReader), required=True)
    category = fields.String(load_default=None, allow_none=True)
    sessions = fields.Integer(load_default=None, allow_none=True)
    sessions_held = fields.Integer(load_default=None, allow_none=True)


class _SharingReader(Reader):
    mode = fields.String(required=True)
    community_ids = fields.List(fields.String(), load_default=list)


class _SupplierReader(Reader):
    supplier_id = fields.String(required=True)
    community_id = fields.String(required=True)
    sharing = fields.Nested(_SharingReader, required=True)


def campaign_delivered(event: Envelope) -> RecordDelivery:
    """Read campaign.campaign_delivered.v1."""
    data = read(_DeliveryReader, event.data)
    return RecordDelivery(
        campaign_id=parse_id(data["campaign_id"], "campaign_id"),
        supplier_id=parse_id(data["supplier_id"], "supplier_id"),
        delivered_at=parse_time(data["delivered_at"], "delivered_at"),
        commitments=tuple(_delivered(one) for one in data["commitments"]),
        **{name: data[name] for name in ("category", "sessions", "sessions_held")},
    )


def supplier_seen(event: Envelope) -> CopySupplier:
    """Read supplier.supplier_registered.v1 and supplier.supplier_changed.v1, which hold the same."""
    data = read(_SupplierReader, event.data)
    mode = data["sharing"]["mode"]
    if mode not in list(Sharing):
        raise InvalidError("sharing.mode", f"{mode!r} is not known", f"one of {', '.join(Sharing)}")
    named = (parse_id(one, "sharing.community_ids") for one in data["sharing"]["community_ids"])
    return CopySupplier(
        SupplierCopy(
            supplier_id=parse_id(data["supplier_id"], "supplier_id"),
            community_id=parse_id(data["community_id"], "community_id"),
            sharing=Sharing(mode),
            shared_with=frozenset(named),
            seen_version=event.version,
        )
    )


def _delivered(data: dict[str, Any]) -> DeliveredCommitment:
    ids = {name: parse_id(data[name], f"commitments.{name}") for name in ("commitment_id", "community_id", "member_id")}
    seats = require_count(data["seats"], "commitments.seats")
    return DeliveredCommitment(**ids, seats=seats, attended=data["attended"])
