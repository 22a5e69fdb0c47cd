"""Consent by rules: the most specific one decides, a question has an end, and silence is an answer."""

from datetime import timedelta

import pytest

from services.demand import handlers, inbound, outbound, views
from services.demand.domain.consenting import Decision, MergePolicy, MergeRule, Terms
from services.demand.domain.errors import ConsentNotAskedError
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import Town
from tests.fakes.chassis import MONDAY, request
from tests.fakes.demand import FakeDemandUnitOfWork

PARTNER, STRANGER = new_id(), new_id()


@pytest.fixture
def town():
    return Town(FakeDemandUnitOfWork())


def rule(policy, category=None, partner=None):
    return MergeRule(category, None if partner is None else partner.community_id, MergePolicy(policy))


def change(town, community, **data):
    asked = request(
        {"community_id": str(community.community_id), **data},
        role="community_operator",
        community_id=community.community_id,
    )
    return handlers.change_community(inbound.change_community(asked), town.uow)


def consents(pool):
    return {part.community_id: str(part.consent) for part in pool.communities}


def settle(town, pool):
    """Let the timers of questions fire that are due."""
    for key, (due, command, payload) in sorted(town.uow.timers.pending.items()):
        if command == "settle_consent" and due <= town.uow.clock.now():
            del town.uow.timers.pending[key]
            handlers.TIMERS[command](payload, town.uow)
    return town.uow.pools.rows[pool.pool_id]


def test_the_most_specific_rule_decides():
    rules = (
        MergeRule("pottery", None, MergePolicy.ASK),
        MergeRule(None, PARTNER, MergePolicy.NEVER),
        MergeRule("pottery", PARTNER, MergePolicy.AUTO),
    )
    for order in (rules, rules[::-1]):
        terms = Terms(MergePolicy.AUTO, order)
        assert terms.towards("pottery", PARTNER) == "auto"
        assert terms.towards("swimming", PARTNER) == "never"
        assert terms.towards("pottery", STRANGER) == "ask"
        assert terms.towards("swimming", STRANGER) == "auto"
    assert terms.strictest("pottery", [PARTNER, STRANGER]) == "ask"
    assert terms.strictest("pottery", []) == "auto"


def test_rules_come_in_by_the_api_and_are_seen_by_their_own_community_only(town):
    mine, other = town.community(), town.community()
    wanted = [{"category": "pottery", "community_id": str(other.community_id), "policy": "ask"}]
    after = change(town, mine, merge_rules=wanted, consent_hours=6, silence="given")
    assert after.merge_rules == (rule("ask", "pottery", other),)
    told = outbound.community(after)
    assert (told["merge_rules"], told["consent_hours"], told["silence"]) == (wanted, 6.0, "given")
    assert str(other.community_id) not in str(town.uow.outbox.data_of("community_changed.v1"))


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([{"policy": "ask"}], "merge_rules.0"),
        ([{"category": "a", "policy": "sometimes"}], "merge_rules.0.policy"),
        ([{"category": "a", "policy": "ask"}, {"category": "a", "policy": "auto"}], "merge_rules.1"),
        ([{"category": "a"}], "merge_rules.0.policy"),
        ([{"community_id": "x", "policy": "ask"}], "merge_rules.0.community_id"),
        (["ask"], "merge_rules.0"),
        ("ask", "merge_rules"),
        ([{"category": str(n), "policy": "ask"} for n in range(201)], "merge_rules"),
    ],
)
def test_a_rule_that_is_wrong_is_named(town, rules, field):
    with pytest.raises(InvalidError) as refusal:
        change(town, town.community(), merge_rules=rules)
    assert refusal.value.detail["errors"][0]["field"] == field


def test_a_rule_about_oneself_is_refused(town):
    mine = town.community()
    with pytest.raises(InvalidError, match="itself"):
        change(town, mine, merge_rules=[{"community_id": str(mine.community_id), "policy": "never"}])


@pytest.mark.parametrize("hours", [0, -1, 2161, "6", True])
def test_hours_that_are_not_possible_are_refused(town, hours):
    with pytest.raises(InvalidError):
        change(town, town.community(), consent_hours=hours)


def test_a_rule_for_a_partner_keeps_two_communities_apart_whoever_comes_first(town):
    other, third = town.community(), town.community()
    mine = town.community(merge_rules=(rule("never", partner=other),))
    for first, second in ((mine, other), (other, mine)):
        category = str(new_id())
        assert town.place(first, category=category).pool_id != town.place(second, category=category).pool_id
    shared = town.place(third, category="chess", people=60)
    assert town.place(mine, category="chess").pool_id == shared.pool_id
    assert town.place(other, category="chess").pool_id != shared.pool_id


def test_a_rule_for_a_category_asks_in_this_category_only(town):
    other, mine = town.community(), town.community(merge_rules=(rule("ask", "pottery"),))
    town.place(other, category="pottery")
    town.place(other, category="chess")
    assert consents(town.pool_of(town.place(mine, category="pottery")))[mine.community_id] == "asked"
    assert consents(town.pool_of(town.place(mine, category="chess")))[mine.community_id] == "not_needed"


