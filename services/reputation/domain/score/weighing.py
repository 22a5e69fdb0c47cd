"""From receipts to one voice per community: decay, the cap per rater, rings, the cap per community. See SCORE.md."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from services.reputation.domain.score.evidence import Evidence
from services.reputation.domain.score.weights import Weights

# What a ring says of a supplier counts as much as one fresh order of one person.
RING_VOICE = 1.0
# With fewer orders than this nobody is capped, however little the others have.
LEAST_CAP = 3.0


@dataclass(frozen=True, slots=True)
class Voice:
    """What one community says of a supplier: ``mean`` (0 to 1), with the weight of ``weight`` fresh orders.

    ``uncapped`` is what it would weigh without the cap per community.
    """

    community: str
    mean: float
    weight: float
    uncapped: float
    orders: int
    raters: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """The voices, and what was made of the receipts on the way. Each count is of orders."""

    voices: tuple[Voice, ...]
    settled: int
    counted: int
    raters: int
    faded: float
    over_rater_cap: int
    in_rings: int
    rings: int
    ring_weight: float
    blamed: int
    newest: date | None

    @property
    def weight(self) -> float:
        """What all of it weighs, in fresh orders."""
        return sum(voice.weight for voice in self.voices)


@dataclass(slots=True)
class _Piece:
    one: Evidence
    said: float
    weight: float


def weigh(evidence: Iterable[Evidence], weights: Weights, today: date, own: str | None = None) -> Weighed:
    """Return the voices of the communities; ``evidence`` holds each order once."""
    settled = list(evidence)
    pieces = [
        _Piece(one, one.share(weights.of_dimensions), _fade(one.day, today, weights.half_life_days))
        for one in sorted(settled, key=lambda one: one.order)
        if one.says_something
    ]
    faded = sum(piece.weight for piece in pieces)
    over = _cap_raters(pieces, weights.rater_cap)
    ring_weight, rings = _cap_rings(pieces)
    voices = _capped(_voices(pieces), weights, own)
    return Weighed(
        voices=voices,
        settled=len(settled),
        counted=len(pieces),
        raters=len({piece.one.rater for piece in pieces}),
        faded=faded,
        over_rater_cap=over,
        in_rings=sum(piece.one.voice is not None for piece in pieces),
        rings=rings,
        ring_weight=ring_weight,
        blamed=sum(piece.one.is_blamed for piece in pieces),
        newest=max((piece.one.day for piece in pieces), default=None),
    )


def _fade(day: date, today: date, half_life: int) -> float:
    return 0.5 ** (max((today - day).days, 0) / half_life)


def _cap_raters(pieces: Sequence[_Piece], cap: float) -> int:
    over = 0
    for mine in _grouped(pieces, lambda piece: piece.one.rater):
        total = sum(piece.weight for piece in mine)
        if total > cap:
            over += len(mine)
            _scale(mine, cap / total)
    return over


def _cap_rings(pieces: Sequence[_Piece]) -> tuple[float, int]:
    members = [piece for piece in pieces if piece.one.voice is not None]
    rings = _grouped(members, lambda piece: str(piece.one.voice))
    for ring in rings:
        total = sum(piece.weight for piece in ring)
        _scale(ring, min(1.0, RING_VOICE / total))
    return sum(piece.weight for piece in members), len(rings)


def _scale(pieces: Iterable[_Piece], factor: float) -> None:
    for piece in pieces:
        piece.weight *= factor


def _voices(pieces: Sequence[_Piece]) -> list[Voice]:
    found = []
    for ours in _grouped(pieces, lambda piece: piece.one.community):
        weight = sum(piece.weight for piece in ours)
        mean = sum(piece.weight * piece.said for piece in ours) / weight
        raters = len({piece.one.rater for piece in ours})
        found.append(Voice(ours[0].one.community, mean, weight, weight, len(ours), raters))
    return sorted(found, key=lambda voice: voice.community)


def _capped(voices: Sequence[Voice], weights: Weights, own: str | None) -> tuple[Voice, ...]:
    """Let no community weigh more than the middle one: whoever mints raters gains no certainty by it."""
    cap = max(LEAST_CAP, median(voice.uncapped for voice in voices)) if voices else 0.0
    found = []
    for voice in voices:
        factor = weights.own if voice.community == own else weights.others
        weight = min(voice.uncapped, cap) * factor
        if weight > 0:
            found.append(replace(voice, weight=weight))
    return tuple(found)


def _grouped(pieces: Iterable[_Piece], key: Callable[[_Piece], str]) -> list[list[_Piece]]:
    groups: dict[str, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        groups[key(piece)].append(piece)
    return list(groups.values())
