"""The envelope of an event: CloudEvents 1.0 in structured JSON mode, with four extension attributes.

``correlationid`` and ``causationid`` tie an event to its conversation and its cause; ``aggregateversion`` counts the
events of one subject from 1 without gaps, so that a consumer can tell an old state from a new one.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.kernel.clock import format_time, parse_time
from services.kernel.errors import InvalidError

CONTENT_TYPE = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. ``source`` is the service, ``name`` the wire name with its version, such as ``pool_ready.v1``."""

    id: str
    source: str
    name: str
    time: datetime
    subject: str
    version: int
    data: dict[str, Any]
    correlation_id: str
    causation_id: str | None = None

    @property
    def exchange(self) -> str:
        """The exchange that it is published to."""
        return f"{self.source}.events"

    def to_wire(self) -> dict[str, Any]:
        """Return the CloudEvents JSON object."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": f"/pinlian/{self.source}",
            "type": f"{self.source}.{self.name}",
            "time": format_time(self.time),
            "subject": self.subject,
            "datacontenttype": "application/json",
            "dataschema": f"urn:pinlian:{self.source}:{self.name}",
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "aggregateversion": self.version,
            "data": self.data,
        }

    def to_json(self) -> str:
        """Return the wire form as JSON text."""
        return json.dumps(self.to_wire(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_wire(cls, wire: Any) -> "Envelope":
        """Read a CloudEvents JSON object; raise ``InvalidError`` naming the attribute that is missing or wrong."""
        if not isinstance(wire, dict):
            raise InvalidError("event", f"is a {type(wire).__name__}", "a CloudEvents JSON object")
        for field, kind in (("id", str), ("type", str), ("time", str), ("subject", str), ("data", dict)):
            if not isinstance(wire.get(field), kind):
                raise InvalidError(field, f"is {wire.get(field)!r}", f"a CloudEvents attribute of type {kind.__name__}")
        if wire.get("specversion") != "1.0":
            raise InvalidError("specversion", f"is {wire.get('specversion')!r}", '"1.0"')
        version = wire.get("aggregateversion")
        if isinstance(version, bool) or not isinstance(version, int) or not 0 < version < 2**63:
            raise InvalidError("aggregateversion", f"is {version!r}", "a whole number from 1")
        source, _, name = wire["type"].partition(".")
        return cls(
            id=wire["id"],
            source=source,
            name=name,
            time=parse_time(wire["time"], "time"),
            subject=wire["subject"],
            version=version,
            data=wire["data"],
            correlation_id=str(wire.get("correlationid") or wire["id"]),
            causation_id=wire.get("causationid"),
        )


def lane_key(event: str, lane: int | None) -> str:
    """Return the routing key of an event, in a lane if it has one."""
    return event if lane is None else f"{event}.{lane}"
