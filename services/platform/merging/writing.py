"""From pools to lines of JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from services.demand.domain.pooling import Need, Others, Pool, Rules, category_of, left_out, why, words_in_common
from services.kernel.clock import format_time


def told(pools: Iterable[Pool], needs: Iterable[Need], rules: Rules) -> Iterator[dict[str, Any]]:
    """Yield pools as the command tells them, those of most people first; they are numbered in that order."""
    by_id = {need.id: need for need in needs}
    others = Others(by_id.values())
    for number, pool in enumerate(pools, 1):
        members = [by_id[one] for one in pool.needs]
        words = words_in_common([one.text for one in members]) if len(members) > 1 else []
        yield {
            "pool": f"p{number}",
            "category": category_of(pool.topic),
            "signals": list(pool.needs),
            "people": pool.people,
            "communities": dict(pool.communities),
            "place": {"lat": pool.place.lat, "lon": pool.place.lon},
            "window": [format_time(pool.span.start), format_time(pool.span.end)],
            "left_out": [
                {"signal": one.need, "why": one.why} for one in left_out(pool, members, others.around(pool), rules)
            ],
            "why": why(pool, members, rules, words),
        }


def as_line(value: dict[str, Any]) -> str:
    """Return one line of JSON."""
    return json.dumps(value, ensure_ascii=False)
