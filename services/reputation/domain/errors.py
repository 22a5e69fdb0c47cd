"""The refusals of the reputation service."""

from services.kernel.errors import ConflictError, NotFoundError


class CommitmentUnknownError(NotFoundError):
    """No delivered commitment of this id is known here, or it is not the caller's."""

    code = "reputation.commitment_unknown"


class AlreadyReviewedError(ConflictError):
    """The commitment has its review; ``review_id`` says which."""

    code = "reputation.already_reviewed"


class ReviewNotFoundError(NotFoundError):
    """No such review, or its supplier is not visible to the caller."""

    code = "reputation.review_not_found"


class SupplierNotFoundError(NotFoundError):
    """No such supplier, or it is not visible to the caller."""

    code = "reputation.supplier_not_found"


class ReceiptNotFoundError(NotFoundError):
    """No such receipt, or its supplier is not visible to the caller."""

    code = "reputation.receipt_not_found"


class WeightsNotFoundError(NotFoundError):
    """The community is not the caller's, or there is none."""

    code = "reputation.weights_not_found"
