"""Consent, disclosure, and the end of gathering."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.demand import handlers, inbound, outbound, views
from services.demand.domain.errors import (
    CommunityNotFoundError,
    ConsentNotAskedError,
    ConsentNotGivenError,
    PoolNotFoundError,
    PoolNotGatheringError,
)
from services.kernel.errors import ForbiddenError
from services.kernel.ids import new_id
from tests.builders_demand import Town, window
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def seen(town, community, pool_id, **options):
    return views.get_pool(inbound.by_id("pool_id")(town.ask(community, {"pool_id": str(pool_id)}, **options)), town.uow)


def told_to(town, community, pool_id):
    view = seen(town, community, pool_id)
    return {UUID(part["community_id"]): part["people"] for part in view["communities"]}


def consents(pool):
    return {part.community_id: str(part.consent) for part in pool.communities}


def test_like_needs_of_two_communities_become_one_pool(town):
    one, other = town.community(), town.community()
    first, second = town.place(one, people=6), town.place(other, people=7)
    assert first.pool_id == second.pool_id
    assert town.pool_of(first).people == 13
    assert town.uow.outbox.names() == ["signal_placed.v1", "signal_placed.v1"]
    town.pass_(hours=1)
    (told,) = town.uow.outbox.data_of("pool_formed.v1")
    assert (told["people"], [part["people"] for part in told["communities"]]) == (10, [5, 5])
    assert (told["area"], told["windows"], told["minutes"], told["ceiling"]) == (None, [], None, None)


def test_a_community_that_wants_to_be_asked_counts_only_when_it_consents(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto, people=6).pool_id
    town.place(asks, people=8)
    pool = town.uow.pools.rows[pool_id]
    assert consents(pool) == {auto.community_id: "not_needed", asks.community_id: "asked"}
    assert pool.people == 6
    town.pass_(hours=1)
    answer = outbound.pool(town.answer(asks, pool_id, "given"))
    assert (answer["people"], answer["people_exact"]) == (13, False)
    town.pass_(hours=1)
    assert town.uow.pools.rows[pool_id].people == 14
    assert town.uow.outbox.data_of("pool_changed.v1")[-1]["people"] == 10


def test_a_community_is_asked_as_soon_as_others_join_it(town):
    asks, auto = town.community("ask"), town.community()
    pool_id = town.place(asks, people=8).pool_id
    assert town.uow.pools.rows[pool_id].people == 8
    town.place(auto, people=6)
    pool = town.uow.pools.rows[pool_id]
    assert consents(pool)[asks.community_id] == "asked"
    assert pool.people == 6


def test_an_event_of_a_pool_names_only_communities_that_consented(town):
    auto, asks = town.community(), town.community("ask")
    town.place(auto, people=6)
    town.place(asks, people=6)
    town.pass_(hours=1)
    (last,) = town.uow.outbox.data_of("pool_formed.v1")
    assert [one["community_id"] for one in last["communities"]] == [str(auto.community_id)]


def test_a_community_that_refuses_leaves_for_a_pool_of_its_own(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto, people=6).pool_id
    signal = town.place(asks, people=8)
    town.pass_(hours=1)
    answer = outbound.pool(town.answer(asks, pool_id, "refused"))
    assert {part["community_id"]: part["consent"] for part in answer["communities"]} == {
        str(auto.community_id): "not_needed",
        str(asks.community_id): "refused",
    }
    own = town.pool_of(signal)
    assert own.pool_id != pool_id
    assert consents(own) == {asks.community_id: "not_needed"}


def test_who_refused_a_pool_is_not_put_into_it_again(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto, people=60).pool_id
    town.place(asks)
    town.answer(asks, pool_id, "refused")
    assert town.place(asks).pool_id != pool_id
    with pytest.raises(ConsentNotAskedError):
        town.answer(asks, pool_id, "given")


def test_the_same_answer_again_changes_nothing(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto).pool_id
    town.place(asks)
    town.answer(asks, pool_id, "given")
    version, told = town.uow.pools.rows[pool_id].version, len(town.uow.outbox.events)
    town.answer(asks, pool_id, "given")
    assert town.uow.pools.rows[pool_id].version == version
    assert len(town.uow.outbox.events) == told


def test_a_consent_can_be_taken_back_while_the_pool_gathers(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto, people=6).pool_id
    town.place(asks, people=8)
    town.answer(asks, pool_id, "given")
    town.answer(asks, pool_id, "refused")
    assert town.uow.pools.rows[pool_id].people == 6


def test_who_was_not_asked_cannot_answer(town):
    auto, other = town.community(), town.community()
    pool_id = town.place(auto).pool_id
    town.place(other)
    with pytest.raises(ConsentNotAskedError) as refusal:
        town.answer(auto, pool_id, "given")
    assert refusal.value.detail["consent"] == "not_needed"
    assert refusal.value.detail["state"] == "gathering"


def test_nobody_answers_for_another_community(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto).pool_id
    town.place(asks)
    data = {"pool_id": str(pool_id), "decision": "given", "community_id": str(asks.community_id)}
    with pytest.raises(CommunityNotFoundError):
        handlers.answer_consent(inbound.answer_consent(town.ask(auto, data)), town.uow)


def test_a_plain_member_neither_consents_nor_makes_ready(town):
    community = town.community()
    pool_id = town.place(community).pool_id
    for read, handle in (
        (inbound.answer_consent, handlers.answer_consent),
        (inbound.ready_pool, handlers.ready_pool),
    ):
        with pytest.raises(ForbiddenError):
            handle(read(town.ask(community, {"pool_id": str(pool_id), "decision": "given"}, role="member")), town.uow)


def test_a_community_that_never_merges_stays_alone(town):
    auto, never = town.community(), town.community("never")
    first, apart = town.place(auto), town.place(never)
    assert first.pool_id != apart.pool_id
    assert town.place(never).pool_id == apart.pool_id
    assert town.place(auto).pool_id == first.pool_id


def test_a_pool_of_another_community_is_not_found(town):
    pool_id = town.place(town.community()).pool_id
    stranger = town.community("never")
    with pytest.raises(PoolNotFoundError):
        seen(town, stranger, pool_id)
    with pytest.raises(PoolNotFoundError):
        town.ready(stranger, pool_id)


def test_small_counts_of_others_are_not_told(town):
    mine, small, large = town.community(), town.community(), town.community()
    pool_id = town.place(mine, people=2).pool_id
    town.place(small, people=4)
    town.place(large, people=5)
    assert told_to(town, mine, pool_id) == {mine.community_id: 2}
    town.pass_(hours=1)
    assert told_to(town, mine, pool_id) == {mine.community_id: 2, large.community_id: 5}
    assert (seen(town, mine, pool_id)["people"], seen(town, mine, pool_id)["people_exact"]) == (7, False)
    town.ready(mine, pool_id)
    told = {mine.community_id: 2, small.community_id: None, large.community_id: 5}
    assert told_to(town, mine, pool_id) == told
    assert (seen(town, mine, pool_id)["people"], seen(town, mine, pool_id)["people_exact"]) == (7, False)
    # Of two that are small together no more is told than that they are five.
    assert seen(town, large, pool_id)["people"] == 10


def test_the_node_operator_sees_all_counts(town):
    mine, small = town.community(), town.community()
    pool_id = town.place(mine, people=2).pool_id
    town.place(small, people=1)
    view = views.get_pool(inbound.by_id("pool_id")(request({"pool_id": str(pool_id)})), town.uow)
    assert (view["people"], view["people_exact"]) == (3, True)


def test_the_count_of_a_community_that_has_not_consented_is_not_told(town):
    mine, asks = town.community(), town.community("ask")
    pool_id = town.place(mine, people=6).pool_id
    town.place(asks, people=40)
    view = seen(town, mine, pool_id)
    assert [part["people"] for part in view["communities"]] == [6]
    town.pass_(hours=1)
    view = seen(town, mine, pool_id)
    assert [part["people"] for part in view["communities"]] == [6]
    assert (view["people"], view["people_exact"]) == (6, False)


def test_a_pool_tells_which_own_signals_it_left_out_and_why(town):
    mine, other = town.community(), town.community()
    pool_id = town.place(mine, people=6).pool_id
    apart = town.place(mine, windows=[window(30, 4).to_wire()])
    town.place(other, windows=[window(60, 4).to_wire()])
    (left,) = seen(town, mine, pool_id)["left_out"]
    assert (left["signal_id"], left["pool_id"]) == (str(apart.signal_id), str(apart.pool_id))
    assert "window" in left["why"]["en"]


def test_a_pool_gets_ready_in_time(town):
    community = town.community()
    signal = town.place(community)
    due, command, payload = town.uow.timers.pending[f"ready_pool:{signal.pool_id}"]
    assert timedelta(hours=47) < due - signal.created_at <= timedelta(hours=48)
    handlers.TIMERS[command](payload, town.uow)
    handlers.TIMERS[command](payload, town.uow)
    assert town.uow.outbox.names().count("pool_ready.v1") == 1
    assert town.pool_of(signal).state == "ready"


def test_an_organiser_makes_a_pool_ready_once(town):
    community = town.community()
    pool_id = town.place(community).pool_id
    assert outbound.pool(town.ready(community, pool_id))["state"] == "ready"
    assert f"ready_pool:{pool_id}" not in town.uow.timers.pending
    with pytest.raises(PoolNotGatheringError) as refusal:
        town.ready(community, pool_id)
    assert refusal.value.detail["state"] == "ready"


def test_who_has_not_consented_cannot_make_the_pool_ready(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto).pool_id
    town.place(asks)
    town.pass_(hours=25)
    with pytest.raises(ConsentNotGivenError):
        town.ready(asks, pool_id)


def test_who_has_not_consented_is_taken_out_when_the_pool_gets_ready(town):
    auto, asks = town.community(), town.community("ask")
    pool_id = town.place(auto, people=6).pool_id
    left = town.place(asks, people=8)
    town.ready(auto, pool_id)
    (data,) = town.uow.outbox.data_of("pool_ready.v1")
    assert data["communities"] == [{"community_id": str(auto.community_id), "people": 6}]
    assert town.current(left).state == "pooled"
    assert town.pool_of(left).state == "gathering"
    assert town.pool_of(left).present() == {asks.community_id}


def test_where_everybody_still_has_to_answer_the_largest_keeps_the_pool(town):
    small, large = town.community("ask"), town.community("ask")
    left = town.place(small, people=6)
    stays = town.place(large, people=9)
    pool_id = left.pool_id
    handlers.TIMERS["ready_pool"]({"pool_id": str(pool_id)}, town.uow)
    (data,) = town.uow.outbox.data_of("pool_ready.v1")
    assert data["communities"] == [{"community_id": str(large.community_id), "people": 9}]
    assert town.current(stays).pool_id == pool_id
    assert town.current(left).pool_id != pool_id


def test_a_signal_that_comes_after_a_pool_is_ready_begins_another(town):
    community = town.community()
    pool_id = town.place(community).pool_id
    town.ready(community, pool_id)
    assert town.place(community).pool_id != pool_id


def test_the_smallest_ceiling_is_passed_on(town):
    community = town.community()
    town.place(community, ceiling={"amount": "120.00", "currency": "CNY"})
    signal = town.place(community, ceiling={"amount": "99.90", "currency": "CNY"})
    assert town.pool_of(signal).ceiling.amount == "99.90"
    town.withdraw(community, signal.signal_id)
    assert next(iter(town.uow.pools.rows.values())).ceiling.amount == "120.00"


def test_of_several_currencies_the_one_of_most_people_is_passed_on(town):
    community = town.community()
    town.place(community, people=1, ceiling={"amount": "1.00", "currency": "USD"})
    signal = town.place(community, people=2, ceiling={"amount": "99.00", "currency": "CNY"})
    assert str(town.pool_of(signal).ceiling) == "99.00 CNY"


def test_an_unknown_pool_is_not_found(town):
    with pytest.raises(PoolNotFoundError):
        town.ready(town.community(), new_id())
