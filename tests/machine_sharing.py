"""A supplier shared among five communities: grants come and go, and everybody tries everything.

The model keeps the live grants and walks every way from the owner. After each step it says of each community and each
operation whether it is done, forbidden, or about something that does not exist.
"""

from datetime import timedelta
from itertools import product

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.model import Sharing, SharingMode
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.permission_commands import EndGrant, GrantPermissions, LeaveSupplier
from services.supplier.domain.permissions import EVERYTHING, SEE_AND_USE, Access, Permission
from tests.builders_supplier import caller, offer, slot, span, supplier, terms
from tests.fakes.supplier import FakeSupplierUnitOfWork

SEE, USE, EDIT, ON = Permission
PEOPLE = tuple(new_id() for _ in range(5))
OWNER, OTHERS = PEOPLE[0], PEOPLE[1:]
DONE, FORBIDDEN, UNKNOWN = "done", "forbidden", "unknown"
somebody, another = st.sampled_from(PEOPLE), st.sampled_from(OTHERS)
# Half of them share on, so that there are chains; the owner gives more often than others, so that there is something.
some_permissions = st.sets(st.sampled_from([USE, EDIT, ON, ON])).map(lambda those: frozenset(those) | {SEE})
giver = st.sampled_from((OWNER, OWNER, *PEOPLE[:4]))
some_grants = st.lists(st.tuples(giver, another, some_permissions), min_size=4, max_size=8)


def a_change(**changes):
    return lambda who, supplier_id, *_: commands.ChangeSupplier(who, supplier_id, None, changes)


def a_revision(**changes):
    return lambda who, _, offer_id, __: ReviseOffer(who, offer_id, None, changes)


def an_offer(who, supplier_id, *_):
    values = {name: getattr(terms(), name) for name in ("title", "category", "where", "travel_km", "tiers")}
    values |= {"min_group": 10, "max_group": 30, "minutes": 120}
    return commands.PublishOffer(who, supplier_id, None, values, ())


def a_slot(who, _, offer_id, __):
    return commands.AddSlot(who, offer_id, commands.NewSlot(span(day=3000), (span(day=3000),), 50))


def a_paper(who, supplier_id, _, now):
    values = {"kind": "insurance", "issuer": "x", "number": "12345678", "expires_at": now + timedelta(days=9)}
    return commands.SubmitQualification(caller=who, supplier_id=supplier_id, **values)


# Each write of a card or an offer: the permission that it needs, None for what is the owner's alone.
WRITES = {
    "name": (a_change(name="新名"), handlers.change_supplier, EDIT),
    "contact": (a_change(contact="139"), handlers.change_supplier, None),
    "offer": (an_offer, handlers.publish_offer, EDIT),
    "slot": (a_slot, handlers.add_slot, EDIT),
    "title": (a_revision(title="新课"), handlers.revise_offer, EDIT),
    "money": (a_revision(acceptance_hours=50), handlers.revise_offer, None),
    "paper": (a_paper, handlers.submit_qualification, None),
}


class Model:
    """What is live, and what follows from it by walking every way."""

    def __init__(self):
        self.grants = {}  # (granter, receiver) -> permissions, time of its end or None
        self.named, self.to_all, self.left = set(), False, set()

    def links(self, now):
        live = [(giver, taker, what) for (giver, taker), (what, ends) in self.grants.items() if not ends or now < ends]
        return [*live, *((OWNER, one, SEE_AND_USE) for one in (OTHERS if self.to_all else self.named))]

    def walk(self, now):
        """Return what each has, and what each may pass on."""
        held, passable = {one: set() for one in PEOPLE}, {one: set() for one in PEOPLE}
        held[OWNER], passable[OWNER] = set(EVERYTHING), set(EVERYTHING)
        todo, links = [(OWNER, EVERYTHING, frozenset({OWNER}))], self.links(now)
        while todo:
            at, what, been = todo.pop()
            for giver, taker, given in links:
                if giver != at or taker in self.left or taker in been:
                    continue
                held[taker] |= what & given
                if ON in what & given:
                    passable[taker] |= what & given
                    todo.append((taker, what & given, been | {taker}))
        return held, passable

    def drop_orphans(self, now):
        _, passable = self.walk(now)
        self.grants = {pair: it for pair, it in self.grants.items() if ON in passable[pair[0]] and self.lives(it, now)}

    def lives(self, grant, now):
        return grant[1] is None or now < grant[1]


