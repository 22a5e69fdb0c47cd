"""What the supplier service refuses, and why."""

from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, PreconditionError


class SupplierNotFoundError(NotFoundError):
    """There is no such supplier for this caller."""

    code = "supplier.not_found"


class NotYoursError(ForbiddenError):
    """The caller sees the supplier, but another community registered it."""

    code = "supplier.not_yours"


class SharingNotYoursError(ForbiddenError):
    """The supplier itself does not decide which communities see it."""

    code = "supplier.sharing_not_yours"


class FieldsNotYoursError(ForbiddenError):
    """The caller may edit the supplier, but not what concerns money, papers, its contact or who it is shared with."""

    code = "supplier.fields_not_yours"


class MayNotShareError(ForbiddenError):
    """The caller sees the supplier and may not let others do so."""

    code = "supplier.may_not_share"


class GrantTooWideError(ForbiddenError):
    """Nobody can give what it does not have."""

    code = "supplier.grant_too_wide"


class ReceiverLeftError(ForbiddenError):
    """The community has nothing to do with the supplier any more; only the owner may begin anew with it."""

    code = "supplier.receiver_left"


class GrantNotFoundError(NotFoundError):
    """There is no such grant for this caller."""

    code = "supplier.grant_not_found"


class GrantEndedError(ConflictError):
    """The grant is over."""

    code = "supplier.grant_ended"


class TooManyGrantsError(ConflictError):
    """A community has given a supplier to as many others as one can."""

    code = "supplier.too_many_grants"


class PricesDifferError(ConflictError):
    """The communities of a joint match have prices of their own, and no campaign has two tables of tiers."""

    code = "supplier.prices_differ"


class CommunityUnknownError(InvalidError):
    """A named community is not known on this node."""

    code = "supplier.community_unknown"


class StaleVersionError(PreconditionError):
    """The supplier was changed in the meantime."""

    code = "supplier.stale_version"


class QualificationNotFoundError(NotFoundError):
    """There is no such qualification for this caller."""

    code = "supplier.qualification_not_found"


class QualificationDecidedError(ConflictError):
    """The qualification is not waiting for a review."""

    code = "supplier.qualification_decided"


class OfferNotFoundError(NotFoundError):
    """There is no such offer for this caller."""

    code = "supplier.offer_not_found"


class OfferWithdrawnError(ConflictError):
    """The offer is no longer published."""

    code = "supplier.offer_withdrawn"


class OfferStaleError(PreconditionError):
    """The offer was changed in the meantime."""

    code = "supplier.offer_stale"


class SlotNotFoundError(NotFoundError):
    """The offer has no such slot."""

    code = "supplier.slot_not_found"


class SlotStartedError(ConflictError):
    """The slot has begun."""

    code = "supplier.slot_started"


class SlotFullError(ConflictError):
    """The slot has not enough free seats."""

    code = "supplier.slot_full"


class SlotTooLateError(ConflictError):
    """The slot starts too soon to be booked."""

    code = "supplier.slot_too_late"


class ResourceBusyError(ConflictError):
    """Who or what the slot needs is booked elsewhere at that time."""

    code = "supplier.resource_busy"


class SlotClosedError(ConflictError):
    """The supplier has withdrawn from the slot."""

    code = "supplier.slot_closed"


class NotQualifiedError(ConflictError):
    """A qualification that the offer requires is missing."""

    code = "supplier.not_qualified"


class MatchNotFoundError(NotFoundError):
    """There is no such match for this caller."""

    code = "supplier.match_not_found"


class MatchStateError(ConflictError):
    """The match is in a state in which this step does not exist."""

    code = "supplier.match_state"


class PoolNotFoundError(NotFoundError):
    """The pool is not known here yet; an event about it overtook ``pool_ready``."""

    code = "supplier.pool_not_found"


class RoundNotFoundError(NotFoundError):
    """There is no such matching round for this caller."""

    code = "supplier.round_not_found"


class RoundEmptyError(ConflictError):
    """No pool of the caller waits for a matching round of the category."""

    code = "supplier.round_empty"


class PoolMatchedError(ConflictError):
    """The pool no longer looks for a supplier."""

    code = "supplier.pool_matched"


class StandingError(ConflictError):
    """The supplier stands where this cannot happen to it."""

    code = "supplier.standing"


class SuspensionNotYoursError(ForbiddenError):
    """A higher authority has suspended or removed the supplier."""

    code = "supplier.suspension_not_yours"


class LimitError(ConflictError):
    """The supplier may not take on this now; ``limit`` says which limit stands against it."""

    code = "supplier.limit"


class PapersMissingError(ConflictError):
    """Papers that the policy requires are not approved."""

    code = "supplier.papers_missing"


class OfferPausedError(ConflictError):
    """The offer waits for a paper and takes no bookings."""

    code = "supplier.offer_paused"


class CommunityNotFoundError(NotFoundError):
    """There is no such community for this caller."""

    code = "supplier.community_not_found"


class PriceListNotFoundError(NotFoundError):
    """There is no such price list, or it is not the caller's."""

    code = "supplier.price_list_not_found"


class PriceListStateError(ConflictError):
    """The price list was committed or discarded, or its preview is too old."""

    code = "supplier.price_list_state"


class PriceListStaleError(ConflictError):
    """Offers were changed since the preview; ``numbers`` says which."""

    code = "supplier.price_list_stale"
