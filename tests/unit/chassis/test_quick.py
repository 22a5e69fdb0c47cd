"""The quick way of loading is held against marshmallow's own: the same values, the same refusals, nothing else."""

import copy
import importlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import (
    EXCLUDE,
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from gateway.routes import ROUTES
from services.chassis import quick

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("demand", "supplier", "campaign", "reputation")
ID = "0198C1F0-0000-7000-8000-000000000071"
JUNK = st.sampled_from(
    [
        *(None, "", " ", "x", "98.00", ID, "CNY", "2026-05-18T10:00:00+08:00", "2026-05-18T10:00:00", b"x", b"\xff"),
        *(0, 1, -1, 2**70, 1.0, 1.5, float("nan"), float("inf"), True, False, [], [1], [None], {}, {"a": 1}, (), set()),
    ]
).map(copy.deepcopy)


def outcome(load):
    """What came of it: a value, or a refusal in all its words."""
    try:
        value = load()
    except ValidationError as error:
        return "invalid", error.normalized_messages()
    except Exception as error:
        return type(error), str(error)
    return "loaded", repr(value), [type(one) for one in leaves(value)]


def leaves(value):
    if isinstance(value, Mapping):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def both_agree(schema, data):
    before = copy.deepcopy(data)
    assert outcome(lambda: quick.load(schema, data)) == outcome(lambda: schema.load(before))
    assert outcome(lambda: quick.breaches(schema, data)) == outcome(lambda: schema.validate(before))


@st.composite
def damaged(draw, original):
    """A payload in which up to three places are changed, taken away or added."""
    data = copy.deepcopy(original)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(list(places(data))))
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "add" or not place:
            place.setdefault(draw(st.sampled_from(["new", "id", ""])), draw(JUNK)) if isinstance(place, dict) else (
                place.append(draw(JUNK))
            )
            continue
        key = draw(st.sampled_from(list(place if isinstance(place, dict) else range(len(place)))))
        if change == "replace":
            place[key] = draw(JUNK)
        else:
            del place[key]
    return data


def places(value):
    """All objects and lists within a payload."""
    if isinstance(value, dict | list):
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from places(one)


def events():
    for service in SERVICES:
        contract = importlib.import_module(f"services.{service}.contract")
        for name, schema in contract.EVENTS.items():
            path = ROOT / "services" / service / "contract" / "examples" / "events" / f"{name}.json"
            wire = json.loads(path.read_text())
            yield pytest.param(schema, wire["data"], id=f"{service}.{name}")


def bodies():
    for route in ROUTES:
        if route.body is None or route.service == "gateway":
            continue
        name = f"{route.operation_id}.json"
        request = json.loads((ROOT / "services" / route.service / "contract/examples/rpc" / name).read_text())[
            "request"
        ]
        body = {key: value for key, value in request["data"].items() if key not in route.parameters}
        yield pytest.param(route.body(), body, id=route.operation_id)


@pytest.mark.parametrize(("schema", "example"), [*events(), *bodies()])
def test_on_every_contract_and_every_body_both_agree_whatever_is_wrong(schema, example):
    both_agree(schema, example)

    @settings(max_examples=25, deadline=None)
    @given(damaged(example))
    def agree(data):
        both_agree(schema, data)

    agree()


@pytest.mark.parametrize(("schema", "example"), events())
def test_every_event_is_loaded_without_asking_marshmallow(schema, example, monkeypatch):
    """Else nothing is gained, in silence."""
    monkeypatch.setattr(Schema, "validate", None)
    assert quick.breaches(schema, example) == {}


class Inner(Schema):
    a = fields.Integer(strict=True)
    b = fields.List(fields.String(validate=validate.Length(max=2)), load_default=list)


class Tolerant(Inner):
    class Meta:
        unknown = EXCLUDE


class Keeping(Inner):
    class Meta:
        unknown = INCLUDE


class Partial(Inner):
    def __init__(self):
        super().__init__(partial=True)

    c = fields.Integer(required=True)


class Renamed(Schema):
    there = fields.String(data_key="here", required=True)
    mine = fields.UUID(attribute="yours", load_default=None)
    deep = fields.Integer(attribute="x.y")


class Checked(Inner):
    @validates_schema
    def _both(self, data, **_):
        if set(data) == {"a"}:
            raise ValidationError("alone")


class Prepared(Inner):
    @pre_load
    def _lower(self, data, **_):
        return {str(key).lower(): value for key, value in data.items()}


class Made(Inner):
    @post_load
    def _make(self, data, **_):
        return tuple(sorted(data))


class Own(Inner):
    def load(self, data, **options):
        return {"own": super().load(data, **options)}


class Doubling(fields.Integer):
    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs) * 2


class Stubborn(fields.Integer):
    def deserialize(self, value, attr=None, data=None, **kwargs):
        return len(data or ())


class AllKinds(Schema):
    loose = fields.Integer()
    whole = fields.Integer(strict=True, validate=validate.Range(min=0), allow_none=True)
    doubled = Doubling()
    stubborn = Stubborn()
    prepared = fields.String(pre_load=str.strip, post_load=str.upper)
    checked = fields.String(validate=[validate.Length(min=1), validate.OneOf(["x", "xx"])])
    raw = fields.Raw()
    real = fields.Float()
    flag = fields.Boolean()
    moment = fields.AwareDateTime()
    any_moment = fields.DateTime()
    mapping = fields.Dict(keys=fields.String(), values=fields.Integer())
    one = fields.Nested(Inner)
    kept = fields.Nested(Inner, unknown=INCLUDE)
    left_out = fields.Nested(Inner, unknown=EXCLUDE)
    many = fields.Nested(Inner, many=True)
    some = fields.List(fields.Nested(Tolerant))
    checked_inside = fields.Nested(Checked)
    shown_only = fields.String(dump_only=True)


@pytest.mark.parametrize(
    "schema",
    [Inner(), Tolerant(), Keeping(), Partial(), Renamed(), Checked(), Prepared(), Made(), Own(), Inner(many=True),
     Inner(only=("a",)), Inner(exclude=("a",)), Inner(unknown=EXCLUDE)],
    ids=lambda schema: type(schema).__name__,
)  # fmt: skip
@settings(max_examples=80, deadline=None)
@given(
    data=st.one_of(JUNK, st.dictionaries(st.sampled_from(["a", "b", "c", "A", "here", "there", "mine", "deep"]), JUNK))
)
def test_on_schemas_that_do_things_their_own_way_both_agree(schema, data):
    both_agree(schema, data)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*AllKinds().fields, "unknown"]), JUNK, max_size=4))
def test_on_all_kinds_of_fields_both_agree(data):
    both_agree(AllKinds(), data)


@settings(max_examples=300, deadline=None)
@given(
    damaged(
        {"one": {"a": 1, "b": ["x"]}, "many": [{"a": 1}], "some": [{"a": 2, "z": 1}], "kept": {"z": 1},
         "left_out": {"z": 1}, "checked_inside": {"a": 1, "b": []}, "mapping": {"x": 1}}
    )
)  # fmt: skip
def test_on_what_is_nested_both_agree(data):
    both_agree(AllKinds(), data)
