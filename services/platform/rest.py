"""Whether an embedded platform is at rest: what is on its way and which timer comes next, asked in one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from services.chassis.database import make_engine

# Everything runs in one process on one database, so one question to its administrator answers for all services; each
# service for itself would be eight. An event counts as sent only when every consumer has handled it.
_EVENTS = "SELECT count(*) FROM {0}.outbox WHERE sent_at IS NULL"
_TIMERS = "SELECT greatest(due_at, retry_at) AS due FROM {0}.timers"
# An order that waits for the one before it is not due, whatever its time says.
_ORDERS = (
    "SELECT due_at AS due FROM campaign.payment_orders AS o WHERE state = 'open'"
    " AND NOT EXISTS (SELECT FROM campaign.payment_orders AS b WHERE b.number = o.after AND b.state = 'open')"
)
# A search is under way until its plan is found, whatever its lease says.
_SEARCHES = "SELECT created_at AS due FROM supplier.visit_plans WHERE due_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Unrest:
    """What is still to come: events on their way, timers and orders that are due at ``now``, and the next time."""

    events: int
    due: int
    next_due: datetime | None

    @property
    def at_rest(self) -> bool:
        """Whether nothing happens until the clock moves."""
        return not self.events and not self.due


class Rest:
    """Asks ``admin_url`` about the schemas of ``services``."""

    def __init__(self, admin_url: str, services: list[str]) -> None:
        self._engine: Engine = make_engine(admin_url, pool_size=1, application="pinlian-clock")
        events = " + ".join(f"({_EVENTS.format(service)})" for service in services)
        orders = [_ORDERS] if "campaign" in services else []
        searches = [_SEARCHES] if "supplier" in services else []
        timers = " UNION ALL ".join([*(_TIMERS.format(service) for service in services), *orders, *searches])
        self._question = text(
            f"SELECT {events} AS events, count(*) FILTER (WHERE due <= :now) AS due, min(due) AS next_due"
            f" FROM ({timers}) AS timers"
        )
        self._connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()

    def look(self, now: datetime) -> Unrest:
        """Return what is still to come at ``now``."""
        row = self._connection.execute(self._question, {"now": now}).one()
        return Unrest(row.events, row.due, row.next_due)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._engine.dispose()
