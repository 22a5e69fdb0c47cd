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


class AppealNotFoundError(NotFoundError):
    """No such appeal, or it is not the caller's to know of."""

    code = "reputation.appeal_not_found"


class NotAppealableError(ConflictError):
    """There is no change for the worse, it is too long ago, or it was appealed already."""

    code = "reputation.not_appealable"


class AppealDecidedError(ConflictError):
    """The appeal was decided; ``state`` says how."""

    code = "reputation.appeal_decided"


class PolicyChangedError(ConflictError):
    """The policy that was to be replaced is not the current one any more; ``version`` is."""

    code = "reputation.policy_changed"


class CampaignUnknownError(NotFoundError):
    """No such campaign whose group is formed is known here, or the caller takes no part in it."""

    code = "reputation.campaign_unknown"


class PhaseClosedError(ConflictError):
    """The campaign is not in the phase that the review is about; ``state`` says in which it is."""

    code = "reputation.phase_closed"


class NotTheSupplierError(ConflictError):
    """Only the supplier that a review is about answers it."""

    code = "reputation.not_the_supplier"


class PassageUnknownError(ConflictError):
    """The review has no such passage to hide, or nothing hidden to show again."""

    code = "reputation.passage_unknown"
