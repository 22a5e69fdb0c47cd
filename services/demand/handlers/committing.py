"""From the rows of an intake to signals: placed, changed, withdrawn, all in one transaction."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from services.demand.domain.chat import Lessons
from services.demand.domain.commands import ChangeSignal
from services.demand.domain.events import Event
from services.demand.domain.intake.asking import ready_rows
from services.demand.domain.intake.model import Change, Group, Intake, IntakeKind, IntakeState, Outcome, Question, Row
from services.demand.domain.intake.snapshots import Entry, digest_of, folded, recompared
from services.demand.domain.intake_commands import DecideIntake
from services.demand.domain.jielong import masked
from services.demand.domain.model import Community, Member, MemberRole
from services.demand.domain.own_categories import OwnCategory
from services.demand.domain.partition import partition_of
from services.demand.domain.signals import Signal, SignalState, united
from services.demand.handlers.communities import require_community
from services.demand.handlers.gathering import published
from services.demand.handlers.intakes import locked_intake
from services.demand.handlers.signals import change_signal, end_signal
from services.demand.handlers.waiting import place_many
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import MemberId, SignalId, new_id


@dataclass(slots=True)
class _Commit:
    """What one commit works on."""

    caller: Caller
    intake: Intake
    community: Community
    uow: DemandUnitOfWork
    people: dict[tuple[str, str], Member] = field(default_factory=dict)
    names: dict[str, list[Member]] = field(default_factory=dict)
    joined: list[Member] = field(default_factory=list)
    happened: list[Event] = field(default_factory=list)
    new: list[Signal] = field(default_factory=list)


def commit_intake(command: DecideIntake, uow: DemandUnitOfWork) -> Intake:
    """Make signals of the rows about which nothing is open; the others stay listed and can be answered later.

    A repeat changes nothing. Each row is a member of the community, matched on name and household, made if new.
    """
    found = uow.intakes.find(command.intake_id)
    if found is not None and command.caller.sees(found.community_id):
        # The community's lock comes before all others, as in place_signal.
        require_community(command.caller, found.community_id, uow, lock="share")
    read = locked_intake(command.caller, command.intake_id, uow)
    # What was committed of the same source since the preview counts, so that nobody is placed twice.
    uow.intakes.lock_source(read.community_id, read.chain_key)
    intake = recompared(read, uow.intakes.entries(read.community_id, read.chain_key))
    community = require_community(command.caller, intake.community_id, uow)
    ready = {row.number for row in ready_rows(intake)} if intake.state is not IntakeState.DISCARDED else set()
    if read.state is IntakeState.DISCARDED or (read.state is IntakeState.COMMITTED and not ready):
        return read
    commit = _start(command.caller, intake, community, uow)
    _lock_partitions(commit, ready)
    rows = tuple(_settled(row, commit) if row.number in ready else row for row in intake.rows)
    uow.members.add_many(commit.joined)
    uow.outbox.add_many(published(commit.happened))
    place_many(commit.new, uow)
    after = _taught(replace(intake, rows=rows), uow)
    after = replace(
        _forgotten(after, community),
        state=IntakeState.COMMITTED,
        decided_at=uow.clock.now(),
        version=intake.version + 1,
    )
    _keep_entries(intake, rows, ready, uow)
    uow.intakes.save(after)
    return after


def _start(caller: Caller, intake: Intake, community: Community, uow: DemandUnitOfWork) -> _Commit:
    commit = _Commit(caller, intake, community, uow)
    for member in uow.members.of_community(community.community_id):
        _know(member, commit)
    return commit


def _know(member: Member, commit: _Commit) -> None:
    commit.people.setdefault((folded(member.name), folded(member.household)), member)
    commit.names.setdefault(folded(member.name), []).append(member)


def _lock_partitions(commit: _Commit, ready: set[int]) -> None:
    """Lock all that the rows will change, in one order, before any of it is changed."""
    partitions = set()
    for row in (row for row in commit.intake.rows if row.number in ready):
        want = commit.intake.want_of(row)
        if want.category is not None:
            partitions.add(partition_of(want.category, want.place or commit.community.place))
        if row.signal_id is not None and (signal := commit.uow.signals.find(row.signal_id)) is not None:
            partitions.add(signal.partition)
    for partition in sorted(partitions):
        commit.uow.pools.lock_partition(partition)


def _settled(row: Row, commit: _Commit) -> Row:
    """Return a row with what became of it; one that cannot be served gets a question and stays open."""
    before = None if row.signal_id is None else commit.uow.signals.find(row.signal_id)
    if row.change is Change.REMOVED or row.status == "cancelled":
        return replace(row, outcome=_withdrawn(before, commit))
    member = _member_of(row, commit)
    signal = _signal_of(row, member, commit)
    try:
        if before is not None and before.is_waiting:
            change_signal(ChangeSignal(commit.caller, before.signal_id, _changes(signal), None), commit.uow)
            return replace(row, outcome=Outcome.CHANGED, member_id=before.member_id)
        signal.placed(commit.uow.clock.now())
    except InvalidError as error:
        return replace(row, questions=(*row.questions, _unservable(error)))
    commit.new.append(signal)
    return replace(row, outcome=Outcome.PLACED, member_id=member.member_id, signal_id=signal.signal_id)


def _unservable(error: InvalidError) -> Question:
    first = error.detail["errors"][0]
    field = "when" if first["field"].startswith(("windows", "expires_at")) else first["field"]
    zh = f"不能这样提出：{first['field']} {first['problem']}；应为 {first['expected']}"
    return Question("unservable", zh, error.message, field)


def _withdrawn(before: Signal | None, commit: _Commit) -> Outcome:
    if before is None:
        return Outcome.KEPT
    if not before.is_waiting:
        return Outcome.KEPT if before.state in ("withdrawn", "expired") else Outcome.TOO_LATE
    end_signal(before, "withdrawn", commit.uow)
    return Outcome.WITHDRAWN


def _signal_of(row: Row, member: Member, commit: _Commit) -> Signal:
    want, people = commit.intake.want_of(row), commit.intake.people_of(row)
    windows = united(want.windows or ())
    return Signal(
        signal_id=SignalId(new_id()),
        community_id=commit.community.community_id,
        member_id=member.member_id,
        text=_text(row, commit.intake),
        category=want.category or "",
        people=people or 1,
        ceiling=want.ceiling,
        place=want.place or commit.community.place,
        radius_km=want.reach_km,
        windows=windows,
        minutes=want.length,
        expires_at=windows[-1].end if windows else commit.uow.clock.now(),
        state=SignalState.OPEN,
        pool_id=None,
        created_at=commit.uow.clock.now(),
        answers=row.answers,
    )


def _changes(signal: Signal) -> dict[str, Any]:
    names = ("text", "category", "people", "ceiling", "place", "radius_km", "windows", "minutes", "answers")
    return {name: getattr(signal, name) for name in names}


def _text(row: Row, intake: Intake) -> str:
    group = next((one for one in intake.groups if one.number == row.group), None)
    return masked((group.text if group is not None else row.text) or intake.title)


def _member_of(row: Row, commit: _Commit) -> Member:
    """Return the member that a row is of: of this name and household, else of this name if there is only one."""
    name, home = folded(row.nickname), folded(row.household)
    if (known := commit.people.get((name, home))) is not None:
        return known
    named = commit.names.get(name, [])
    if len(named) == 1 and (not home or not named[0].household):
        return named[0]
    member, happened = Member(
        member_id=MemberId(new_id()),
        community_id=commit.community.community_id,
        name=row.nickname,
        roles=(MemberRole.MEMBER,),
        contact=row.contact,
        household=row.household,
        version=1,
        created_at=commit.uow.clock.now(),
    ).joined()
    commit.joined.append(member)
    commit.happened += happened
    _know(member, commit)
    return member


def _keep_entries(intake: Intake, rows: tuple[Row, ...], ready: set[int], uow: DemandUnitOfWork) -> None:
    settled = [row for row in rows if row.number in ready]
    here = [
        Entry(row.key, row.number, row.nickname, row.household, row.member_id, row.signal_id, digest_of(row, intake))
        for row in settled
        if row.outcome in (Outcome.PLACED, Outcome.CHANGED) and row.member_id is not None and row.signal_id is not None
    ]
    gone = [row.key for row in settled if row.outcome in (Outcome.WITHDRAWN, Outcome.KEPT)]
    uow.intakes.save_entries(intake.community_id, intake.chain_key, here, gone)


def _forgotten(intake: Intake, community: Community) -> Intake:
    """Forget what people wrote, as far as it is confirmed; rows that are open need their lines to be answered."""
    if community.keep_raw:
        return intake
    rows = tuple(replace(row, source=None) if row.is_settled else row for row in intake.rows)
    wanted = {row.group for row in rows if not row.is_settled}
    groups = tuple(one if one.number in wanted else replace(one, evidence=()) for one in intake.groups)
    return replace(intake, raw=None, rows=rows, groups=groups)


def _taught(intake: Intake, uow: DemandUnitOfWork) -> Intake:
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
