"""Communities and their members. What they want is in signals.py, pools are in pool.py."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services.demand.domain.consenting import Decision, MergePolicy, MergeRule, Terms, check_rules
from services.demand.domain.events import CommunityChanged, CommunityRegistered, MemberChanged, MemberJoined
from services.demand.domain.versions import check_version
from services.kernel.errors import InvalidError
from services.kernel.geo import Place
from services.kernel.ids import CommunityId, MemberId


class CommunityKind(StrEnum):
    """What holds a community together."""

    PARENTS = "parents"
    OWNERS = "owners"
    PROFESSIONAL = "professional"
    INTEREST = "interest"
    OTHER = "other"


class Locale(StrEnum):
    """The languages that texts for people come in."""

    ZH = "zh"
    EN = "en"


class MemberRole(StrEnum):
    """What a member does for its community. It grants no rights; tokens do that."""

    MEMBER = "member"
    ORGANISER = "organiser"
    SUPPLIER_CONNECTOR = "supplier_connector"
    QUALITY_SUPERVISOR = "quality_supervisor"
    OPERATOR = "operator"


def check_time_zone(name: str) -> str:
    """Return ``name`` if it is an IANA time zone; raise ``InvalidError`` otherwise."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a relative path, and the name of a folder
        expected = "an IANA time zone such as Asia/Shanghai"
        raise InvalidError("time_zone", f"{name!r} is not known", expected) from None
    return name


@dataclass(frozen=True, slots=True)
class Community:
    """A group of people who trust each other: parents of a school, owners of an estate, a professional circle."""

    community_id: CommunityId
    name: str
    kind: CommunityKind
    place: Place
    time_zone: str
    locale: Locale
    merge_policy: MergePolicy
    version: int
    created_at: datetime
    merge_rules: tuple[MergeRule, ...] = ()
    consent_hours: float | None = None
    silence: Decision = Decision.REFUSED
    # Whether the texts that were read into signals are kept after they were confirmed; see INTAKE.md.
    keep_raw: bool = False
    # Whether its members are recognised in pools that it shares with communities that want the same; see PRIVACY.md.
    recognise: bool = False

    @property
    def terms(self) -> Terms:
        """What it says about sharing pools."""
        within = None if self.consent_hours is None else timedelta(hours=self.consent_hours)
        return Terms(self.merge_policy, self.merge_rules, within, self.silence, self.recognise)

    def registered(self) -> tuple["Community", list[CommunityRegistered]]:
        """Return the new community and what is to be told of it."""
        check_time_zone(self.time_zone)
        check_rules(self.community_id, self.merge_rules)
        return self, [CommunityRegistered(self)]

    def changed(
        self, changes: dict[str, Any], expected_version: int | None
    ) -> tuple["Community", list[CommunityChanged]]:
        """Return the community with ``changes`` and the next version; the same one when nothing differs."""
        check_version(expected_version, self.version)
        if "time_zone" in changes:
            check_time_zone(changes["time_zone"])
        check_rules(self.community_id, changes.get("merge_rules", ()))
        if replace(self, **changes) == self:
            return self, []
        after = replace(self, **changes, version=self.version + 1)
        return after, [CommunityChanged(after)]


@dataclass(frozen=True, slots=True)
class Member:
    """A person or household of one community. Name, contact and household never leave it.

    ``person`` is a keyed hash of the contact, if its community wants it to be recognised; it never leaves demand.
    """

    member_id: MemberId
    community_id: CommunityId
    name: str
    roles: tuple[MemberRole, ...]
    contact: str | None
    household: str | None
    version: int
    created_at: datetime
    person: str | None = field(default=None, repr=False)

    def joined(self) -> tuple["Member", list[MemberJoined]]:
        """Return the new member and what is to be told of it."""
        return self, [MemberJoined(self)]

    def changed(self, changes: dict[str, Any], expected_version: int | None) -> tuple["Member", list[MemberChanged]]:
        """Return the member with ``changes`` and the next version; the same one when nothing differs."""
        check_version(expected_version, self.version)
        if replace(self, **changes) == self:
            return self, []
        after = replace(self, **changes, version=self.version + 1)
        return after, [MemberChanged(after)]
