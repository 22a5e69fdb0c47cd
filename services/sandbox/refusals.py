"""What the provider says no with: a status of HTTP, a code for programs, a sentence for people."""

from typing import Any


class Refused(Exception):
    """The request is refused and has no effect."""

    status = 422

    def __init__(self, code: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail


class Malformed(Refused):
    """The request is not what this API reads; ``errors`` names each field."""

    status = 400


class Unsigned(Refused):
    """The signature, the time or the nonce of the request is wrong."""

    status = 401


class NotThere(Refused):
    """There is no such address or order."""

    status = 404


class NumberReused(Refused):
    """The number came before with another request."""

    status = 409


def not_found(number: str) -> NotThere:
    """Return the refusal of a question about an order that never came."""
    return NotThere("ORDER_NOT_FOUND", f"there is no order {number}")
