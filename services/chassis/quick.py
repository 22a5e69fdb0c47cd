"""Loading with marshmallow's schemas, quickly where nothing is wrong.

marshmallow prepares for errors in each field before it looks at it, which is most of its time. Here a schema is turned
into plain functions, once. They make use of the schema's own fields and validators, so they accept nothing that it
would refuse, and what they are not made for, or find wrong, is loaded by marshmallow itself, which has the words for
it. tests/unit/chassis/test_quick.py holds the two against each other.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, RAISE, Schema, fields, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

Reader = Callable[[Any, Any], Any]  # of a value and of the object that holds it

HOOKS = (PRE_LOAD, POST_LOAD, VALIDATES, VALIDATES_SCHEMA)
OWN_WAYS = ("load", "_do_load", "_deserialize", "handle_error")  # a schema that has one is left alone


class NotSureError(Exception):
    """Marshmallow has to be asked."""


class Line(NamedTuple):
    """How one field of an object is read."""

    key: str
    name: str
    read: Reader
    absent: Callable[[], Any] | None  # what stands for a value that is not there; None where it must be there


def load(schema: Schema, data: Any) -> Any:
    """Return ``schema.load(data)``, or raise what it raises."""
    try:
        return _loader(schema)(data)
    except Exception:
        return schema.load(data)


def breaches(schema: Schema, data: Any) -> Mapping[str, Any]:
    """Return ``schema.validate(data)``: what is wrong, or nothing."""
    try:
        _loader(schema)(data)
    except Exception:
        return schema.validate(data)
    return {}


@cache
def _loader(schema: Schema, unknown: str | None = None) -> Callable[[Any], Any]:
    unknown = unknown or schema.unknown
    hooked = any(schema._hooks[hook] for hook in HOOKS)
    own = any(getattr(type(schema), way) is not getattr(Schema, way) for way in OWN_WAYS)
    if hooked or own or schema.many or schema.partial or unknown not in (EXCLUDE, RAISE):
        return _not_sure
    lines = [_line(name, field) for name, field in schema.load_fields.items()]
    return _object(lines, strict=unknown == RAISE)


def _not_sure(*_: Any) -> Any:
    raise NotSureError


def _object(lines: list[Line], *, strict: bool) -> Callable[[Any], Any]:
    def load(data: Any) -> Any:
        if type(data) is not dict:
            raise NotSureError
        loaded, there = {}, 0
        for key, name, read, absent in lines:
            if key in data:
                there += 1
                loaded[name] = read(data[key], data)
            elif absent is None:
                raise NotSureError
            elif (value := absent()) is not missing:
                loaded[name] = value
        if strict and there < len(data):
            raise NotSureError
        return loaded

    return load


def _line(attribute: str, field: fields.Field) -> Line:
    key = attribute if field.data_key is None else field.data_key
    name = field.attribute or attribute
    if "." in name or type(field).deserialize is not fields.Field.deserialize:
        return Line(key, name, _not_sure, _not_sure)
    return Line(key, name, _reader(field, key), None if field.required else _absent(field.load_default))


def _absent(default: Any) -> Callable[[], Any]:
    return default if callable(default) else lambda: default


def _reader(field: fields.Field, key: str | None) -> Reader:
    """Return a function that does what ``field.deserialize`` does."""
    if type(field)._validate is not fields.Field._validate or field.pre_load or field.post_load:
        return lambda value, data: field.deserialize(value, key, data)
    convert, checks, allow_none = _converter(field, key), tuple(field.validators), field.allow_none

    def read(value: Any, data: Any) -> Any:
        if value is None:
            if allow_none:
                return None
            raise NotSureError
        converted = convert(value, data)
        for check in checks:
            check(converted)
        return converted

    return read


def _converter(field: fields.Field, key: str | None) -> Reader:
    kind = type(field)
    if kind is fields.String:
        return _text
    if kind is fields.Integer:
        return _whole
    if kind is fields.Nested and not (field.many or field.schema.many):
        inner = _loader(field.schema, field.unknown)
        return lambda value, data: inner(value)
    if kind is fields.List:
        return _list(_reader(field.inner, None))
    return lambda value, data: field._deserialize(value, key, data)


def _text(value: Any, data: Any) -> str:
    if type(value) is not str:
        raise NotSureError
    return value


def _whole(value: Any, data: Any) -> int:
    if type(value) is not int:
        raise NotSureError
    return value


def _list(item: Reader) -> Reader:
    def read(value: Any, data: Any) -> list[Any]:
        if type(value) is not list:
            raise NotSureError
        return [item(one, None) for one in value]

    return read
