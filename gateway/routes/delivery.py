"""Sessions, check-in and attendance."""

from gateway.routes.campaign import ONE_CAMPAIGN, ONE_COMMITMENT
from gateway.routes.route import COMMUNITY, EVERYONE, MANAGERS, Route
from gateway.schemas import delivery as s
from gateway.schemas.base import Nothing
from services.kernel.caller import Role

SESSIONS, ONE_SESSION = f"{ONE_CAMPAIGN}/sessions", f"{ONE_CAMPAIGN}/sessions/{{number}}"
AT_THE_DOOR = MANAGERS | {Role.SUPPLIER}


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "campaign", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", SESSIONS, "list_sessions", EVERYONE, "列出场次", "List the sessions of a campaign", s.SessionsView),
    _route("POST", f"{ONE_SESSION}/hold", "hold_session", AT_THE_DOOR, "记录场次", "Record that a session took place",
           s.SessionsView, Nothing),
    _route("POST", f"{ONE_SESSION}/cancel", "cancel_session", AT_THE_DOOR, "取消场次", "Cancel a session",
           s.SessionsView, s.CancelSession),
    _route("GET", f"{ONE_SESSION}/attendance", "get_attendance", AT_THE_DOOR, "查看场次出勤",
           "Get who is expected at a session and who came", s.AttendanceView),
    _route("POST", f"{ONE_CAMPAIGN}/check-ins", "upload_check_ins", AT_THE_DOOR, "上传签到", "Upload check-ins",
           s.UploadView, s.UploadCheckIns),
    _route("GET", f"{ONE_COMMITMENT}/check-in-code", "get_check_in_code", COMMUNITY, "取签到码", "Get a check-in code",
           s.CheckInCodeView),
    _route("GET", f"{ONE_COMMITMENT}/attendance", "get_commitment_attendance", COMMUNITY, "查看参团出勤",
           "Get how a commitment stands in each session", s.CommitmentAttendanceView),
    _route("POST", f"{ONE_COMMITMENT}/attendance", "correct_attendance", MANAGERS, "更正出勤", "Correct attendance",
           s.CommitmentAttendanceView, s.CorrectAttendance),
    _route("GET", "/v1/check-in-keys", "list_check_in_keys", EVERYONE, "列出签到公钥",
           "List the public keys of check-in codes", s.CheckInKeysView),
)
