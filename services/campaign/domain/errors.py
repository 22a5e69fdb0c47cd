"""Refusals of the campaign service. ``detail`` always names the current state where there is one."""

from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError


class CampaignUnknownError(NotFoundError):
    """There is no such campaign, or the caller takes no part in it."""

    code = "campaign.unknown"


class CommitmentUnknownError(NotFoundError):
    """There is no such commitment, or it is not visible to the caller."""

    code = "campaign.commitment_unknown"


class MemberUnknownError(NotFoundError):
    """The member is not known here yet, or belongs to another community."""

    code = "campaign.member_unknown"


class FundUnknownError(NotFoundError):
    """There is no such community, or its fund is not the caller's business."""

    code = "campaign.fund_unknown"


class MatchUnknownError(NotFoundError):
    """No campaign is known for this match yet."""

    code = "campaign.match_unknown"


class WrongStateError(ConflictError):
    """The table of transitions has no line for this action in this state."""

    code = "campaign.wrong_state"


class ClosedError(ConflictError):
    """The deadline has passed, whether or not its timer has already fired."""

    code = "campaign.closed"


class FullError(ConflictError):
    """Fewer seats are free than were asked for."""

    code = "campaign.full"


class WaitingListError(ConflictError):
    """Others wait for seats already; a new one joins behind them."""

    code = "campaign.waiting_list"


class SeatsFreeError(ConflictError):
    """Seats are free: there is nothing to wait for."""

    code = "campaign.seats_free"


class LimitError(ConflictError):
    """The member, or its household, would have more seats than the campaign allows."""

    code = "campaign.limit"


class TermsError(ConflictError):
    """The terms of the campaign have to be accepted before anything is paid."""

    code = "campaign.terms_not_accepted"


class BelowMinimumError(ConflictError):
    """Too few seats are paid for a group."""

    code = "campaign.below_minimum"


class SessionUnknownError(NotFoundError):
    """The campaign has no session of this number."""

    code = "campaign.session_unknown"


class SessionStateError(ConflictError):
    """The session is in a state in which this cannot be done."""

    code = "campaign.session_state"


class TooEarlyError(ConflictError):
    """The moment for this has not come."""

    code = "campaign.too_early"


class TooLateError(ConflictError):
    """The moment for this has passed: it has begun."""

    code = "campaign.too_late"


class OfferLapsedError(ConflictError):
    """The supplier no longer holds the seats of this proposal."""

    code = "campaign.offer_lapsed"


class PoolTakenError(ConflictError):
    """Another campaign of the same pool has been opened."""

    code = "campaign.pool_taken"


class CommitmentStateError(ConflictError):
    """The commitment is in a state in which this cannot be done."""

    code = "campaign.commitment_state"


class HoldExpiredError(ConflictError):
    """The seats were not paid in time."""

    code = "campaign.hold_expired"


class PaymentOpenError(ConflictError):
    """A payment of the commitment is under way at a provider."""

    code = "campaign.payment_open"


class ProviderError(ConflictError):
    """The provider cannot do this: it is not set up here, or its rules do not allow it."""

    code = "campaign.provider"


class PaymentUnknownError(NotFoundError):
    """There is no such payment, or it is not visible to the caller."""

    code = "campaign.payment_unknown"


class BadCallbackError(ForbiddenError):
    """It is not from the provider, not from now, or not readable."""

    code = "campaign.bad_callback"


class ReceiptUsedError(ConflictError):
    """The community has recorded another payment with this receipt."""

    code = "campaign.receipt_used"


class DisputedError(ConflictError):
    """A dispute of the commitment is open; nothing of it moves until that is closed."""

    code = "campaign.disputed"


class DisputeUnknownError(NotFoundError):
    """There is no such dispute, or the caller has no part in it."""

    code = "campaign.dispute_unknown"


class DisputeStateError(ConflictError):
    """The dispute is in a state in which this cannot be done."""

    code = "campaign.dispute_state"


class DisputeOverError(ConflictError):
    """A dispute of the commitment for the same reason has been decided or settled."""

    code = "campaign.dispute_over"


class OfferUnknownError(NotFoundError):
    """The other side makes no such offer of settlement, or no longer."""

    code = "campaign.offer_unknown"


class StatementLimitError(ConflictError):
    """One side has said as much in this dispute as it may."""

    code = "campaign.statement_limit"


class NotPartyError(ForbiddenError):
    """Only a certain side of the dispute may do this."""

    code = "campaign.not_party"


class TermsUnknownError(NotFoundError):
    """There are no such terms, or the caller may not know of them."""

    code = "campaign.terms_unknown"


class MediatorUnknownError(NotFoundError):
    """The community has no such mediator."""

    code = "campaign.mediator_unknown"


class NotOrganiserError(ForbiddenError):
    """Only the community that opened the campaign may do this."""

    code = "campaign.not_organiser"


class PausedError(ConflictError):
    """Members are being asked, or another supplier is looked for: until that is decided this cannot be done."""

    code = "campaign.paused"


class InquiryUnknownError(NotFoundError):
    """There is no such inquiry, or it is not visible to the caller."""

    code = "campaign.inquiry_unknown"


class InquiryClosedError(ConflictError):
    """The inquiry is closed, or its term has passed, whether or not its timer has already fired."""

    code = "campaign.inquiry_closed"


class NotAskedError(ConflictError):
    """This commitment was not asked."""

    code = "campaign.not_asked"


class InvitationUnknownError(NotFoundError):
    """There is no such invitation, or it is not visible to the caller."""

    code = "campaign.invitation_unknown"


class InvitationStateError(ConflictError):
    """The invitation is in a state in which this cannot be done."""

    code = "campaign.invitation_state"
