"""Whether the gateway can do its work, and what is missing if not.

Ready means that its database is there and migrated and that every service answers a call. Redis is not needed: it is
named as ``degraded`` when it is away, because only the rate limits are.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine

from gateway.rate_limit import Limiter
from services.chassis import migrations

log = logging.getLogger(__name__)

SERVICES = ("demand", "supplier", "campaign", "reputation")
KEEP = 1.0  # seconds for which a report is good, so that probes cost little however many ask


class Health:
    """Makes reports. ``silent(services)`` returns those services that do not answer."""

    def __init__(self, engine: Engine, limiter: Limiter, silent: Callable[[Sequence[str]], list[str]]) -> None:
        self._engine = engine
        self._limiter = limiter
        self._silent = silent
        self._migrated = False
        self._report: tuple[float, dict[str, Any]] = (float("-inf"), {})

    def report(self) -> dict[str, Any]:
        """Return ``{"missing": [...], "degraded": [...]}``: names of what is not there."""
        made_at, report = self._report
        if time.monotonic() - made_at >= KEEP:
            report = {
                "missing": [*self._database(), *self._silent(SERVICES)],
                "degraded": [] if self._limiter.reachable() else ["redis"],
            }
            self._report = (time.monotonic(), report)
        return report

    def _database(self) -> list[str]:
        try:
            with self._engine.connect() as connection:
                if not self._migrated:
                    self._migrated = not migrations.pending("gateway", connection)
                else:
                    connection.exec_driver_sql("SELECT 1")
        except Exception as error:
            log.warning("the gateway's database is missing", extra={"why": type(error).__name__})
            return ["gateway database"]
        return [] if self._migrated else ["gateway migrations"]
