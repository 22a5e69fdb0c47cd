"""What tests of demand are made of: communities in Shanghai, members, signals, and the requests for them."""

from datetime import timedelta

from services.demand import handlers, inbound
from services.demand.domain.consenting import MergePolicy
from services.demand.domain.model import Community, CommunityKind, Locale, Member, MemberRole
from services.demand.domain.signals import Signal, SignalState
from services.kernel.clock import format_time
from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.timespan import Timespan
from tests.fakes.chassis import MONDAY, request

SQUARE = Place(31.2304, 121.4737)
SATURDAY = MONDAY + timedelta(days=12)


def window(start=1.0, hours=8.0):
    """A window that begins ``start`` hours into the Saturday after next."""
    begin = SATURDAY + timedelta(hours=start)
    return Timespan(begin, begin + timedelta(hours=hours))


def north(km, of=SQUARE):
    """The place ``km`` kilometres north."""
    return Place(of.lat + km / 111.195, of.lon)


def a_community(policy="auto", place=SQUARE, **changes):
    values = {
        "community_id": new_id(),
        "name": "阳光小学家长群",
        "kind": CommunityKind.PARENTS,
        "place": place,
        "time_zone": "Asia/Shanghai",
        "locale": Locale.ZH,
        "merge_policy": MergePolicy(policy),
        "version": 1,
        "created_at": MONDAY,
    }
    return Community(**{**values, **changes})


def a_member(community, **changes):
    values = {
        "member_id": new_id(),
        "community_id": community.community_id,
        "name": "李小明妈妈",
        "roles": (MemberRole.MEMBER,),
        "contact": "13800000000",
        "household": "3-2-501",
        "version": 1,
        "created_at": MONDAY,
    }
    return Member(**{**values, **changes})


def a_signal(community_id=None, **changes):
    values = {
        "signal_id": new_id(),
        "community_id": community_id or new_id(),
        "member_id": new_id(),
        "text": "周六想带两个孩子做陶艺",
        "category": "pottery",
        "people": 3,
        "ceiling": None,
        "place": SQUARE,
        "radius_km": 5.0,
        "windows": (window(),),
        "minutes": 120,
        "expires_at": window().end,
        "state": SignalState.OPEN,
        "pool_id": None,
        "created_at": MONDAY,
    }
    return Signal(**{**values, **changes})


def signal_data(**changes):
    """The body of a request that places a signal."""
    data = {"text": "周六想做陶艺", "category": "pottery", "people": 3, "windows": [window().to_wire()], "minutes": 120}
    data.update(changes)
    return data


class Town:
    """Communities with a member each, in a unit of work in memory."""

    def __init__(self, uow):
        self.uow = uow
        self.member_of = {}

    def community(self, policy="auto", **changes):
        community = a_community(policy, **changes)
        self.uow.communities.save(community)
        member = a_member(community)
        self.uow.members.save(member)
        self.member_of[community.community_id] = member
        return community

    def place(self, community, **changes):
        member = self.member_of[community.community_id]
        return handlers.place_signal(
            inbound.place_signal(
                request(
                    signal_data(**changes),
                    role="member",
                    community_id=community.community_id,
                    member_id=member.member_id,
                )
            ),
            self.uow,
        )

    def ask(self, community, data, role="organiser"):
        member = self.member_of[community.community_id]
        return request(data, role=role, community_id=community.community_id, member_id=member.member_id)

    def answer(self, community, pool_id, decision):
        data = {"pool_id": str(pool_id), "decision": decision}
        return handlers.answer_consent(inbound.answer_consent(self.ask(community, data)), self.uow)

    def ready(self, community, pool_id):
        return handlers.ready_pool(inbound.ready_pool(self.ask(community, {"pool_id": str(pool_id)})), self.uow)

    def change(self, community, signal_id, if_match=None, role="organiser", **changes):
        asked = self.ask(community, {"signal_id": str(signal_id), **changes}, role)
        return handlers.change_signal(inbound.change_signal({**asked, "if_match": if_match}), self.uow)

    def split(self, community, pool_id, *signals, reason="", role="organiser"):
        data = {"pool_id": str(pool_id), "reason": reason}
        if signals:
            data["signal_ids"] = [str(one.signal_id) for one in signals]
        return handlers.split_pool(inbound.split_pool(self.ask(community, data, role)), self.uow)

    def join(self, community, pool_id, into_pool_id, *signals, reason="", role="organiser"):
        data = {"pool_id": str(pool_id), "into_pool_id": str(into_pool_id), "reason": reason}
        if signals:
            data["signal_ids"] = [str(one.signal_id) for one in signals]
        return handlers.join_pools(inbound.join_pools(self.ask(community, data, role)), self.uow)

    def withdraw(self, community, signal_id):
        data = {"signal_id": str(signal_id)}
        return handlers.withdraw_signal(inbound.withdraw_signal(self.ask(community, data)), self.uow)

    def pool_of(self, signal):
        return self.uow.pools.rows[self.uow.signals.rows[signal.signal_id].pool_id]

    def pass_(self, **span):
        """Let time pass, and whatever is due in it happen."""
        until = self.uow.clock.now() + timedelta(**span)
        pending = self.uow.timers.pending
        while due := sorted((one[0], key) for key, one in pending.items() if one[0] <= until):
            moment, key = due[0]
            self.uow.clock.time = max(self.uow.clock.time, moment)
            _, command, payload = pending.pop(key)
            handlers.TIMERS[command](payload, self.uow)
        self.uow.clock.time = until

    def current(self, signal):
        return self.uow.signals.rows[signal.signal_id]


def at(moment):
    return format_time(moment)
