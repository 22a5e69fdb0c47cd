"""The answer of a round as JSON, both ways."""

from typing import Any

from services.kernel.money import Money
from services.supplier.domain.assignment.model import Assigned, Result, Unassigned, Why


def result_to_wire(result: Result) -> dict[str, Any]:
    """Write an answer. ``objective``, ``bound`` and ``gap`` are people; cost, its bound and gap stand beside."""

    def money(minor: int) -> dict[str, str]:
        return Money(minor, result.currency).to_wire()

    return {
        "objective": result.served,
        "bound": result.served_bound,
        "gap": round(result.gap, 6),
        "cost": money(result.cost),
        "cost_bound": money(result.cost_bound),
        "cost_gap": round(result.cost_gap, 6),
        "optimal": result.optimal,
        "seconds": result.seconds,
        "method": result.method,
        "assignment": [
            {
                "pool": one.pool,
                "offer": one.offer,
                "slot": one.slot,
                "people": one.people,
                "group": one.group,
                "price": money(one.price),
                "together": list(one.together),
                "why": _why_to_wire(one.why),
            }
            for one in result.assigned
        ],
        "unassigned": [
            {
                "pool": one.pool,
                "why": _why_to_wire(one.why),
                "hurdles": dict(one.hurdles),
                "competitors": list(one.competitors),
            }
            for one in result.unassigned
        ],
    }


def _why_to_wire(why: Why) -> dict[str, Any]:
    return {"code": why.code, "zh": why.zh, "en": why.en, "data": dict(why.data)}


def result_from_wire(wire: dict[str, Any]) -> Result:
    """Read what ``result_to_wire`` wrote."""
    return Result(
        tuple(
            Assigned(
                *(one[name] for name in ("pool", "offer", "slot", "people", "group")),
                Money.from_wire(one["price"]).minor,
                tuple(one["together"]),
                Why(**one["why"]),
            )
            for one in wire["assignment"]
        ),
        tuple(
            Unassigned(one["pool"], Why(**one["why"]), one["hurdles"], tuple(one["competitors"]))
            for one in wire["unassigned"]
        ),
        wire["cost"]["currency"],
        wire["objective"],
        wire["bound"],
        Money.from_wire(wire["cost"]).minor,
        Money.from_wire(wire["cost_bound"]).minor,
        wire["optimal"],
        wire["seconds"],
        wire["method"],
    )
