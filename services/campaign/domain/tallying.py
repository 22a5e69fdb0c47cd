"""How an inquiry stands: seats that accept, refuse or are silent, as far as a caller may know."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.campaign.domain.asking import Answer, Asked, Inquiry
from services.kernel.caller import Caller
from services.kernel.ids import CommunityId


@dataclass(frozen=True, slots=True)
class Tally:
    """The seats of one community, or of all; None where that would tell of fewer than k people."""

    community_id: CommunityId | None
    asked: int | None
    accepted: int | None
    refunded: int | None
    silent: int | None

    @classmethod
    def of(cls, community_id: CommunityId | None, asked: Sequence[Asked]) -> "Tally":
        """Count what these have answered."""
        accepted, refunded, silent = (
            sum(one.seats for one in asked if one.answer is answer) for answer in (Answer.ACCEPT, Answer.REFUND, None)
        )
        return cls(community_id, accepted + refunded + silent, accepted, refunded, silent)

    def hidden(self) -> "Tally":
        """Return it without its counts."""
        return Tally(self.community_id, None, None, None, None)

    def tells_of_few(self, k: int) -> bool:
        """Tell whether one of the counts is of some, but of fewer than ``k``; all are hidden then, as a difference
        would tell the hidden one.
        """
        return any(count is not None and 0 < count < k for count in (self.accepted, self.refunded, self.silent))


def parts_of(inquiry: Inquiry, caller: Caller, k: int) -> tuple[Tally, ...]:
    """Return the counts of each community that is asked, in the order of their ids.

    A community sees its own; of another one all counts or none. A supplier gets the total, beside which one hidden part
    could be worked out, so then all are hidden.
    """
    of: dict[CommunityId, list[Asked]] = {}
    for one in inquiry.asked:
        of.setdefault(one.community_id, []).append(one)
    parts = [Tally.of(community_id, of[community_id]) for community_id in sorted(of)]
    few = {part.community_id for part in parts if part.tells_of_few(k)}
    if caller.is_node_operator or not few:
        return tuple(parts)
    own = caller.community_id if caller.supplier_id is None else None
    hide = few - {own} if own is not None else {part.community_id for part in parts}
    return tuple(part.hidden() if part.community_id in hide else part for part in parts)


def total_of(inquiry: Inquiry, caller: Caller, k: int) -> Tally:
    """Return the counts of all together: not where one part is hidden and could be worked out."""
    whole = Tally.of(None, inquiry.asked)
    hidden = caller.supplier_id is None and any(part.asked is None for part in parts_of(inquiry, caller, k))
    return whole.hidden() if hidden else whole
