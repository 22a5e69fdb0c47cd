"""Grades and appeals, as others are told of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.kernel.clock import format_time
from services.reputation.domain.grading import GradePolicy, Reason, Told
from services.reputation.domain.grading.appeals import Appeal
from services.reputation.domain.grading.events import GradeChanged
from services.reputation.domain.grading.policy import data_of


def event(happened: GradeChanged) -> tuple[str, UUID, dict[str, Any]]:
    """Return the wire name, the subject and the payload of supplier_grade_changed.v1."""
    payload = {
        "supplier_id": str(happened.supplier_id),
        "grade": str(happened.grade),
        "before": str(happened.before),
        "reason": reason(happened.reason),
        "policy_version": happened.policy_version,
        **figures(happened.told),
    }
    return "supplier_grade_changed.v1", happened.supplier_id, payload


def reason(why: Reason) -> dict[str, Any]:
    """Return a reason with its sentences and figures."""
    return {"code": why.code, "zh": why.zh, "en": why.en, "data": dict(why.data)}


def figures(told: Told | None) -> dict[str, Any]:
    """Return the score that a grade rests on."""
    if told is None:
        return {"score": None, "low": None, "reviews": 0}
    return {"score": told.score, "low": told.low, "reviews": told.reviews}


def change(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change of the past."""
    names = ("grade", "before", "reason", "policy_version", "score", "low", "reviews")
    return {"change_id": str(row["change_id"]), "at": format_time(row["at"]), **{name: row[name] for name in names}}


def policy(one: GradePolicy) -> dict[str, Any]:
    """Return the policy with its version."""
    return {"version": one.version, "policy": data_of(one)}


def appeal(one: Appeal) -> dict[str, Any]:
    """Return an appeal for those who may read it."""
    return {
        "appeal_id": str(one.appeal_id),
        "supplier_id": str(one.supplier_id),
        "change_id": str(one.change_id),
        "grade": str(one.grade),
        "text": one.text,
        "filed_at": format_time(one.filed_at),
        "answer_by": format_time(one.answer_by),
        "state": str(one.state),
        "corrected": None if one.corrected is None else str(one.corrected),
        "reason": one.reason,
        "decided_at": None if one.decided_at is None else format_time(one.decided_at),
    }
