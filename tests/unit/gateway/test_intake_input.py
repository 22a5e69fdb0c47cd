"""What is pasted comes as it was copied; what would do harm does not come in."""

import pytest
from marshmallow import ValidationError

from gateway.schemas.intake import ChangeIntake, CreateIntake
from gateway.schemas.taxonomy import AddCategory, SetTemplate


@pytest.mark.parametrize("text", ["#接龙\r\n标题\r\n\r\n1. 张三 1份\r\n", "a\tb\n", "朵朵妈🚗"])
def test_a_pasted_text_keeps_its_line_ends(text):
    assert CreateIntake().load({"kind": "jielong", "text": text})["text"] == text


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "letter", "text": "x"},
        {"kind": "jielong", "text": ""},
        {"kind": "jielong", "text": " \n "},
        {"kind": "jielong", "text": "a\x00b"},
        {"kind": "jielong", "text": "a\x1b[2Jb"},
        {"kind": "jielong", "text": "x" * 400_001},
        {"kind": "jielong", "text": "x", "people_rule": "guess"},
        {"kind": "jielong", "text": "x", "defaults": {"radius": 3}},
        {"kind": "file", "file": "x" * 940_001},
    ],
)
def test_a_body_that_is_none_is_refused(body):
    with pytest.raises(ValidationError):
        CreateIntake().load(body)


@pytest.mark.parametrize(
    "body", [{}, {"rows": [{}]}, {"rows": []}, {"rows": [{"number": 1, "people": 0}]}, {"groups": [{"number": 0}]}]
)
def test_a_correction_that_is_none_is_refused(body):
    with pytest.raises(ValidationError):
        ChangeIntake().load(body)


def test_keys_of_categories_and_questions_can_stand_in_an_address_and_in_json():
    for key in ("Pottery", "陶艺", "a b", "x" * 31, "1st"):
        with pytest.raises(ValidationError):
            AddCategory().load({"category": key})
    with pytest.raises(ValidationError):
        SetTemplate().load({"questions": [{"key": "Age!", "zh": "x", "en": "x", "type": "text"}]})
