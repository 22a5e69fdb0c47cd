"""The refusals of the reputation service."""

from services.kernel.errors import ConflictError, NotFoundError


class CommitmentUnknownError(NotFoundError):
    """No paid commitment of this id is known here, or it is not the caller's."""

    code = "reputation.commitment_unknown"


class CommitmentCancelledError(ConflictError):
    """The commitment was cancelled."""

    code = "reputation.commitment_cancelled"


class NotDeliveredError(ConflictError):
    """The campaign was not delivered yet."""

    code = "reputation.not_delivered"


class AlreadyReviewedError(ConflictError):
    """The commitment has its review; ``review_id`` says which."""

    code = "reputation.already_reviewed"


class ReviewNotFoundError(NotFoundError):
    """No such review, or its supplier is not visible to the caller."""

    code = "reputation.review_not_found"


class SupplierNotFoundError(NotFoundError):
    """No such supplier, or it is not visible to the caller."""

    code = "reputation.supplier_not_found"
