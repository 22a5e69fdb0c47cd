"""What one community lets another do with a supplier: directed grants, and what follows from them. SHARING.md.

A grant is a link from a community to another one, or to all of the node. What a community may do is what the links
that lead to it from the owner give together, each bounded by the link before it: nothing is kept of it, so a link that
ends takes everything with it that hung on it, and a ring of grants without the owner gives nothing.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, GrantId, SupplierId
from services.supplier.domain.price_models import PriceModel


class Permission(StrEnum):
    """What a community may do with a supplier; each of the others includes to see it."""

    SEE = "see"
    USE = "use"
    EDIT = "edit"
    SHARE_ON = "share_on"


class Contact(StrEnum):
    """When those who act for a community are told the contact, in ascending order."""

    NEVER = "never"
    WHEN_CONFIRMED = "when_confirmed"
    ALWAYS = "always"

    @property
    def level(self) -> int:
        """The more, the more generous."""
        return list(Contact).index(self)


class EndedBy(StrEnum):
    """Who ended a grant, or what."""

    GRANTER = "granter"
    OWNER = "owner"
    RECEIVER = "receiver"
    SUPPLIER = "supplier"
    NODE = "node"
    TIME = "time"
    REPLACED = "replaced"
    CHAIN = "chain"  # a grant that it hung on ended


EVERYTHING = frozenset(Permission)
SEE_AND_USE = frozenset({Permission.SEE, Permission.USE})


@dataclass(frozen=True, slots=True)
class Access:
    """What a community may do, when it is told the contact, and the prices that are its own (None: those of all)."""

    permissions: frozenset[Permission] = frozenset()
    contact: Contact = Contact.NEVER
    prices: PriceModel | None = None

    def bounded_by(self, other: "Access") -> "Access":
        """Return what a link gives at most that starts with ``other``; prices are passed on as they are."""
        contact = min(self.contact, other.contact, key=lambda one: one.level)
        return Access(self.permissions & other.permissions, contact, self.prices or other.prices)

    def joined_with(self, other: "Access") -> "Access":
        """Return what two ways give together. The prices are those of the first way that lets it be used."""
        first = self if Permission.USE in self.permissions or Permission.USE not in other.permissions else other
        contact = max(self.contact, other.contact, key=lambda one: one.level)
        return Access(self.permissions | other.permissions, contact, first.prices)


NOTHING = Access()
OWN = Access(EVERYTHING, Contact.ALWAYS)
SHARED = Access(SEE_AND_USE)  # what the short form of sharing gives


@dataclass(frozen=True, slots=True)
class Link:
    """From whom to whom (None: to all communities of the node), and what at most."""

    granter_id: CommunityId
    receiver_id: CommunityId | None
    access: Access


@dataclass(frozen=True, slots=True)
class Grant:
    """A community lets another one, or all, do something with a supplier, until it ends or is ended."""

    grant_id: GrantId
    supplier_id: SupplierId
    granter_id: CommunityId
    receiver_id: CommunityId | None
    access: Access
    ends_at: datetime | None
    reason: str
    created_at: datetime
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    ended_because: str | None = None

    def __post_init__(self) -> None:
        if Permission.SEE not in self.access.permissions:
            raise InvalidError("permissions", "does not hold see", "see, which each of the others needs")
        too_much = self.access.permissions - SEE_AND_USE
        if self.receiver_id is None and too_much:
            given = ", ".join(sorted(too_much))
            raise InvalidError("permissions", f"gives {given} to all communities", "see and use when all are meant")
        if self.receiver_id is None and self.access.contact is Contact.ALWAYS:
            raise InvalidError("contact", "is told to all communities", "never or when_confirmed when all are meant")
        if self.access.prices is not None and Permission.USE not in self.access.permissions:
            raise InvalidError("prices", "are given without use", "use among the permissions, or no prices")
        if self.receiver_id == self.granter_id:
            raise InvalidError("receiver_id", "is the granter itself", "another community")

    def is_live(self, now: datetime) -> bool:
        """Tell whether it gives anything at this time."""
        return self.ended_at is None and (self.ends_at is None or now < self.ends_at)

    def end(self, by: EndedBy, because: str | None, now: datetime) -> "Grant":
        """Take it back."""
        return replace(self, ended_at=now, ended_by=by, ended_because=because)

    @property
    def link(self) -> Link:
        """What it is a link of."""
        return Link(self.granter_id, self.receiver_id, self.access)


@dataclass(slots=True)
class _Reach:
    """What each community has, and what it may pass on: only what came to it together with the right to share on."""

    held: dict[CommunityId | None, Access] = field(default_factory=dict)
    passable: dict[CommunityId | None, Access] = field(default_factory=dict)

    def give(self, link: Link) -> bool:
        """Follow a link; tell whether its receiver may pass on more than before."""
        given = link.access.bounded_by(self.passable[link.granter_id])
        if Permission.SEE not in given.permissions:
            return False
        self.held[link.receiver_id] = self.held.get(link.receiver_id, NOTHING).joined_with(given)
        if Permission.SHARE_ON not in given.permissions:
            return False
        before = self.passable.get(link.receiver_id, NOTHING)
        self.passable[link.receiver_id] = before.joined_with(given)
        return self.passable[link.receiver_id] != before


@lru_cache(maxsize=1024)
def reach(
    owner_id: CommunityId, links: tuple[Link, ...], left: frozenset[CommunityId] = frozenset()
) -> tuple[Mapping[CommunityId | None, Access], Mapping[CommunityId | None, Access]]:
    """Return what each community has and what it may pass on, None standing for all communities of the node.

    A breadth-first search from the owner, so that the nearest links come first, in the order of ``links`` among equals.
    A community that has ``left`` the supplier receives nothing. Each community is looked at again only when it may pass
    on more than before, which happens at most as often as there are permissions and levels of contact.
    """
    found = _Reach(passable={owner_id: OWN})
    of_granter: dict[CommunityId, list[Link]] = {}
    for link in links:
        if link.receiver_id not in left and link.receiver_id != owner_id:
            of_granter.setdefault(link.granter_id, []).append(link)
    waiting = deque([owner_id])
    while waiting:
        for link in of_granter.get(waiting.popleft(), ()):
            if found.give(link):
                waiting.append(link.receiver_id)
    return found.held, found.passable


def in_order(grants: Iterable[Grant]) -> list[Grant]:
    """Return grants with those that name a community before those to all, older ones first."""
    return sorted(grants, key=lambda grant: (grant.receiver_id is None, grant.created_at, grant.grant_id))
