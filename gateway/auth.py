"""Who calls: from the Authorization header to a ``caller``.

A token that was looked up is believed for ``FRESH`` seconds, and for as long again while one request looks it up anew,
so that a busy token costs one query a second. Within this process a revocation takes effect at once, because it drops
the token here; in other processes within ``2 * FRESH`` seconds. What is cached is bounded, and unknown secrets are not
cached, so nobody can fill the memory.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gateway.problems import Problem
from gateway.storage.tables import tokens
from gateway.tokens import SECRET, hash_of
from services.chassis.errors import UnavailableError
from services.kernel.caller import Role
from services.kernel.clock import Clock

FRESH = 1.0  # seconds
MOST_CACHED = 20_000
CHALLENGE = [("WWW-Authenticate", 'Bearer realm="pinlian"')]
WRONG_TOKEN = [("WWW-Authenticate", 'Bearer realm="pinlian", error="invalid_token"')]


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was accepted. ``caller`` is what the services are told of it."""

    token_id: str
    role: Role
    caller: dict[str, str | None]
    expires_at: datetime | None


class Tokens:
    """Accepts tokens."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._cache: dict[str, tuple[float, Token]] = {}
        self._looking_up: set[str] = set()
        self._revocations = 0

    def authenticate(self, header: str | None) -> Token:
        """Return the token of an Authorization header; raise a 401 ``Problem`` if there is none that is valid."""
        if not header:
            raise Problem(401, "gateway.unauthenticated", "the request has no token", headers=CHALLENGE)
        scheme, _, secret = header.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not SECRET(secret):
            raise _refused()
        token = self._find(hash_of(secret))
        if token is None or (token.expires_at is not None and token.expires_at <= self.clock.now()):
            raise _refused()
        return token

    def forget(self, token_id: str) -> None:
        """Believe nothing about a token any more: it was revoked."""
        self._revocations += 1
        for key in [key for key, (_, token) in self._cache.items() if token.token_id == token_id]:
            self._cache.pop(key, None)

    def _find(self, key: str) -> Token | None:
        found = self._cache.get(key)
        now = time.monotonic()
        if found is not None and now - found[0] < (2 * FRESH if key in self._looking_up else FRESH):
            return found[1]
        self._looking_up.add(key)
        try:
            return self._refresh(key, now)
        finally:
            self._looking_up.discard(key)

    def _refresh(self, key: str, now: float) -> Token | None:
        before = self._revocations
        token = self._look_up(key)
        if token is None:
            self._cache.pop(key, None)
        elif before == self._revocations:  # else the answer may be older than a revocation in this process
            if len(self._cache) >= MOST_CACHED:
                self._cache.clear()
            # The age counts from before the query, because the answer may be as old as that.
            self._cache[key] = (now, token)
        return token

    def _look_up(self, key: str) -> Token | None:
        statement = select(tokens).where(tokens.c.secret_hash == key, tokens.c.revoked_at.is_(None))
        try:
            with self.engine.connect() as connection:
                row = connection.execute(statement).one_or_none()
        except (DBAPIError, PoolTimeoutError) as error:
            raise UnavailableError("the gateway's database") from error
        if row is None:
            return None
        ids = {name: row._mapping[name] for name in ("community_id", "member_id", "supplier_id")}
        bound = {name: None if value is None else str(value) for name, value in ids.items()}
        caller = {"token_id": str(row.token_id), "role": row.role, **bound}
        return Token(str(row.token_id), Role(row.role), caller, row.expires_at)


def _refused() -> Problem:
    # One answer for unknown, revoked and expired: it tells nothing about which tokens exist.
    detail = "the token is not valid: unknown, revoked or expired"
    return Problem(401, "gateway.unauthenticated", detail, headers=WRONG_TOKEN)