class SharingMachine(RuleBasedStateMachine):
    """Random grants, ends, departures and times, and random attempts at everything."""

    @initialize(first=some_grants)
    def begin(self, first):
        self.uow, self.model = FakeSupplierUnitOfWork(), Model()
        self.uow.communities.known |= set(PEOPLE)
        self.studio = supplier(community_id=OWNER)
        self.uow.suppliers.add(self.studio)
        self.offer = offer(self.studio.supplier_id)
        self.slot = slot(self.offer.offer_id, when=span(day=2000), capacity=10_000)
        self.uow.offers.add(self.offer)
        self.uow.slots.add(self.slot)
        for giver_, taker, what in first:
            self.gives(giver_, taker, what, None)

    @property
    def now(self):
        return self.uow.clock.now()

    def attempt(self, handle, command):
        try:
            handle(command, self.uow)
        except NotFoundError:
            return UNKNOWN
        except ForbiddenError:
            return FORBIDDEN
        return DONE

    def expected(self, who, permission):
        """Say what becomes of an operation that needs a permission; None: that only the owner may do."""
        held = self.model.walk(self.now)[0][who]
        allowed = who == OWNER or (permission is not None and permission in held)
        return DONE if allowed else FORBIDDEN if SEE in held else UNKNOWN

    @rule(giver=giver, taker=another, what=some_permissions, hours=st.sampled_from([None, 5, 50]))
    def somebody_gives(self, giver, taker, what, hours):
        self.gives(giver, taker, what, hours)

    def gives(self, giver, taker, what, hours):
        ends_at = self.now + timedelta(hours=hours) if hours else None
        who = caller(community_id=giver)
        if giver == taker:
            return
        held, passable = self.model.walk(self.now)
        allowed = ON in passable[giver] and what <= passable[giver] and (giver == OWNER or taker not in self.model.left)
        expected = DONE if allowed else FORBIDDEN if SEE in held[giver] else UNKNOWN
        command = GrantPermissions(who, self.studio.supplier_id, None, taker, Access(what), ends_at, "x")
        assert self.attempt(handlers.grant_permissions, command) == expected
        if allowed:
            self.model.left.discard(taker)
            self.model.grants[giver, taker] = (what, ends_at)
            self.model.drop_orphans(self.now)

    @rule(data=st.data(), who=somebody)
    def ends(self, data, who):
        live = [one for one in self.uow.permissions.rows.values() if one.is_live(self.now)]
        if not live:
            return
        grant = data.draw(st.sampled_from(live))
        party = who in (OWNER, grant.granter_id, grant.receiver_id)
        command = EndGrant(caller(community_id=who), grant.grant_id, None)
        assert self.attempt(handlers.end_grant, command) == (DONE if party else UNKNOWN)
        if party:
            del self.model.grants[grant.granter_id, grant.receiver_id]
            self.model.drop_orphans(self.now)

    @rule(who=another)
    def leaves(self, who):
        seen = SEE in self.model.walk(self.now)[0][who]
        command = LeaveSupplier(caller(community_id=who), self.studio.supplier_id, None, None)
        assert self.attempt(handlers.leave_supplier, command) == (DONE if seen else UNKNOWN)
        if seen:
            self.model.left.add(who)
            self.model.named.discard(who)
            self.model.grants = {pair: it for pair, it in self.model.grants.items() if pair[1] != who}
            self.model.drop_orphans(self.now)

    @rule(named=st.sets(another), to_all=st.booleans())
    def shares(self, named, to_all):
        named = set() if to_all else named
        mode = SharingMode.ALL if to_all else SharingMode.NAMED if named else SharingMode.NONE
        changes = {"sharing": Sharing(mode, frozenset(named))}
        command = commands.ChangeSupplier(caller(community_id=OWNER), self.studio.supplier_id, None, changes)
        assert self.attempt(handlers.change_supplier, command) == DONE
        self.model.left -= named - self.model.named
        self.model.named, self.model.to_all = set(named), to_all
        self.model.drop_orphans(self.now)

    @rule(hours=st.sampled_from([1, 6]))
    def time_passes(self, hours):
        self.uow.clock.pass_(hours=hours)

    @rule()
    def timers_fire(self):
        self.uow.fire_due(handlers.TIMERS)
        self.model.drop_orphans(self.now)

    @rule(who=somebody, name=st.sampled_from(sorted(WRITES)))
    def tries_to_edit(self, who, name):
        make, handle, needed = WRITES[name]
        command = make(caller(community_id=who), self.studio.supplier_id, self.offer.offer_id, self.now)
        assert self.attempt(handle, command) == self.expected(who, needed)

    def teardown(self):
        """At the end everybody tries everything, and the owner gives anew: nothing comes back by itself."""
        if not hasattr(self, "model"):
            return
        for who in PEOPLE:
            for name in WRITES:
                SharingMachine.tries_to_edit(self, who, name)
        for who, taker in product(OTHERS, OTHERS):
            self.gives(who, taker, frozenset({SEE}), None)
        for one in OTHERS:
            self.gives(OWNER, one, EVERYTHING, None)
            SharingMachine.everybody_may_what_the_model_says(self)

    @rule(who=somebody)
    def tries_to_use(self, who):
        command = commands.ProposeMatch(caller(community_id=who), self.offer.offer_id, self.slot.slot_id, 10, None)
        allowed = USE in self.model.walk(self.now)[0][who]
        # Who sees an offer without the right to use it is told that there is none for it.
        assert self.attempt(handlers.propose_match, command) == (DONE if allowed else UNKNOWN)

    @rule(who=somebody)
    def tries_to_withdraw(self, who):
        waiting = [match for match in self.uow.matches.all() if match.is_waiting]
        if not waiting or who == OWNER:
            return
        match = waiting[0]
        command = commands.WithdrawMatch(caller(community_id=who), match.match_id, "x")
        party = match.is_visible_to(caller(community_id=who))
        assert self.attempt(handlers.withdraw_match, command) == (FORBIDDEN if party else UNKNOWN)

    @invariant()
    def everybody_may_what_the_model_says(self):
        if not hasattr(self, "model"):
            return
        held, passable = self.model.walk(self.now)
        found = self.uow.suppliers.find(self.studio.supplier_id)
        for one in PEOPLE:
            assert found.access_of(one).permissions == held[one]
            assert found.passable_by(one).permissions == passable[one]
            assert found.is_visible_to(caller(Role.MEMBER, community_id=one)) == (SEE in held[one])

    @invariant()
    def nothing_waits_for_who_may_not_use_it(self):
        if not hasattr(self, "model"):
            return
        held, _ = self.model.walk(self.now)
        due = any(
            one.ends_at and one.ends_at <= self.now for one in self.uow.permissions.rows.values() if not one.ended_at
        )
        for match in self.uow.matches.all():
            # Between the end of a grant and its timer a match may still wait; nothing new is made of it.
            if match.is_waiting and not due:
                assert all(USE in held[share.community_id] for share in match.communities)
