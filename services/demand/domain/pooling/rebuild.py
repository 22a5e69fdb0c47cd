"""Breaking up the pools around somebody who is left out, and building them anew in other orders.

Those with the fewest partners choose first and take no more than they need: what finds a matching where taking the
most at once leaves people without partners. Each turn disturbs that order a little, in the same way every time.
"""

import numpy as np

from services.demand.domain.pooling.ground import Draft, Ground
from services.demand.domain.pooling.state import State, placed

REBUILT = 60  # needs that are broken up and built anew at once
TURNS = 12  # ways in which they are
GOLDEN = 2654435761  # Knuth's multiplier, which spreads small numbers over 32 bits


def rebuilt(state: State, row: int) -> bool:
    """Break up a few pools around ``row`` and build them anew; keep that only if it serves more people."""
    ground = state.ground
    rows, before = _surroundings(state, row)
    key = (frozenset(rows), before)
    if len(rows) < 3 or before == 0 or key in state.tried:
        return False
    state.tried.add(key)
    for turn in range(TURNS):
        if state.effort <= 0:
            return False
        state.effort -= len(rows)
        drafts = _hardest_first(ground, sorted(rows), turn)
        after = sum(ground.people(draft.rows) for draft in drafts if ground.serves(draft.rows))
        if after > before:
            for draft in drafts:
                state.found(draft)
            return True
    return False


def _surroundings(state: State, row: int) -> tuple[set[int], int]:
    """Return a need and whole pools around it, the nearest first, and how many people they serve."""
    rows, before, queue, seen = set(), 0, [state.of[row]], {id(state.of[row])}
    while queue and len(rows) < REBUILT:
        draft = queue.pop(0)
        if draft.tied or len(rows) + len(draft.rows) > REBUILT:
            continue
        rows |= set(draft.rows)
        before += state.ground.people(draft.rows) if state.comes(draft) else 0
        for one in draft.rows:
            for other in state.pools_near(one):
                if id(other) not in seen:
                    seen.add(id(other))
                    queue.append(other)
    return rows, before


def _hardest_first(ground: Ground, rows: list[int], turn: int) -> list[Draft]:
    """Return pools of ``rows``: those with the fewest partners choose first and take no more than they need."""
    free, made, left = set(rows), [], []
    partners = {row: set(ground.near(row).tolist()) & free for row in rows}
    noise = {row: 1 + (row + 1) * GOLDEN * turn % 2**32 / 2**32 for row in rows}

    def ease(row: int) -> tuple[float, int]:
        return len(partners[row] & free) * noise[row], row

    while free:
        row = min(free, key=ease)
        table = np.array(sorted(partners[row] & free))
        scarce = [ground.field.people[one] * noise[one] * (1 + 1 / len(partners[one] & free)) for one in table.tolist()]
        spot = ground.spot(row, table, np.array(scarce)) if len(table) > 1 else None
        chosen = [] if spot is None else _just_enough(ground, row, sorted(spot.rows.tolist(), key=ease))
        if chosen:
            made.append(ground.draft(spot, sorted(chosen)))
            free -= set(chosen)
        else:
            left.append(row)
            free.discard(row)
    for row in left:
        made = _added(ground, made, row)
    return made


def _just_enough(ground: Ground, row: int, rows: list[int]) -> list[int]:
    chosen = [row]
    for other in rows:
        if ground.serves(chosen):
            break
        # More people may bring the price under the ceilings of those chosen before, so only the end is asked for it.
        if other != row and ground.allowed([*chosen, other]):
            chosen.append(other)
    return chosen if ground.serves(chosen) else []


def _added(ground: Ground, made: list[Draft], row: int) -> list[Draft]:
    for index, draft in enumerate(made):
        if ground.serves(draft.rows):
            wider = placed(ground, draft, row)
            if wider is not None:
                return [*made[:index], wider, *made[index + 1 :]]
    return [*made, ground.alone(row)]
