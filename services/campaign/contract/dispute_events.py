"""Writer schemas of the events of disputes, and of what a mediator is told. None holds anything personal of a party.

The subject of each is the dispute.
"""

from functools import partial

from marshmallow import Schema, fields, validate

from services.campaign.contract.events import MoneySchema, OptionSchema, TextsSchema

_id, _time = partial(fields.UUID, required=True), partial(fields.AwareDateTime, required=True)
_money = partial(fields.Nested, MoneySchema, required=True)
_text = partial(fields.String, required=True, validate=validate.Length(min=1))
_by = partial(fields.String, required=True)


class DisputeSchema(Schema):
    """Which dispute, with whom, and what it is about."""

    dispute_id = _id()
    campaign_id = _id()
    supplier_id = _id()
    reason = _text()


class DisputeOpenedSchema(DisputeSchema):
    """A participant claims money back; that much of the escrow, and no more, is frozen with its commitment."""

    claim = _money()
    opened_at = _time()


class DisputeAnsweredSchema(DisputeSchema):
    """The supplier answered in its term."""

    answered_at = _time()


class DisputeDecidedSchema(DisputeSchema):
    """Of ``claim``, ``amount`` goes back; a decision that is not ``final`` may be appealed."""

    claim = _money()
    amount = _money()
    by = _by(validate=validate.OneOf(("mediator", "node_operator")))
    final = fields.Boolean(required=True)


class DisputeAppealedSchema(DisputeSchema):
    """A side did not accept the decision."""

    by = _by(validate=validate.OneOf(("claimant", "supplier")))


class DisputeClosedSchema(DisputeSchema):
    """It is over and executed: ``refunded`` went back, ``days`` whole days after it was opened."""

    claim = _money()
    refunded = _money()
    outcome = _by(validate=validate.OneOf(("settled", "withdrawn", "decided", "decided_finally", "called_off")))
    days = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))


class MediatorNotifiedSchema(Schema):
    """What one mediator is told of a case; whose it is, is not told."""

    notice_id = _id()
    campaign_id = _id()
    dispute_id = _id()
    community_id = _id()
    member_id = _id()
    kind = _text()
    text = fields.Nested(TextsSchema, required=True)
    options = fields.List(fields.Nested(OptionSchema), required=True)


DISPUTE_EVENTS: dict[str, Schema] = {
    "dispute_opened.v1": DisputeOpenedSchema(),
    "dispute_answered.v1": DisputeAnsweredSchema(),
    "dispute_decided.v1": DisputeDecidedSchema(),
    "dispute_appealed.v1": DisputeAppealedSchema(),
    "dispute_closed.v1": DisputeClosedSchema(),
    "mediator_notified.v1": MediatorNotifiedSchema(),
}
