"""How campaigns end, as campaign tells it: event to command. Amounts become shares here, and go no further."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.clock import parse_time
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.reputation.domain.commands import RecordSettlement
from services.reputation.domain.orders import EndedDispute, Order, share_bp
from services.reputation.inbound import grades
from services.reputation.inbound.people import campaign_settled
from services.reputation.inbound.reading import Reader, read


class _DisputeReader(Reader):
    reason = fields.String(required=True)
    outcome = fields.String(required=True)
    refunded = fields.Raw(required=True)


class _EndReader(Reader):
    commitment_id = fields.String(required=True)
    community_id = fields.String(required=True)
    member_id = fields.String(required=True)
    paid = fields.Raw(required=True)
    refunded = fields.Raw(required=True)
    released = fields.Raw(required=True)
    disputes = fields.List(fields.Nested(_DisputeReader), load_default=list)


class _SettlementReader(Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    category = fields.String(load_default=None, allow_none=True)
    delivered_at = fields.String(load_default=None, allow_none=True)
    # An older campaign service told no single commitments: of these there is no evidence.
    commitments = fields.List(fields.Nested(_EndReader), load_default=list)


def settlement(event: Envelope) -> RecordSettlement:
    """Read campaign.campaign_settled.v1, for receipts and for the points of people; settled is when it was told."""
    data = read(_SettlementReader, event.data)
    supplier_id, delivered = parse_id(data["supplier_id"], "supplier_id"), data["delivered_at"]
    known = {
        "campaign_id": parse_id(data["campaign_id"], "campaign_id"),
        "supplier_id": supplier_id,
        "category": data["category"],
        "delivered_at": None if delivered is None else parse_time(delivered, "delivered_at"),
        "settled_at": event.time,
    }
    orders = tuple(_order(one, known) for one in data["commitments"])
    return RecordSettlement(
        supplier_id, data["category"], orders, campaign_settled(event), grades.campaign_settled(event)
    )


def _order(data: dict[str, Any], known: dict[str, Any]) -> Order:
    money = {name: Money.from_wire(data[name], f"commitments.{name}") for name in ("paid", "refunded", "released")}
    paid = money["paid"].minor
    disputes = [(one, Money.from_wire(one["refunded"], "disputes.refunded").minor) for one in data["disputes"]]
    # What a dispute was about is what was left after differences of the price had gone back.
    due = money["released"].minor + sum(returned for _, returned in disputes)
    return Order(
        **{
            name: parse_id(data[name], f"commitments.{name}") for name in ("commitment_id", "community_id", "member_id")
        },
        **known,
        released_bp=share_bp(money["released"].minor, paid),
        refunded_bp=share_bp(money["refunded"].minor, paid),
        disputes=tuple(EndedDispute(one["reason"], one["outcome"], share_bp(back, due)) for one, back in disputes),
    )
