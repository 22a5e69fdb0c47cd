"""All errands of the supplier service: the searches for visit plans and those of matching rounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.chassis.courier import Errands
from services.chassis.environment import Environment
from services.supplier.handlers.round_errands import RoundErrands
from services.supplier.handlers.visit_errands import VisitErrands
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

Errand = tuple[Errands, Any]


class SupplierErrands:
    """Several kinds of errands as one; each kind knows how many of its own may be out."""

    def __init__(self, *kinds: Errands) -> None:
        self._kinds = kinds

    def take(self, uow: SupplierUnitOfWork, most: int) -> Sequence[Errand]:
        """Take what is due of each kind, no more than ``most`` in all."""
        taken: list[Errand] = []
        for kind in self._kinds:
            taken += [(kind, errand) for errand in kind.take(uow, most - len(taken))]
        return taken

    def next_due(self, uow: SupplierUnitOfWork) -> datetime | None:
        """Return when the next one of any kind is due."""
        return min((due for kind in self._kinds if (due := kind.next_due(uow)) is not None), default=None)

    def go(self, errand: Errand) -> Errand:
        """Go out, as its kind does."""
        kind, mine = errand
        return kind, kind.go(mine)

    def settle(self, came: Errand, uow: SupplierUnitOfWork) -> None:
        """Let it have its effect, as its kind does."""
        kind, mine = came
        kind.settle(mine, uow)


def make_errands(environment: Environment) -> SupplierErrands:
    """Return the errands of a process."""
    new_uow = environment.uow_factory(SupplierUnitOfWork)
    return SupplierErrands(VisitErrands(new_uow), RoundErrands(new_uow))
