"""Intakes: read, corrected, discarded, forgotten. How they become signals is in committing.py."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.demand.domain.errors import CategoryNotFoundError, IntakeNotFoundError, TimeUnclearError
from services.demand.domain.hearing import Hearing
from services.demand.domain.intake.correcting import Correction, corrected
from services.demand.domain.intake.model import Intake, IntakeState, Want
from services.demand.domain.intake.reading import Terms, previewed
from services.demand.domain.intake.snapshots import compared, recompared
from services.demand.domain.intake.templates import Template, template_of
from services.demand.domain.intake_commands import ChangeIntake, CreateIntake, DecideIntake
from services.demand.domain.model import Community
from services.demand.domain.own_categories import taxonomy_of
from services.demand.handlers.communities import MANAGERS, require_community
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.kernel.timespan import Timespan

PURGE_INTAKE = "purge_intake"
# What was previewed and never committed is forgotten after this time, and the lines of rows that stay open.
KEEP_PREVIEW = timedelta(days=7)


def create_intake(command: CreateIntake, uow: DemandUnitOfWork) -> Intake:
    """Read what is sent in and show what would become of it; nothing is placed yet."""
    command.caller.require(*MANAGERS)
    community = require_community(command.caller, acting_community(command.caller, command.community_id), uow)
    hearing = hearing_of(community, uow, command.currency)
    defaults = _named(command.defaults, command.when, hearing, {})
    require_category(defaults.category, hearing)
    template = None if defaults.category is None else form_of(community.community_id, defaults.category, uow)
    terms = Terms(defaults, command.people_rule, command.currency)
    lessons = uow.teachings.lessons(community.community_id)
    now = uow.clock.now()
    read = previewed(new_id(), command.source, terms, community, hearing, lessons, template, now)
    intake = compared(read, uow.intakes.entries(community.community_id, read.chain_key))
    uow.intakes.save(intake)
    uow.timers.set(_timer(intake.intake_id), now + KEEP_PREVIEW, PURGE_INTAKE, {"intake_id": str(intake.intake_id)})
    return intake


def acting_community(caller: Caller, community_id: UUID | None) -> UUID:
    """Return the community for which the caller acts: the one that it names, else its own."""
    acting = community_id or caller.community_id
    if acting is None:
        raise InvalidError("community_id", "is missing", "the community whose needs these are")
    return acting


def hearing_of(community: Community, uow: DemandUnitOfWork, currency: str = "CNY") -> Hearing:
    """Return the ear of a community, with its own categories."""
    taxonomy = taxonomy_of(uow.teachings.categories(community.community_id))
    return Hearing(community, taxonomy, uow.clock.now(), currency)


def form_of(community_id: UUID, category: str, uow: DemandUnitOfWork) -> Template:
    """Return the questions that a community asks of demands of a category."""
    return template_of(category, uow.teachings.template(community_id, category))


def require_category(category: str | None, hearing: Hearing) -> None:
    """Raise ``CategoryNotFoundError`` for a category that the community does not have; None passes."""
    if category is not None and not hearing.knows(category):
        raise CategoryNotFoundError(f"there is no category {category!r}; GET /v1/categories lists them")


def windows_in_words(when: str, hearing: Hearing) -> tuple[tuple[Timespan, ...], tuple[dict[str, str], ...]]:
    """Return the windows that words name, and how they were read; raise ``TimeUnclearError`` where they are unclear."""
    heard = hearing.hear(when)
    asked = [one for one in heard.questions if one.field == "when"]
    if asked or not heard.want.windows:
        raise TimeUnclearError(
            f"{when!r} is no clear time; say it another way or give windows",
            readings=list(heard.readings),
            questions=[{"code": one.code, "zh": one.zh, "en": one.en, "choices": list(one.choices)} for one in asked],
        )
    return heard.want.windows, heard.readings


def _named(want: Want, when: str | None, hearing: Hearing, fields: Mapping[str, Any]) -> Want:
    after = replace(want, **fields)
    return after if when is None else replace(after, windows=windows_in_words(when, hearing)[0])


def locked_intake(caller: Caller, intake_id: UUID, uow: DemandUnitOfWork) -> Intake:
    """Return an intake of the caller's community, locked; raise ``IntakeNotFoundError`` otherwise."""
    caller.require(*MANAGERS)
    found = uow.intakes.find(intake_id, lock=True)
    if found is None or not caller.sees(found.community_id):
        raise IntakeNotFoundError("there is no such intake")
    return found


def change_intake(command: ChangeIntake, uow: DemandUnitOfWork) -> Intake:
    """Answer questions, correct rows and suggestions, drop them, or say what holds for all rows."""
    before = locked_intake(command.caller, command.intake_id, uow).checked(command.expected_version)
    before.require_open()
    community = require_community(command.caller, before.community_id, uow)
    hearing = hearing_of(community, uow, _currency(command, before))
    require_category(command.defaults.get("category"), hearing)
    defaults = _named(before.defaults, command.when, hearing, command.defaults)
    rule = command.people_rule or before.people_rule
    rows = [_heard(one, before, hearing, uow, f"rows.{index}") for index, one in enumerate(command.rows)]
    groups = [_heard(one, before, hearing, uow, f"groups.{index}") for index, one in enumerate(command.groups)]
    after = corrected(replace(before, defaults=defaults, people_rule=rule), rows, groups)
    after = recompared(after, uow.intakes.entries(after.community_id, after.chain_key))
    after = replace(after, version=before.version + 1)
    uow.intakes.save(after)
    return after


def _currency(command: ChangeIntake, before: Intake) -> str:
    ceiling = command.defaults.get("ceiling") or before.defaults.ceiling
    return "CNY" if ceiling is None else ceiling.currency


def _heard(one: Correction, intake: Intake, hearing: Hearing, uow: DemandUnitOfWork, field: str) -> Correction:
    """Return a correction with its words read: ``when`` as windows, ``answers`` in the types of the form."""
    fields = dict(one.fields)
    require_category(fields.get("category"), hearing)
    if (when := fields.pop("when", None)) is not None:
        fields["windows"] = windows_in_words(when, hearing)[0]
    if "answers" in fields:
        row = next((row for row in intake.rows if row.number == one.number), None)
        category = fields.get("category") or (row and intake.want_of(row).category)
        if category is None:
            raise InvalidError(f"{field}.answers", "cannot be read", "a category first: it decides what is asked")
        try:
            fields["answers"] = form_of(intake.community_id, category, uow).read(fields["answers"])
        except InvalidError as error:
            raise error.within(field) from None
    return replace(one, fields=fields)


def discard_intake(command: DecideIntake, uow: DemandUnitOfWork) -> Intake:
    """Throw an intake away, and forget what was sent in. Suggestions that were dropped before stay learned."""
    uow.timers.cancel(_timer(command.intake_id))
    before = locked_intake(command.caller, command.intake_id, uow)
    after = before.discarded(uow.clock.now())
    uow.intakes.save(after)
    return after


def purge_intake(payload: dict[str, Any], uow: DemandUnitOfWork) -> None:
    """Forget what was sent in and never confirmed: previews are discarded, open rows lose their lines."""
    found = uow.intakes.find(UUID(payload["intake_id"]), lock=True)
    if found is None:
        return
    if found.state is IntakeState.PREVIEWED:
        uow.intakes.save(found.discarded(uow.clock.now()))
    elif any(row.source for row in found.open_rows()):
        community = uow.communities.find(found.community_id)
        if community is None or not community.keep_raw:
            uow.intakes.save(found.forgetting())


def _timer(intake_id: UUID) -> str:
    return f"{PURGE_INTAKE}:{intake_id}"
