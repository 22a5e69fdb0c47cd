"""How a pool gets its supplier: what communities set, and what they wish for one pool."""

import pytest

from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers, inbound
from services.supplier.domain import commands
from services.supplier.domain.errors import CommunityUnknownError, PoolMatchedError
from services.supplier.domain.matches import Share
from services.supplier.domain.pools import PoolState
from services.supplier.domain.procedures import Procedure, Setting, procedure_of, rules_of
from services.supplier.domain.tender_commands import ChooseProcedure, SetProcedure
from services.supplier.domain.tender_rules import Afterwards, TenderRules, Weights
from tests.builders_supplier import ALL, caller, offer, ready_pool, slot, supplier
from tests.fakes.chassis import request
from tests.fakes.supplier import FakeSupplierUnitOfWork

BIG, SMALL, STRANGER = new_id(), new_id(), new_id()
SHARES = (Share(BIG, 10), Share(SMALL, 8))
DIRECT, TENDER, ROUND = Procedure


@pytest.fixture
def uow():
    unit = FakeSupplierUnitOfWork()
    studio = supplier(sharing=ALL)
    made = offer(studio.supplier_id)
    unit.suppliers.add(studio)
    unit.offers.add(made)
    unit.slots.add(slot(made.offer_id))
    return unit


def sets(uow, community_id, procedure, category=None, rules=TenderRules()):
    return handlers.set_procedure(
        SetProcedure(caller(community_id=community_id), None, category, procedure, rules), uow
    )


def chooses(uow, community_id, pool_id, procedure):
    return handlers.choose_procedure(ChooseProcedure(caller(community_id=community_id), None, pool_id, procedure), uow)


def become_ready(uow, pool, version=1):
    handlers.match_ready_pool(commands.MatchReadyPool(pool, version), uow)
    return uow.pools.find(pool.pool_id)


def pool_of_both(**changes):
    return ready_pool(10, 8, community_ids=[BIG, SMALL], **changes)


def test_where_nobody_has_set_anything_pools_are_matched_directly(uow):
    copy = become_ready(uow, pool_of_both())
    assert (copy.procedure, copy.state) == (DIRECT, PoolState.MATCHED)


def test_most_of_the_people_decide():
    assert procedure_of(SHARES, {BIG: Setting(BIG, "", TENDER)}, {}) is TENDER
    assert procedure_of(SHARES, {SMALL: Setting(SMALL, "", TENDER)}, {}) is DIRECT


def test_what_was_chosen_for_the_pool_goes_before_what_is_set_for_all():
    settings = {BIG: Setting(BIG, "", TENDER)}
    assert procedure_of(SHARES, settings, {SMALL: ROUND}) is ROUND
    assert procedure_of(SHARES, settings, {STRANGER: ROUND}) is TENDER


def test_of_equal_votes_the_more_careful_way_is_taken():
    shares = (Share(BIG, 5), Share(SMALL, 5))
    assert procedure_of(shares, {BIG: Setting(BIG, "", ROUND)}, {}) is ROUND
    assert procedure_of(shares, {BIG: Setting(BIG, "", ROUND)}, {SMALL: TENDER, BIG: ROUND}) is TENDER


def test_a_setting_for_the_category_goes_before_the_one_for_all_others(uow):
    sets(uow, BIG, ROUND)
    sets(uow, BIG, TENDER, "pottery")
    assert become_ready(uow, pool_of_both()).procedure is TENDER
    assert become_ready(uow, pool_of_both(category="piano")).procedure is ROUND


def test_a_pool_that_waits_for_a_round_stays_open_and_is_offered_nothing(uow):
    sets(uow, BIG, ROUND)
    copy = become_ready(uow, pool_of_both())
    assert copy.state is PoolState.OPEN
    assert uow.matches.all() == []


def test_a_pool_keeps_its_way_when_it_grows(uow):
    sets(uow, BIG, ROUND)
    pool = pool_of_both()
    become_ready(uow, pool)
    sets(uow, BIG, DIRECT)
    assert become_ready(uow, pool, version=2).procedure is ROUND


def test_an_open_pool_goes_another_way_when_its_community_says_so(uow):
    sets(uow, BIG, ROUND)
    pool = pool_of_both()
    become_ready(uow, pool)
    assert chooses(uow, SMALL, pool.pool_id, DIRECT).effective is DIRECT
    uow.fire_due(handlers.TIMERS)
    assert uow.pools.find(pool.pool_id).state is PoolState.MATCHED


def test_a_wish_may_come_before_the_pool(uow):
    pool = pool_of_both()
    assert chooses(uow, SMALL, pool.pool_id, ROUND).effective is None
    assert become_ready(uow, pool).procedure is ROUND


def test_a_community_outside_the_pool_changes_nothing_and_learns_nothing(uow):
    sets(uow, BIG, ROUND)
    pool = pool_of_both()
    become_ready(uow, pool)
    foreign = chooses(uow, STRANGER, pool.pool_id, DIRECT)
    unknown = chooses(uow, STRANGER, new_id(), DIRECT)
    assert foreign.effective is None
    assert unknown.effective is None
    assert uow.pools.find(pool.pool_id).procedure is ROUND


def test_a_pool_that_has_a_supplier_does_not_change_its_way(uow):
    pool = pool_of_both()
    become_ready(uow, pool)
    with pytest.raises(PoolMatchedError):
        chooses(uow, BIG, pool.pool_id, ROUND)


def test_nobody_sets_anything_for_another_community(uow):
    uow.communities.add(SMALL)
    command = SetProcedure(caller(community_id=BIG), SMALL, None, TENDER, TenderRules())
    with pytest.raises(CommunityUnknownError):
        handlers.set_procedure(command, uow)
    assert handlers.set_procedure(SetProcedure(caller("node_operator"), SMALL, None, TENDER, TenderRules()), uow)


def test_a_member_sets_nothing(uow):
    with pytest.raises(ForbiddenError):
        handlers.set_procedure(SetProcedure(caller("member", community_id=BIG), None, None, TENDER, TenderRules()), uow)


def test_the_rules_are_those_of_the_largest_community_that_has_set_any():
    quick = TenderRules(bid_hours=1)
    assert rules_of(SHARES, {SMALL: Setting(SMALL, "", TENDER, quick)}) == quick
    assert rules_of(SHARES, {}) == TenderRules()


def test_rules_are_read_with_the_field_that_is_wrong():
    weights = {**Weights().parts, "people": 2_001}
    data = {"procedure": "tender", "tender": {"weights": weights}}
    with pytest.raises(InvalidError) as caught:
        inbound.set_procedure(request(data))
    assert caught.value.detail["errors"][0]["field"] == "tender.weights"
    read = inbound.set_procedure(request({"procedure": "tender", "tender": {"bid_hours": 5, "afterwards": "again"}}))
    assert read.rules == TenderRules(bid_hours=5, afterwards=Afterwards.AGAIN)
