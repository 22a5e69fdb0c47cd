"""How pools get their suppliers: what communities set, and which way a pool goes."""

from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import CommunityId, new_id
from services.supplier.domain.errors import CommunityUnknownError, PoolMatchedError
from services.supplier.domain.matching import ReadyPool
from services.supplier.domain.procedures import Choice, Procedure, Setting, procedure_of
from services.supplier.domain.tender_commands import ChooseProcedure, SetProcedure
from services.supplier.domain.tender_errors import TenderLiveError
from services.supplier.handlers.access import MANAGERS
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


def set_procedure(command: SetProcedure, uow: SupplierUnitOfWork) -> Setting:
    """Set how a community gets suppliers; pools that are already known keep their way."""
    command.caller.require(*MANAGERS)
    community_id = own_community(uow, command.caller, command.community_id)
    setting = Setting(community_id, command.category or "", command.procedure, command.rules)
    uow.procedures.save(setting)
    return setting


def choose_procedure(command: ChooseProcedure, uow: SupplierUnitOfWork) -> Choice:
    """Note what a community wishes for a pool, and let the pool go that way if it still looks for a supplier.

    The wish for a pool that is not known here, or in which the community takes no part, is kept and answered alike.
    """
    command.caller.require(*MANAGERS)
    community_id = own_community(uow, command.caller, command.community_id)
    seen = uow.pools.find(command.pool_id)
    if seen is not None:
        uow.pools.lock_category(seen.category)
    copy = uow.pools.find(command.pool_id, lock=True)
    choice = Choice(command.pool_id, community_id, command.procedure)
    if copy is None or copy.pool is None or not copy.pool.is_of(community_id):
        uow.procedures.choose(choice)
        return choice
    if not copy.is_open:
        raise PoolMatchedError(f"the pool is {copy.state}", state=str(copy.state), pool_id=str(copy.pool_id))
    if uow.tenders.live_of(copy.pool_id) is not None:
        raise TenderLiveError("a tender of the pool is under way", state="live", pool_id=str(copy.pool_id))
    uow.procedures.choose(choice)
    effective = settle(uow, copy.pool)
    if effective is not copy.procedure:
        uow.pools.save(copy.by(effective))
        key, payload = f"pool/{copy.pool_id}/{new_id()}", {"pool_id": str(copy.pool_id)}
        uow.timers.set(key, uow.clock.now(), "match_pool", payload)
    return Choice(command.pool_id, community_id, command.procedure, effective)


def settle(uow: SupplierUnitOfWork, pool: ReadyPool) -> Procedure:
    """Return the way of a pool by what its communities have set and chosen."""
    settings = uow.procedures.of([share.community_id for share in pool.communities], pool.category)
    return procedure_of(pool.communities, settings, uow.procedures.chosen_for(pool.pool_id))


def own_community(uow: SupplierUnitOfWork, caller: Caller, community_id: CommunityId | None) -> CommunityId:
    """Return the community for which the caller speaks; raise ``CommunityUnknownError`` for any other."""
    wanted = community_id or caller.community_id
    if wanted is None:
        raise InvalidError("community_id", "is missing", "the community for which you speak")
    if not caller.sees(wanted) or (wanted != caller.community_id and uow.communities.unknown_among([wanted])):
        raise CommunityUnknownError("community_id", f"names an unknown community: {wanted}", "a known community")
    return wanted
