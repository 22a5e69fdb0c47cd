"""What is asked and told about grades: wire to commands."""

from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id
from services.kernel.money import Money
from services.kernel.quantity import require_count
from services.reputation.domain.grading import Grade
from services.reputation.domain.grading.commands import (
    DecideAppeal,
    FileAppeal,
    LookAtGrade,
    NoteSettlement,
    NoteStanding,
    NoteWithdrawal,
    SetPolicy,
)
from services.reputation.domain.model import require_text
from services.reputation.inbound.reading import Reader, Request, read

DECIDED = ("decided", "decided_finally")


class _DisputeReader(Reader):
    outcome = fields.String(required=True)
    refunded = fields.Dict(required=True)


class _CommitmentReader(Reader):
    disputes = fields.List(fields.Nested(_DisputeReader), load_default=list)


class _SettlementReader(Reader):
    campaign_id = fields.String(required=True)
    supplier_id = fields.String(required=True)
    seats = fields.Raw(load_default=1)
    commitments = fields.List(fields.Nested(_CommitmentReader), load_default=list)


class _WithdrawalReader(Reader):
    campaign_id = fields.String(load_default=None, allow_none=True)
    supplier_id = fields.String(required=True)


class _SupplierReader(Reader):
    supplier_id = fields.String(required=True)


class _ReasonReader(Reader):
    code = fields.String(required=True)


class _StandingReader(Reader):
    supplier_id = fields.String(required=True)
    standing = fields.String(required=True)
    reason = fields.Nested(_ReasonReader, required=True)


class _PolicyReader(Reader):
    version = fields.Raw(required=True)
    policy = fields.Dict(required=True)


class _AppealReader(Reader):
    supplier_id = fields.String(required=True)
    text = fields.Raw(required=True)


class _DecisionReader(Reader):
    appeal_id = fields.String(required=True)
    outcome = fields.String(required=True)
    grade = fields.String(load_default=None, allow_none=True)
    reason = fields.Raw(required=True)


def campaign_settled(event: Envelope) -> NoteSettlement | None:
    """Read campaign.campaign_settled.v1: a dispute is lost where somebody decided that money goes back.

    None where nobody was served, and no dispute was lost over that.
    """
    data = read(_SettlementReader, event.data)
    disputes = [one for commitment in data["commitments"] for one in commitment["disputes"]]
    lost = sum(map(_is_lost, disputes))
    if not lost and require_count(data["seats"], "seats", least=0) == 0:
        return None
    return NoteSettlement(
        supplier_id=parse_id(data["supplier_id"], "supplier_id"),
        campaign_id=parse_id(data["campaign_id"], "campaign_id"),
        at=event.time,
        commitments=len(data["commitments"]),
        disputes_lost=lost,
    )


def supplier_withdrew(event: Envelope) -> NoteWithdrawal | None:
    """Read supplier.supplier_withdrew.v1; None where there was no campaign yet."""
    data = read(_WithdrawalReader, event.data)
    if data["campaign_id"] is None:
        return None
    return NoteWithdrawal(
        parse_id(data["supplier_id"], "supplier_id"), parse_id(data["campaign_id"], "campaign_id"), event.time
    )


def said_of_supplier(event: Envelope) -> LookAtGrade:
    """Read our own review_written.v1 and score_changed.v1: of whom something new is said."""
    return LookAtGrade(parse_id(read(_SupplierReader, event.data)["supplier_id"], "supplier_id"))


def standing_changed(event: Envelope) -> NoteStanding:
    """Read supplier.supplier_standing_changed.v1."""
    data = read(_StandingReader, event.data)
    supplier_id = parse_id(data["supplier_id"], "supplier_id")
    return NoteStanding(supplier_id, data["standing"], data["reason"]["code"], event.version)


def set_grade_policy(request: Request) -> SetPolicy:
    """Read the figures of a policy, and which version they replace."""
    data = read(_PolicyReader, request["data"])
    version = require_count(data["version"], "version", least=0)
    return SetPolicy(Caller.from_wire(request["caller"]), version, data["policy"])


def appeal_grade(request: Request) -> FileAppeal:
    """Read what a supplier says against its grade."""
    data = read(_AppealReader, request["data"])
    supplier_id = parse_id(data["supplier_id"], "supplier_id")
    return FileAppeal(Caller.from_wire(request["caller"]), supplier_id, _said(data["text"], "text"))


def decide_grade_appeal(request: Request) -> DecideAppeal:
    """Read what was decided; an overturned grade is named, an upheld one is not."""
    data = read(_DecisionReader, request["data"])
    outcome, grade = data["outcome"], data["grade"]
    if outcome not in ("upheld", "overturned"):
        raise InvalidError("outcome", f"{outcome!r} is not known", "upheld or overturned")
    if (outcome == "overturned") != (grade is not None):
        raise InvalidError(
            "grade", "does not go with the outcome", "the corrected grade with overturned, none with upheld"
        )
    if grade is not None and grade not in list(Grade):
        raise InvalidError("grade", f"{grade!r} is no grade", f"one of {', '.join(Grade)}")
    return DecideAppeal(
        caller=Caller.from_wire(request["caller"]),
        appeal_id=parse_id(data["appeal_id"], "appeal_id"),
        corrected=None if grade is None else Grade(grade),
        reason=_said(data["reason"], "reason"),
    )


def _is_lost(dispute: dict[str, Any]) -> bool:
    return Money.from_wire(dispute["refunded"], "disputes.refunded").minor > 0 and dispute["outcome"] in DECIDED


def _said(value: object, field: str) -> str:
    text = require_text(value, field)
    if not text:
        raise InvalidError(field, "is blank", "what is to be said, in words")
    return text
