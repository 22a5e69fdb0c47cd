"""What the operator of a node sets, read from the environment once, checked at once, frozen from then on.

A variable may also be given as a file (``PINLIAN_AMQP_URL_FILE=/run/secrets/amqp``), as Docker's secrets are.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvValidationError
from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from services.chassis.errors import StartupError
from services.kernel.policy import Policy

# Those who have a schema, and therefore may have a database URL of their own.
OWNERS = ("demand", "supplier", "campaign", "reputation", "gateway")
POSTGRES = ("postgresql", "postgres")
BROKERS = ("amqp", "amqps", "inproc")
REDIS = ("redis", "rediss", "unix")
WEB = ("http", "https")
KEY_BYTES = 32
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
Address = tuple[str, int]


class _Environ(Env):
    """environs over a given mapping instead of the process's environment, with ``_FILE`` variables."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._given = given

    def _get_value(self, env_key: str, default: Any) -> Any:
        if path := self._given.get(f"{env_key}_FILE"):
            try:
                return Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                # A default would hide that the secret is missing, so this is an error even where there is one.
                self._errors[f"{env_key}_FILE"].append(f"{path} cannot be read ({type(error).__name__})")
                return default
        return self._given.get(env_key) or default


def _url(value: str | None, *, schemes: tuple[str, ...], example: str) -> str | None:
    """Check a URL; its value is never part of the message, because it may hold a password."""
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        make_url(value)
    except (ValueError, ArgumentError):
        raise ValidationError(f"is not a URL; expected one such as {example}") from None
    scheme = parts.scheme.partition("+")[0]
    if scheme not in schemes:
        raise ValidationError(f"has the scheme {scheme or 'none'!r}; expected {', '.join(schemes)}, such as {example}")
    return value


