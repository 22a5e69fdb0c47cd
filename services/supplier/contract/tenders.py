"""What the supplier service promises about procedures, tenders, negotiations and agreements."""

from marshmallow import Schema, fields, validate

from services.supplier.contract.parts import a_count, a_text, a_time, an_id, many

RPCS = (
    "set_procedure",
    "list_procedures",
    "choose_procedure",
    "get_tender",
    "list_tenders",
    "submit_bid",
    "withdraw_bid",
    "choose_bid",
    "close_tender",
    "start_negotiation",
    "get_negotiation",
    "counter_offer",
    "accept_offer",
    "leave_negotiation",
    "get_agreement",
)


def a_hash() -> fields.String:
    """Return a field that holds a SHA-256 in hexadecimal."""
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class TenderOpenedSchema(Schema):
    """tender_opened.v1: ``invited`` suppliers are asked for sealed bids until ``deadline``."""

    tender_id = an_id()
    pool_id = an_id()
    category = a_text()
    attempt = a_count()
    invited = a_count()
    deadline = a_time()
    decide_by = a_time()


class BidSealedSchema(Schema):
    """bid_sealed.v1: ``commitment`` is the hash of a bid that nobody can read yet."""

    bid_id = an_id()
    tender_id = an_id()
    commitment = a_hash()
    revision = a_count()
    sealed_at = a_time()


class BidWithdrawnSchema(Schema):
    """bid_withdrawn.v1: a sealed bid was taken back."""

    bid_id = an_id()
    tender_id = an_id()


class CommitmentSchema(Schema):
    """Which bid, and the hash of what it says."""

    bid_id = an_id()
    commitment = a_hash()


class BidsOpenedSchema(Schema):
    """bids_opened.v1: of these bids so many fit the pool."""

    tender_id = an_id()
    pool_id = an_id()
    bids = many(CommitmentSchema)
    fitting = a_count(0)


class NegotiationMovedSchema(Schema):
    """negotiation_moved.v1: ``state`` tells whose turn it is; an offer on the table holds until ``valid_until``."""

    negotiation_id = an_id()
    tender_id = an_id()
    state = a_text("supplier", "community", "idle", "accepted", "left", "closed")
    offers = a_count()
    valid_until = fields.AwareDateTime(required=True, allow_none=True)


class AgreementMadeSchema(Schema):
    """agreement_made.v1: both sides keep a document of this hash; ``rank`` is null of a bid that did not fit."""

    agreement_id = an_id()
    tender_id = an_id()
    pool_id = an_id()
    match_id = an_id()
    supplier_id = an_id()
    community_ids = fields.List(fields.UUID(), required=True)
    agreement_hash = a_hash()
    rank = fields.Integer(required=True, strict=True, allow_none=True)
    overruled_because = fields.String(required=True, allow_none=True)


class TenderFailedSchema(Schema):
    """tender_failed.v1: no agreement; the pool is matched directly, asked again, or needs nothing any more."""

    tender_id = an_id()
    pool_id = an_id()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True), required=True)
    then = a_text("direct", "again", "nothing")


EVENTS: dict[str, Schema] = {
    "tender_opened.v1": TenderOpenedSchema(),
    "bid_sealed.v1": BidSealedSchema(),
    "bid_withdrawn.v1": BidWithdrawnSchema(),
    "bids_opened.v1": BidsOpenedSchema(),
    "negotiation_moved.v1": NegotiationMovedSchema(),
    "agreement_made.v1": AgreementMadeSchema(),
    "tender_failed.v1": TenderFailedSchema(),
}

ERRORS = {
    "supplier.tender_not_found": "There is no such tender, or the caller was not asked and takes no part in its pool.",
    "supplier.bid_not_found": "There is no such bid, or the caller may not read it: nobody reads a sealed one.",
    "supplier.negotiation_not_found": "There is no such negotiation, or the caller is on neither side of it.",
    "supplier.agreement_not_found": "There is no such agreement, or the caller takes no part in it.",
    "supplier.tender_live": "A tender of the pool is under way; its way can be changed when that has ended.",
    "supplier.tender_state": "The tender is in a state in which this cannot happen to it.",
    "supplier.bids_closed": "The deadline for bids has passed.",
    "supplier.bid_state": "The bid was withdrawn, or is open and cannot be changed any more.",
    "supplier.bid_unfit": "What was bid or offered does not fit the pool, or no longer does; the reason says why.",
    "supplier.negotiation_state": "The negotiation is in a state in which this cannot happen to it.",
    "supplier.not_your_turn": "The other side has to answer first.",
    "supplier.offer_expired": "The offer on the table is no longer valid.",
    "supplier.offer_superseded": "Another offer is on the table than the one that was to be accepted.",
    "supplier.rounds_exhausted": "All offers of the negotiation have been made: the last one is accepted or left.",
}
