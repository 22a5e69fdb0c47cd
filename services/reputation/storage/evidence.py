"""What scores are derived from, the rings that were found in it, and the weights of communities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.reputation.domain.receipts import SignedReceipt, evidence_of
from services.reputation.domain.ringing import Heard, RingVoice
from services.reputation.domain.score import DIMENSIONS, CommunityWeights, Evidence, Weights
from services.reputation.storage.receipt_tables import evidence, reputation_weights, ring_voices

_SAID = ("order", "rater", "community", "day", "returned_bp", "disputed")
# More than this one search for rings does not look at; the newest are looked at.
MOST = 200_000


class EvidenceBook:
    """The evidence, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, receipts: Iterable[SignedReceipt]) -> None:
        """Keep what settled receipts say, in place of what older ones of the same orders said."""
        rows = [row for receipt in receipts if (row := _row(receipt)) is not None]
        if not rows:
            return
        statement = insert(evidence)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in ("issuer", "order")}
        kept = statement.on_conflict_do_update(index_elements=["issuer", "order"], set_=changed)
        self._connection.execute(kept, sorted(rows, key=lambda row: row["order"]))

    def of(self, supplier_id: UUID) -> list[Evidence]:
        """Return the evidence about a supplier, with the rings whose voice it is part of."""
        voice = and_(ring_voices.c.supplier_id == evidence.c.supplier_id, ring_voices.c.rater == evidence.c.rater)
        joined = evidence.outerjoin(ring_voices, voice)
        query = select(evidence, ring_voices.c.ring).select_from(joined).where(evidence.c.supplier_id == supplier_id)
        return [_evidence(row) for row in self._connection.execute(query).mappings()]

    def heard(self, category: str) -> list[Heard]:
        """Return what raters say in a category, the newest first."""
        rated = func.num_nonnulls(*(evidence.c[name] for name in DIMENSIONS)) > 0
        query = select(evidence).where(evidence.c.category == category, rated)
        rows = self._connection.execute(query.order_by(evidence.c.day.desc(), evidence.c.order).limit(MOST)).mappings()
        return [Heard(row["supplier_id"], _evidence({**row, "ring": None})) for row in rows]

    def voices(self, category: str) -> dict[tuple[UUID, str], RingVoice]:
        """Return who speaks as part of a ring in a category, by supplier and rater."""
        query = select(ring_voices).where(ring_voices.c.category == category)
        found = {}
        for row in self._connection.execute(query):
            voice = RingVoice(row.supplier_id, row.rater, row.ring, row.kind, row.shift)
            found[row.supplier_id, row.rater] = voice
        return found

    def keep_voices(self, category: str, voices: Sequence[RingVoice], now: datetime) -> None:
        """Keep who speaks as part of a ring in a category, in place of who did."""
        self._connection.execute(delete(ring_voices).where(ring_voices.c.category == category))
        names = ("supplier_id", "rater", "ring", "kind", "shift")
        rows = [
            {**{name: getattr(voice, name) for name in names}, "category": category, "found_at": now}
            for voice in voices
        ]
        if rows:
            # A rater may be part of rings of two categories about one supplier; the last that was found counts.
            statement = insert(ring_voices)
            set_ = {name: statement.excluded[name] for name in ("category", "ring", "kind", "shift", "found_at")}
            kept = statement.on_conflict_do_update(index_elements=["supplier_id", "rater"], set_=set_)
            self._connection.execute(kept, rows)


class WeightsBook:
    """The weights of communities, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, community_id: UUID) -> CommunityWeights:
        """Return the weights of a community: those of the node where it has set none."""
        query = select(reputation_weights).where(reputation_weights.c.community_id == community_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return CommunityWeights(community_id)
        return CommunityWeights(community_id, Weights(**row.weights), row.version)

    def save(self, community_id: UUID, weights: Weights, now: datetime) -> int:
        """Keep the weights of a community; return their version."""
        names = ("own", "others", "half_life_days", "rater_cap", "dimensions")
        values = {name: getattr(weights, name) for name in names}
        statement = insert(reputation_weights).values(community_id=community_id, weights=values, version=1, set_at=now)
        changed = {"weights": values, "version": reputation_weights.c.version + 1, "set_at": now}
        saved = statement.on_conflict_do_update(index_elements=["community_id"], set_=changed)
        return self._connection.execute(saved.returning(reputation_weights.c.version)).scalar_one()


def _row(receipt: SignedReceipt) -> dict[str, Any] | None:
    one = evidence_of(receipt)
    if one is None:
        return None
    ids = {"issuer": UUID(receipt.document["issuer"]), "receipt_id": receipt.receipt_id}
    about = {"supplier_id": receipt.supplier_id, "category": receipt.document["category"]}
    marks = dict(zip(DIMENSIONS, one.marks, strict=True))
    return {**ids, **about, **{name: getattr(one, name) for name in _SAID}, **marks}


def _evidence(row: Mapping[Any, Any]) -> Evidence:
    marks = tuple(row[name] for name in DIMENSIONS)
    return Evidence(**{name: row[name] for name in _SAID}, marks=marks, voice=row["ring"])
