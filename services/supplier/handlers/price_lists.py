"""Price lists: a preview first, and then exactly what it showed, all of it or nothing."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.sheets import lines_of
from services.supplier.domain.commands import PublishOffer, WithdrawOffer
from services.supplier.domain.errors import PriceListNotFoundError, PriceListStaleError
from services.supplier.domain.model import Supplier
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.offers import OfferState
from services.supplier.domain.price_lists.commands import EndPriceList, PreviewPriceList
from services.supplier.domain.price_lists.comparing import Catalogue, compare
from services.supplier.domain.price_lists.entries import entries_of
from services.supplier.domain.price_lists.formats import header_of
from services.supplier.domain.price_lists.model import KEPT, MOST_LINES, Kind, Line, ListState, PriceList
from services.supplier.domain.terms import Terms
from services.supplier.handlers.access import OWNERS, require_owner, see_supplier
from services.supplier.handlers.offers import publish_offer, withdraw_offer
from services.supplier.handlers.revising import revise_offer
from services.supplier.storage.unit_of_work import SupplierUnitOfWork

FORGET = "forget_price_list"


def preview_price_list(command: PreviewPriceList, uow: SupplierUnitOfWork) -> PriceList:
    """Read a file and keep what would come of it for a day."""
    supplier = _own(command, uow)
    lines = lines_of(command.data, MOST_LINES)
    header = header_of(lines[0][1])
    entries = entries_of(lines[1:], header, command.defaults)
    preview = PriceList(
        list_id=new_id(),
        supplier_id=supplier.supplier_id,
        file_name=command.file_name,
        format=header.format.name,
        ignored_columns=header.ignored,
        lines=tuple(compare(entries, header, catalogue_of(supplier, uow), command.defaults)),
        created_at=uow.clock.now(),
    )
    uow.price_lists.add(preview)
    timer = {"list_id": str(preview.list_id)}
    uow.timers.set(f"{FORGET}:{preview.list_id}", preview.created_at + KEPT, FORGET, timer)
    return preview


def commit_price_list(command: EndPriceList, uow: SupplierUnitOfWork) -> PriceList:
    """Publish, revise and withdraw what the preview showed; refuse it where an offer was changed since."""
    preview, supplier = _kept(command, uow)
    done = preview.end(ListState.COMMITTED, uow.clock.now())
    # All categories first and in one order, so that two lists cannot wait for each other crosswise.
    for category in sorted(_categories(preview, uow)):
        uow.pools.lock_category(category)
    _require_fresh(preview, uow)
    for line in preview.lines:
        _carry_out(line, supplier, command, uow)
    uow.price_lists.end(done)
    return done


def discard_price_list(command: EndPriceList, uow: SupplierUnitOfWork) -> PriceList:
    """Throw a preview away."""
    preview, _ = _kept(command, uow)
    done = preview.end(ListState.DISCARDED, uow.clock.now())
    uow.price_lists.end(done)
    return done


def forget_price_list(payload: dict[str, Any], uow: SupplierUnitOfWork) -> None:
    """Delete a preview that nobody committed in time."""
    uow.price_lists.forget(UUID(payload["list_id"]))


TIMERS = {FORGET: forget_price_list}


def catalogue_of(supplier: Supplier, uow: SupplierUnitOfWork) -> Catalogue:
    """Return the offers of a supplier by number; those without one go by their id."""
    numbers = uow.price_lists.numbers(supplier.supplier_id)
    offers = uow.offers.of_supplier(supplier.supplier_id, *OfferState)
    kept = (one for one in offers if one.state is not OfferState.WITHDRAWN or one.offer_id in numbers)
    return Catalogue({numbers.get(one.offer_id, str(one.offer_id)): one for one in kept}, supplier.place)


def _own(command: PreviewPriceList, uow: SupplierUnitOfWork) -> Supplier:
    command.caller.require(*OWNERS)
    supplier = see_supplier(uow, command.caller, command.supplier_id)
    # Prices are a condition of the money: only the owner decides on them.
    require_owner(supplier, command.caller)
    return supplier


def _kept(command: EndPriceList, uow: SupplierUnitOfWork) -> tuple[PriceList, Supplier]:
    command.caller.require(*OWNERS)
    preview = uow.price_lists.find(command.list_id, lock=True)
    supplier = uow.suppliers.find(preview.supplier_id) if preview else None
    if preview is None or supplier is None or not supplier.is_insider(command.caller):
        raise PriceListNotFoundError("there is no such price list", list_id=str(command.list_id))
    return preview, supplier


def _categories(preview: PriceList, uow: SupplierUnitOfWork) -> set[str]:
    new = {line.terms.category for line in preview.lines if line.terms is not None}
    ids = [line.offer_id for line in preview.lines if line.offer_id is not None]
    return new | {offer.terms.category for one in ids if (offer := uow.offers.find(one)) is not None}


def _require_fresh(preview: PriceList, uow: SupplierUnitOfWork) -> None:
    """Raise ``PriceListStaleError`` if an offer is no longer what the preview compared with."""
    stale = []
    numbers = {number: offer_id for offer_id, number in uow.price_lists.numbers(preview.supplier_id).items()}
    for line in preview.lines:
        if line.kind is Kind.NEW:
            taken = numbers.get(line.number)
            offer = None if taken is None else uow.offers.find(taken)
            fresh = offer is None or offer.state is OfferState.WITHDRAWN
        elif line.kind in (Kind.CHANGED, Kind.DELISTED):
            offer = uow.offers.find(line.offer_id)
            fresh = offer is not None and offer.version == line.offer_version
        else:
            continue
        stale += [] if fresh else [line.number]
    if stale:
        raise PriceListStaleError("offers were changed since the preview; send the file again", numbers=stale[:100])


def _carry_out(line: Line, supplier: Supplier, command: EndPriceList, uow: SupplierUnitOfWork) -> None:
    caller = command.caller
    if line.kind is Kind.NEW:
        terms = values_of(line.terms)
        place = terms.pop("place")
        card = publish_offer(PublishOffer(caller, supplier.supplier_id, place, terms, ()), uow)
        uow.price_lists.number(supplier.supplier_id, line.number, card.offer.offer_id)
    elif line.kind is Kind.CHANGED:
        revise_offer(ReviseOffer(caller, line.offer_id, None, values_of(line.terms)), uow)
    elif line.kind is Kind.DELISTED:
        withdraw_offer(WithdrawOffer(caller, line.offer_id), uow)


def values_of(terms: Terms) -> dict[str, Any]:
    """Return terms as the values that they are made of."""
    return {one.name: getattr(terms, one.name) for one in fields(terms)}
