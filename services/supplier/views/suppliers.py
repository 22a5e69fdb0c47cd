"""Questions and their answers: SQL to plain dicts, each bound to what the caller may see."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select

from services.chassis.paging import Page, page_of
from services.kernel.caller import Caller
from services.supplier import outbound
from services.supplier.domain.cards import MatchCard, OfferCard, QualificationCard, SupplierCard, card_for, is_listed
from services.supplier.domain.errors import MatchNotFoundError, OfferNotFoundError, SupplierNotFoundError
from services.supplier.domain.offers import OfferState
from services.supplier.storage import rows
from services.supplier.storage.offer_tables import offer_versions
from services.supplier.storage.tables import matches, offers, qualifications, suppliers
from services.supplier.storage.unit_of_work import SupplierUnitOfWork
from services.supplier.storage.visibility import match_is_visible_to, supplier_is_visible_to

Answer = dict[str, Any]
# How long after a confirmed match is over its communities are still told the contact: there may be questions.
CONTACT_STAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ById:
    """A question about one thing."""

    caller: Caller
    id: UUID


@dataclass(frozen=True, slots=True)
class Listing:
    """A question about a page of things; a filter that is None does not filter."""

    caller: Caller
    page: Page
    after: UUID | None = None
    filters: dict[str, Any] = field(default_factory=dict)

    def narrow(self, statement: Select, key: ColumnElement, **columns: ColumnElement) -> Select:
        """Apply the filters to their columns, and take the page by its key and one row more."""
        for name, column in columns.items():
            if self.filters.get(name) is not None:
                statement = statement.where(column == self.filters[name])
        if self.after is not None:
            statement = statement.where(key > self.after)
        return statement.order_by(key).limit(self.page.limit + 1)

    def answer(self, found: list[Row], item: Callable[[Row], Answer], key: str) -> Answer:
        """Make the page."""
        return page_of(found, self.page, item, lambda row: str(getattr(row, key)))


def get_supplier(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one supplier; raise ``SupplierNotFoundError``."""
    return _suppliers([visible_supplier(question.caller, question.id, uow)], question.caller, uow)[question.id]


