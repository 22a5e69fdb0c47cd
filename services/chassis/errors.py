"""The one exception that crosses the wire.

nameko sends exceptions by the path of their Python class, so that moving a class would break every caller.
``ServiceError`` is therefore the only one that leaves a service; its ``code`` is the contract.
"""

from typing import Any

from nameko.exceptions import deserialize_to_instance

from services.kernel.errors import Refusal


@deserialize_to_instance
class ServiceError(Exception):
    """A refusal on its way to the caller: ``kind`` decides the HTTP status, ``code`` is for programs."""

    def __init__(self, kind: str, code: str, message: str, detail: dict[str, Any]) -> None:
        # nameko rebuilds the exception from ``args``, so every argument has to be in them.
        super().__init__(kind, code, message, detail)
        self.kind = kind
        self.code = code
        self.message = message
        self.detail = detail

    @classmethod
    def from_refusal(cls, refusal: Refusal) -> "ServiceError":
        """Wrap what the domain raised."""
        return cls(refusal.kind, refusal.code, refusal.message, refusal.detail)


class UnavailableError(Exception):
    """A service, the broker or the database could not be reached within the deadline; the outcome is unknown."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class StartupError(Exception):
    """The process cannot start; the message is one line that names what is wrong and what would be right."""
