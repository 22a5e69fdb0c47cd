"""Consent by rules: the most specific one decides, a question has an end, and silence is an answer."""

from datetime import timedelta

import pytest

from services.demand import handlers, inbound, outbound, views
from services.demand.domain.consenting import Decision, MergePolicy, MergeRule, Terms
from services.demand.domain.errors import ConsentNotAskedError, ConsentNotGivenError
from services.demand.domain.releases import last_tick
from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_demand import Town
from tests.fakes.chassis import request
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
    town.pass_(hours=1)
    town.answer(mine, signal.pool_id, "given")
    town.place(other)
    assert consents(town.pool_of(signal))[mine.community_id] == "given"
    town.place(named, people=5)
    assert consents(town.pool_of(signal))[mine.community_id] == "asked"
    town.pass_(hours=1)
    town.answer(mine, signal.pool_id, "given")
    town.place(named)
    assert consents(town.pool_of(signal))[mine.community_id] == "given"


def asked_at(town, pool):
    """Return when the pool asked: within an hour of the beginning, at a moment drawn by lot."""
    town.pass_(hours=1)
    return last_tick(pool.pool_id, town.uow.clock.now(), timedelta(hours=1))


def test_who_is_asked_is_told_until_when(town):
    auto, asks = town.community(), town.community("ask", consent_hours=6.0)
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    assert town.uow.outbox.data_of("consent_asked.v1") == []
    asked = asked_at(town, town.pool_of(signal))
    (told,) = town.uow.outbox.data_of("consent_asked.v1")
    assert told == {
        "pool_id": str(signal.pool_id),
        "community_id": str(asks.community_id),
        "category": "pottery",
        "consent_by": format_time(asked + timedelta(hours=6)),
    }
    town.place(asks)
    town.pass_(hours=3)
    assert len(town.uow.outbox.data_of("consent_asked.v1")) == 1


def test_nobody_is_asked_because_of_a_few_people_before_it_has_to_be(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=4)
    own = town.place(asks, people=8)
    town.pass_(hours=23)
    part = town.pool_of(signal).part_of(asks.community_id)
    assert (part.consent, part.told, part.consent_by) == ("asked", "not_needed", None)
    assert town.uow.outbox.data_of("consent_asked.v1") == []
    assert seen(town, asks, own.pool_id)["communities"][0]["consent"] == "not_needed"
    town.pass_(hours=2)
    assert town.pool_of(signal).part_of(asks.community_id).told == "asked"


def test_a_question_is_never_open_longer_than_the_pool_gathers(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.pass_(hours=40)
    town.place(asks)
    town.pass_(hours=1)
    part = town.pool_of(signal).part_of(asks.community_id)
    assert part.consent_by == town.pool_of(signal).gather_until


def seen(town, community, pool_id):
    return views.get_pool(inbound.by_id("pool_id")(town.ask(community, {"pool_id": str(pool_id)})), town.uow)


@pytest.mark.parametrize(("silence", "people"), [("refused", 6), ("given", 14)])
def test_silence_at_the_deadline_counts_as_the_community_said(town, silence, people):
    auto, asks = town.community(), town.community("ask", silence=Decision(silence))
    signal = town.place(auto, people=6)
    own = town.place(asks, people=8)
    town.pass_(hours=24)
    assert town.pool_of(signal).people == 6
    town.pass_(hours=1)
    pool = town.pool_of(signal)
    assert (pool.people, consents(pool)[asks.community_id]) == (people, silence)
    assert (town.current(own).pool_id == pool.pool_id) is (silence == "given")
    view = seen(town, asks, pool.pool_id)
    mine = next(part for part in view["communities"] if part["own"])
    assert (mine["silent"], mine["consent_by"]) == (True, None)
    assert "did not answer in time" in view["why"][-1]["en"]
    others = seen(town, auto, pool.pool_id)
    assert not any(part["silent"] for part in others["communities"])
    assert "did not answer in time" not in str(others)


def test_an_answer_in_time_stands(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    town.pass_(hours=1)
    town.answer(asks, signal.pool_id, "given")
    town.pass_(hours=30)
    assert town.pool_of(signal).people == 14


def test_who_has_a_rule_to_ask_may_answer_before_it_is_asked_whoever_is_there(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(asks, people=8)
    town.answer(asks, signal.pool_id, "given")
    town.place(auto, people=6)
    town.pass_(hours=2)
    assert town.pool_of(signal).people == 14
    assert town.uow.outbox.data_of("consent_asked.v1") == []


def test_of_two_that_are_silent_both_leave(town):
    one, other = town.community("ask"), town.community("ask")
    first, second = town.place(one, people=6), town.place(other, people=8)
    town.pass_(hours=48)
    pools = [town.pool_of(signal) for signal in (first, second)]
    assert first.pool_id not in {pool.pool_id for pool in pools}
    assert [len(pool.present()) for pool in pools] == [1, 1]


def test_a_pool_that_gets_ready_takes_silence_for_the_answer_even_before_its_timer(town):
    auto, asks = town.community(), town.community("ask", silence=Decision.GIVEN)
    signal = town.place(auto, people=6)
    town.pass_(hours=40)
    town.place(asks, people=8)
    town.pass_(hours=2)
    town.uow.clock.time = town.pool_of(signal).gather_until
    handlers.TIMERS["ready_pool"]({"pool_id": str(signal.pool_id)}, town.uow)
    (data,) = town.uow.outbox.data_of("pool_ready.v1")
    assert data["people"] == 14


def test_a_question_stays_open_when_the_others_are_gone_because_its_end_would_tell_of_it(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    own = town.place(asks, people=8)
    town.pass_(hours=1)
    town.withdraw(auto, signal.signal_id)
    assert town.pool_of(own).part_of(asks.community_id).told == "asked"
    with pytest.raises(ConsentNotGivenError):
        town.ready(asks, own.pool_id)
    town.answer(asks, own.pool_id, "given")
    town.ready(asks, own.pool_id)
    assert town.pool_of(own).people == 8


def test_nobody_answers_a_question_that_is_over(town):
    auto, asks = town.community(), town.community("ask")
    signal = town.place(auto, people=6)
    town.place(asks, people=8)
    town.pass_(hours=26)
    with pytest.raises(ConsentNotAskedError):
        town.answer(asks, signal.pool_id, "given")


def test_a_plain_member_does_not_list_questions(town):
    asked = town.ask(town.community(), {}, role="member")
    with pytest.raises(ForbiddenError):
        views.list_consents(inbound.list_consents(asked), town.uow)
