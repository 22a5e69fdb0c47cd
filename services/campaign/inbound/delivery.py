"""Requests about a delivery as commands and questions."""

from typing import Any

from services.campaign.domain import delivery_commands as commands
from services.campaign.domain.checkin import Scan
from services.campaign.domain.sessions import Reason
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, load, optional
from services.campaign.inbound.requests import CampaignSchema, CommitmentSchema
from services.campaign.views import questions
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.errors import InvalidError
from services.kernel.quantity import require_count

Request = dict[str, Any]
MOST_SCANS = 500
LONGEST_CODE = 8_000  # more than any QR code holds


def scanned(value: Any, field: str) -> str:
    """Read whatever was scanned, as far as a QR code goes: what is no code of ours is refused by itself, later."""
    if not isinstance(value, str) or len(value) > LONGEST_CODE:
        raise InvalidError(field, "is not what a scanner reads", f"a text of at most {LONGEST_CODE} characters")
    return value


class SessionSchema(CampaignSchema):
    """Which session of which campaign."""

    number = Read(require_count, required=True)


class CancelSchema(SessionSchema):
    """Why a session does not take place."""

    reason = Read(reading.one_of(*Reason), required=True)


class ScanSchema(Tolerant):
    """What was scanned, when, for which session, and how many of the party came."""

    code = Read(scanned, required=True)
    session = Read(require_count, required=True)
    at = Read(parse_time, required=True)
    seats = Read(require_count, **optional)


class UploadSchema(CampaignSchema):
    """What a device has scanned."""

    items = Read(reading.many(ScanSchema(), MOST_SCANS), required=True)


class CorrectionSchema(CommitmentSchema):
    """Who was in which session or was not, and why that is said."""

    session = Read(require_count, required=True)
    present = Read(reading.flag, required=True)
    reason = Read(reading.text(500), required=True)


_session, _cancel, _upload, _correction = SessionSchema(), CancelSchema(), UploadSchema(), CorrectionSchema()
_commitment = CommitmentSchema()


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def hold_session(request: Request) -> commands.HoldSession:
    """Read which session took place."""
    return commands.HoldSession(caller=_caller(request), **load(_session, request["data"]))


def cancel_session(request: Request) -> commands.CancelSession:
    """Read which session does not take place, and why."""
    data = load(_cancel, request["data"])
    return commands.CancelSession(_caller(request), data["campaign_id"], data["number"], Reason(data["reason"]))


def upload_check_ins(request: Request) -> commands.UploadCheckIns:
    """Read what a device has scanned."""
    data = load(_upload, request["data"])
    scans = tuple(Scan(**item) for item in data["items"])
    return commands.UploadCheckIns(_caller(request), data["campaign_id"], scans)


def correct_attendance(request: Request) -> commands.CorrectAttendance:
    """Read who was in a session or was not."""
    data = load(_correction, request["data"])
    data["number"] = data.pop("session")
    return commands.CorrectAttendance(caller=_caller(request), **data)


def get_check_in_code(request: Request) -> commands.IssueCode:
    """Read whose code is wanted."""
    return commands.IssueCode(_caller(request), load(_commitment, request["data"])["commitment_id"])


def list_check_in_keys(request: Request) -> commands.ShowKeys:
    """Read who wants the keys; anybody may have them."""
    return commands.ShowKeys(_caller(request))


def get_attendance(request: Request) -> questions.OneSession:
    """Read of which session."""
    return questions.OneSession(caller=_caller(request), **load(_session, request["data"]))
