"""Categories and forms of a community, a text understood, and signals stated in words."""

import pytest

from services.demand import handlers, inbound
from services.demand.domain.errors import (
    CategoryNotFoundError,
    CategoryUnclearError,
    CommunityNotFoundError,
    TimeUnclearError,
)
from services.kernel.errors import ForbiddenError, InvalidError
from tests.builders_demand import Town, signal_data
from tests.builders_intake import Desk
from tests.fakes.chassis import request
from tests.fakes.demand import FakeDemandUnitOfWork

LANTERN = {"category": "lantern_making", "zh": "做灯笼", "en": "Lantern making", "examples": ["元宵节想带孩子做灯笼"]}


def test_a_category_of_a_community_is_its_own_and_decides_texts():
    desk = Desk()
    assert desk.ask("add_category", LANTERN)["own"] is True
    mine = {one["category"] for one in desk.ask("list_categories")["items"]}
    assert {"lantern_making", "pottery"} <= mine
    assert desk.ask("understand", {"text": "元宵节想带孩子做灯笼"})["category"] == "lantern_making"
    other = Desk(desk.town)
    assert "lantern_making" not in {one["category"] for one in other.ask("list_categories")["items"]}
    assert other.ask("understand", {"text": "元宵节想带孩子做灯笼"})["category"] != "lantern_making"


def test_a_category_of_ones_own_needs_names_in_both_languages_and_can_be_taken_away():
    desk = Desk()
    with pytest.raises(InvalidError, match="both languages"):
        desk.ask("add_category", {"category": "lantern_making", "zh": "做灯笼"})
    desk.ask("add_category", LANTERN)
    desk.ask("remove_category", {"category": "lantern_making"})
    with pytest.raises(CategoryNotFoundError):
        desk.ask("remove_category", {"category": "lantern_making"})
    assert desk.ask("add_category", {"category": "pottery", "examples": ["捏小人"]})["own"] is False


def test_a_form_of_a_community_takes_the_place_of_the_built_in_one():
    desk = Desk()
    question = {"key": "age", "zh": "年龄", "en": "age", "type": "number", "required": True, "least": 3, "most": 9}
    desk.ask("set_template", {"category": "pottery", "questions": [question]})
    shown = desk.ask("get_template", {"category": "pottery", "locale": "en"})
    assert [one["key"] for one in shown["questions"]] == ["age"]
    assert shown["csv"] == "\ufeffname,household,phone,category,need,people,when,minutes,ceiling,age\r\n"
    assert Desk(desk.town).ask("get_template", {"category": "pottery"})["questions"][0]["required"] is False
    with pytest.raises(CategoryNotFoundError):
        desk.ask("set_template", {"category": "no_such_thing", "questions": []})
    with pytest.raises(InvalidError) as refused:
        desk.ask("set_template", {"category": "pottery", "questions": [question, question]})
    assert refused.value.detail["errors"][0]["field"] == "questions.1.key"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list_categories", {}),
        ("get_template", {"category": "pottery"}),
        ("understand", {"text": "想做陶艺"}),
        ("add_category", LANTERN),
        ("remove_category", {"category": "pottery"}),
        ("set_template", {"category": "pottery", "questions": []}),
        ("create_intake", {"kind": "jielong", "text": "#接龙\n\n1. 张三 1大"}),
    ],
)
def test_another_community_cannot_be_named_and_a_member_changes_nothing(name, data):
    desk = Desk()
    other = Desk(desk.town)
    with pytest.raises(CommunityNotFoundError):
        desk.ask(name, {**data, "community_id": str(other.community.community_id)})
    if hasattr(handlers, name):
        with pytest.raises(ForbiddenError):
            desk.ask(name, data, role="member")


def test_a_text_is_understood_with_its_readings():
    said = Desk().ask("understand", {"text": "周六下午想带孩子做陶艺，两大一小，人均不超过150"})
    assert (said["category"], said["people"], said["ceiling"]["amount"]) == ("pottery", 3, "150.00")
    assert said["windows"] == [{"start": "2026-05-16T05:00:00Z", "end": "2026-05-16T10:00:00Z"}]
    assert any("周六" in one["zh"] for one in said["readings"])


def place(town, community, **changes):
    """Place a signal with the changes; ``...`` leaves a field out."""
    data = {name: value for name, value in signal_data(**changes).items() if value is not ...}
    member = town.member_of[community.community_id]
    asked = request(data, role="member", community_id=community.community_id, member_id=member.member_id)
    return handlers.place_signal(inbound.place_signal(asked), town.uow)


def test_a_signal_may_leave_its_category_to_its_text_and_its_windows_to_words():
    town = Town(FakeDemandUnitOfWork())
    signal = place(town, town.community(), category=None, text="想带孩子做陶艺", windows=..., when="周六下午")
    assert signal.category == "pottery"
    assert signal.reading["category"]["category"] == "pottery"
    assert "周六" in signal.reading["when"][0]["zh"]
    (window,) = signal.windows
    assert window.to_wire() == {"start": "2026-05-16T05:00:00Z", "end": "2026-05-16T10:00:00Z"}


def test_what_words_leave_unclear_is_refused_with_a_question():
    town = Town(FakeDemandUnitOfWork())
    community = town.community()
    with pytest.raises(CategoryUnclearError) as unclear:
        place(town, community, category=None, text="大家好")
    assert len(unclear.value.detail["suggestions"]) == 3
    assert unclear.value.detail["question"]["zh"]
    with pytest.raises(TimeUnclearError):
        place(town, community, windows=..., when="改天")
    assert town.uow.signals.rows == {}


def test_answers_of_a_signal_are_read_by_the_form_of_its_category():
    town = Town(FakeDemandUnitOfWork())
    signal = place(town, town.community(), category="appliance_cleaning", answers={"appliance": "空调", "units": 2})
    assert signal.answers == {"appliance": "air_conditioner", "units": 2}
    with pytest.raises(InvalidError):
        place(town, town.community(), category="appliance_cleaning", answers={"appliance": "car"})


def test_the_file_to_fill_in_is_read_back_whatever_the_questions_are_called():
    desk = Desk()
    named = [("a", '=1+1, or "more"'), ("b", "@home"), ("c", "备注，其他")]
    questions = [{"key": key, "zh": name, "en": name, "type": "text"} for key, name in named]
    desk.ask("set_template", {"category": "pottery", "questions": questions})
    form = desk.ask("get_template", {"category": "pottery"})["csv"]
    assert "'@home" in form, "a spreadsheet would take it for a formula"
    row = "张三,,,pottery,,2,5月23日上午9点到12点,,,x,y,z\n"
    shown = desk.send(form + row, "file", defaults={"category": "pottery"})
    assert shown["rows"][0]["answers"] == {"a": "x", "b": "y", "c": "z"}
