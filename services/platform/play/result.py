"""What became of a scenario."""

from dataclasses import dataclass, field
from typing import Any

from services.platform.play.errors import PlayFailed
from services.platform.play.scenario import Scenario


@dataclass(slots=True)
class Result:
    """What became of a scenario."""

    scenario: Scenario
    failure: PlayFailed | None = None
    campaigns: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    story: list[dict[str, Any]] = field(default_factory=list)
    steps: int = 0
    checks: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether everything was as the scenario says."""
        return self.failure is None

    def to_wire(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "file": self.scenario.path,
            "title": self.scenario.title,
            "ok": self.ok,
            "failure": self.failure.to_wire() if self.failure else None,
            "steps": self.steps,
            "expectations": self.checks,
            "seconds": round(self.seconds, 2),
            "campaigns": self.campaigns,
            "scores": self.scores,
            "story": self.story,
        }
