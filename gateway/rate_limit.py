"""How often a token may call: a sliding window of a minute, counted in Redis so that all gateways count together.

The window slides as two fixed ones do: what the last minute had counts for the part of it that is still inside. It
never lets more than the limit through in a fixed minute, and needs two small numbers per token. To ask Redis for each
request would cost as much as the rest of a request, so a gateway takes a hundredth of the limit at a time and hands it
out; what it has left at the end of the minute is lost, so several gateways never let through more, only a little less.

Redis is a convenience here, nothing else is kept in it. When it is lost, requests are let through, one line per
``SILENCE`` says so, and it is tried again after ``PAUSE``; no request waits for it longer than ``PATIENCE``.
"""

import logging
import math
import time
from dataclasses import dataclass
from typing import Any, Protocol

import redis
from prometheus_client import CollectorRegistry, Counter

log = logging.getLogger(__name__)

WINDOW = 60  # seconds
PATIENCE = 0.25  # seconds
PAUSE = 5.0  # seconds
SILENCE = 60.0  # seconds

# Takes up to ARGV[4] requests. Returns how many it got, how many are left, and the counts of this and the last window.
_SCRIPT = """
local this = tonumber(redis.call('GET', KEYS[1]) or '0')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local limit, inside, keep, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local used = this + math.floor(last * inside / 1000)
if used >= limit then return {0, 0, this, last} end
local got = math.min(wanted, limit - used)
redis.call('INCRBY', KEYS[1], got)
redis.call('EXPIRE', KEYS[1], keep)
return {got, limit - used - got, this + got, last}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the limit says about one request; ``reset`` and ``retry_after`` are in seconds."""

    allowed: bool
    remaining: int
    reset: int
    retry_after: int = 0


class Limiter(Protocol):
    """Counts requests."""

    limit: int

    def take(self, who: str) -> Allowance | None:
        """Count one request of ``who``; None where nothing is counted."""
        ...

    def reachable(self) -> bool:
        """Tell whether the counts can be reached."""
        ...


class Unlimited:
    """Counts nothing, for a node without Redis."""

    limit = 0

    def take(self, who: str) -> Allowance | None:
        """Let the request pass."""
        return None

    def reachable(self) -> bool:
        """There is nothing to reach."""
        return True


class RedisLimiter:
    """Counts in Redis; ``limit`` requests a minute for each token."""

    def __init__(self, url: str, limit: int, registry: CollectorRegistry) -> None:
        self.limit = limit
        patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        # One attempt only: trying again is what PAUSE is for, not what a request waits for.
        retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        self._redis = redis.Redis.from_url(url, retry=retry, max_connections=64, **patience)
        self._count = self._redis.register_script(_SCRIPT)
        self._at_a_time = max(1, limit // 100)
        self._window, self._taken = 0.0, {}
        self._away_until = 0.0
        self._said_at = -math.inf
        self._skipped = _skipped_counter(registry)

    def take(self, who: str) -> Allowance | None:
        """Count one request of ``who``; None, which lets it pass, while Redis is away."""
        if time.monotonic() < self._away_until:
            self._skipped.inc()
            return None
        try:
            return self._take(who, time.time())
        except (redis.RedisError, OSError) as error:
            self._lost(error)
            return None

    def reachable(self) -> bool:
        """Tell whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except (redis.RedisError, OSError):
            return False

    def _take(self, who: str, now: float) -> Allowance:
        window, elapsed = divmod(now, WINDOW)
        reset = max(1, math.ceil(WINDOW - elapsed))
        taken = self._taken_in(window)
        hand, left = taken.get(who, (0, 0))
        if not hand:
            inside = 1 - elapsed / WINDOW  # the part of the last window that the sliding one still covers
            keys = [f"pinlian:rate:{who}:{int(window)}", f"pinlian:rate:{who}:{int(window) - 1}"]
            numbers = [self.limit, math.floor(inside * 1000), 2 * WINDOW, self._at_a_time]
            got, left, this, last = self._count(keys, numbers)
            # While Redis was asked, others may have taken as well.
            hand = got + taken.get(who, (0, 0))[0]
            if not hand:
                return Allowance(False, 0, reset, self._wait(this, last, elapsed))
        taken[who] = (hand - 1, left)
        return Allowance(True, left + hand - 1, reset)

    def _taken_in(self, window: float) -> dict[str, tuple[int, int]]:
        """Return, by token, what is in hand in this window and what was left in Redis; at its end it is forgotten."""
        if window != self._window:
            self._window, self._taken = window, {}
        return self._taken

    def _wait(self, this: int, last: int, elapsed: float) -> int:
        """Work out after how many seconds the next request passes."""
        if this >= self.limit:
            return max(1, math.ceil(WINDOW - elapsed))
        # this + last * inside falls below the limit when inside < (limit - this) / last.
        inside = (self.limit - this) / last
        return max(1, math.ceil(WINDOW * (1 - inside) - elapsed))

    def _lost(self, error: Any) -> None:
        now = time.monotonic()
        self._away_until = now + PAUSE
        self._skipped.inc()
        if now - self._said_at >= SILENCE:
            self._said_at = now
            log.warning("rate limits are off: Redis cannot be reached", extra={"why": type(error).__name__})


def _skipped_counter(registry: CollectorRegistry) -> Counter:
    text = "Requests that were not counted because Redis could not be reached"
    return Counter("pinlian_rate_limit_skipped", text, registry=registry)


def headers_of(limiter: Limiter, allowance: Allowance | None) -> list[tuple[str, str]]:
    """Return the RateLimit headers (draft-ietf-httpapi-ratelimit-headers) of a request."""
    if allowance is None:
        return []
    return [
        ("RateLimit-Policy", f'"default";q={limiter.limit};w={WINDOW}'),
        ("RateLimit", f'"default";r={allowance.remaining};t={allowance.reset}'),
    ]
