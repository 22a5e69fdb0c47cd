"""Consent by policy: whether a community shares pools with others, asked about what, for how long, and what silence is.

A community has one policy for everything and may have rules for a category, for a partner community, or for a partner
in a category. Of the rules that fit, the most specific one decides; see ``Terms.towards``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId

MAX_RULES = 200
MAX_CONSENT_HOURS = 24 * 90


class MergePolicy(StrEnum):
    """Whether a community's signals may share a pool with those of other communities."""

    AUTO = "auto"
    ASK = "ask"
    NEVER = "never"


class Decision(StrEnum):
    """What a community that was asked may answer, and what its silence may count as."""

    GIVEN = "given"
    REFUSED = "refused"


# From the most open to the strictest.
STRICTNESS = (MergePolicy.AUTO, MergePolicy.ASK, MergePolicy.NEVER)


@dataclass(frozen=True, slots=True)
class MergeRule:
    """Another policy for pools of ``category`` (None: of any), with ``partner_id`` (None: with anybody)."""

    category: str | None
    partner_id: CommunityId | None
    policy: MergePolicy

    def fits(self, category: str, partner_id: CommunityId) -> bool:
        """Tell whether the rule speaks of sharing a pool of ``category`` with the partner."""
        return self.category in (None, category) and self.partner_id in (None, partner_id)

    @property
    def weight(self) -> tuple[bool, bool]:
        """How specific it is: partner and category, then partner, then category."""
        return self.partner_id is not None, self.category is not None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a community says about sharing. ``within`` is how long it wants to be asked; None: as long as the node.

    ``recognise``: whether its members are recognised in pools of communities that want the same.
    """

    policy: MergePolicy = MergePolicy.AUTO
    rules: tuple[MergeRule, ...] = ()
    within: timedelta | None = None
    silence: Decision = Decision.REFUSED
    recognise: bool = False

    def towards(self, category: str, partner_id: CommunityId) -> MergePolicy:
        """Return the policy for sharing a pool of ``category`` with ``partner_id``: that of the most specific rule."""
        fitting = [rule for rule in self.rules if rule.fits(category, partner_id)]
        return max(fitting, key=lambda rule: rule.weight).policy if fitting else self.policy

    def strictest(self, category: str, partner_ids: Iterable[CommunityId]) -> MergePolicy:
        """Return the strictest policy for sharing a pool with all of ``partner_ids``; alone it is ``auto``."""
        found = [self.towards(category, one) for one in partner_ids]
        return max(found, key=STRICTNESS.index, default=MergePolicy.AUTO)

    def asks_by_name(self, category: str, partner_ids: Iterable[CommunityId]) -> set[CommunityId]:
        """Return those of ``partner_ids`` about whom a rule that names them says to ask."""
        return {
            one
            for one in partner_ids
            if self.towards(category, one) is MergePolicy.ASK
            and any(rule.partner_id == one and rule.fits(category, one) for rule in self.rules)
        }

    def may_ask(self, category: str) -> bool:
        """Tell whether there is anybody with whom it shares pools of ``category`` only when it consents."""
        rules = (rule.policy for rule in self.rules if rule.category in (None, category))
        return MergePolicy.ASK in (self.policy, *rules)

    def deadline(self, now: datetime, within: timedelta, gather_until: datetime) -> datetime:
        """Return until when a question that is asked now is open: never longer than the pool gathers."""
        return min(now + (self.within or within), gather_until)


def check_rules(community_id: CommunityId, rules: tuple[MergeRule, ...]) -> None:
    """Raise ``InvalidError`` where two rules speak of the same, or one of the community itself."""
    seen: set[tuple[str | None, CommunityId | None]] = set()
    for index, rule in enumerate(rules):
        field = f"merge_rules.{index}"
        if rule.partner_id == community_id:
            raise InvalidError(f"{field}.community_id", "is the community itself", "another community, or null")
        if rule.partner_id is None and rule.category is None:
            raise InvalidError(field, "names neither a category nor a community", "one of them; else use merge_policy")
        if (rule.category, rule.partner_id) in seen:
            raise InvalidError(field, "speaks of the same as a rule before it", "one rule for each")
        seen.add((rule.category, rule.partner_id))
