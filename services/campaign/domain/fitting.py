"""Which campaign of others would do for those who missed the minimum: pure, and always with the same answer."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.campaign.domain import joining
from services.campaign.domain.census import Census
from services.campaign.domain.errors import LimitError
from services.campaign.domain.joining import ALONE, Joiner, Neighbours
from services.campaign.domain.model import JOINING, Campaign, Commitment
from services.campaign.domain.pricing import quote
from services.campaign.domain.rules import Measure
from services.campaign.domain.sharing import SupplierCopy
from services.campaign.domain.terms import Terms
from services.kernel.money import Money

NEARBY_KM = 10.0
BEFORE_DEADLINE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fit:
    """A campaign that members can be asked to move to: those who fit, and what a seat costs with all of them."""

    target: Campaign
    moving: tuple[Commitment, ...]
    price: Money
    distance_km: float

    @property
    def seats(self) -> int:
        """How many seats would move."""
        return sum(one.seats for one in self.moving)

    @property
    def order(self) -> tuple:
        """The best first: most people, then price, distance, deadline, and the id so that it is always the same."""
        return -self.seats, self.price.minor, self.distance_km, self.target.deadline, self.target.campaign_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """A campaign to be judged, who may see its supplier, and who has how much in it where its rules ask for that."""

    campaign: Campaign
    supplier: SupplierCopy | None
    census: Census | None = None


def rank(source: Campaign, paid: Sequence[Commitment], candidates: Iterable[Candidate], now: datetime) -> list[Fit]:
    """Return the campaigns that fit, the best first."""
    found = (judge(source, paid, candidate, now) for candidate in candidates)
    return sorted((fit for fit in found if fit is not None), key=lambda fit: fit.order)


def judge(source: Campaign, paid: Sequence[Commitment], candidate: Candidate, now: datetime) -> Fit | None:
    """Tell who could move to a campaign; None when that is nobody."""
    target, supplier = candidate.campaign, candidate.supplier
    if not is_open_to_others(target, now) or not is_alike(source.terms, target.terms) or supplier is None:
        return None
    if target.rules.terms_digest not in (None, source.rules.terms_digest):
        return None
    visible = [one for one in paid if supplier.is_visible_in(one.community_id)]
    moving, price = _affordable(target, visible, candidate.census)
    distance = source.terms.place.distance_km(target.terms.place)
    return Fit(target, tuple(moving), price, distance) if moving else None


def is_open_to_others(target: Campaign, now: datetime) -> bool:
    """Tell whether a campaign can hold room: it is open long enough, nobody waits, and only seats close it."""
    threshold, deadline = target.rules.threshold, target.deadline
    by_seats = threshold is None or threshold.maximum is None or threshold.measure is Measure.SEATS
    in_time = deadline is not None and deadline - BEFORE_DEADLINE > now
    return target.state in JOINING and in_time and target.pause is None and not target.waiting and by_seats


def is_alike(asked: Terms, other: Terms) -> bool:
    """Tell whether it is the same offer, or one of its kind on the same day (in UTC) and near enough."""
    if asked.currency != other.currency:
        return False
    if asked.offer_id == other.offer_id:
        return True
    midnight = datetime.combine(asked.slot.start.date(), time(), asked.slot.start.tzinfo)
    same_day = midnight <= other.slot.start and other.slot.end <= midnight + timedelta(days=1)
    near = asked.place.distance_km(other.place) <= NEARBY_KM
    return asked.category == other.category and same_day and near


def _affordable(target: Campaign, paid: Sequence[Commitment], census: Census | None) -> tuple[list[Commitment], Money]:
    """Return those who fit and pay no more than they did; with fewer of them the price may rise, so ask again."""
    price = quote(target, 0)
    while paid:
        found = inside(target, paid, census)
        price = quote(target, sum(one.seats for one in found))
        if all(price <= one.price for one in found):
            return found, price
        paid = [one for one in paid if price <= one.price]
    return [], price


def inside(target: Campaign, paid: Sequence[Commitment], census: Census | None) -> list[Commitment]:
    """Return whom there is room for: who joined first goes first, parties all or none, within the target's limits."""
    free, found, counted = target.free_seats, [], deepcopy(census)
    for one in sorted(paid, key=lambda each: (each.created_at, each.commitment_id)):
        if one.seats <= free and _is_within_limits(target, one, counted):
            found.append(one)
            free -= one.seats
            if counted is not None:
                counted.count(one.member_id, one.household_id, one.seats, paid=True)
    return found


def _is_within_limits(target: Campaign, one: Commitment, census: Census | None) -> bool:
    try:
        joining.require_room(target, joiner_of(one), around(one, census))
    except LimitError:
        return False
    return True


def joiner_of(one: Commitment) -> Joiner:
    """Return a commitment as one who joins: with its seats, its party and what it has accepted."""
    ids = (one.community_id, one.member_id, one.household_id)
    return Joiner(*ids, one.seats, one.seats, one.party, one.terms_digest)


def around(one: Commitment, census: Census | None) -> Neighbours:
    """Return who is there already, where a rule asks for it."""
    return ALONE if census is None else census.around(one.member_id, one.household_id)