def test_a_new_rule_holds_for_pools_that_gather_and_who_has_to_leave_may_join_others(town):
    mine, other, third = town.community(), town.community(), town.community()
    kept = town.place(other, people=9)
    goes = town.place(mine, people=7)
    assert goes.pool_id == kept.pool_id
    change(town, other, merge_rules=[{"community_id": str(third.community_id), "policy": "never"}])
    elsewhere = town.place(third, people=2)
    assert elsewhere.pool_id != kept.pool_id
    change(town, mine, merge_rules=[{"community_id": str(other.community_id), "policy": "never"}])
    assert town.current(goes).pool_id == elsewhere.pool_id
    assert town.pool_of(kept).present() == {other.community_id}


def test_a_partner_named_by_a_rule_that_comes_after_the_consent_is_asked_about_anew(town):
    auto, named, other = town.community(), town.community(), town.community()
    mine = town.community("ask", merge_rules=(rule("ask", partner=named),))
    signal = town.place(auto, people=6)
    town.place(mine, people=8)
    town.answer(mine, signal.pool_id, "given")
    town.place(other)
    assert consents(town.pool_of(signal))[mine.community_id] == "given"
    town.place(named)
    assert consents(town.pool_of(signal))[mine.community_id] == "asked"
    town.answer(mine, signal.pool_id, "given")
    town.place(named)
    assert consents(town.pool_of(signal))[mine.community_id] == "given"


def test_who_is_asked_is_told_until_when(town):
    auto, asks = town.community(), town.community("ask", consent_hours=6.0)
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    (told,) = town.uow.outbox.data_of("consent_asked.v1")
    assert told == {
        "pool_id": str(signal.pool_id),
        "community_id": str(asks.community_id),
        "category": "pottery",
        "consent_by": "2026-05-11T15:00:00Z",
    }
    town.place(asks)
    assert len(town.uow.outbox.data_of("consent_asked.v1")) == 1


def test_a_question_is_never_open_longer_than_the_pool_gathers(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto)
    town.uow.clock.pass_(hours=40)
    town.place(asks)
    part = town.pool_of(signal).part_of(asks.community_id)
    assert part.consent_by == MONDAY + timedelta(hours=48)


@pytest.mark.parametrize(("silence", "people", "why"), [("refused", 6, None), ("given", 14, "counts as consent")])
def test_silence_at_the_deadline_counts_as_the_community_said(town, silence, people, why):
    auto, asks = town.community(), town.community("ask", silence=Decision(silence))
    signal = town.place(auto, people=6)
    own = town.place(asks, people=8)
    town.uow.clock.pass_(hours=23)
    assert settle(town, town.pool_of(signal)).people == 6
    town.uow.clock.pass_(hours=1)
    pool = settle(town, town.pool_of(signal))
    assert (pool.people, consents(pool)[asks.community_id]) == (people, silence)
    assert (town.current(own).pool_id == pool.pool_id) is (silence == "given")
    seen = views.get_pool(inbound.by_id("pool_id")(town.ask(asks, {"pool_id": str(pool.pool_id)})), town.uow)
    mine = next(part for part in seen["communities"] if part["own"])
    assert (mine["silent"], mine["consent_by"]) == (True, None)
    assert "did not answer in time" in seen["why"][-1]["en"]
    others = views.get_pool(inbound.by_id("pool_id")(town.ask(auto, {"pool_id": str(pool.pool_id)})), town.uow)
    assert not any(part["silent"] for part in others["communities"])
    assert "did not answer in time" not in str(others)


def test_an_answer_in_time_stands(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    town.answer(asks, signal.pool_id, "given")
    town.uow.clock.pass_(hours=30)
    assert settle(town, town.pool_of(signal)).people == 14


def test_of_two_that_are_silent_the_second_stays_because_it_is_alone_by_then(town):
    one, other = town.community("ask"), town.community("ask")
    first, second = town.place(one, people=6), town.place(other, people=8)
    town.uow.clock.pass_(hours=24)
    settle(town, town.pool_of(first))
    assert town.current(first).pool_id != town.current(second).pool_id
    assert [str(part.consent) for part in town.pool_of(second).communities if part.people] == ["not_needed"]


def test_a_pool_that_gets_ready_takes_silence_for_the_answer_even_before_its_timer(town):
    auto, asks = town.community(), town.community("ask", silence=Decision.GIVEN)
    signal = town.place(auto, people=6)
    town.uow.clock.pass_(hours=47)
    town.place(asks, people=8)
    town.uow.clock.pass_(hours=1)
    handlers.TIMERS["ready_pool"]({"pool_id": str(signal.pool_id)}, town.uow)
    (data,) = town.uow.outbox.data_of("pool_ready.v1")
    assert data["people"] == 14


def test_a_question_that_is_gone_leaves_its_timer_without_effect(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    town.withdraw(auto, signal.signal_id)
    (pool,) = [one for one in town.uow.pools.rows.values() if one.state == "gathering"]
    town.uow.clock.pass_(hours=24)
    assert consents(settle(town, pool)) == {asks.community_id: "not_needed"}


def test_nobody_answers_a_question_that_is_over(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    town.uow.clock.pass_(hours=24)
    settle(town, town.pool_of(signal))
    with pytest.raises(ConsentNotAskedError):
        town.answer(asks, signal.pool_id, "given")


def test_a_plain_member_does_not_list_questions(town):
    asked = town.ask(town.community(), {}, role="member")
    with pytest.raises(ForbiddenError):
        views.list_consents(inbound.list_consents(asked), town.uow)
