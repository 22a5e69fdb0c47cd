"""Visit plans in the words of the contract."""

from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.visits import wire
from services.supplier.domain.visits.cards import VisitCard
from services.supplier.domain.visits.model import Why
from services.supplier.domain.visits.plans import VisitHome

Wire = dict[str, Any]

WHY = {
    Why.NO_WINDOW: ("在家时段都短于服务所需时间", "no window is as long as the visit"),
    Why.TOO_HEAVY: ("所需物料超过任何小组的载量", "it needs more than any crew can carry"),
    Why.OUT_OF_REACH: ("没有小组能在时段与班次内赶到并返回", "no crew can be there within the windows and its shift"),
    Why.NO_ROOM: (
        "班次已排满；可加小组、延长班次或放宽时段",
        "the shifts are full: add a crew or hours",
    ),
    Why.PROMISE_LOST: ("已告知的时段无法做到，请与住户另约", "the promised time cannot be kept: agree on another"),
}


def visit_plan(card: VisitCard) -> Wire:
    """Show a plan with the homes that its reader may see."""
    it, plan = card.plan, card.visible_plan
    return {
        "plan_id": str(it.plan_id),
        "match_id": str(it.match_id),
        "supplier_id": str(it.supplier_id),
        "state": str(it.state),
        "progress": it.job.percent if it.job else None,
        "failure": it.failure,
        "version": it.version,
        "service": it.service.to_wire(),
        "time_zone": it.zone,
        "seconds": it.seconds,
        "crews": [wire.crew_wire(crew) for crew in it.crews],
        "travel": wire.travel_wire(it.travel),
        "homes": [_home(card, one) for one in card.homes],
        "tours": wire.plan_wire(plan)["tours"] if plan else [],
        "moved": card.moved,
        "released": card.released,
        "created_at": format_time(it.created_at),
    }


def _home(card: VisitCard, one: VisitHome) -> Wire:
    it, why = wire.home_wire(one.home), card.why(one.home_id)
    starts = card.plan.plan.starts() if card.plan.plan else {}
    start = starts.get(one.home_id)
    return {
        "home_id": it.pop("id"),
        "community_id": str(one.community_id),
        **it,
        "planned": format_time(start) if start else None,
        "left_out": {"code": str(why), "zh": WHY[why][0], "en": WHY[why][1]} if why else None,
    }


def visit_plan_event(it: Any) -> Wire:
    """Tell of a plan that was found: neither homes nor how many there are."""
    return {
        "plan_id": str(it.plan_id),
        "match_id": str(it.match_id),
        "supplier_id": str(it.supplier_id),
        "version": it.version,
        "crews": len(it.plan.tours),
        "all_served": not it.plan.left_out,
    }
