"""Refusals: what the domain answers when it says no.

A refusal has a stable ``code`` (``campaign.closed``), a sentence for people, and data for programs. Its kind is its
base class; one table in the gateway turns kinds into HTTP status codes. Nothing branches on the sentence.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """The request was understood and is refused; the caller can act on ``code`` and ``detail``."""

    kind: ClassVar[str] = "conflict"
    code: ClassVar[str] = "kernel.refused"

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class InvalidError(Refusal):
    """A value is wrong in itself. ``field``, ``problem`` and ``expected`` say which, why and what would be right."""

    kind = "invalid"
    code = "kernel.invalid"

    def __init__(self, field: str, problem: str, expected: str) -> None:
        super().__init__(
            f"{field} {problem}; expected {expected}",
            errors=[{"field": field, "problem": problem, "expected": expected}],
        )

    def within(self, prefix: str) -> "InvalidError":
        """Return the same about a field of the object ``prefix``."""
        first = self.detail["errors"][0]
        return InvalidError(f"{prefix}.{first['field']}", first["problem"], first["expected"])


class NotFoundError(Refusal):
    """The thing does not exist, or the caller may not know that it does."""

    kind = "not_found"
    code = "kernel.not_found"


class ForbiddenError(Refusal):
    """The caller's role does not allow this, whatever the resource."""

    kind = "forbidden"
    code = "kernel.forbidden"


class ConflictError(Refusal):
    """The resource is in a state in which this cannot be done; ``detail`` holds the current state."""

    kind = "conflict"
    code = "kernel.conflict"


class PreconditionError(Refusal):
    """The caller edited a version that is no longer the current one."""

    kind = "precondition"
    code = "kernel.stale_version"
