"""Communities, members and signals, as those who may know of them see them."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.demand import outbound
from services.demand.domain.errors import CommunityNotFoundError, MemberNotFoundError, SignalNotFoundError
from services.demand.storage import rows, tables
from services.demand.views.asking import AskMany, AskOne, filtered, of_community, page

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork

Wire = dict[str, Any]


def get_community(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return the community, if it is the caller's own."""
    found = uow.communities.find(question.subject_id)
    if found is None or not question.caller.sees(found.community_id):
        raise CommunityNotFoundError("there is no such community")
    return outbound.community(found)


def list_communities(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the communities that the caller sees: its own, or all for the node operator."""
    table = tables.communities
    statement = of_community(select(table), table.c.community_id, question)
    return page(uow, statement, table.c.community_id, question, lambda row: outbound.community(rows.community_of(row)))


def get_member(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a member of the caller's community; a plain member gets only itself."""
    found, caller = uow.members.find(question.subject_id), question.caller
    if (
        found is None
        or found.community_id != question.community_id
        or not caller.sees(found.community_id)
        or not (caller.manages or caller.member_id == found.member_id)
    ):
        raise MemberNotFoundError("there is no such member")
    return outbound.member(found)


def list_members(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the members of a community; a plain member gets only itself."""
    table, caller = tables.members, question.caller
    statement = of_community(select(table), table.c.community_id, question)
    if not caller.manages:
        statement = statement.where(table.c.member_id == caller.member_id)
    return page(uow, statement, table.c.member_id, question, lambda row: outbound.member(rows.member_of(row)))


def get_signal(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return a signal of the caller's community."""
    found = uow.signals.find(question.subject_id)
    if found is None or not question.caller.sees(found.community_id):
        raise SignalNotFoundError("there is no such signal")
    return outbound.signal(found)


def list_signals(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the signals of the caller's community, oldest first."""
    table = tables.signals
    statement = of_community(filtered(select(table), table.c, question), table.c.community_id, question)
    return page(uow, statement, table.c.signal_id, question, lambda row: outbound.signal(rows.signal_of(row)))
