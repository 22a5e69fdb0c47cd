"""How well or badly the provider behaves: read from YAML over ``profiles/none.yaml``, where every word is explained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load
from marshmallow.validate import OneOf, Range

from services.chassis.errors import StartupError
from services.sandbox.model import Kind, Limits
from services.sandbox.reading import sentences

PROFILES = Path(__file__).parent / "profiles"
NAMES = tuple(sorted(path.stem for path in PROFILES.glob("*.yaml")))
DECLINABLE = tuple(kind for kind in Kind if kind not in (Kind.VOID, Kind.UNFREEZE))
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Shares of callbacks that do not come as they should."""

    duplicate: float
    late: float
    late_seconds: Span
    lost: float
    reordered: float
    early: float


@dataclass(frozen=True, slots=True)
class Answers:
    """Shares of requests that are not answered as they should be."""

    refused: float
    error: float
    broken: float
    timeout: float
    hang_seconds: float


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a callback is tried, and after how long."""

    attempts: int
    first_seconds: float
    most_seconds: float


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it."""

    pay: str
    last_moment: float
    delay: dict[Kind, Span]
    decline: dict[Kind, float]
    callback: Callbacks
    answer: Answers
    retry: Retries
    limits: Limits


def load_profile(name: str) -> Profile:
    """Return the profile ``none``, ``light``, ``heavy`` or that of a file; raise ``StartupError`` for a wrong one."""
    path = PROFILES / f"{name}.yaml" if name in NAMES else Path(name)
    return read_profile(_yaml(path), str(path))


def read_profile(given: Any, name: str = "the profile") -> Profile:
    """Return the profile of what YAML said; raise ``StartupError`` with one line that names what is wrong."""
    if not isinstance(given, dict):
        raise StartupError(f"{name} is no profile; expected YAML such as 'callback: {{lost: 0.1}}'")
    try:
        return _ProfileSchema().load(_over(_yaml(PROFILES / "none.yaml"), given))
    except ValidationError as error:
        raise StartupError(f"{name}: {'; '.join(sentences(error.messages))}") from None


def _over(base: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in given.items():
        below = base.get(key)
        merged[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        expected = f"expected {', '.join(NAMES)} or a YAML file"
        raise StartupError(f"the profile {path} cannot be read: {reason}; {expected}") from None
    except yaml.YAMLError as error:
        raise StartupError(f"the profile {path} is not YAML: {' '.join(str(error).split())}") from None


def _share() -> fields.Float:
    return fields.Float(required=True, validate=Range(0, 1, error="is {input}; expected a share from 0 to 1"))


def _seconds() -> fields.Float:
    return fields.Float(required=True, validate=Range(0, 86_400, error="is {input}; expected seconds, from 0 to 86400"))


def _whole(least: int, most: int) -> fields.Integer:
    wrong = f"is {{input}}; expected a whole number from {least} to {most}"
    return fields.Integer(required=True, strict=True, validate=Range(least, most, error=wrong))


class _Span(fields.Field):
    """Two numbers of seconds, the smaller one first."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Span:
        numbers = isinstance(value, list) and all(type(each) in (int, float) for each in value)
        if not numbers or len(value) != 2 or not 0 <= value[0] <= value[1] <= 86_400:
            raise ValidationError(f"is {value!r}; expected two numbers of seconds such as [1, 5]")
        return float(value[0]), float(value[1])


class _CallbackSchema(Schema):
    duplicate, late, lost, reordered, early = (_share() for _ in range(5))
    late_seconds = _Span(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Callbacks:
        return Callbacks(**data)


class _AnswerSchema(Schema):
    refused, error, broken, timeout = (_share() for _ in range(4))
    hang_seconds = _seconds()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Answers:
        if (total := data["refused"] + data["error"] + data["broken"] + data["timeout"]) > 1:
            raise ValidationError(f"the shares of troubles sum to {total:g}; expected 1 at most", "refused")
        return Answers(**data)


class _RetrySchema(Schema):
    attempts = _whole(1, 1000)
    first_seconds = _seconds()
    most_seconds = _seconds()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Retries:
        return Retries(**data)


class _LimitsSchema(Schema):
    share_bp = _whole(0, 10_000)
    receivers_per_split = _whole(1, 1000)
    splits_per_payment = _whole(1, 1000)
    unfreeze_days = _whole(1, 3650)
    receiver_month = _whole(0, 10**12)
    authorisation_days = _whole(1, 365)
    charge_hours = _whole(1, 24 * 365)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Limits:
        return Limits(**data)


def _per_kind(kinds: tuple[Kind, ...], make: Any) -> fields.Nested:
    return fields.Nested(Schema.from_dict({str(kind): make() for kind in kinds}), required=True)


class _ProfileSchema(Schema):
    pay = fields.String(
        required=True, validate=OneOf(("auto", "manual"), error="is {input!r}; expected auto or manual")
    )
    last_moment = _share()
    delay = _per_kind(tuple(Kind), lambda: _Span(required=True))
    decline = _per_kind(DECLINABLE, _share)
    callback = fields.Nested(_CallbackSchema, required=True)
    answer = fields.Nested(_AnswerSchema, required=True)
    retry = fields.Nested(_RetrySchema, required=True)
    limits = fields.Nested(_LimitsSchema, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Profile:
        for name in ("delay", "decline"):
            data[name] = {Kind(kind): value for kind, value in data[name].items()}
        return Profile(**data)
