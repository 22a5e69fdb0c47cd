"""What can be made better of a first solution: who is left out is found a place, and small pools go into larger ones.

Three moves, each taken only when it serves more people than before: to join a pool; to found a pool with others who
are left out and with some whom their pools can spare; and, where all of these are bound, to break up pools nearby and
to build them anew (rebuild.py). A last one makes fewer and larger pools of the same people.
"""

import numpy as np

from services.demand.domain.pooling.ground import Draft, Ground
from services.demand.domain.pooling.rebuild import rebuilt
from services.demand.domain.pooling.state import State, placed

PASSES = 3
SPARE = 1e-4  # the weight of who is served already, against that of who is not
TRIED = 24  # pools that one need may ask


def improved(ground: Ground, drafts: list[Draft]) -> list[Draft]:
    """Return pools of the same needs that serve at least as many people, and no more pools than it takes."""
    state = State(ground, drafts)
    for _ in range(PASSES):
        left = sorted(state.left_out(), key=lambda row: (-int(ground.field.people[row]), row))
        if sum([_rescued(state, row) for row in left if not state.served(row)]) == 0:
            break
    _concentrate(state)
    return state.drafts()


def _rescued(state: State, row: int) -> bool:
    return _joined(state, row) or _founded(state, row) or rebuilt(state, row)


def _joined(state: State, row: int) -> bool:
    if row in state.of[row].tied:
        return False
    for draft in state.pools_near(row)[:TRIED]:
        if len(np.setdiff1d(draft.rows, state.ground.near(row))):
            continue
        wider = placed(state.ground, draft, row)
        if wider is not None and state.ground.serves(wider.rows):
            state.found(wider)
            return True
    return False


def _founded(state: State, row: int) -> bool:
    ground = state.ground
    near = ground.near(row)
    weights = np.array([_weight(state, other) for other in near.tolist()])
    useful = weights > 0
    if useful.sum() < 2:
        return False
    spot = ground.spot(row, near[useful], weights[useful])
    if spot is None:
        return False
    ready = [other for other in spot.rows.tolist() if not state.served(other)]
    chosen = ready if ground.allowed(ready) else ground.admitted(ready, first=(row,))
    for other in sorted(set(spot.rows.tolist()) - set(ready), key=lambda one: (-len(state.of[one].rows), one)):
        if ground.serves(chosen):
            break
        same = [one for one in chosen if state.of[one] is state.of[other]]
        if state.spares(other, same) and ground.allowed([*chosen, other]):
            chosen.append(other)
    if not ground.serves(chosen) or not ground.may(chosen):
        return False
    state.found(ground.draft(spot, sorted(chosen)))
    return True


def _weight(state: State, row: int) -> float:
    draft = state.of.get(row)
    if draft is None or row in draft.tied:
        return 0.0
    people = float(state.ground.field.people[row])
    if not state.comes(draft):
        return people
    return people * SPARE if state.spares(row) else 0.0


def _concentrate(state: State) -> None:
    """Let small pools go into larger ones wherever all of their needs can."""
    for draft in sorted(state.drafts(), key=lambda one: (state.ground.people(one.rows), min(one.rows))):
        if draft.rows and state.of[draft.rows[0]] is draft:
            _merged(state, draft)


def _merged(state: State, draft: Draft) -> bool:
    ground = state.ground
    near = set(ground.near(draft.rows[0]).tolist()).intersection(*(ground.near(row).tolist() for row in draft.rows[1:]))
    for other in state.pools_near(draft.rows[0])[:TRIED]:
        if not set(other.rows) <= near or len(other.rows) < len(draft.rows):
            continue
        rows = [*other.rows, *draft.rows]
        if not ground.may(rows):
            continue
        spot = ground.fitted(rows, rows)
        if spot is not None:
            draft.rows = []
            state.found(ground.draft(spot, sorted(rows), other.tied | draft.tied))
            return True
    return False
