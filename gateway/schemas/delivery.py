"""Sessions, check-in and attendance."""

from marshmallow import fields, validate

from gateway.schemas.base import MAX_SEATS, Answer, Body, MoneySchema, SentenceSchema, Strict, WindowSchema
from gateway.schemas.campaign import STATES
from gateway.schemas.fields import SEPARATOR, choice, flag, ident, many, moment, nested, options_of, string, whole
from gateway.schemas.offer import MAX_SESSIONS

SESSION_STATES = ("planned", "held", "cancelled")
REASONS = ("weather", "illness", "supplier", "organiser")
RESULTS = ("counted", "already", "refused")
FAULTS = (
    *("unreadable", "unknown_key", "bad_signature", "other_campaign", "unknown_session", "session_cancelled"),
    *("other_time", "revoked", "too_many_seats"),
)
PRESENCES = ("expected", "present", "absent", "unrecorded", "cancelled")
MOST_SCANS = 500
LONGEST_CODE = 8_000  # more than any QR code holds


def _anything_scanned() -> fields.String:
    """Return a field for whatever a camera read: what is no code of ours is refused by itself, not with its batch."""
    expected = f"a text of at most {LONGEST_CODE} characters"
    check = validate.Length(max=LONGEST_CODE, error=f"is too long{SEPARATOR}{expected}")
    return fields.String(required=True, validate=check, **options_of(expected, {}))


def _parties() -> fields.Dict:
    """Return a field for people by kind, such as ``{"adult": 1, "child": 2}``."""
    return fields.Dict(keys=string(30), values=whole(1, MAX_SEATS), required=True)


class CancelSession(Body):
    """Why a session does not take place."""

    reason = choice(*REASONS, required=True)


class Scan(Strict):
    """A code that was scanned at a time, for a session; ``seats`` of its people came, all where it is left out."""

    code = _anything_scanned()
    session = whole(1, MAX_SESSIONS, required=True)
    at = moment(required=True)
    seats = whole(1, MAX_SEATS, allow_none=True)


class UploadCheckIns(Body):
    """What a device has scanned, now or while it had no network; what was uploaded before may be sent again."""

    items = many(nested(Scan), 1, MOST_SCANS, required=True)


class CorrectAttendance(Body):
    """Whether the people of a commitment were in a session, whatever was scanned, and why that is said."""

    session = whole(1, MAX_SESSIONS, required=True)
    present = flag(required=True)
    reason = string(500, required=True)


class CampaignSession(WindowSchema, Answer):
    """A session: planned, held, or cancelled for a reason."""

    number = whole(1, MAX_SESSIONS, required=True)
    state = choice(*SESSION_STATES, required=True)
    reason = choice(*REASONS, required=True, allow_none=True)
    decided_at = moment(required=True, allow_none=True)


class SessionsView(Answer):
    """The sessions of a campaign; before the group is formed those that there would be."""

    campaign_id = ident(required=True)
    campaign_state = choice(*STATES, required=True)
    count = whole(0, MAX_SESSIONS, required=True)
    held = whole(0, MAX_SESSIONS, required=True)
    cancelled = whole(0, MAX_SESSIONS, required=True)
    sessions = fields.List(nested(CampaignSession), required=True)


class CheckInCodeView(Answer):
    """A signed code for the door, which a QR code holds easily; another member or other seats make another one."""

    campaign_id = ident(required=True)
    commitment_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    key_id = fields.String(required=True)
    code = fields.String(required=True)


class CheckInKey(Answer):
    """A public key, base64url; a retired one signs no more, and its codes stay valid."""

    key_id = fields.String(required=True)
    public_key = fields.String(required=True)
    created_at = moment(required=True)
    retired_at = moment(required=True, allow_none=True)


class CheckInKeysView(Answer):
    """All that a phone needs to verify codes without a network; the form of a code is in DELIVERY.md."""

    format = whole(1, 255, required=True)
    algorithm = choice("Ed25519", required=True)
    keys = fields.List(nested(CheckInKey), required=True)


class ScanResult(Answer):
    """What came of one scan: counted, already counted (``at`` that time), or refused for a reason."""

    result = choice(*RESULTS, required=True)
    refused = choice(*FAULTS, required=True, allow_none=True)
    commitment_id = ident(required=True, allow_none=True)
    session = whole(1, MAX_SESSIONS, required=True, allow_none=True)
    seats = whole(1, MAX_SEATS, required=True, allow_none=True)
    at = moment(required=True, allow_none=True)


class UploadView(Answer):
    """What came of each scan, in their order."""

    campaign_id = ident(required=True)
    counted = whole(0, MOST_SCANS, required=True)
    already = whole(0, MOST_SCANS, required=True)
    refused = whole(0, MOST_SCANS, required=True)
    items = fields.List(nested(ScanResult), required=True)


class Correction(Answer):
    """What was said of a session by hand, and why; the last one counts. Who said it is told to managers only."""

    session = whole(1, MAX_SESSIONS, required=True)
    present = flag(required=True)
    reason = fields.String(required=True)
    by_role = fields.String(required=True)
    by_member_id = ident(required=True, allow_none=True)
    made_at = moment(required=True)


class _Presence(Answer):
    presence = choice(*PRESENCES, required=True)
    present_seats = whole(0, MAX_SEATS, required=True)
    checked_in_at = moment(required=True, allow_none=True)


class AttendedSession(CampaignSession, _Presence):
    """A session, and how a commitment stands in it."""


class AttendanceOutcome(Answer):
    """What the delivery came to for a commitment: what came back for sessions that were not held, and as a no-show."""

    attended = flag(required=True)
    sessions_held = whole(0, MAX_SESSIONS, required=True)
    undelivered = nested(MoneySchema, required=True)
    no_show = nested(MoneySchema, required=True)
    text = nested(SentenceSchema, required=True)


class CommitmentAttendanceView(Answer):
    """How a commitment stands in each session; the outcome comes with the delivery."""

    campaign_id = ident(required=True)
    commitment_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    sessions = fields.List(nested(AttendedSession), required=True)
    corrections = fields.List(nested(Correction), required=True)
    outcome = nested(AttendanceOutcome, required=True, allow_none=True)


class HeadCount(Answer):
    """People; null where it would tell of too few of another community."""

    expected = whole(0, MAX_SEATS, required=True, allow_none=True)
    present = whole(0, MAX_SEATS, required=True, allow_none=True)
    absent = whole(0, MAX_SEATS, required=True, allow_none=True)


class CommunityHeadCount(HeadCount):
    """The people of one community."""

    community_id = ident(required=True)
    own = flag(required=True)


class Attendee(_Presence):
    """A commitment of the reader's own community in a session."""

    commitment_id = ident(required=True)
    community_id = ident(required=True)
    member_id = ident(required=True)
    seats = whole(1, MAX_SEATS, required=True)
    party = _parties()
    corrections = fields.List(nested(Correction), required=True)


class AttendanceView(Answer):
    """Who is expected at a session, who came and who did not.

    A supplier sees numbers and of whom the parties consist, those who manage a community see its people. Totals leave
    out what is hidden, and ``exact`` is then false.
    """

    campaign_id = ident(required=True)
    session = nested(CampaignSession, required=True)
    recorded = flag(required=True)
    exact = flag(required=True)
    totals = nested(HeadCount, required=True)
    party = _parties()
    communities = fields.List(nested(CommunityHeadCount), required=True)
    people = fields.List(nested(Attendee), required=True)
