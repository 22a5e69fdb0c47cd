"""What demand refuses. Every code is promised in contract/errors.py."""

from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError, PreconditionError, Refusal


class CommunityNotFoundError(NotFoundError):
    """No such community, or one that the caller may not know of."""

    code = "demand.community_not_found"


class MemberNotFoundError(NotFoundError):
    """No such member, or one that the caller may not know of."""

    code = "demand.member_not_found"


class SignalNotFoundError(NotFoundError):
    """No such signal, or one of another community."""

    code = "demand.signal_not_found"


class PoolNotFoundError(NotFoundError):
    """No such pool, or one in which the caller's community takes no part."""

    code = "demand.pool_not_found"


class OnlyYourselfError(ForbiddenError):
    """A member's token acted for somebody else, or gave itself roles."""

    code = "demand.only_yourself"


class SignalClosedError(ConflictError):
    """The signal has come to its end."""

    code = "demand.signal_closed"


class PoolNotGatheringError(ConflictError):
    """The pool has been handed to suppliers, or is gone."""

    code = "demand.pool_not_gathering"


class ConsentNotAskedError(ConflictError):
    """There is no open question of consent for this community in this pool."""

    code = "demand.consent_not_asked"


class ConsentNotGivenError(ConflictError):
    """A community that has not consented cannot decide for the pool."""

    code = "demand.consent_not_given"


class NothingToSplitError(ConflictError):
    """Everybody in the pool would leave it."""

    code = "demand.nothing_to_split"


class CannotJoinError(ConflictError):
    """One delivery cannot serve them all; ``why`` says what is in the way."""

    code = "demand.cannot_join"


class StaleVersionError(PreconditionError):
    """The resource was changed since the caller read it."""

    code = "demand.stale_version"


class IntakeNotFoundError(NotFoundError):
    """No such intake, or one of another community."""

    code = "demand.intake_not_found"


class IntakeOverError(ConflictError):
    """The intake was discarded, or nothing is open in it."""

    code = "demand.intake_over"


class CategoryNotFoundError(NotFoundError):
    """No such category in the taxonomy of the community."""

    code = "demand.category_not_found"


class CategoryUnclearError(Refusal):
    """No category was named, and the text does not decide; what it may be is in the detail."""

    kind = "invalid"
    code = "demand.category_unclear"


class TimeUnclearError(Refusal):
    """The words for the time can be read in two ways, or in none; how they were read is in the detail."""

    kind = "invalid"
    code = "demand.time_unclear"
