"""A town of pools that wait for a matching round, in memory, and the courier that lets it happen."""

from dataclasses import replace

from services.kernel.caller import Role
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.assignment import solve
from services.supplier.domain.procedures import Procedure, Setting
from services.supplier.domain.round_commands import OpenRound
from services.supplier.handlers.round_errands import RoundErrands
from tests.builders_supplier import ALL, caller, offer, ready_pool, slot, span, supplier, tiers
from tests.fakes.supplier import FakeSupplierUnitOfWork


def here(problem, seconds, say):
    """The solver in this process."""
    say({"phase": "greedy", "seconds": 0.0, "served": 1, "cost": 1})
    return solve(problem, 5)


class Town:
    """The unit of work; suppliers shared with all, and pools each of a community of its own."""

    def __init__(self, solver=here, **policy):
        self.uow = FakeSupplierUnitOfWork()
        self.uow.policy = replace(self.uow.policy, **policy)
        self.errands = RoundErrands(lambda: self.uow, solver)

    def shop(self, *capacities, resource=None, of=None, **terms):
        """An offer with a slot an hour later for each capacity, by a supplier shared with everybody."""
        of = of or supplier(sharing=ALL)
        made = offer(of.supplier_id, **{"min_group": 1, "tiers": tiers((1, "128.00"), (20, "118.00")), **terms})
        self.uow.suppliers.add(of)
        self.uow.offers.add(made)
        slots = []
        for number, capacity in enumerate(capacities or (30,)):
            when = span(hour=2 + number)
            one = replace(slot(made.offer_id, when, capacity), resource=resource, occupied=(when,) if resource else ())
            self.uow.slots.add(one)
            slots.append(one)
        return of, made, slots

    def pool(self, *people, version=1, procedure=Procedure.ROUND, **changes):
        pool = ready_pool(*people, **changes)
        for share in pool.communities:
            self.uow.procedures.save(Setting(share.community_id, "", procedure))
        handlers.match_ready_pool(commands.MatchReadyPool(pool, version), self.uow)
        return pool

    def copy(self, pool):
        return self.uow.pools.find(pool.pool_id)

    def open(self, pool=None, category="pottery", currency=None):
        ids = {"community_id": pool.communities[0].community_id} if pool else {}
        who = caller(Role.ORGANISER if pool else Role.NODE_OPERATOR, **ids)
        return handlers.open_round(OpenRound(who, category, currency), self.uow).round

    def search(self):
        """Do what the courier does, once; return what was taken."""
        taken = self.errands.take(self.uow, 16)
        for errand in taken:
            self.errands.settle(self.errands.go(errand), self.uow)
        return taken

    def play(self, pool=None):
        """Ask for a round, let it happen, and return it as it is then."""
        one = self.open(pool)
        self.search()
        return self.uow.rounds.find(one.round_id)

    def result(self, one, pool):
        (found,) = [each for each in self.uow.rounds.pools_of(one.round_id) if each.pool_id == pool.pool_id]
        return found

    def matches(self, pool=None):
        return [one for one in self.uow.matches.all() if pool is None or one.pool_id == pool.pool_id]

    def to_the_hour(self):
        self.uow.clock.pass_(hours=1)
        return self.uow.fire_due(handlers.TIMERS)


__all__ = ["Town", "here", "new_id"]
