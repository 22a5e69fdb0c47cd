"""Copies of what other services own."""

from services.reputation.domain.commands import CopySupplier
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def copy_supplier(command: CopySupplier, uow: ReputationUnitOfWork) -> None:
    """Note who may see a supplier; the newest version wins."""
    uow.suppliers.copy(command.copy)
