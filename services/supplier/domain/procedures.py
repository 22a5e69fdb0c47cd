"""How a pool gets its supplier, as its communities have decided: pure. TENDERS.md tells it to people."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.kernel.ids import CommunityId, PoolId
from services.supplier.domain.matches import Share
from services.supplier.domain.tender_rules import TenderRules


class Procedure(StrEnum):
    """At once the best offers, sealed bids of those who could serve it, or a matching round over many pools."""

    DIRECT = "direct"
    TENDER = "tender"
    ROUND = "round"


# Of equal votes the one that looks at more before it decides.
_CAREFUL = {Procedure.TENDER: 0, Procedure.ROUND: 1, Procedure.DIRECT: 2}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a community has set for one category, or for all others where ``category`` is empty."""

    community_id: CommunityId
    category: str = ""
    procedure: Procedure = Procedure.DIRECT
    rules: TenderRules = field(default_factory=TenderRules)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a community wishes for one pool. ``effective`` is what holds, where the community may know of the pool."""

    pool_id: PoolId
    community_id: CommunityId
    procedure: Procedure
    effective: Procedure | None = None


def procedure_of(
    shares: tuple[Share, ...], settings: Mapping[CommunityId, Setting], chosen: Mapping[CommunityId, Procedure]
) -> Procedure:
    """Return the way that most of the people of a pool have, by what their communities have set.

    What communities of the pool have ``chosen`` for this very pool goes before what they have set for all.
    """
    voters = [share for share in shares if share.community_id in chosen] or list(shares)
    votes: Counter[Procedure] = Counter()
    for share in voters:
        own = settings.get(share.community_id)
        votes[chosen.get(share.community_id) or (own.procedure if own else Procedure.DIRECT)] += share.people
    return min(votes, key=lambda procedure: (-votes[procedure], _CAREFUL[procedure]), default=Procedure.DIRECT)


def rules_of(shares: tuple[Share, ...], settings: Mapping[CommunityId, Setting]) -> TenderRules:
    """Return the rules of a tender: those of the largest community of the pool that has set any."""
    having = [share for share in shares if share.community_id in settings]
    largest = min(having, key=lambda share: (-share.people, share.community_id), default=None)
    return settings[largest.community_id].rules if largest else TenderRules()
