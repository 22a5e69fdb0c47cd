"""Communities, members, signals and pools."""

from gateway.routes.route import COMMUNITY, LEADERS, MANAGERS, NODE, OPERATORS, Route
from gateway.schemas import demand as s
from gateway.schemas.base import Nothing, PageQuery

COMMUNITIES, MEMBERS = "/v1/communities", "/v1/communities/{community_id}/members"
ONE_COMMUNITY, ONE_MEMBER = f"{COMMUNITIES}/{{community_id}}", f"{MEMBERS}/{{member_id}}"
SIGNALS, ONE_SIGNAL, POOLS, ONE_POOL = "/v1/signals", "/v1/signals/{signal_id}", "/v1/pools", "/v1/pools/{pool_id}"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "demand", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", COMMUNITIES, "register_community", NODE, "登记社区", "Register a community",
           s.CommunityView, s.RegisterCommunity, status=201, location=ONE_COMMUNITY),
    _route("GET", COMMUNITIES, "list_communities", COMMUNITY, "列出社区", "List communities",
           s.CommunityPage, query=PageQuery),
    _route("GET", ONE_COMMUNITY, "get_community", COMMUNITY, "查看社区", "Get a community", s.CommunityView),
    _route("PATCH", ONE_COMMUNITY, "change_community", OPERATORS, "修改社区", "Change a community",
           s.CommunityView, s.ChangeCommunity),
    _route("POST", MEMBERS, "add_member", MANAGERS, "添加成员", "Add a member",
           s.MemberView, s.AddMember, status=201, location=ONE_MEMBER),
    _route("GET", MEMBERS, "list_members", COMMUNITY, "列出成员", "List members", s.MemberPage, query=PageQuery),
    _route("GET", ONE_MEMBER, "get_member", COMMUNITY, "查看成员", "Get a member", s.MemberView),
    _route("PATCH", ONE_MEMBER, "change_member", COMMUNITY, "修改成员", "Change a member",
           s.MemberView, s.ChangeMember),
    _route("POST", SIGNALS, "place_signal", COMMUNITY, "提出需求", "Say what is wanted",
           s.SignalView, s.PlaceSignal, status=201, location=ONE_SIGNAL),
    _route("GET", SIGNALS, "list_signals", COMMUNITY, "列出需求", "List signals", s.SignalPage, query=s.SignalQuery),
    _route("GET", ONE_SIGNAL, "get_signal", COMMUNITY, "查看需求", "Get a signal", s.SignalView),
    _route("POST", f"{ONE_SIGNAL}/withdraw", "withdraw_signal", COMMUNITY, "撤回需求", "Withdraw a signal",
           s.SignalView, Nothing),
    _route("GET", POOLS, "list_pools", COMMUNITY, "列出需求池", "List pools", s.PoolPage, query=s.PoolQuery),
    _route("GET", ONE_POOL, "get_pool", COMMUNITY, "查看需求池", "Get a pool", s.PoolView),
    _route("POST", f"{ONE_POOL}/consents", "answer_consent", LEADERS, "答复是否合并", "Answer whether to merge",
           s.PoolView, s.AnswerConsent),
    _route("GET", "/v1/consents", "list_consents", MANAGERS, "列出待答复的合并", "List open questions of consent",
           s.ConsentPage, query=s.ConsentQuery),
    _route("POST", f"{ONE_POOL}/ready", "ready_pool", LEADERS, "提前结束收集", "End the gathering of a pool",
           s.PoolView, Nothing),
)
