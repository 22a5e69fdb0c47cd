"""Pools as chains to post."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.demand.domain.disclosure import require_sight
from services.demand.domain.intake.posting import post
from services.demand.domain.own_categories import taxonomy_of
from services.demand.views.intakes import MANAGERS, community_of
from services.demand.views.pools import show_pool
from services.kernel.caller import Caller, Role

if TYPE_CHECKING:
    from services.demand.storage.unit_of_work import DemandUnitOfWork


@dataclass(frozen=True, slots=True)
class AskPost:
    """A question for a pool as the chain of one community; ``locale`` None: that of the community."""

    caller: Caller
    pool_id: UUID
    community_id: UUID | None
    locale: str | None


def get_pool_jielong(question: AskPost, uow: "DemandUnitOfWork") -> dict[str, Any]:
    """Return a pool as a chain to post: the community's own people by name, all others in the counts it may see."""
    question.caller.require(*MANAGERS)
    community = community_of(question.caller, question.community_id, uow)
    # Whoever runs the node posts in the name of the community, and with what that may see.
    role = Role.ORGANISER if question.caller.is_node_operator else question.caller.role
    caller = replace(question.caller, role=role, community_id=community.community_id)
    pool = require_sight(uow.pools.find(question.pool_id), caller)
    seen = show_pool(pool, caller, uow)
    own = [one for one in uow.signals.of_pool(pool.pool_id) if one.community_id == community.community_id]
    names = {one.member_id: one.name for one in uow.members.of_community(community.community_id)}
    locale = question.locale or str(community.locale)
    called = taxonomy_of(uow.teachings.categories(community.community_id)).names.get(pool.category)
    title = pool.category if called is None else called[locale == "en"]
    rows = [(names[one.member_id], one.people) for one in own]
    windows = seen.shape.windows if seen.shape is not None else ()
    zone = ZoneInfo(community.time_zone)
    return {
        "pool_id": str(pool.pool_id),
        "community_id": str(community.community_id),
        "text": post(title, rows, windows, seen.people, seen.people_exact, zone, locale),
        "rows": len(rows),
        "people": seen.people,
        "people_exact": seen.people_exact,
    }
