"""What others ask about matching rounds, already read and checked for shape."""

from dataclasses import dataclass

from services.kernel.caller import Caller


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Assign what waits in a category now; ``currency`` None: that of most of what waits."""

    caller: Caller
    category: str
    currency: str | None
