"""The prices that one community gets of a shared supplier: other than those of all, by a rule or by a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from services.kernel.errors import InvalidError
from services.kernel.ids import OfferId
from services.kernel.money import Money
from services.supplier.domain.terms import Terms, Tier

LEAST_BP, MOST_BP = -9_000, 20_000
WHOLE = 10_000
MAX_TABLES = 100


class Joint(StrEnum):
    """What a community with prices of its own does where several communities share one campaign, one tier table."""

    ALONE = "alone"  # it takes no part: the offer is proposed to it only where it is alone
    BASE = "base"  # it takes part at the prices of all


@dataclass(frozen=True, slots=True)
class OfferPrices:
    """The tiers of one offer instead of its own."""

    offer_id: OfferId
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class PriceModel:
    """``adjustment_bp`` basis points more (or, below zero, less) than all others, but for the offers with a table."""

    adjustment_bp: int = 0
    tables: tuple[OfferPrices, ...] = ()
    joint: Joint = Joint.ALONE

    def __post_init__(self) -> None:
        if not LEAST_BP <= self.adjustment_bp <= MOST_BP:
            raise InvalidError("prices.adjustment_bp", f"{self.adjustment_bp} is out of range", f"{LEAST_BP}…{MOST_BP}")
        ids = [table.offer_id for table in self.tables]
        if len(ids) > MAX_TABLES or len(set(ids)) != len(ids):
            raise InvalidError("prices.tables", "names an offer twice or too many", f"at most {MAX_TABLES}, each once")
        if not self.adjustment_bp and not self.tables:
            raise InvalidError("prices", "changes no price", "an adjustment other than 0, or a table")

    def changes(self, offer_id: OfferId) -> bool:
        """Tell whether the prices of the offer are other than those of all."""
        return bool(self.adjustment_bp) or any(table.offer_id == offer_id for table in self.tables)

    def terms_of(self, offer_id: OfferId, terms: Terms) -> Terms:
        """Return the terms of an offer at these prices; raise ``InvalidError`` where its table does not fit any more.

        A table fits if it keeps the rules of every offer: sizes of group, currency, prices that do not rise. Smaller
        groups (``fallback_tiers``) are not served at the prices of others, so an offer with a table has none.
        """
        for table in self.tables:
            if table.offer_id == offer_id:
                if table.tiers and table.tiers[0].price.currency != terms.currency:
                    raise InvalidError("prices.tables", "is in another currency", f"{terms.currency} as the offer")
                return replace(terms, tiers=table.tiers, fallback_tiers=())
        if not self.adjustment_bp:
            return terms
        return replace(terms, tiers=self._adjust(terms.tiers), fallback_tiers=self._adjust(terms.fallback_tiers))

    def _adjust(self, tiers: Sequence[Tier]) -> tuple[Tier, ...]:
        return tuple(Tier(tier.seats, self._price(tier.price)) for tier in tiers)

    def _price(self, price: Money) -> Money:
        """Round half up to the minor unit, never to nothing; the order of two prices stays."""
        minor = (price.minor * (WHOLE + self.adjustment_bp) + WHOLE // 2) // WHOLE
        return Money(max(minor, 1), price.currency)
