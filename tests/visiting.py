"""A confirmed match of two communities whose homes are to be visited, in memory."""

from services.kernel.caller import Role
from services.kernel.ids import new_id
from services.supplier import handlers, inbound
from services.supplier.domain.matches import Share
from services.supplier.domain.standing import MatchState
from services.supplier.domain.visits import wire
from services.supplier.domain.visits.worker import run
from services.supplier.handlers.visit_errands import VisitErrands
from services.supplier.storage.visit_cards import card_of
from tests.builders_supplier import caller, match, slot
from tests.builders_visits import MORNING, crew, estate, span
from tests.fakes.chassis import request
from tests.fakes.supplier import FakeSupplierUnitOfWork

OURS, THEIRS, SELLER = new_id(), new_id(), new_id()


def homes_data(count=3, **changes):
    """Homes as callers send them."""
    given = [wire.home_wire(one) for one in estate(count)]
    return [{key: value for key, value in {**one, **changes}.items() if key not in ("id", "promised")} for one in given]


def crews_data(*names, **changes):
    return [wire.crew_wire(crew(name, **changes)) for name in names or ("甲",)]


def here(module, asked, seconds, say):
    """The solver in this process, for a moment."""
    say({"percent": 50})
    return run({**asked, "seconds": 0.05}, say)


class Visiting:
    """The unit of work, a confirmed match for nine hours of a day, and who asks."""

    def __init__(self, **changes):
        self.uow = FakeSupplierUnitOfWork()
        when = span(0, 9)
        shares = (Share(OURS, 6), Share(THEIRS, 6))
        values = {"state": MatchState.CONFIRMED, "communities": shares, "supplier_id": SELLER, "span": when}
        self.match = match(**{**values, **changes})
        self.uow.matches.add(self.match)
        self.uow.slots.add(slot(when=when))
        self.errands = VisitErrands(lambda: self.uow, here)

    def ask(self, name, community=OURS, role="organiser", /, **data):
        ids = {"supplier_id": SELLER} if role == "supplier" else {"community_id": community}
        if role == "node_operator":
            ids = {}
        return getattr(handlers, name)(getattr(inbound, name)(request(data, role=role, **ids)), self.uow)

    def create(self, *who, **data):
        data = {"homes": homes_data(), "crews": crews_data(), **data}
        return self.ask("create_visit_plan", *who, match_id=str(self.match.match_id), **data)

    def change(self, card, *who, **data):
        return self.ask("change_visit_plan", *who, plan_id=str(card.plan.plan_id), **data)

    def search(self):
        """Do what the courier does, once."""
        taken = self.errands.take(self.uow, 16)
        for errand in taken:
            self.errands.settle(self.errands.go(errand), self.uow)
        return taken

    def ask_for_search(self):
        """Ask again and return what the solver is to get, without letting it begin."""
        self.change(self.card)
        self.errands = VisitErrands(lambda: self.uow, here)
        return self.errands.take(self.uow, 16)

    def release(self, *communities):
        for community in communities or (OURS, THEIRS):
            self.ask("release_visit_plan", community, plan_id=str(self.card.plan.plan_id))

    def see(self, card, community=OURS, role="organiser"):
        ids = {"supplier_id": SELLER} if role == "supplier" else {"community_id": community}
        return card_of(self.uow, self.uow.visit_plans.find(card.plan.plan_id), caller(Role(role), **ids))


__all__ = ["MORNING", "OURS", "SELLER", "THEIRS", "Visiting", "crews_data", "homes_data"]
