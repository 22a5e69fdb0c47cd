"""What a community teaches by what it confirms, corrects and drops of the suggestions of a chat."""

from dataclasses import replace
from uuid import UUID

from services.demand.domain.chat import Lessons
from services.demand.domain.intake.model import Group, Intake, IntakeKind
from services.demand.domain.jielong import masked
from services.demand.domain.own_categories import OwnCategory
from services.demand.storage.unit_of_work import DemandUnitOfWork


def taught(intake: Intake, uow: DemandUnitOfWork) -> Intake:
    """Learn from what was confirmed, corrected and dropped of the suggestions of a chat."""
    if intake.kind is not IntakeKind.CHAT:
        return intake
    lessons = uow.teachings.lessons(intake.community_id, lock=True)
    groups = []
    for group in intake.groups:
        rows = [row for row in intake.rows if row.group == group.number]
        dropped = group.dropped or all(row.dropped for row in rows)
        confirmed = any(row.outcome is not None for row in rows)
        if not group.taught and (dropped or confirmed):
            lessons = _lesson(group, intake.community_id, lessons, confirmed and not dropped, uow)
            group = replace(group, taught=True)
        groups.append(group)
    uow.teachings.save_lessons(intake.community_id, lessons)
    return replace(intake, groups=tuple(groups))


def _lesson(group: Group, community_id: UUID, lessons: Lessons, confirmed: bool, uow: DemandUnitOfWork) -> Lessons:
    guessed = group.ranked[0][0] if group.ranked else None
    keys = [f"cue:{name}" for name in group.cues]
    if guessed is not None and (not confirmed or guessed == group.want.category):
        keys.append(f"category:{guessed}")
    if confirmed and group.want.category is not None and guessed != group.want.category:
        _correct_category(group, group.want.category, community_id, uow)
    return lessons.taught(keys, confirmed=confirmed, shape=group.shape)


def _correct_category(group: Group, category: str, community_id: UUID, uow: DemandUnitOfWork) -> None:
    """Keep what an organiser corrected as an example of the category that was right."""
    known = {one.category: one for one in uow.teachings.categories(community_id)}
    own = known.get(category, OwnCategory(category, None, None))
    uow.teachings.save_category(community_id, own.with_examples((masked(group.text[:200]),)))
