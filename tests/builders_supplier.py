"""Suppliers, offers, pools and matches for tests: ordinary ones, of which a test changes what it is about."""

from datetime import date, datetime, timedelta

from services.kernel.caller import Caller, Role
from services.kernel.geo import Area, Place
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from services.supplier.domain.calendars import Blackout, Calendar, Rule
from services.supplier.domain.matches import Match, Share
from services.supplier.domain.matching import Candidate, ReadyPool
from services.supplier.domain.model import (
    Qualification,
    QualificationState,
    Score,
    Sharing,
    SharingMode,
    Supplier,
    SupplierState,
)
from services.supplier.domain.offers import Offer, OfferState, Slot
from services.supplier.domain.permissions import Access, Contact, Grant
from services.supplier.domain.standing import MatchState
from services.supplier.domain.terms import Terms, Tier, Where
from tests.fakes.chassis import MONDAY

HOME = Place(31.2304, 121.4737)
SATURDAY = MONDAY + timedelta(days=5)
ALL = Sharing(SharingMode.ALL)


def named(*community_ids):
    return Sharing(SharingMode.NAMED, frozenset(community_ids))


def caller(role=Role.ORGANISER, **ids):
    return Caller("tok", Role(role), **ids)


def cny(amount):
    return Money.parse(amount, "CNY")


def tiers(*steps):
    return tuple(Tier(seats, cny(price)) for seats, price in steps or ((10, "128.00"), (20, "118.00"), (30, "108.00")))


def supplier(**changes):
    values = {
        "supplier_id": new_id(),
        "community_id": new_id(),
        "name": "泥巴工坊",
        "contact": "138 0000 0000",
        "place": HOME,
        "sharing": Sharing(),
        "state": SupplierState.ACTIVE,
        "version": 1,
        "created_at": MONDAY,
    }
    return Supplier(**{**values, **changes})


def grant(granter_id, receiver_id, *permissions, contact=Contact.NEVER, prices=None, **changes):
    """A grant of a supplier, from one community to another one or to all (None)."""
    values = {
        "grant_id": new_id(),
        "supplier_id": new_id(),
        "granter_id": granter_id,
        "receiver_id": receiver_id,
        "access": Access(frozenset(permissions), contact, prices),
        "ends_at": None,
        "reason": "邻居推荐",
        "created_at": MONDAY,
    }
    return Grant(**{**values, **changes})


def qualification(**changes):
    values = {
        "qualification_id": new_id(),
        "supplier_id": new_id(),
        "kind": "business_licence",
        "issuer": "上海市市场监督管理局",
        "number": "91310000MA1K4X7Q",
        "expires_at": MONDAY + timedelta(days=365),
        "state": QualificationState.SUBMITTED,
        "reviewed_by": None,
        "reason": None,
        "created_at": MONDAY,
    }
    return Qualification(**{**values, **changes})


def terms(**changes):
    values = {
        "title": "亲子陶艺课",
        "category": "pottery",
        "where": Where.SUPPLIER,
        "place": HOME,
        "travel_km": None,
        "tiers": tiers(),
        "min_group": 10,
        "max_group": 30,
        "minutes": 120,
    }
    return Terms(**{**values, **changes})


def offer(supplier_id=None, **changes):
    return Offer(new_id(), supplier_id or new_id(), terms(**changes), OfferState.PUBLISHED, 1, MONDAY)


def weekly_calendar(*rules, **changes):
    """Saturdays from ten in Shanghai, as ``span()`` has them, without those of the dragon-boat festival."""
    rule = Rule("FREQ=WEEKLY;BYDAY=SA", datetime(2026, 5, 16, 10), 150, 30)
    values = {"zone": "Asia/Shanghai", "rules": rules or (rule,)}
    values["blackouts"] = (Blackout(date(2026, 6, 19), date(2026, 6, 21), "端午"),)
    return Calendar(**{**values, **changes})


