"""From the rows of an intake to signals: placed, changed, withdrawn, all in one transaction."""

from dataclasses import dataclass, field, replace

from services.demand.domain.commands import ChangeSignal
from services.demand.domain.events import Event
from services.demand.domain.intake.asking import ready_rows
from services.demand.domain.intake.model import Change, Intake, IntakeState, Outcome, Question, Row
from services.demand.domain.intake.snapshots import Entry, digest_of, folded, recompared
from services.demand.domain.intake_commands import DecideIntake
from services.demand.domain.jielong import masked
from services.demand.domain.model import Community, Member, MemberRole
from services.demand.domain.partition import partition_of
from services.demand.domain.pool import PoolState
from services.demand.domain.signals import Signal, SignalState, united
from services.demand.handlers.communities import require_community
from services.demand.handlers.gathering import forget_expiry, published, regather
from services.demand.handlers.intakes import locked_intake
from services.demand.handlers.learning import taught
from services.demand.handlers.recognising import recognised
from services.demand.handlers.signals import change_signal
from services.demand.handlers.waiting import place_many
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import MemberId, SignalId, new_id

# What a row may change of a signal, and what of that decides whether it still fits into its pool.
EDITED = ("text", "category", "people", "ceiling", "place", "radius_km", "windows", "minutes", "answers")
DECIDES_FIT = ("category", "ceiling", "place", "radius_km", "windows", "minutes")


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
    edited: list[tuple[Signal, list[Event]]] = field(default_factory=list)
    left: list[Signal] = field(default_factory=list)


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
    _carry_out(commit)
    after = taught(replace(intake, rows=rows), uow)
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
    """Return a row with what becomes of it; one that cannot be served gets a question and stays open."""
    before = None if row.signal_id is None else commit.uow.signals.find(row.signal_id)
    if row.change is Change.REMOVED or row.status == "cancelled":
        return replace(row, outcome=_withdrawn(before, commit))
    member = _member_of(row, commit)
    signal = _signal_of(row, member, commit)
    try:
        if before is not None and before.is_waiting:
            return replace(row, outcome=_changed(before, signal, commit), member_id=before.member_id)
        signal.placed(commit.uow.clock.now())
    except InvalidError as error:
        return replace(row, questions=(*row.questions, _unservable(error)))
    commit.new.append(signal)
    return replace(row, outcome=Outcome.PLACED, member_id=member.member_id, signal_id=signal.signal_id)


def _changed(before: Signal, wanted: Signal, commit: _Commit) -> Outcome:
    pool = None if before.pool_id is None else commit.uow.pools.find(before.pool_id, lock=True)
    if pool is not None and pool.state is not PoolState.GATHERING:
        return Outcome.TOO_LATE
    changes = {name: getattr(wanted, name) for name in EDITED}
    if all(getattr(before, name) == changes[name] for name in DECIDES_FIT):
        # It fits where it is, as before: the pools of all such rows are made anew together, once.
        commit.edited.append(before.changed(changes, None, commit.uow.clock.now()))
    else:
        change_signal(ChangeSignal(commit.caller, before.signal_id, changes, None), commit.uow)
    return Outcome.CHANGED


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
    commit.edited.append(before.ended("withdrawn"))
    commit.left.append(before)
    return Outcome.WITHDRAWN


def _carry_out(commit: _Commit) -> None:
    """Keep what the rows decided; each pool is made anew once, however many of its signals changed or left."""
    uow = commit.uow
    uow.members.add_many(commit.joined)
    uow.outbox.add_many(published((*commit.happened, *(each for _, told in commit.edited for each in told))))
    for signal, _ in commit.edited:
        uow.signals.save(signal)
    for signal in commit.left:
        forget_expiry(signal, uow)
    touched = {one.pool_id for one in (*commit.left, *(one for one, _ in commit.edited)) if one.pool_id is not None}
    for pool_id in sorted(touched):
        if (pool := uow.pools.find(pool_id, lock=True)) is not None:
            regather(pool, uow)
    place_many(commit.new, uow)


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
    commit.joined.append(recognised(member, commit.community, commit.uow))
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
