"""What clients asked and what they were answered: one line of JSON for each request, as it was seen from outside."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """One request, repeated with its key until the answer was definite.

    ``at`` is when it was first sent and ``until`` when the definite answer came; ``status`` is 0 if none ever came, and
    ``broken`` counts the answers that said 500. ``again`` tells whether a repeat after the answer got the same one,
    where the client tried that.
    """

    client: str
    op: str
    key: str | None
    path: str
    body: dict[str, Any] | None
    token: str
    campaign_id: str | None
    commitment_id: str | None
    at: float
    until: float
    tries: int
    status: int
    answer: dict[str, Any] = field(default_factory=dict)
    broken: int = 0
    again: bool | None = None

    @property
    def accepted(self):
        return 200 <= self.status < 300

    @property
    def refused(self):
        return 400 <= self.status < 500

    @property
    def code(self):
        return self.answer.get("code")

    @property
    def about(self):
        """The commitment that it is about: the one in the address, or the one that it made."""
        return self.commitment_id or self.answer.get("commitment_id")

    def line(self):
        return json.dumps(asdict(self), ensure_ascii=False)


def read(folder):
    """Return what all clients wrote, in the order of the answers."""
    lines = (line for path in sorted(Path(folder).glob("*.history.jsonl")) for line in path.open())
    return sorted((Said(**json.loads(line)) for line in lines), key=lambda said: said.until)
