"""What suppliers tell of their offers, kept as copies: the newest news of each, whatever order they come in."""

from dataclasses import replace

from services.demand.domain.commands import NoteOffer, NoteSupplier
from services.demand.domain.prices import Offer, Sharing
from services.demand.storage.unit_of_work import DemandUnitOfWork


def note_offer(command: NoteOffer, uow: DemandUnitOfWork) -> None:
    """Remember what an offer costs, or that it was withdrawn, which is its end whichever word comes last."""
    known = uow.prices.find_offer(command.offer_id)
    if known is not None and known.version >= command.news:
        return
    if command.withdrawn and known is not None:
        uow.prices.save_offer(replace(known, withdrawn=True, version=command.news))
        return
    uow.prices.save_offer(
        Offer(
            offer_id=command.offer_id,
            supplier_id=command.supplier_id,
            category=command.category,
            tiers=command.tiers,
            currency=command.currency,
            withdrawn=command.withdrawn,
            version=command.news,
        )
    )


def note_supplier(command: NoteSupplier, uow: DemandUnitOfWork) -> None:
    """Remember who may use a supplier."""
    known = uow.prices.find_sharing(command.supplier_id)
    if known is None or known.version < command.news:
        ids = (command.supplier_id, command.community_id, command.mode, command.community_ids)
        uow.prices.save_sharing(Sharing(*ids, version=command.news))
