"""Questions, and how they are bound to what the caller may know of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Column, Select

from services.chassis.paging import Page, page_of
from services.demand.domain.errors import CommunityNotFoundError
from services.kernel.caller import Caller
from services.kernel.ids import parse_id

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskOne:
    """A question for one thing; ``community_id`` is set where the path has it."""

    caller: Caller
    subject_id: UUID
    community_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AskMany:
    """A question for a page of things; ``filters`` are column names and values."""

    caller: Caller
    page: Page
    community_id: UUID | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


def bound(question: AskMany) -> UUID | None:
    """Return the community that a list is bound to; None means all of them, or none for who has no community."""
    if question.community_id is None:
        return question.caller.community_id
    if not question.caller.sees(question.community_id):
        raise CommunityNotFoundError("there is no such community")
    return question.community_id


def of_community(statement: Select, column: Column, question: AskMany) -> Select:
    """Bind a list to the community that the question is about."""
    community_id = bound(question)
    if community_id is None and question.caller.is_node_operator:
        return statement
    # A supplier has no community: comparing with NULL finds nothing, which is what it may see.
    return statement.where(column == community_id)


def filtered(statement: Select, columns: Any, question: AskMany) -> Select:
    """Choose by the filters of the question."""
    for name, value in question.filters.items():
        statement = statement.where(columns[name] == value)
    return statement


def page(
    uow: "DemandUnitOfWork", statement: Select, key: Column, question: AskMany, item: Callable[[Any], Any]
) -> Wire:
    """Return one page of a list, each row as ``item`` makes it."""
    page = question.page
    if page.after is not None:
        statement = statement.where(key > parse_id(page.after, "cursor"))
    found = uow.connection.execute(statement.order_by(key).limit(page.limit + 1)).mappings().all()
    return page_of(found, page, item, lambda row: str(row[key.name]))
