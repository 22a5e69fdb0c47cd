"""What others know, kept as copies: communities and scores."""

from services.supplier.domain.commands import KnowCommunity, KnowScore
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def know_community(command: KnowCommunity, uow: SupplierUnitOfWork) -> None:
    """Remember that a community exists, so that suppliers can be shared with it."""
    uow.communities.add(command.community_id)


def know_score(command: KnowScore, uow: SupplierUnitOfWork) -> None:
    """Keep a score unless a newer one is known."""
    uow.scores.save(command.score)
