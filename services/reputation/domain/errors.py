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