def span(day=0, hour=2, minutes=150):
    start = SATURDAY.replace(hour=hour, minute=0) + timedelta(days=day)
    return Timespan(start, start + timedelta(minutes=minutes))


def slot(offer_id=None, when=None, capacity=30, held=0, confirmed=0, sessions=()):
    when = when or span()
    return Slot(new_id(), offer_id or new_id(), when, tuple(sessions) or (when,), capacity, held, confirmed)


def weekly(weeks=3, **first):
    """The whole time and the sessions of a course that takes place once a week."""
    sessions = tuple(span(day=7 * week, **first) for week in range(weeks))
    return Timespan(sessions[0].start, sessions[-1].end), sessions


def candidate(of=None, *, slots=None, qualified=(), low=None, **changes):
    """An offer of ``of`` (by default a supplier shared with all) with one ordinary slot."""
    of = of or supplier(sharing=ALL)
    made = offer(of.supplier_id, **changes)
    slots = (slot(made.offer_id),) if slots is None else tuple(slots)
    score = None if low is None else Score(of.supplier_id, 1, min(5.0, low + 0.4), 9, low, min(5.0, low + 0.8))
    return Candidate(made, of, slots, frozenset(qualified), score)


def ready_pool(*people, community_ids=None, **changes):
    """A pool of communities with so many people each."""
    people = people or (10, 8)
    ids = community_ids or [new_id() for _ in people]
    values = {
        "pool_id": new_id(),
        "category": "pottery",
        "communities": tuple(Share(one, count) for one, count in zip(ids, people, strict=True)),
        "area": Area(HOME, 5.0),
        "windows": (Timespan(SATURDAY.replace(hour=0), SATURDAY.replace(hour=12)),),
        "minutes": 120,
        "ceiling": cny("130.00"),
    }
    return ReadyPool(**{**values, **changes})


def match(**changes):
    made = offer()
    values = {
        "match_id": new_id(),
        "pool_id": new_id(),
        "state": MatchState.PROPOSED,
        "rank": 1,
        "people": 18,
        "communities": (Share(new_id(), 10), Share(new_id(), 8)),
        "supplier_id": made.supplier_id,
        "supplier_name": "泥巴工坊",
        "offer": made.snapshot,
        "slot_id": new_id(),
        "span": span(),
        "sessions": (span(),),
        "seats": 30,
        "held_until": MONDAY + timedelta(hours=72),
        "distance_km": 3.2,
        "score": 4.3,
        "score_low": 3.9,
        "campaign_id": None,
        "created_at": MONDAY,
    }
    return Match(**{**values, **changes})


# What callers send.


def supplier_data(**changes):
    return {"name": "泥巴工坊", "contact": "138 0000 0000", "place": HOME.to_wire(), **changes}


def offer_data(supplier_id, **changes):
    values = {
        "supplier_id": str(supplier_id),
        "title": "亲子陶艺课",
        "category": "pottery",
        "where": "supplier",
        "tiers": [{"seats": tier.seats, "price": tier.price.to_wire()} for tier in tiers()],
        "min_group": 10,
        "max_group": 30,
        "minutes": 120,
        "slots": [slot_data()],
    }
    return {**values, **changes}


def slot_data(when=None, capacity=30, sessions=()):
    data = {**(when or span()).to_wire(), "capacity": capacity}
    return {**data, "sessions": [session.to_wire() for session in sessions]} if sessions else data


def pool_data(pool):
    """The payload of demand's pool_ready for a pool."""
    people = sum(share.people for share in pool.communities)
    shares = [{"community_id": str(share.community_id), "people": share.people} for share in pool.communities]
    return {
        "pool_id": str(pool.pool_id),
        "category": pool.category,
        "state": "ready",
        "people": people,
        "communities": shares,
        "area": pool.area.to_wire(),
        "windows": [window.to_wire() for window in pool.windows],
        "minutes": pool.minutes,
        "ceiling": pool.ceiling.to_wire() if pool.ceiling else None,
    }
