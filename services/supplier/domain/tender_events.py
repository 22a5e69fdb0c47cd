"""What has happened in tenders; ``outbound`` turns it into the contract's payloads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.supplier.domain.agreements import Agreement
from services.supplier.domain.negotiations import Negotiation
from services.supplier.domain.tender_ranking import Ranked
from services.supplier.domain.tenders import Bid, Tender


@dataclass(frozen=True, slots=True)
class TenderOpened:
    """Suppliers were asked for bids."""

    tender: Tender


@dataclass(frozen=True, slots=True)
class BidSealed:
    """A bid was put in, or another in its place."""

    bid: Bid


@dataclass(frozen=True, slots=True)
class BidWithdrawn:
    """A bid was taken back before it was opened."""

    bid: Bid


@dataclass(frozen=True, slots=True)
class BidsOpened:
    """Bids can be read by those concerned."""

    tender: Tender
    bids: Sequence[Bid]
    ranking: Sequence[Ranked]


@dataclass(frozen=True, slots=True)
class NegotiationMoved:
    """A side has made, accepted or dropped an offer, or one has expired."""

    negotiation: Negotiation


@dataclass(frozen=True, slots=True)
class AgreementMade:
    """A tender came to an agreement."""

    agreement: Agreement
    tender: Tender
    rank: int | None


@dataclass(frozen=True, slots=True)
class TenderFailed:
    """A tender ended without an agreement; ``then`` is what the pool does: direct, again, or nothing."""

    tender: Tender
    reasons: Mapping[str, int]
    then: str
