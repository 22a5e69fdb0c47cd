"""The refusals about people."""

from services.kernel.errors import ConflictError, NotFoundError


class MemberUnknownError(NotFoundError):
    """No such member in the caller's reach."""

    code = "reputation.member_unknown"


class CommunityUnknownError(NotFoundError):
    """No such community in the caller's reach."""

    code = "reputation.community_unknown"


class NoRotaError(NotFoundError):
    """The community has no rota."""

    code = "reputation.no_rota"


class TurnUnknownError(NotFoundError):
    """The community has no such turn of duty."""

    code = "reputation.turn_unknown"


class TurnStateError(ConflictError):
    """The turn of duty is in a state in which this cannot be done."""

    code = "reputation.turn_state"


class NotYourTurnError(ConflictError):
    """Only the member whose turn it is, or those who manage the community, can do this."""

    code = "reputation.not_your_turn"
