"""What a community may adapt: declared by an offer, chosen when it is taken, kept by the match."""

import pytest

from services.campaign import inbound as campaign
from services.chassis.envelope import Envelope
from services.kernel.errors import InvalidError
from services.supplier import handlers, inbound
from services.supplier.domain import commands
from services.supplier.domain.offer_commands import ReviseOffer
from services.supplier.domain.options import Option, OptionChoice, OptionKind, adapted, check_options
from services.supplier.storage.terms import terms_of, terms_values
from tests.builders_supplier import caller, offer_data, terms
from tests.fair_supplier import HOME, Fair
from tests.fakes.chassis import MONDAY, request

CHOICES = (OptionChoice("zh", "中文", "Chinese"), OptionChoice("en", "英文", "English"))
LANGUAGE = Option("language", OptionKind.CHOICE, "授课语言", "Language", "zh", CHOICES)
SYLLABUS = Option("syllabus", OptionKind.TEXT, "大纲", "Syllabus", "手捏")
AGE = Option("age", OptionKind.RANGE, "年龄", "Age", (6, 9), least=3, most=16)
LESSONS = Option("lessons", OptionKind.NUMBER, "次数", "Lessons", 8, least=4, most=12)
ALL_FOUR = (LANGUAGE, SYLLABUS, AGE, LESSONS)


def values(options):
    return {option.key: option.value for option in options}


def test_what_is_chosen_holds_and_what_is_not_stays():
    found = adapted(ALL_FOUR, {"language": "en", "age": [5, 12]})
    assert values(found) == {"language": "en", "syllabus": "手捏", "age": (5, 12), "lessons": 8}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("language", "fr"),
        ("language", ["en"]),
        ("syllabus", 3),
        ("syllabus", "x" * 501),
        ("age", [9, 6]),
        ("age", [2, 6]),
        ("age", 6),
        ("lessons", 13),
        ("lessons", True),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name(key, value):
    with pytest.raises(InvalidError) as refused:
        adapted(ALL_FOUR, {key: value})
    (error,) = refused.value.detail["errors"]
    assert error["field"] == f"choices.{key}"
    assert error["expected"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ((LANGUAGE, LANGUAGE), "options.1.key"),
        ((Option("a", OptionKind.CHOICE, "a", "a", "x"),), "options.0.choices"),
        ((Option("a", OptionKind.TEXT, "a", "a", "x", CHOICES),), "options.0.choices"),
        ((Option("a", OptionKind.CHOICE, "a", "a", "x", CHOICES),), "options.0.value"),
        ((Option("a", OptionKind.NUMBER, "a", "a", 3, least=4),), "options.0.value"),
        ((Option("a", OptionKind.CHOICE, "a", "a", "zh", (*CHOICES, *CHOICES)),), "options.0.choices"),
        ([LANGUAGE] * 21, "options"),
    ],
)
def test_options_that_contradict_themselves_are_refused_by_name(options, field):
    with pytest.raises(InvalidError) as refused:
        check_options(options)
    assert refused.value.detail["errors"][0]["field"] == field


def test_options_are_kept_as_they_are():
    kept = terms(options=ALL_FOUR)
    assert terms_of(terms_values(kept)) == kept
    assert terms_of({**terms_values(kept), "options": []}).options == ()


def taken(fair, choices=None, **changes):
    stall = fair.stall(options=ALL_FOUR, **changes)
    asked = {
        "offer_id": str(stall.offer_id),
        "slot_id": str(fair.slot_of(stall).slot_id),
        "seats": 20,
        "choices": choices,
    }
    command = inbound.propose_match(request(asked, role="organiser", community_id=HOME))
    return stall, handlers.propose_match(command, fair.uow).match


def test_a_match_keeps_what_its_community_chose_and_the_offer_what_it_declares():
    fair = Fair()
    stall, match = taken(fair, {"language": "en"})
    assert values(match.offer.terms.options)["language"] == "en"
    assert values(fair.uow.offers.find(stall.offer_id).terms.options)["language"] == "zh"
    revised = ReviseOffer(caller(community_id=HOME), stall.offer_id, None, {"options": ()})
    handlers.revise_offer(revised, fair.uow)
    assert values(fair.uow.matches.find(match.match_id).offer.terms.options)["language"] == "en"


def test_the_campaign_is_told_in_words_what_holds():
    fair = Fair()
    taken(fair, {"language": "en", "age": [5, 12]})
    data = fair.told("match_proposed.v1")[-1]
    event = Envelope("e", "supplier", "match_proposed.v1", MONDAY, "s", 1, data, "c")
    told = {one.key: one.chosen for one in campaign.match_proposed(event).terms.options}
    assert told["language"] == ("英文", "English")
    assert (told["age"], told["lessons"]) == (("5 - 12", "5 - 12"), ("8", "8"))


def test_a_pool_gets_what_holds_unless_somebody_chooses():
    fair = Fair()
    stall = fair.stall(options=ALL_FOUR)
    fair.pool(10, 8)
    assert fair.of(stall).offer.terms.options == ALL_FOUR


def test_options_are_read_as_suppliers_write_them():
    choices = [{"key": one.key, "title": {"zh": one.zh, "en": one.en}} for one in CHOICES]
    language = {"key": "language", "kind": "choice", "title": {"zh": "授课语言", "en": "Language"}, "value": "zh"}
    age = {"key": "age", "kind": "range", "title": {"zh": "年龄", "en": "Age"}, "value": [6, 9], "least": 3, "most": 16}
    data = offer_data(HOME, options=[{**language, "choices": choices}, age])
    assert inbound.publish_offer(request(data)).terms["options"] == (LANGUAGE, AGE)
    assert isinstance(inbound.publish_offer(request(data)), commands.PublishOffer)
