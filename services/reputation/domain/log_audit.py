"""Auditing a copy of the log: are its heads signed, do they follow from its entries, and is it the log of before?

Everything is computed anew from the entries, in one pass and with O(log n) hashes in memory. What somebody kept from an
earlier time, a head or a whole copy, is what a log that was rewritten throughout and signed again cannot pass.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.kernel.errors import InvalidError
from services.reputation.domain.log_entries import commitment_of
from services.reputation.domain.log_findings import FINDINGS
from services.reputation.domain.merkle import EMPTY, leaf_hash, node_hash
from services.reputation.domain.notes import Checkpoint, VerifierKey, open_note

MOST_FINDINGS = 100  # of each code; the rest is counted only


@dataclass(frozen=True, slots=True)
class CopiedEntry:
    """An entry as a copy has it; record and salt are None where who copied may not read them."""

    index: int
    commitment: bytes
    record: str | None = None
    salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: a code, a sentence in both languages, and the figures in it."""

    code: str
    zh: str
    en: str
    data: dict[str, Any]


@dataclass(slots=True)
class Report:
    """What was looked at and what is wrong; an empty list of findings is a good log."""

    entries: int = 0
    readable: int = 0
    heads: int = 0
    root: bytes = EMPTY
    latest: Checkpoint | None = None
    note: str | None = None
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def find(self, code: str, **data: Any) -> None:
        """Add a finding."""
        zh, en = FINDINGS[code]
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= MOST_FINDINGS:
            self.findings.append(Finding(code, zh.format(**data), en.format(**data), data))


class Rolling:
    """A root that grows leaf by leaf: the hashes of the full subtrees at the right edge, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            size >>= 1
        self._edge.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._edge:
            return EMPTY
        joined = self._edge[-1]
        for one in reversed(self._edge[:-1]):
            joined = node_hash(one, joined)
        return joined


@dataclass(slots=True)
class _Expected:
    """The heads that a copy has to pass, by size: those that came with it, and those that were kept."""

    own: dict[int, Checkpoint] = field(default_factory=dict)
    kept: dict[int, Checkpoint] = field(default_factory=dict)


def audit(
    keys: Sequence[VerifierKey],
    notes: Iterable[str],
    entries: Iterable[CopiedEntry],
    *,
    kept_notes: Sequence[str] = (),
    kept_commitments: Sequence[bytes] | None = None,
) -> Report:
    """Return what is wrong with a copy of a log.

    ``notes`` are its heads; ``kept_notes`` and ``kept_commitments`` (the leaves of a whole copy, in order) are what the
    auditor has of an earlier time.
    """
    report = Report()
    expected = _Expected()
    for note in notes:
        _open(note, keys, expected.own, report, kept=False)
    for note in kept_notes:
        _open(note, keys, expected.kept, report, kept=True)
    if len(origins := {head.origin for heads in (expected.own, expected.kept) for head in heads.values()}) > 1:
        names = ", ".join(sorted(origins))
        report.find("other_log", names=names)
    seen = _roll(entries, expected, report, keep=kept_commitments is not None)
    _missing_end(expected, report)
    if kept_commitments is not None:
        _compare(kept_commitments, seen, report)
    return report


def _open(note: str, keys: Sequence[VerifierKey], heads: dict[int, Checkpoint], report: Report, *, kept: bool) -> None:
    try:
        head = open_note(note, keys)
    except InvalidError as error:
        why = error.detail["errors"][0]["problem"]
        report.find("bad_head", why=why, kept=kept)
        return
    report.heads += 1
    known = heads.setdefault(head.size, head)
    if known.root != head.root:
        report.find("forked", size=head.size)
    if not kept and (report.latest is None or head.size > report.latest.size):
        report.latest, report.note = head, note


def _roll(entries: Iterable[CopiedEntry], expected: _Expected, report: Report, *, keep: bool) -> list[bytes]:
    rolling, seen, good, broken = Rolling(), [], 0, set[bool]()
    _meet(rolling, expected, report, 0, broken)
    for entry in entries:
        if entry.index != rolling.size:
            report.find("gap", index=rolling.size, found=entry.index)
            break
        _check(entry, report)
        rolling.add(leaf_hash(entry.commitment))
        if keep:
            seen.append(entry.commitment)
        good = _meet(rolling, expected, report, good, broken)
    report.entries, report.root = rolling.size, rolling.root
    return seen


def _check(entry: CopiedEntry, report: Report) -> None:
    if entry.record is None or entry.salt is None:
        return
    report.readable += 1
    if commitment_of(entry.salt, entry.record) != entry.commitment:
        report.find("rewritten", index=entry.index)


def _meet(rolling: Rolling, expected: _Expected, report: Report, good: int, broken: set[bool]) -> int:
    """Compare the root with the heads of this size; return the largest size up to which all is well."""
    size = rolling.size
    for heads, kept in ((expected.own, False), (expected.kept, True)):
        head = heads.get(size)
        if head is None:
            continue
        if head.root == rolling.root:
            good = size
        elif kept not in broken:
            broken.add(kept)  # every later head differs as well, for the same reason
            report.find("changed_since" if kept else "changed", first=good, last=size - 1, size=size)
    return good


def _missing_end(expected: _Expected, report: Report) -> None:
    size = max((*expected.own, *expected.kept), default=0)
    if size > report.entries:
        report.find("removed_end", size=size, entries=report.entries)


def _compare(before: Sequence[bytes], now: Sequence[bytes], report: Report) -> None:
    """Say entry by entry what became of an earlier copy."""
    was, places = set(before), {commitment: at for at, commitment in enumerate(now)}
    foreign = [at for at, commitment in enumerate(now[: len(before)]) if commitment not in was]
    unused, shift = set(foreign), 0
    for at, commitment in enumerate(before):
        if commitment in places:
            continue
        if at - shift in unused:
            unused.discard(at - shift)
            report.find("rewritten", index=at)
        else:
            shift += 1
            report.find("removed", index=at)
    stay = [(at, places[commitment]) for at, commitment in enumerate(before) if commitment in places]
    for at in _out_of_order(stay):
        report.find("reordered", index=at, now=places[before[at]])
    if unused and not shift:
        for at in sorted(unused):
            report.find("inserted", index=at)


def _out_of_order(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Return the first parts of those that have to move so that the rest is in order: all but a longest rising run.

    Patience sorting, O(n log n): Fredman, "On computing the length of longest increasing subsequences", 1975.
    """
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        if pile == len(tops):
            tops.append(place)
            ends.append(at)
        else:
            tops[pile], ends[pile] = place, at
        before.append(ends[pile - 1] if pile else -1)
    stays, at = set(), ends[-1] if ends else -1
    while at >= 0:
        stays.add(at)
        at = before[at]
    return [pairs[at][0] for at in range(len(pairs)) if at not in stays]
