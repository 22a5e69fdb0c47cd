"""What is refused about tenders, negotiations and agreements, and why."""

from services.kernel.errors import ConflictError, NotFoundError


class TenderNotFoundError(NotFoundError):
    """There is no such tender for this caller."""

    code = "supplier.tender_not_found"


class BidNotFoundError(NotFoundError):
    """There is no such bid for this caller."""

    code = "supplier.bid_not_found"


class NegotiationNotFoundError(NotFoundError):
    """There is no such negotiation for this caller."""

    code = "supplier.negotiation_not_found"


class AgreementNotFoundError(NotFoundError):
    """There is no such agreement for this caller."""

    code = "supplier.agreement_not_found"


class TenderLiveError(ConflictError):
    """A tender of the pool is under way."""

    code = "supplier.tender_live"


class TenderStateError(ConflictError):
    """The tender is in a state in which this step does not exist."""

    code = "supplier.tender_state"


class BidsClosedError(ConflictError):
    """The deadline for bids has passed."""

    code = "supplier.bids_closed"


class BidStateError(ConflictError):
    """The bid was withdrawn, or is open and cannot be changed."""

    code = "supplier.bid_state"


class BidUnfitError(ConflictError):
    """What was bid or offered does not fit the pool, or no longer does."""

    code = "supplier.bid_unfit"


class NegotiationStateError(ConflictError):
    """The negotiation is in a state in which this step does not exist."""

    code = "supplier.negotiation_state"


class NotYourTurnError(ConflictError):
    """The other side has to answer first."""

    code = "supplier.not_your_turn"


class OfferExpiredError(ConflictError):
    """The offer on the table is no longer valid."""

    code = "supplier.offer_expired"


class OfferSupersededError(ConflictError):
    """Another offer is on the table than the one that was accepted."""

    code = "supplier.offer_superseded"


class RoundsExhaustedError(ConflictError):
    """The negotiation has had all its offers: the last one is accepted or left."""

    code = "supplier.rounds_exhausted"
