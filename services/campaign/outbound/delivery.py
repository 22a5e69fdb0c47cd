"""The answers about a delivery: sessions, codes and keys, what came of scans, and who was there."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence

from services.campaign.domain.attendance import Correction, Register
from services.campaign.domain.checkin import Verdict
from services.campaign.domain.codes import FORMAT
from services.campaign.domain.delivery_reports import Attended, Schedule, SheetReport, Ticket, Upload
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.saying import money_zh
from services.campaign.domain.sessions import Session, SessionState, count_held
from services.campaign.domain.sheets import Count
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.kernel.clock import format_time
from services.kernel.money import Money
from services.kernel.signing import SigningKey


def schedule(report: Schedule) -> Payload:
    """Return the sessions of a campaign."""
    found = report.sessions
    return {
        "campaign_id": str(report.campaign.campaign_id),
        "campaign_state": str(report.campaign.state),
        "count": len(found),
        "held": count_held(found),
        "cancelled": sum(one.state is SessionState.CANCELLED for one in found),
        "sessions": [session(one) for one in found],
    }


def session(found: Session) -> Payload:
    """Return one session."""
    return {
        "number": found.number,
        **found.span.to_wire(),
        "state": str(found.state),
        "reason": None if found.reason is None else str(found.reason),
        "decided_at": wire.time(found.decided_at),
    }


def ticket(found: Ticket) -> Payload:
    """Return the check-in code of a commitment."""
    one = found.commitment
    return {
        "campaign_id": str(one.campaign_id),
        "commitment_id": str(one.commitment_id),
        "seats": one.seats,
        "key_id": found.key_id,
        "code": found.code,
    }


def keys(found: Iterable[SigningKey]) -> Payload:
    """Return the public parts of keys; their private parts never leave the service."""
    return {"format": FORMAT, "algorithm": "Ed25519", "keys": [_key(key) for key in found]}


def _key(key: SigningKey) -> Payload:
    return {
        "key_id": key.key_id,
        "public_key": urlsafe_b64encode(key.public).decode().rstrip("="),
        "created_at": format_time(key.created_at),
        "retired_at": wire.time(key.retired_at),
    }


def upload(found: Upload) -> Payload:
    """Return what came of each scan, in the order of the scans."""
    results = [str(one.result) for one in found.verdicts]
    return {
        "campaign_id": str(found.campaign_id),
        **{name: results.count(name) for name in ("counted", "already", "refused")},
        "items": [_verdict(one) for one in found.verdicts],
    }


def _verdict(found: Verdict) -> Payload:
    counts = found.check_in
    return {
        "result": str(found.result),
        "refused": None if found.fault is None else str(found.fault),
        "commitment_id": None if counts is None else str(counts.commitment_id),
        "session": None if counts is None else counts.session,
        "seats": None if counts is None else counts.seats,
        "at": None if counts is None else format_time(counts.scanned_at),
    }


def attended(report: Attended) -> Payload:
    """Return how a commitment stands in each session, and what the delivery came to for it."""
    one = report.commitment
    return {
        "campaign_id": str(one.campaign_id),
        "commitment_id": str(one.commitment_id),
        "seats": one.seats,
        "sessions": [{**session(each), **_presence(one, each, report.register)} for each in report.sessions],
        "corrections": _corrections(report.corrections, named=report.caller.manages),
        "outcome": _outcome(report),
    }


def _presence(one: Commitment, each: Session, register: Register) -> Payload:
    check_in = register.check_ins.get((one.commitment_id, each.number))
    return {
        "presence": str(register.presence(one, each)),
        "present_seats": register.seats(one, each.number),
        "checked_in_at": None if check_in is None else format_time(check_in.scanned_at),
    }


def _corrections(found: Iterable[Correction], *, named: bool) -> list[Payload]:
    return [
        {
            "session": one.session,
            "present": one.present,
            "reason": one.reason,
            "by_role": str(one.by),
            "by_member_id": wire.text(one.by_member) if named else None,
            "made_at": format_time(one.made_at),
        }
        for one in found
    ]


def _outcome(report: Attended) -> Payload | None:
    account = report.account
    if account is None:
        return None
    zh, en = _said(report.campaign, account.attended, account.undelivered, account.no_show)
    return {
        "attended": account.attended,
        "sessions_held": report.campaign.sessions_held,
        "undelivered": account.undelivered.to_wire(),
        "no_show": account.no_show.to_wire(),
        "text": {"zh": zh, "en": en},
    }


def _said(campaign: Campaign, attended: bool, undelivered: Money, no_show: Money) -> tuple[str, str]:
    held, count = campaign.sessions_held, len(campaign.terms.times)
    zh, en = [f"共 {count} 次，举行 {held} 次"], [f"{held} of {count} sessions took place"]
    if undelivered:
        zh.append(f"未举行部分退回 {money_zh(undelivered)}")
        en.append(f"{undelivered} came back for the others")
    if not attended:
        zh.append("各次均无签到记录，记为缺席")
        en.append("nobody was recorded as present, which is a no-show")
    if no_show:
        zh.append(f"按缺席规则退回 {money_zh(no_show)}")
        en.append(f"{no_show} came back by the rule for no-shows")
    return "；".join(zh), "; ".join(en)


def sheet(report: SheetReport) -> Payload:
    """Return who is expected at a session, who came and who did not, as its reader may see it."""
    found = report.sheet
    return {
        "campaign_id": str(found.campaign.campaign_id),
        "session": session(found.session),
        "recorded": found.register.is_recorded(found.session.number),
        "exact": found.exact,
        "totals": _count(found.totals),
        "party": dict(found.party),
        "communities": [
            {"community_id": str(part.community_id), "own": part.own, **_count(part.count)} for part in found.parts
        ],
        "people": [_person(one, report) for one in found.people],
    }


def _count(count: Count) -> Payload:
    return {"expected": count.expected, "present": count.present, "absent": count.absent}


def _person(one: Commitment, report: SheetReport) -> Payload:
    found = report.sheet
    own: Sequence[Correction] = [each for each in report.corrections if each.commitment_id == one.commitment_id]
    return {
        "commitment_id": str(one.commitment_id),
        "community_id": str(one.community_id),
        "member_id": str(one.member_id),
        "seats": one.seats,
        "party": dict(one.party),
        **_presence(one, found.session, found.register),
        "corrections": _corrections(own, named=True),
    }
