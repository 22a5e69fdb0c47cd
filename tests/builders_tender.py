"""A tender among a few suppliers for tests of its handlers, with a unit of work in memory."""

from datetime import timedelta

from services.kernel.caller import Role
from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.model import Score
from services.supplier.domain.procedures import Procedure, Setting
from services.supplier.domain.proposals import NewProposal
from services.supplier.domain.tender_commands import (
    AcceptOffer,
    ChooseBid,
    CounterOffer,
    LeaveNegotiation,
    StartNegotiation,
    SubmitBid,
    WithdrawBid,
)
from services.supplier.domain.tender_rules import TenderRules
from tests.builders_supplier import ALL, caller, offer, ready_pool, slot, span, supplier, tiers
from tests.fakes.chassis import MONDAY
from tests.fakes.supplier import FakeSupplierUnitOfWork


def attempt(handle, command, uow):
    """Run a command as the bus does: what is refused leaves nothing behind."""
    stores = [store for store in vars(uow).values() if hasattr(store, "rows")]
    before = [dict(store.rows) for store in stores]
    pending, events = dict(uow.timers.pending), list(uow.outbox.events)
    try:
        return handle(command, uow)
    except Refusal:
        for store, rows in zip(stores, before, strict=True):
            store.rows = rows
        uow.timers.pending, uow.outbox.events = pending, events
        raise


class Bidder:
    """A supplier with one offer of one slot."""

    def __init__(self, uow, sharing=ALL, low=None, capacity=30, **terms):
        self.uow = uow
        self.supplier = supplier(sharing=sharing)
        self.offer = offer(self.supplier.supplier_id, **terms)
        self.slot = slot(self.offer.offer_id, span(), capacity)
        uow.suppliers.add(self.supplier)
        uow.offers.add(self.offer)
        uow.slots.add(self.slot)
        if low is not None:
            uow.scores.save(Score(self.supplier.supplier_id, 1, low, 9, low, low))
        self.caller = caller(Role.SUPPLIER, supplier_id=self.supplier.supplier_id)

    def proposal(self, *steps, **changes):
        values = {
            "tiers": tiers(*(steps or ((10, "120.00"), (20, "100.00")))),
            "slot_ids": (self.slot.slot_id,),
            "min_group": None,
            "max_group": None,
            "note": None,
            "valid_until": MONDAY + timedelta(days=5),
        }
        return NewProposal(**{**values, **changes})

    def offered(self, *steps, hours=6, **changes):
        """A proposal of a negotiation: it is valid for some hours."""
        return self.proposal(*steps, **{"valid_until": self.uow.clock.now() + timedelta(hours=hours), **changes})

    def bid(self, tender, *steps, **changes):
        command = SubmitBid(self.caller, tender.tender_id, self.offer.offer_id, self.proposal(*steps, **changes))
        return attempt(handlers.submit_bid, command, self.uow)

    def withdraw(self, bid_id):
        return attempt(handlers.withdraw_bid, WithdrawBid(self.caller, bid_id), self.uow)

    def counter(self, talk, *steps, **changes):
        command = CounterOffer(self.caller, talk.negotiation_id, self.offered(*steps, **changes))
        return attempt(handlers.counter_offer, command, self.uow)


class Fair:
    """A pool of two communities that is tendered, and what its organiser does."""

    def __init__(self, *, people=(10, 8), rules=TenderRules(), bidders=2, **pool):
        self.uow = FakeSupplierUnitOfWork()
        self.home, self.other = new_id(), new_id()
        self.organiser = caller(community_id=self.home)
        self.bidders = [Bidder(self.uow) for _ in range(bidders)]
        self.pool = ready_pool(*people, community_ids=[self.home, self.other], **pool)
        self.rules = rules
        self.uow.procedures.save(Setting(self.home, "", Procedure.TENDER, rules))

    def ready(self, version=1):
        handlers.match_ready_pool(commands.MatchReadyPool(self.pool, version), self.uow)
        return self.tender

    @property
    def tender(self):
        found = [one for one in self.uow.tenders.rows.values() if one.pool.pool_id == self.pool.pool_id]
        return max(found, key=lambda one: one.attempt) if found else None

    @property
    def agreement(self):
        return self.uow.agreements.of(self.tender.tender_id)

    @property
    def ranking(self):
        return self.uow.tenders.ranking_of(self.tender.tender_id)

    @property
    def copy(self):
        return self.uow.pools.find(self.pool.pool_id)

    def to_deadline(self):
        self.uow.clock.time = max(self.tender.deadline, self.uow.clock.time)
        self.uow.fire_due(handlers.TIMERS)
        return self.tender

    def to_the_end(self):
        self.uow.clock.time = max(self.tender.decide_by, self.uow.clock.time)
        self.uow.fire_due(handlers.TIMERS)
        return self.tender

    def fire(self):
        return self.uow.fire_due(handlers.TIMERS)

    def choose(self, bid_id, reason=None, slot_id=None, by=None):
        command = ChooseBid(by or self.organiser, self.tender.tender_id, bid_id, slot_id, reason)
        return attempt(handlers.choose_bid, command, self.uow)

    def negotiate(self, bidder, bid_id, *steps, reason=None, **changes):
        command = StartNegotiation(self.organiser, bid_id, bidder.offered(*steps, **changes), reason)
        return attempt(handlers.start_negotiation, command, self.uow)

    def counter(self, bidder, talk, *steps, **changes):
        command = CounterOffer(self.organiser, talk.negotiation_id, bidder.offered(*steps, **changes))
        return attempt(handlers.counter_offer, command, self.uow)

    def accept(self, talk, number, by=None):
        command = AcceptOffer(by or self.organiser, talk.negotiation_id, number)
        return attempt(handlers.accept_offer, command, self.uow)

    def leave(self, talk, by=None):
        command = LeaveNegotiation(by or self.organiser, talk.negotiation_id, "太贵")
        return attempt(handlers.leave_negotiation, command, self.uow)
