"""Intakes, categories and forms, as the own community sees them; and pools as chains to post."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from services.demand import outbound
from services.demand.domain.errors import CommunityNotFoundError, IntakeNotFoundError
from services.demand.domain.hearing import Hearing
from services.demand.domain.intake.templates import template_of
from services.demand.domain.intake_commands import Understand
from services.demand.domain.model import Community
from services.demand.domain.own_categories import taxonomy_of
from services.demand.storage import intake_tables as tables
from services.demand.storage.intakes import intake_of
from services.demand.views.asking import AskMany, AskOne, filtered, of_community, page
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork

Wire = dict[str, Any]
MANAGERS = (Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER)


@dataclass(frozen=True, slots=True)
class CategoryAsSeen:
    """A category in the eyes of one community; ``own`` where it added it, ``examples`` are its own."""

    category: str
    zh: str
    en: str
    own: bool
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskCategory:
    """A question about one category, or all of them, of one community; ``locale`` is that of a file to fill in."""

    caller: Caller
    community_id: UUID | None
    category: str = ""
    locale: str | None = None


def get_intake(question: AskOne, uow: "DemandUnitOfWork") -> Wire:
    """Return an intake of the caller's community, with the lines that it was read from."""
    question.caller.require(*MANAGERS)
    found = uow.intakes.find(question.subject_id)
    if found is None or not question.caller.sees(found.community_id):
        raise IntakeNotFoundError("there is no such intake")
    return outbound.intake_with_sources(found)


def list_intakes(question: AskMany, uow: "DemandUnitOfWork") -> Wire:
    """Return the intakes of the caller's community, oldest first, without their rows."""
    question.caller.require(*MANAGERS)
    table = tables.intakes
    statement = of_community(filtered(select(table), table.c, question), table.c.community_id, question)
    return page(uow, statement, table.c.intake_id, question, lambda row: outbound.intake_line(intake_of(row)))


def community_of(caller: Caller, community_id: UUID | None, uow: "DemandUnitOfWork") -> Community:
    """Return the community for which the caller asks: the one that it names, else its own."""
    asked = community_id or caller.community_id
    if asked is None:
        raise InvalidError("community_id", "is missing", "the community that is asked about")
    found = uow.communities.find(asked)
    if found is None or not caller.sees(found.community_id):
        raise CommunityNotFoundError("there is no such community")
    return found


def seen_categories(community_id: UUID, uow: "DemandUnitOfWork") -> list[CategoryAsSeen]:
    """Return the taxonomy of a community: what is built in, and its own."""
    own = {one.category: one for one in uow.teachings.categories(community_id)}
    names = taxonomy_of(list(own.values())).names
    return [
        CategoryAsSeen(
            category=category,
            zh=zh,
            en=en,
            own=category in own and own[category].zh is not None,
            examples=own[category].examples if category in own else (),
        )
        for category, (zh, en) in names.items()
    ]


def list_categories(question: AskCategory, uow: "DemandUnitOfWork") -> Wire:
    """Return the taxonomy of a community, all of it."""
    community = community_of(question.caller, question.community_id, uow)
    shown = [outbound.category(one) for one in seen_categories(community.community_id, uow)]
    return {"items": shown, "next_cursor": None}


def get_template(question: AskCategory, uow: "DemandUnitOfWork") -> Wire:
    """Return what is asked of a demand of a category, and a file to fill in."""
    community = community_of(question.caller, question.community_id, uow)
    own = uow.teachings.template(community.community_id, question.category)
    return outbound.template(template_of(question.category, own), question.locale or str(community.locale))


def understand(question: Understand, uow: "DemandUnitOfWork") -> Wire:
    """Return how a text is understood, in the name of a community; nothing is kept."""
    community = community_of(question.caller, question.community_id, uow)
    taxonomy = taxonomy_of(uow.teachings.categories(community.community_id))
    now = question.said_at or uow.clock.now()
    hearing = Hearing(community, taxonomy, now, question.currency)
    heard = hearing.hear(question.text)
    ranked = hearing.categories(question.text)
    likely = ranked or hearing.suggestions(question.text)
    return {
        "category": ranked[0][0] if ranked else None,
        "suggestions": [
            {"category": name, "confidence": round(confidence, 3), **hearing.names(name)} for name, confidence in likely
        ],
        **outbound.heard(heard),
    }
