"""Price lists as they were previewed, and offers as files: what the caller may see, at the prices that it may see."""

import base64
import json
from typing import Any

from services.sheets import csv_of, workbook_of
from services.supplier import outbound
from services.supplier.domain.cards import card_for
from services.supplier.domain.errors import PriceListNotFoundError
from services.supplier.domain.model import Supplier
from services.supplier.domain.offers import Offer, OfferState
from services.supplier.domain.price_lists.commands import EndPriceList, ExportPriceList, GetTemplate
from services.supplier.domain.price_lists.formats import template_rows
from services.supplier.domain.price_lists.writing import rows_of
from services.supplier.handlers.access import see_supplier
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.views.suppliers import ById


def get_price_list(question: EndPriceList, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Return a list with its preview, for the owner of its supplier."""
    found = uow.price_lists.find(question.list_id)
    supplier = uow.suppliers.find(found.supplier_id) if found else None
    if found is None or supplier is None or not supplier.is_insider(question.caller):
        raise PriceListNotFoundError("there is no such price list", list_id=str(question.list_id))
    return outbound.price_list(found)


def export_price_list(question: ExportPriceList, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Return the offers of a supplier as a file, each at the price that the caller's community has."""
    supplier = see_supplier(uow, question.caller, question.supplier_id)
    rows = rows_of(question.form, supplier.name, _offers(supplier, question.caller, uow), question.language)
    delimiter = ";" if question.form == "foodsoft" else ","
    data = csv_of(rows, delimiter) if question.kind == "csv" else workbook_of(rows, supplier.name)
    return _file(f"{supplier.name}.{question.kind}", data)


def price_list_template(question: GetTemplate, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Return our own template with two examples, as a file."""
    zh = question.language == "zh"
    rows, name = template_rows(question.language), "价格表模板" if zh else "price-list-template"
    return _file(f"{name}.{question.kind}", csv_of(rows) if question.kind == "csv" else workbook_of(rows, name))


def get_catalogue(question: ById, uow: SupplierUnitOfWork) -> dict[str, Any]:
    """Return a supplier and its offers as JSON-LD."""
    supplier = see_supplier(uow, question.caller, question.id)
    document = outbound.catalogue(supplier, _offers(supplier, question.caller, uow))
    return _file("catalogue.jsonld", json.dumps(document, ensure_ascii=False, indent=1).encode())


def _offers(supplier: Supplier, caller: Any, uow: SupplierUnitOfWork) -> list[tuple[str, Offer]]:
    """Return the offers on the market by number, as the caller's community has them."""
    numbers = uow.price_lists.numbers(supplier.supplier_id)
    offers = uow.offers.of_supplier(supplier.supplier_id, OfferState.PUBLISHED, OfferState.PAUSED)
    cards = (card_for(offer, supplier, caller, ()) for offer in offers)
    seen = [card.offer for card in cards if card is not None]
    return sorted(((numbers.get(one.offer_id, str(one.offer_id)), one) for one in seen), key=lambda pair: pair[0])


def _file(name: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "base64": base64.b64encode(data).decode()}
