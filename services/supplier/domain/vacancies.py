"""Campaigns that their supplier has left, and what is needed in its place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.kernel.ids import CampaignId, MatchId
from services.supplier.domain.matches import Match


class VacancyState(StrEnum):
    """An open vacancy looks for an offer, an offered one waits for its campaign's answer; the others are over."""

    OPEN = "open"
    OFFERED = "offered"
    FILLED = "filled"
    CLOSED = "closed"


LIVE = (VacancyState.OPEN, VacancyState.OFFERED)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The place of the withdrawn match ``match_id``: at least ``people`` seats are needed, at most ``seats`` wanted.

    ``reasons`` are those last published.
    """

    match_id: MatchId
    campaign_id: CampaignId
    category: str
    state: VacancyState
    people: int
    seats: int
    reasons: Mapping[str, int] | None = None

    @classmethod
    def of(cls, left: Match) -> "Vacancy":
        """Return the vacancy that a withdrawn match leaves in its campaign.

        A confirmed campaign needs the seats that it sold. One that still sells needs a seat for each of its people, and
        takes as many as it had, so that it can go on.
        """
        people = left.sold or min(left.people, left.seats)
        seats = left.sold or left.seats
        return cls(left.match_id, left.campaign_id, left.offer.terms.category, VacancyState.OPEN, people, seats)

    @property
    def is_live(self) -> bool:
        """Whether its campaign still needs somebody."""
        return self.state in LIVE

    @property
    def is_open(self) -> bool:
        """Whether an offer is looked for."""
        return self.state is VacancyState.OPEN

    def suits(self, offered: Match) -> bool:
        """Tell whether a match that is held for it is large enough for its people, and not too large."""
        return offered.offer.terms.min_group <= self.people <= offered.seats

    def needs(self, sold: int) -> "Vacancy":
        """Note that the campaign was confirmed with so many seats before it heard of the withdrawal."""
        return replace(self, people=sold, seats=sold)

    def offered(self) -> "Vacancy":
        """Note that an offer is held for it."""
        return replace(self, state=VacancyState.OFFERED, reasons=None)

    def missing(self, reasons: Mapping[str, int]) -> "Vacancy":
        """Note that no offer fits, and why."""
        return replace(self, state=VacancyState.OPEN, reasons=dict(reasons))

    def reopened(self) -> "Vacancy":
        """Note that what was held for it is gone."""
        return replace(self, state=VacancyState.OPEN, reasons=None)

    def filled(self) -> "Vacancy":
        """Note that the campaign took an offer."""
        return replace(self, state=VacancyState.FILLED)

    def closed(self) -> "Vacancy":
        """Note that the campaign is over."""
        return replace(self, state=VacancyState.CLOSED)
