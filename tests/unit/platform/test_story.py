import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from services.platform.play.cast import Actor, Cast
from services.platform.play.errors import ScenarioError
from services.platform.play.names import person
from services.platform.play.phrases import PHRASES
from services.platform.play.story import Story, phrase

NOW = datetime(2026, 5, 16, 2, 0, tzinfo=UTC)


def campaign(state="open", text="已参团 3 人", price="128.00"):
    return {
        "campaign_id": "c",
        "title": "陶艺",
        "state": state,
        "price": None,
        "current_price": {"amount": price},
        "progress": {"zh": text, "en": text},
    }


@pytest.fixture
def cast():
    made = Cast(api=None, operator_token="t", language="zh")
    made.add_community("parents", {"community_id": "c1", "name": "亲子群"})
    members = [
        {"community_id": "c1", "member_id": f"m{n}", "name": person(n, "zh"), "roles": ["member"]} for n in (1, 2, 3)
    ]
    made.add_members("families", members, group=True)
    return made


def test_phrases_look_values_up_in_the_answer_and_then_in_the_request():
    assert phrase("reserve_seats", "en", {"price": {"amount": "98.00"}}, {}) == "reserved seats (quoted 98.00 each)"
    assert phrase("answer_consent", "en", {}, {"decision": "given"}).endswith(": given")
    assert phrase("reserve_seats", "zh", None, {}) == "占位"
    assert phrase("deliver_campaign", "zh", None, {}) == "确认服务已交付"
    assert phrase("something_new", "zh", {}, {}) == "something_new"


def test_progress_is_told_when_it_changed_and_turns_only_when_state_or_price_did():
    story = Story(None, "zh")
    story.progress(NOW, campaign())
    story.progress(NOW, campaign())
    story.progress(NOW, campaign(text="已参团 4 人"), only_turns=True)
    story.progress(NOW, campaign(text="已参团 5 人", price="108.00"), only_turns=True)
    story.progress(NOW, campaign(text="已参团 6 人", price="108.00"))
    assert [line["text"].rsplit(" · ", 1)[1] for line in story.lines] == ["已参团 3 人", "已参团 5 人", "已参团 6 人"]


def test_the_story_is_told_in_the_local_time_of_its_people_and_markup_is_text():
    console = Console(file=io.StringIO(), width=120)
    story = Story(console, "zh", "Asia/Shanghai")
    story.tell(NOW, "[bold]林老师[/]")
    assert console.file.getvalue().strip() == "05-16 周六 10:00   [bold]林老师[/]"


def test_a_group_is_named_by_its_first_and_its_number(cast):
    story = Story(None, "zh")
    story.did(NOW, cast.members("families"), "pay_commitment", {}, {})
    assert story.lines[0]["text"] == "王雨桐 等 3 人 确认收款"


def test_members_are_addressed_whole_by_number_and_by_range(cast):
    assert [actor.key for actor in cast.members("families[2..3]")] == ["families[2]", "families[3]"]
    assert [actor.key for actor in cast.members(["families[3]", "families[1]"])] == ["families[3]", "families[1]"]
    assert cast.actor("families[2]").bound == {"community_id": "c1", "member_id": "m2"}
    assert cast.actor("parents.partner").role == "partner"


def test_the_quality_supervisor_of_a_community_is_bound_to_it_and_that_of_the_node_to_nothing(cast):
    assert cast.actor("parents.supervisor").bound == {"community_id": "c1"}
    assert [cast.actor(key).role for key in ("parents.supervisor", "node.supervisor")] == ["quality_supervisor"] * 2
    assert cast.actor("node.supervisor").bound == {}


@pytest.mark.parametrize("expression", ["families[0]", "families[2..4]", "families[3..2]", "nobody"])
def test_members_that_are_not_there_are_refused(cast, expression):
    with pytest.raises(ScenarioError):
        cast.members(expression)


def test_an_actor_that_is_not_there_is_refused_with_those_that_are(cast):
    with pytest.raises(ScenarioError, match="there are families"):
        cast.actor("familes")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_of_many_made_up_people_have_the_same_name(language):
    number = 400 if language == "zh" else 140
    assert len({person(n, language) for n in range(1, number + 1)}) == number


def test_every_operation_that_a_shipped_scenario_does_has_words():
    folder = Path(__file__).resolve().parents[3] / "deploy" / "scenarios"
    done = {name for path in folder.glob("*.yaml") for name in re.findall(r"^\s+do: (\w+)", path.read_text(), re.M)}
    assert done - set(PHRASES) == set()


def test_actors_without_a_token_are_not_the_node(cast):
    assert cast.actor("node").token == "t"
    assert Actor("x", "x", "member", {}).token is None
