"""Matching rounds in the words of the contract."""

from functools import singledispatch
from typing import Any

from services.kernel.clock import format_time
from services.supplier.domain.round_events import RoundFinished, RoundOpened
from services.supplier.domain.rounds import Figures, Round, RoundCard, RoundPool, Why

Wire = dict[str, Any]
Message = tuple[str, object, Wire]  # wire name, subject, data

_NOTHING = Figures(pools=0, matched=0, people=0, objective=0, bound=0, gap=0.0, optimal=False, seconds=0.0)
# How many people the pools of others have is nobody's business; how far the search is, is.
_PROGRESS = ("phase", "seconds")


def matching_round(card: RoundCard) -> Wire:
    """Show a round with the pools that its reader may see; sums over all pools are for who runs the node."""
    it, figures = card.round, card.round.figures
    return {
        "round_id": str(it.round_id),
        "category": it.category,
        "currency": it.currency,
        "state": str(it.state),
        "seconds": it.seconds,
        "progress": {name: it.progress[name] for name in _PROGRESS} if it.progress else None,
        "attempts": it.job.attempts if it.job else None,
        "failure": it.failure,
        "pools": card.count,
        "matched": figures.matched if figures else None,
        "gap": figures.gap if figures else None,
        "optimal": figures.optimal if figures else None,
        "searched": figures.seconds if figures else None,
        "sums": _sums(figures) if figures and card.caller.is_node_operator else None,
        "results": [_result(one) for one in card.pools],
        "created_at": format_time(it.created_at),
    }


def _sums(figures: Figures) -> Wire:
    return {"people": figures.people, "objective": figures.objective, "bound": figures.bound}


def _result(one: RoundPool) -> Wire:
    return {
        "pool_id": str(one.pool_id),
        "outcome": str(one.outcome),
        "match_id": str(one.match_id) if one.match_id else None,
        "why": _why(one.why) if one.why else None,
        "possible": one.possible,
        "competitors": one.competitors,
        "reasons": dict(one.reasons),
    }


def _why(why: Why) -> Wire:
    return {"code": why.code, "zh": why.sentence.zh, "en": why.sentence.en}


@singledispatch
def round_message(event: object) -> Message:
    """Return the wire name, the subject and the payload of an event of matching rounds."""
    raise TypeError(f"{type(event).__name__} has no wire form")


def _head(it: Round) -> Wire:
    return {"round_id": str(it.round_id), "category": it.category, "currency": it.currency}


@round_message.register
def _(event: RoundOpened) -> Message:
    return "round_opened.v1", event.round.round_id, {**_head(event.round), "pools": event.pools}


@round_message.register
def _(event: RoundFinished) -> Message:
    it, figures = event.round, event.round.figures or _NOTHING
    counts = {"pools": figures.pools, "matched": figures.matched, **_sums(figures)}
    search = {"gap": figures.gap, "optimal": figures.optimal, "seconds": figures.seconds}
    return "round_finished.v1", it.round_id, {**_head(it), "state": str(it.state), **counts, **search}
