"""What a community adds: categories and examples of its own, and the questions of its forms."""

from services.demand.domain.errors import CategoryNotFoundError
from services.demand.domain.intake.templates import Template, template_of
from services.demand.domain.intake_commands import AddCategory, RemoveCategory, SetTemplate
from services.demand.domain.own_categories import OwnCategory, taxonomy_of
from services.demand.handlers.communities import MANAGERS, require_community
from services.demand.handlers.intakes import acting_community, hearing_of, require_category
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.demand.views.intakes import CategoryAsSeen, seen_categories


def add_category(command: AddCategory, uow: DemandUnitOfWork) -> CategoryAsSeen:
    """Add a category, or examples to one that there is; what a community adds is seen by itself only."""
    command.caller.require(*MANAGERS)
    community = require_community(
        command.caller, acting_community(command.caller, command.community_id), uow, lock="share"
    )
    community_id = community.community_id
    known = {one.category: one for one in uow.teachings.categories(community_id)}
    before = known.get(command.category, OwnCategory(command.category, None, None))
    built_in = command.category in taxonomy_of(()).names
    own = before.named(command.zh, command.en, built_in=built_in).with_examples(command.examples)
    uow.teachings.save_category(community_id, own)
    return next(one for one in seen_categories(community_id, uow) if one.category == command.category)


def remove_category(command: RemoveCategory, uow: DemandUnitOfWork) -> CategoryAsSeen:
    """Take a community's own category away, or its own examples of a built-in one."""
    command.caller.require(*MANAGERS)
    community = require_community(
        command.caller, acting_community(command.caller, command.community_id), uow, lock="share"
    )
    shown = {one.category: one for one in seen_categories(community.community_id, uow)}
    if not uow.teachings.remove_category(community.community_id, command.category):
        raise CategoryNotFoundError("there is no such category of your own")
    return shown[command.category]


def set_template(command: SetTemplate, uow: DemandUnitOfWork) -> Template:
    """Say what a community asks of a demand of a category."""
    command.caller.require(*MANAGERS)
    community = require_community(
        command.caller, acting_community(command.caller, command.community_id), uow, lock="share"
    )
    require_category(command.category, hearing_of(community, uow))
    template = Template(command.category, command.questions).checked()
    uow.teachings.save_template(community.community_id, template)
    return template_of(command.category, template)