def list_suppliers(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the suppliers that the caller may know of."""
    statement = select(suppliers).where(supplier_is_visible_to(question.caller, uow.clock.now()))
    found = list(uow.connection.execute(question.narrow(statement, suppliers.c.supplier_id)))
    shown = _suppliers(found, question.caller, uow)
    return question.answer(found, lambda row: shown[row.supplier_id], "supplier_id")


def visible_supplier(caller: Caller, supplier_id: UUID, uow: SupplierUnitOfWork) -> Row:
    """Return the row of a supplier that the caller may know of; raise ``SupplierNotFoundError``."""
    wanted = (suppliers.c.supplier_id == supplier_id, supplier_is_visible_to(caller, uow.clock.now()))
    row = uow.connection.execute(select(suppliers).where(*wanted)).one_or_none()
    if row is None:
        raise SupplierNotFoundError("there is no such supplier", supplier_id=str(supplier_id))
    return row


def _suppliers(found: list[Row], caller: Caller, uow: SupplierUnitOfWork) -> dict[UUID, Answer]:
    ids = [row.supplier_id for row in found]
    scores, grants = uow.scores.many(ids), uow.permissions.live_of(ids)
    loaded = [rows.supplier_of(row, grants.get(row.supplier_id, ())) for row in found]
    confirmed = _confirmed_with(ids, caller, uow)
    cards = [SupplierCard(it, scores.get(it.supplier_id), caller, it.supplier_id in confirmed) for it in loaded]
    return {card.supplier.supplier_id: outbound.supplier(card) for card in cards}


def _confirmed_with(supplier_ids: list[UUID], caller: Caller, uow: SupplierUnitOfWork) -> frozenset[UUID]:
    if caller.community_id is None:
        return frozenset()
    return uow.matches.confirmed_with(supplier_ids, caller.community_id, uow.clock.now() - CONTACT_STAYS)


def list_qualifications(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the papers of a supplier; raise ``SupplierNotFoundError``."""
    owner = visible_supplier(question.caller, question.filters["supplier_id"], uow).community_id
    statement = question.narrow(
        select(qualifications), qualifications.c.qualification_id, supplier_id=qualifications.c.supplier_id
    )

    def item(row: Row) -> Answer:
        return outbound.qualification(QualificationCard(rows.qualification_of(row), owner, question.caller))

    return question.answer(list(uow.connection.execute(statement)), item, "qualification_id")


def get_offer(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one offer with all its slots; raise ``OfferNotFoundError``."""
    row = uow.connection.execute(
        _visible_offers(question.caller, uow).where(offers.c.offer_id == question.id)
    ).one_or_none()
    seen = _as_seen([row] if row else [], question.caller, uow)
    if row is None or row.offer_id not in seen:
        raise OfferNotFoundError("there is no such offer", offer_id=str(question.id))
    slots = uow.slots.of_offers([row.offer_id]).get(row.offer_id, ())
    return outbound.offer(replace(seen[row.offer_id], slots=slots))


def list_offers(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the published offers of the suppliers that the caller may know of, with the slots that are ahead."""
    statement = _visible_offers(question.caller, uow).where(offers.c.state == str(OfferState.PUBLISHED))
    columns = {"supplier_id": offers.c.supplier_id, "category": offers.c.category}
    found = list(uow.connection.execute(question.narrow(statement, offers.c.offer_id, **columns)))
    slots = uow.slots.of_offers([row.offer_id for row in found])
    now, seen = uow.clock.now(), _as_seen(found, question.caller, uow)

    def item(row: Row) -> Answer | None:
        listed = tuple(slot for slot in slots.get(row.offer_id, ()) if is_listed(slot, now))
        return outbound.offer(replace(seen[row.offer_id], slots=listed)) if row.offer_id in seen else None

    answer = question.answer(found, item, "offer_id")
    return {**answer, "items": [shown for shown in answer["items"] if shown is not None]}


def _as_seen(found: list[Row], caller: Caller, uow: SupplierUnitOfWork) -> dict[UUID, OfferCard]:
    """Return offers at the prices of the reader's community, without those that it cannot have at any."""
    owners = uow.suppliers.many({row.supplier_id for row in found})
    cards = {row.offer_id: card_for(rows.offer_of(row), owners[row.supplier_id], caller) for row in found}
    return {offer_id: card for offer_id, card in cards.items() if card is not None}


def list_offer_versions(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the terms that an offer has had, the newest first; raise ``OfferNotFoundError``."""
    offer_id, table = question.filters["offer_id"], offer_versions.c
    wanted = _visible_offers(question.caller, uow).where(offers.c.offer_id == offer_id)
    row = uow.connection.execute(wanted).one_or_none()
    if row is None or not _as_seen([row], question.caller, uow):
        raise OfferNotFoundError("there is no such offer", offer_id=str(offer_id))
    owner, offer = uow.suppliers.many([row.supplier_id])[row.supplier_id], rows.offer_of(row)
    statement = select(offer_versions).where(table.offer_id == offer_id)
    if question.page.after is not None:
        statement = statement.where(table.version < int(question.page.after))
    found = list(uow.connection.execute(statement.order_by(table.version.desc()).limit(question.page.limit + 1)))

    def item(row: Row) -> Answer | None:
        version = rows.offer_version_of(row)
        # What it cost others before is as little the reader's business as what it costs them now.
        card = card_for(replace(offer, terms=version.terms), owner, question.caller)
        return outbound.offer_version(replace(version, terms=card.offer.terms)) if card else None

    answer = question.answer(found, item, "version")
    return {**answer, "items": [shown for shown in answer["items"] if shown is not None]}


def _visible_offers(caller: Caller, uow: SupplierUnitOfWork) -> Select:
    joined = select(offers, suppliers.c.name.label("supplier_name")).join(suppliers)
    return joined.where(supplier_is_visible_to(caller, uow.clock.now()))


def get_match(question: ById, uow: SupplierUnitOfWork) -> Answer:
    """Show one match; raise ``MatchNotFoundError``."""
    wanted = (matches.c.match_id == question.id, match_is_visible_to(question.caller))
    row = uow.connection.execute(select(matches).where(*wanted)).one_or_none()
    if row is None:
        raise MatchNotFoundError("there is no such match", match_id=str(question.id))
    return _match(row, question.caller, uow)


def list_matches(question: Listing, uow: SupplierUnitOfWork) -> Answer:
    """Show the matches in which the caller takes part."""
    statement = select(matches).where(match_is_visible_to(question.caller))
    statement = question.narrow(statement, matches.c.match_id, pool_id=matches.c.pool_id)
    found = list(uow.connection.execute(statement))
    return question.answer(found, lambda row: _match(row, question.caller, uow), "match_id")


def _match(row: Row, caller: Caller, uow: SupplierUnitOfWork) -> Answer:
    return outbound.match(MatchCard(rows.match_of(row), caller, uow.policy.privacy_k))
