"""Looks at pools anew, by other means than those that made them: the plain formulas, need by need.

It shares no code with the search: distances by the haversine formula of ``Place``, spans of ``Timespan``, money of
``Money``. Tests and benches hold every answer of the engine against it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.demand.domain.pooling.model import Need, NeedId, Pins, Pool, Rules


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a pool; ``need`` says with which of its needs, None when with the whole."""

    what: str
    need: NeedId | None = None


def violations(pool: Pool, needs: Mapping[NeedId, Need], rules: Rules, pins: Pins | None = None) -> list[Violation]:
    """Return everything for which one delivery could not serve ``pool``; ``needs`` holds all needs by id."""
    members = [needs[one] for one in pool.needs]
    found = [Violation("listed twice", one) for one in set(pool.needs) if pool.needs.count(one) > 1]
    found += [Violation(what, need.id) for need in members for what in _unserved(pool, need)]
    found += _counts(pool, members, _money(pool, members, rules), rules)
    return found + list(_pinned(pool, needs, pins or Pins()))


def _unserved(pool: Pool, need: Need) -> Iterable[str]:
    if need.topic != pool.topic:
        yield "another topic"
    if need.place.distance_km(pool.place) > need.radius_km:
        yield "out of reach"
    if not any(window.contains(pool.span) for window in need.windows):
        yield "not in any window"
    if pool.span.length < timedelta(minutes=need.minutes):
        yield "too short"


def _money(pool: Pool, members: list[Need], rules: Rules) -> list[Violation]:
    named = [need for need in members if need.ceiling is not None]
    if len({need.ceiling.currency for need in named}) > 1:
        return [Violation("several currencies")]
    tiers = rules.prices.tiers(pool.topic)
    heads = _heads(members)
    price = next((tier.price for tier in reversed(tiers) if tier.seats <= heads), tiers[0].price if tiers else None)
    return [
        Violation("too dear", need.id)
        for need in named
        if price is not None and need.ceiling.currency == price.currency and need.ceiling.minor < price.minor
    ]


def _heads(members: list[Need]) -> int:
    keys = {key for need in members for key in need.persons}
    return len(keys) + sum(need.people - len(need.persons) for need in members)


def _counts(pool: Pool, members: list[Need], money: list[Violation], rules: Rules) -> Iterable[Violation]:
    if len(members) > 1:  # Who is alone in a pool waits for others; nothing is offered yet.
        yield from money
    heads = _heads(members)
    if pool.people != heads:
        yield Violation(f"says {pool.people} people, has {heads}")
    least = rules.least(pool.topic)
    if pool.served != (not money and (len(members) > 1 if least is None else heads >= least)):
        yield Violation("is wrong about being served")


def _pinned(pool: Pool, needs: Mapping[NeedId, Need], pins: Pins) -> Iterable[Violation]:
    inside = set(pool.needs)
    for one in pool.needs:
        if pins.avoids(one) & inside:
            yield Violation("kept apart by hand", one)
        if (pins.tied(one) & needs.keys()) - inside:
            yield Violation("kept together by hand", one)
