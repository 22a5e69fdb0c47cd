"""Turns of duty. Whatever changes the turns of a community does so under the lock of its rota."""

from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, MemberId
from services.reputation.domain.people.commands import HandOver, SetRota, SwapTurns, TakeOver
from services.reputation.domain.people.errors import (
    CommunityUnknownError,
    NoRotaError,
    NotYourTurnError,
    TurnStateError,
    TurnUnknownError,
)
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.domain.people.rota import Roster, Rota, Turn, TurnState, plan, swapped
from services.reputation.handlers.people import award
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

LEADERS = (Role.ORGANISER, Role.COMMUNITY_OPERATOR)


def set_rota(command: SetRota, uow: ReputationUnitOfWork) -> Roster:
    """Set or change who takes turns. Who is on duty stays so; the turns ahead are planned anew."""
    command.caller.require(*LEADERS)
    _require_own(command.community_id, command.caller)
    if strangers := uow.people.strangers(command.member_ids, command.community_id):
        index = next(index for index, one in enumerate(command.member_ids) if one in strangers)
        raise InvalidError(f"member_ids.{index}", "is no member of the community", "members of this community")
    now = uow.clock.now()
    before = uow.rotas.lock(command.community_id)
    rota = Rota(
        community_id=command.community_id,
        member_ids=command.member_ids,
        days=command.days,
        starts_at=command.starts_at or now,
        version=before.version + 1 if before else 1,
    )
    uow.rotas.save(rota)
    uow.rotas.plan_anew(command.community_id, plan(rota, _latest(command.community_id, uow), now))
    return _roster(rota, uow)


def hand_over(command: HandOver, uow: ReputationUnitOfWork) -> Roster:
    """Offer the duty to the next one: by whoever is on duty, or by those who manage the community in its place."""
    rota = _lock(command.community_id, command.caller, uow)
    turn = uow.rotas.carried(rota.community_id)
    if turn is None:
        raise TurnStateError("nobody is on duty yet; the first one takes over by itself", state="none")
    _require_acting_for(turn.member_id, command.caller)
    uow.rotas.update(turn.hand_over(command.note, uow.clock.now()))
    return _roster(rota, uow)


def take_over(command: TakeOver, uow: ReputationUnitOfWork) -> Roster:
    """Take the duty over: by the next one, after it was offered, or when the turn before is over or there was none."""
    rota, now = _lock(command.community_id, command.caller, uow), uow.clock.now()
    leaving, coming = uow.rotas.carried(rota.community_id), uow.rotas.next_planned(rota.community_id)
    if coming is None:
        coming = plan(rota, leaving, now)[0]
        uow.rotas.add([coming])
    _require_acting_for(coming.member_id, command.caller)
    if leaving is not None:
        if leaving.state is not TurnState.HANDING_OVER and not leaving.is_overdue(now):
            raise TurnStateError("the one on duty has not handed over yet", state=str(leaving.state))
        uow.rotas.update(leaving.finish())
        done = Entry(rota.community_id, leaving.member_id, Deed.DUTY_DONE, leaving.turn_id)
        uow.people.credit([done], now)
        award(rota.community_id, leaving.member_id, uow)
    uow.rotas.update(coming.take_over(now))
    _fill_up(rota, coming, uow)
    _tell(leaving, coming, uow)
    return _roster(rota, uow)


def swap_turns(command: SwapTurns, uow: ReputationUnitOfWork) -> Roster:
    """Exchange the members of two turns ahead: by one of the two, or by those who manage the community."""
    rota = _lock(command.community_id, command.caller, uow)
    one, other = (uow.rotas.find(turn_id, rota.community_id) for turn_id in (command.turn_id, command.with_turn_id))
    if one is None or other is None:
        raise TurnUnknownError("the community has no such turn")
    if command.caller.role is Role.MEMBER and command.caller.member_id not in (one.member_id, other.member_id):
        raise NotYourTurnError("neither turn is yours", state=str(one.state))
    for turn in swapped(one, other):
        uow.rotas.update(turn)
    return _roster(rota, uow)


def _roster(rota: Rota, uow: ReputationUnitOfWork) -> Roster:
    return Roster(rota, tuple(uow.rotas.turns(rota.community_id)), uow.clock.now())


def _lock(community_id: CommunityId, caller: Caller, uow: ReputationUnitOfWork) -> Rota:
    caller.require(Role.MEMBER, *LEADERS)
    _require_own(community_id, caller)
    rota = uow.rotas.lock(community_id)
    if rota is None:
        raise NoRotaError("the community has no rota")
    return rota


def _latest(community_id: CommunityId, uow: ReputationUnitOfWork) -> Turn | None:
    """Return the turn behind which new ones are planned; one that is long over does not reach into the future."""
    return uow.rotas.carried(community_id) or uow.rotas.last_done(community_id)


def _fill_up(rota: Rota, carried: Turn, uow: ReputationUnitOfWork) -> None:
    """Plan more turns when the last planned one has begun."""
    if uow.rotas.next_planned(rota.community_id) is None:
        uow.rotas.add(plan(rota, carried, uow.clock.now()))


def _tell(leaving: Turn | None, coming: Turn, uow: ReputationUnitOfWork) -> None:
    """Tell who has the duty now; the note stays in the community."""
    payload = {
        "community_id": str(coming.community_id),
        "turn_id": str(coming.turn_id),
        "member_id": str(coming.member_id),
        "before_member_id": None if leaving is None else str(leaving.member_id),
    }
    uow.outbox.add("duty_taken_over.v1", coming.community_id, payload)


def _require_own(community_id: CommunityId, caller: Caller) -> None:
    if not caller.sees(community_id):
        raise CommunityUnknownError("there is no such community")


def _require_acting_for(member_id: MemberId, caller: Caller) -> None:
    if caller.role is Role.MEMBER and caller.member_id != member_id:
        raise NotYourTurnError("it is another member's turn", state="not_yours")