def _address(value: str) -> Address:
    """Read ``host:port``."""
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise ValidationError(f"{value!r} is not an address; expected host:port, such as 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def _key(value: str | None) -> str | None:
    """Check a key of Ed25519; its value is never part of the message."""
    if value is None:
        return None
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ValidationError(f"is not a key; expected {KEY_BYTES} bytes in base64, as pinlian sandbox writes them")
    return value


@dataclass(frozen=True, slots=True)
class SandboxAccess:
    """The sandbox payment provider: where it answers, our private key and its public key."""

    url: str
    key: str = field(repr=False)
    public_key: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Times are in seconds, sizes in bytes; URLs are kept out of ``repr``."""

    database_url: str | None = field(default=None, repr=False)
    database_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    admin_database_url: str | None = field(default=None, repr=False)
    amqp_url: str = field(default="inproc://pinlian", repr=False)
    redis_url: str | None = field(default=None, repr=False)
    http_address: Address = ("127.0.0.1", 8080)
    health_address: Address | None = None
    log_level: str = "INFO"
    workers: int = 32
    rpc_timeout: float = 5.0
    rate_limit: int = 6000
    body_limit: int = 1024 * 1024
    public_url: str | None = None
    sandbox: SandboxAccess | None = None
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        if self.sandbox is not None:
            named = replace(self.policy, payment_providers=self.policy.payment_providers | {"sandbox"})
            object.__setattr__(self, "policy", named)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the variables ``PINLIAN_*``; raise ``StartupError`` with one line that names each wrong one."""
        given = os.environ if environ is None else environ
        env = _Environ(given)
        settings = cls(**_read(env))
        problems: dict[str, str] = _unknown(given, set(env._fields)) | _half_given(given)
        try:
            env.seal()
        except EnvValidationError as error:
            problems |= {name: " and ".join(map(_sentence, found)) for name, found in error.error_messages.items()}
        if problems:
            raise StartupError("; ".join(f"{name} {problem}" for name, problem in sorted(problems.items())))
        return settings

    def url_of(self, owner: str) -> str:
        """Return the database URL of a service; raise ``StartupError`` naming the variable that would hold it."""
        if url := self.database_urls.get(owner) or self.database_url:
            return url
        name = f"PINLIAN_{owner.upper()}_DATABASE_URL"
        raise StartupError(f"{name} is not set; expected it, or PINLIAN_DATABASE_URL for all, as postgresql://...")


def _read(env: Env) -> dict[str, Any]:
    for name, parser in (("address", _address), ("checked_url", _url), ("key", _key)):
        env.add_parser(name, parser)
    postgres = {"schemes": POSTGRES, "example": "postgresql://user:password@host:5432/pinlian"}
    owned = {owner: env.checked_url(f"PINLIAN_{owner.upper()}_DATABASE_URL", None, **postgres) for owner in OWNERS}
    return {
        "database_url": env.checked_url("PINLIAN_DATABASE_URL", None, **postgres),
        "database_urls": {owner: url for owner, url in owned.items() if url},
        "admin_database_url": env.checked_url("PINLIAN_ADMIN_DATABASE_URL", None, **postgres),
        "amqp_url": env.checked_url("PINLIAN_AMQP_URL", schemes=BROKERS, example="amqp://user:password@host:5672/"),
        "redis_url": env.checked_url("PINLIAN_REDIS_URL", None, schemes=REDIS, example="redis://host:6379/0"),
        "http_address": env.address("PINLIAN_HTTP_ADDRESS", "127.0.0.1:8080"),
        "health_address": env.address("PINLIAN_HEALTH_ADDRESS") if _is_set(env, "PINLIAN_HEALTH_ADDRESS") else None,
        "log_level": env.str("PINLIAN_LOG_LEVEL", "INFO", validate=_one_of(LEVELS)),
        "workers": _whole(env, "PINLIAN_WORKERS", 32, 1, 1000),
        "rpc_timeout": _number(env, "PINLIAN_RPC_TIMEOUT", 5.0, 0.1, 60),
        "rate_limit": _whole(env, "PINLIAN_RATE_LIMIT", 6000, 1, 1_000_000),
        "body_limit": _whole(env, "PINLIAN_BODY_LIMIT", 1024 * 1024, 1024, 64 * 1024 * 1024),
        "public_url": _web(env, "PINLIAN_PUBLIC_URL", "https://pinlian.example.org"),
        "sandbox": _sandbox(env),
        "policy": _policy(env),
    }


def _web(env: Env, name: str, example: str) -> str | None:
    url = env.checked_url(name, None, schemes=WEB, example=example)
    return url.rstrip("/") if url else None


def _sandbox(env: Env) -> SandboxAccess | None:
    url = _web(env, "PINLIAN_SANDBOX_URL", "http://127.0.0.1:8090")
    key, public_key = (env.key(name, None) for name in ("PINLIAN_SANDBOX_KEY", "PINLIAN_SANDBOX_PUBLIC_KEY"))
    return SandboxAccess(url, key, public_key) if url and key and public_key else None


def _half_given(given: Mapping[str, str]) -> dict[str, str]:
    """Find what is missing where a payment provider is named: it has to know us, and we it, and it has to call us."""
    whole = ("PINLIAN_SANDBOX_URL", "PINLIAN_SANDBOX_KEY", "PINLIAN_SANDBOX_PUBLIC_KEY")
    there = {name for name in (*whole, "PINLIAN_PUBLIC_URL") if given.get(name) or given.get(f"{name}_FILE")}
    if not there & set(whole):
        return {}
    missing = {*whole, "PINLIAN_PUBLIC_URL"} - there
    return dict.fromkeys(missing, "is not set; the sandbox provider needs it")


def _policy(env: Env) -> Policy:
    gather = _number(env, "PINLIAN_POOL_GATHER_HOURS", 48, 0.001, 24 * 90)
    hold = _number(env, "PINLIAN_MATCH_HOLD_HOURS", 72, 0.001, 24 * 90)
    k = _whole(env, "PINLIAN_PRIVACY_K", 5, 1, 1000)
    matches = _whole(env, "PINLIAN_MATCHES_PER_POOL", 3, 1, 100)
    consent = _number(env, "PINLIAN_CONSENT_HOURS", 24, 0.001, 24 * 90)
    ticks = _number(env, "PINLIAN_RELEASE_MINUTES", 60, 1, 24 * 60)
    again = _number(env, "PINLIAN_REOPTIMISE_MINUTES", 15, 1, 24 * 60)
    gain = _whole(env, "PINLIAN_REOPTIMISE_GAIN", 2, 1, 1000)
    rounds = _number(env, "PINLIAN_ROUND_MINUTES", 60, 1, 7 * 24 * 60)
    search = _number(env, "PINLIAN_ROUND_SECONDS", 20, 0.1, 600)
    admission = env.str("PINLIAN_ADMISSION", "open", validate=_one_of(("open", "reviewed")))
    if None in (gather, hold, k, matches, consent, ticks, again, gain, rounds, search, admission):
        return Policy()  # what was wrong is in the errors of ``env``
    return Policy(
        privacy_k=k,
        pool_gather=timedelta(hours=gather),
        match_hold=timedelta(hours=hold),
        matches_per_pool=matches,
        consent_within=timedelta(hours=consent),
        release_every=timedelta(minutes=ticks),
        reoptimise_every=timedelta(minutes=again),
        reoptimise_gain=gain,
        round_every=timedelta(minutes=rounds),
        round_seconds=search,
        admission=admission,
    )


def _is_set(env: Env, name: str) -> bool:
    # Reading it registers the name as known, whether or not it has a value.
    return bool(env.str(name, ""))


def _whole(env: Env, name: str, default: int, least: int, most: int) -> int:
    expected = f"expected a whole number from {least} to {most}"
    texts = {"invalid": f"is not a whole number; {expected}", "too_large": expected}
    wrong = Range(least, most, error=f"is {{input}}; {expected}")
    return env.int(name, default, validate=wrong, error_messages=texts)


def _number(env: Env, name: str, default: float, least: float, most: float) -> float:
    expected = f"expected a number from {least:g} to {most:g}"
    texts = {"invalid": f"is not a number; {expected}", "special": f"is not a number; {expected}"}
    wrong = Range(least, most, error=f"is {{input}}; {expected}")
    return env.float(name, default, validate=wrong, error_messages=texts)


def _one_of(values: tuple[str, ...]) -> OneOf:
    return OneOf(values, error=f"is {{input!r}}; expected one of {', '.join(values)}")


def _sentence(message: str) -> str:
    return "is not set; it has no default" if message == "Environment variable not set." else message


def _unknown(given: Mapping[str, str], read: set[str]) -> dict[str, str]:
    """Find variables that nobody reads: a slip of the keyboard would otherwise be a default in silence."""
    known = read | {f"{name}_FILE" for name in read}
    problems = {}
    for name in given:
        if name.startswith("PINLIAN_") and not name.startswith("PINLIAN_TEST_") and name not in known:
            close = get_close_matches(name, known, n=1)
            problems[name] = f"is not a setting; did you mean {close[0]}?" if close else "is not a setting; remove it"
    return problems
