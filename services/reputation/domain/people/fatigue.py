"""The fatigue guard: may this member be asked to join once more, and if not now, from when on.

A decision is made of the member's own history and of its community's, by the community's policy. It is a pure function
of them and of the time. Hurdles are tried in one order, and the first that is not cleared is the reason. ``not_before``
is the earliest time at which all would be cleared if nobody were asked in between; None where no time helps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.kernel.ids import CampaignId
from services.reputation.domain.people.fatigue_policy import FatiguePolicy

MOST_HURDLES = 400  # times that a wait may lead to another hurdle before we say that no time helps


class Why(StrEnum):
    """The hurdles, in the order in which they are tried."""

    OPTED_OUT = "opted_out"
    ALREADY_ASKED = "already_asked"
    QUIET_DAYS = "quiet_days"
    QUIET_HOURS = "quiet_hours"
    COMMUNITY_CAP = "community_cap"
    COMMUNITY_RESTS = "community_rests"
    TOO_SOON = "too_soon"
    MEMBER_CAP = "member_cap"
    MEMBER_RESTS = "member_rests"


@dataclass(frozen=True, slots=True)
class Asking:
    """That a member was asked to join a campaign; ``answered`` when it joined or declined."""

    campaign_id: CampaignId
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Round:
    """That a community asked ``asked`` of its members at one time, of whom so many have answered."""

    at: datetime
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """How often a member was asked, oldest first; ``quiet_until`` is the member's own wish."""

    askings: tuple[Asking, ...] = ()
    quiet_until: datetime | None = None

    @property
    def unanswered(self) -> int:
        """How many askings there were since the last one that was answered."""
        silent = 0
        for asking in reversed(self.askings):
            if asking.answered:
                break
            silent += 1
        return silent


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the member is asked; otherwise why not, and from when on it could be."""

    why: Why | None = None
    not_before: datetime | None = None

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return self.why is None


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard of one community: its policy, its clock on the wall, and its own rounds, oldest first."""

    policy: FatiguePolicy
    zone: ZoneInfo
    rounds: tuple[Round, ...] = field(default=())

    def decide(self, member: MemberHistory, campaign_id: CampaignId, now: datetime) -> Decision:
        """Tell whether the member may be asked to join the campaign now."""
        first = self._hurdle(member, campaign_id, now)
        if first is None:
            return Decision()
        why, until = first
        for _ in range(MOST_HURDLES):
            if until is None:
                break
            following = self._hurdle(member, campaign_id, until)
            if following is None:
                return Decision(why, until)
            until = following[1]
        return Decision(why)

    def _hurdle(
        self, member: MemberHistory, campaign_id: CampaignId, now: datetime
    ) -> tuple[Why, datetime | None] | None:
        """Return the first hurdle at that time, and when it is over."""
        for why, until in (
            (Why.OPTED_OUT, self._opted_out(member, now)),
            (Why.ALREADY_ASKED, self._already_asked(member, campaign_id)),
            (Why.QUIET_DAYS, self._quiet_days(now)),
            (Why.QUIET_HOURS, self._quiet_hours(now)),
            (Why.COMMUNITY_CAP, self._community_cap(now)),
            (Why.COMMUNITY_RESTS, self._community_rests(now)),
            (Why.TOO_SOON, self._too_soon(member, now)),
            (Why.MEMBER_CAP, self._member_cap(member, now)),
            (Why.MEMBER_RESTS, self._member_rests(member, now)),
        ):
            if until is NEVER:
                return why, None
            if until is not None and until > now:
                return why, until
        return None

    def _opted_out(self, member: MemberHistory, now: datetime) -> datetime | None:
        return member.quiet_until

    def _already_asked(self, member: MemberHistory, campaign_id: CampaignId) -> datetime | None:
        times = sum(asking.campaign_id == campaign_id for asking in member.askings)
        return NEVER if times >= self.policy.per_campaign else None

    def _quiet_days(self, now: datetime) -> datetime | None:
        today = now.astimezone(self.zone).date()
        ends = [last for first, last in self.policy.quiet_days if first <= today <= last]
        return self._local(max(ends) + timedelta(days=1), time()) if ends else None

    def _quiet_hours(self, now: datetime) -> datetime | None:
        start, end = self.policy.quiet_from, self.policy.quiet_to
        local = now.astimezone(self.zone)
        clock = local.timetz().replace(tzinfo=None)
        if start == end:
            return None
        quiet = start <= clock < end if start < end else clock >= start or clock < end
        if not quiet:
            return None
        tomorrow = start > end and clock >= start
        return self._local(local.date() + timedelta(days=tomorrow), end)

    def _community_cap(self, now: datetime) -> datetime | None:
        times = [one.at for one in self.rounds if one.at <= now]
        return _free_again(times, self.policy.rounds, timedelta(days=self.policy.per_days))

    def _community_rests(self, now: datetime) -> datetime | None:
        """After a few rounds in a row that hardly anybody answered, though there was time to, the community rests."""
        told = timedelta(hours=self.policy.answer_hours)
        settled = [one for one in self.rounds if one.at + told <= now][-self.policy.weak_rounds :]
        weak = all(one.answered * 10_000 < one.asked * self.policy.least_response_bp for one in settled)
        if len(settled) < self.policy.weak_rounds or not weak:
            return None
        return settled[-1].at + told + timedelta(days=self.policy.community_rest_days)

    def _too_soon(self, member: MemberHistory, now: datetime) -> datetime | None:
        if not member.askings:
            return None
        return member.askings[-1].at + timedelta(hours=self.policy.gap_hours)

    def _member_cap(self, member: MemberHistory, now: datetime) -> datetime | None:
        times = [one.at for one in member.askings]
        return _free_again(times, self.policy.per_member, timedelta(days=self.policy.per_days))

    def _member_rests(self, member: MemberHistory, now: datetime) -> datetime | None:
        """Who has not answered so many times in a row rests; asked again after that, it rests at each silence."""
        if member.unanswered < self.policy.patience:
            return None
        return member.askings[-1].at + timedelta(days=self.policy.member_rest_days)

    def _local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(ZoneInfo("UTC"))


# Marks a hurdle that no time removes.
NEVER = datetime.max.replace(tzinfo=ZoneInfo("UTC"))


def _free_again(times: Sequence[datetime], most: int, span: timedelta) -> datetime | None:
    """Return when fewer than ``most`` of the times lie within the last ``span``; None where they never fill it."""
    return times[-most] + span if len(times) >= most else None
