"""What a supplier or a community puts on the table: prices, group, times and a validity. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.kernel.clock import format_time
from services.kernel.errors import InvalidError
from services.kernel.ids import SlotId
from services.supplier.domain.documents import Document, terms_document
from services.supplier.domain.offers import Slot, Snapshot
from services.supplier.domain.terms import Tier

MAX_SLOTS = 20


@dataclass(frozen=True, slots=True)
class NewProposal:
    """As it is given: what is None is as in the offer that it rests on."""

    tiers: tuple[Tier, ...]
    slot_ids: tuple[SlotId, ...]
    min_group: int | None
    max_group: int | None
    note: str | None
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """``offer`` holds all terms with the prices and the group of the proposal; any of the slots would do."""

    offer: Snapshot
    slot_ids: tuple[SlotId, ...]
    note: str | None
    valid_until: datetime

    @property
    def document(self) -> Document:
        """All of it, to be hashed."""
        return {
            "offer_id": str(self.offer.offer_id),
            "offer_version": self.offer.version,
            "terms": terms_document(self.offer.terms),
            "slot_ids": [str(slot_id) for slot_id in self.slot_ids],
            "note": self.note,
            "valid_until": format_time(self.valid_until),
        }

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it can still be accepted."""
        return now < self.valid_until


def propose_on(base: Snapshot, new: NewProposal, slots: Mapping[SlotId, Slot], after: datetime) -> Proposal:
    """Return the terms of ``base`` with other prices, group and times; raise ``InvalidError`` naming the field.

    ``slots`` are those of the offer that can be booked; the proposal has to be valid ``after`` a time.
    """
    if new.valid_until <= after:
        raise InvalidError(
            "valid_until", f"{format_time(new.valid_until)} is too early", f"a time after {format_time(after)}"
        )
    currency = new.tiers[0].price.currency if new.tiers else base.terms.currency
    if currency != base.terms.currency:
        raise InvalidError("tiers.0.price.currency", f"{currency} differs", f"{base.terms.currency} as in the offer")
    unknown = [slot_id for slot_id in new.slot_ids if slot_id not in slots]
    if unknown or not 1 <= len(set(new.slot_ids)) <= MAX_SLOTS:
        problem = f"names slots that cannot be booked: {', '.join(map(str, unknown))}" if unknown else "is empty"
        raise InvalidError("slot_ids", problem, f"1 to {MAX_SLOTS} slots of the offer that are ahead")
    terms = replace(
        base.terms,
        tiers=new.tiers,
        # Smaller groups than the smallest were promised at other prices than these.
        fallback_tiers=(),
        min_group=base.terms.min_group if new.min_group is None else new.min_group,
        max_group=base.terms.max_group if new.max_group is None else new.max_group,
    )
    return Proposal(replace(base, terms=terms), tuple(dict.fromkeys(new.slot_ids)), new.note, new.valid_until)
