"""How a play can end early."""

from typing import Any


class ScenarioError(Exception):
    """The file is not a scenario, or says something that cannot be played; the message says where and what."""


class PlayFailed(Exception):
    """Something happened otherwise than the scenario says."""

    def __init__(self, where: str, what: str, expected: Any, seen: Any) -> None:
        super().__init__(f"{where}: {what}: expected {expected}, seen {seen}")
        self.where = where
        self.what = what
        self.expected = expected
        self.seen = seen

    def to_wire(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"where": self.where, "what": self.what, "expected": self.expected, "seen": self.seen}
