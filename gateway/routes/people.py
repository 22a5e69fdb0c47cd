"""Members' points, organisers and their turns, and how often members may be asked."""

from gateway.routes.campaign import ONE_CAMPAIGN
from gateway.routes.route import COMMUNITY, LEADERS, MANAGERS, Route
from gateway.schemas import people as s
from gateway.schemas.base import Nothing, PageQuery
from services.kernel.caller import Role

ONE_COMMUNITY, ONE_MEMBER = "/v1/communities/{community_id}", "/v1/members/{member_id}"
ROTA, DUTY = f"{ONE_COMMUNITY}/rota", f"{ONE_COMMUNITY}/duty"
ITSELF = LEADERS | {Role.MEMBER}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "reputation", *rest, **options)


def _of_campaign(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "campaign", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", f"{ONE_MEMBER}/points", "get_member_points", COMMUNITY, "查看成员积分", "Get the points of a member",
           s.PointsView),
    _route("PUT", f"{ONE_MEMBER}/quiet", "set_quiet", ITSELF, "设置免打扰", "Leave a member in peace",
           s.QuietView, s.SetQuiet),
    _route("GET", f"{ONE_COMMUNITY}/organisers", "list_organisers", COMMUNITY, "列出组织者", "List organisers",
           s.OrganiserPage),
    _route("GET", ROTA, "get_rota", COMMUNITY, "查看轮值表", "Get the rota", s.RotaView),
    _route("PUT", ROTA, "set_rota", LEADERS, "设置轮值表", "Set the rota", s.RotaView, s.SetRota),
    _route("POST", f"{DUTY}/hand-over", "hand_over_duty", ITSELF, "交班", "Hand the duty over",
           s.RotaView, s.HandOverDuty),
    _route("POST", f"{DUTY}/take-over", "take_over_duty", ITSELF, "接班", "Take the duty over", s.RotaView, Nothing),
    _route("POST", f"{DUTY}/swap", "swap_turns", ITSELF, "换班", "Swap two turns", s.RotaView, s.SwapTurns),
    _route("GET", f"{ONE_COMMUNITY}/fatigue-policy", "get_fatigue_policy", COMMUNITY, "查看打扰上限",
           "Get how often members may be asked", s.FatiguePolicyView),
    _route("PUT", f"{ONE_COMMUNITY}/fatigue-policy", "set_fatigue_policy", LEADERS, "设置打扰上限",
           "Set how often members may be asked", s.FatiguePolicyView, s.SetFatiguePolicy),
    _route("GET", f"{ONE_COMMUNITY}/fatigue", "list_fatigue", MANAGERS, "查看成员被邀请的频率",
           "See how often members are asked", s.WearinessPage, query=PageQuery),
    _of_campaign("POST", f"{ONE_CAMPAIGN}/invitations", "invite_members", MANAGERS, "邀请成员参团", "Invite members",
                 s.InvitationsAsked, s.InviteMembers, status=202),
    _of_campaign("GET", "/v1/invitations", "list_invitations", COMMUNITY, "列出邀请", "List invitations",
                 s.InvitationPage, query=s.InvitationQuery),
    _of_campaign("POST", "/v1/invitations/{invitation_id}/decline", "decline_invitation", COMMUNITY, "谢绝邀请",
                 "Decline an invitation", s.InvitationView, Nothing),
)
