"""The sheet of a session: who is expected, who came and who did not, as far as its reader may know."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.campaign.domain.attendance import Register
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.privacy import hidden
from services.campaign.domain.sessions import Session
from services.kernel.caller import Caller
from services.kernel.ids import CommunityId


@dataclass(frozen=True, slots=True)
class Count:
    """People: ``absent`` are those who did not come to a session that was held and recorded; None where hidden."""

    expected: int | None = 0
    present: int | None = 0
    absent: int | None = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One community as the reader sees it."""

    community_id: CommunityId
    own: bool
    count: Count


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session for one reader. ``people`` are those whom it may know by name; ``party`` says who is expected.

    Where parts are hidden ``totals`` count the others, and ``exact`` is false.
    """

    campaign: Campaign
    session: Session
    register: Register
    totals: Count
    exact: bool
    parts: tuple[Part, ...]
    party: Mapping[str, int]
    people: tuple[Commitment, ...]


def sheet_of(
    campaign: Campaign, session: Session, register: Register, expected: Sequence[Commitment], caller: Caller, k: int
) -> Sheet:
    """Return the sheet of a session; a supplier sees numbers and who is expected, and nobody's name."""
    counts = {one: _count(session, register, _of(expected, one)) for one in campaign.terms.communities}
    known = [one for one in expected if caller.sees(one.community_id)]
    parts = _for_the_supplier(counts, k) if caller.supplier_id is not None else _for_a_community(counts, caller, k)
    exact = caller.supplier_id is not None or all(part.count.present is not None for part in parts)
    shown = list(counts.values()) if caller.supplier_id is not None else [part.count for part in parts]
    whose = expected if caller.supplier_id is not None else known
    return Sheet(campaign, session, register, _total(shown), exact, parts, _party(whose), tuple(known))


def _of(expected: Iterable[Commitment], community_id: CommunityId) -> list[Commitment]:
    return [one for one in expected if one.community_id == community_id]


def _count(session: Session, register: Register, expected: Sequence[Commitment]) -> Count:
    seats = sum(one.seats for one in expected)
    present = sum(register.seats(one, session.number) for one in expected)
    known = session.is_held and register.is_recorded(session.number)
    return Count(seats, present, seats - present if known else 0)


def _for_a_community(counts: Mapping[CommunityId, Count], caller: Caller, k: int) -> tuple[Part, ...]:
    own = {one: caller.sees(one) for one in counts}
    return tuple(Part(one, mine, counts[one] if mine else _veiled(counts[one], k)) for one, mine in own.items())


def _for_the_supplier(counts: Mapping[CommunityId, Count], k: int) -> tuple[Part, ...]:
    # It is told the totals: beside them one hidden part could be worked out, so then all are hidden.
    veiled = {one: _veiled(count, k) for one, count in counts.items()}
    some_hidden = any(count.present is None for count in veiled.values())
    return tuple(Part(one, False, Count(None, None, None) if some_hidden else count) for one, count in veiled.items())


def _veiled(count: Count, k: int) -> Count:
    """Hide what tells of fewer than ``k`` people, also as the difference of two figures."""
    expected, present = count.expected or 0, count.present or 0
    if hidden(expected, k) is None:
        return Count(None, None, None)
    if hidden(present, k) is None or hidden(expected - present, k) is None:
        return Count(expected, None, None)
    return count


def _total(counts: Iterable[Count]) -> Count:
    known = list(counts)
    return Count(*(sum(getattr(one, name) or 0 for one in known) for name in ("expected", "present", "absent")))


def _party(expected: Iterable[Commitment]) -> dict[str, int]:
    """Count who is expected by kind; of a party that was not described only the number is known."""
    found: Counter[str] = Counter()
    for one in expected:
        found.update(dict(one.party) or {"unspecified": one.seats})
    return dict(sorted(found.items()))
