"""Requests about standings and policies, and what reputation says of a grade."""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from services.chassis.envelope import Envelope
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.supplier.domain import commands
from services.supplier.domain.admission import (
    LIMITED,
    MOST_DAYS,
    MOST_LIVE,
    MOST_PAPERS,
    MOST_REMINDERS,
    REMIND_DAYS,
    Admission,
    AdmissionPolicy,
    Limits,
)
from services.supplier.domain.registration import WHY, Why
from services.supplier.domain.registry import Grade, SupplierStanding
from services.supplier.inbound.reading import (
    Request,
    Tolerant,
    Values,
    approval,
    count,
    id_,
    list_of,
    load,
    needed,
    one_of,
    optional,
    text,
)

KIND, PROSE, MANY = 80, 2000, 10_000  # the longest texts, in characters


class _Move(Tolerant):
    supplier_id = needed(id_)
    reason = optional(text(PROSE))


class _Judgement(Tolerant):
    supplier_id = needed(id_)
    reason = needed(text(PROSE))


class _Decision(_Judgement):
    decision = needed(approval)


class _Limits(Tolerant):
    live_matches = optional(count(most=MOST_LIVE))
    largest_group = optional(count())


_Standings = Tolerant.from_dict({str(one): fields.Nested(_Limits) for one in LIMITED})


class _Admission(Tolerant):
    community_id = needed(id_)
    mode = needed(one_of(Admission))
    required_papers = optional(list_of(text(KIND), MOST_PAPERS), ())
    remind_days = optional(list_of(count(most=MOST_DAYS), MOST_REMINDERS), REMIND_DAYS)
    limits = fields.Nested(_Standings, load_default=None, allow_none=True)


class _Reason(Tolerant):
    code = needed(text(MANY))
    zh = needed(text(MANY))
    en = needed(text(MANY))
    data = fields.Dict(load_default=dict, allow_none=True)


class _Grade(Tolerant):
    supplier_id = needed(id_)
    grade = needed(one_of(Grade))
    reason = fields.Nested(_Reason, load_default=None, allow_none=True)


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def _moving(schema: type[Tolerant]) -> Callable[[Request], commands.MoveSupplier]:
    def read(request: Request) -> commands.MoveSupplier:
        data = load(schema(), request["data"])
        return commands.MoveSupplier(_caller(request), data["supplier_id"], data["reason"])

    return read


submit_supplier = renew_supplier = _moving(_Move)
suspend_supplier = lift_suspension = remove_supplier = _moving(_Judgement)


def decide_supplier(request: Request) -> commands.DecideSupplier:
    """Read the decision on the review of a supplier."""
    data = load(_Decision(), request["data"])
    return commands.DecideSupplier(_caller(request), data["supplier_id"], data["decision"], data["reason"])


def set_admission(request: Request) -> commands.SetAdmission:
    """Read what a community asks of suppliers; limits that are not named are those of the mode."""
    _require_limited(request["data"].get("limits"))
    data = load(_Admission(), request["data"])
    limits = AdmissionPolicy.default(data["community_id"], data["mode"]).limits
    if data["limits"] is not None:
        limits = {SupplierStanding(name): Limits(**most) for name, most in data["limits"].items()}
    papers = tuple(dict.fromkeys(data["required_papers"] or ()))
    days = tuple(sorted(set(data["remind_days"] or ()), reverse=True))
    policy = AdmissionPolicy(data["community_id"], data["mode"], papers, days, limits)
    return commands.SetAdmission(_caller(request), policy)


def _require_limited(names: Any) -> None:
    for name in names if isinstance(names, dict) else ():
        if name not in LIMITED:
            raise InvalidError(f"limits.{name}", "is no standing that can be limited", f"one of {', '.join(LIMITED)}")


def supplier_grade_changed(event: Envelope) -> commands.KnowGrade:
    """Read reputation.supplier_grade_changed.v1; the version of the envelope tells a newer one from an older one."""
    data: Values = load(_Grade(), event.data)
    return commands.KnowGrade(data["supplier_id"], data["grade"], _why(data["reason"]), event.version)


def _why(reason: dict[str, Any] | None) -> Why:
    if reason is None:
        return Why("graded", *WHY["graded"])
    return Why(reason["code"], reason["zh"], reason["en"], data=reason["data"] or {})
