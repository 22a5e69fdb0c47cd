"""Problems: every error leaves as ``application/problem+json`` (RFC 9457), and one table maps kinds to HTTP.

A problem holds what the caller may know. The text of an exception that nobody foresaw is logged and never sent.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from services.chassis.errors import ServiceError, UnavailableError
from services.kernel.errors import Refusal

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = 2  # seconds until a service that is away may be back

STATUS_OF_KIND: Mapping[str, int] = {
    "invalid": 422,
    "not_found": 404,
    "forbidden": 403,
    "conflict": 409,
    "precondition": 412,
    "unavailable": 503,
    "internal": 500,
}

# The codes of the gateway itself; each service has its own in its contract.
CODES: Mapping[str, str] = {
    "gateway.no_route": "There is nothing at this address.",
    "gateway.method_not_allowed": "The resource knows other methods; they are in the Allow header.",
    "gateway.unauthenticated": "The request has no valid token: it is missing, unknown, revoked or expired.",
    "gateway.role_not_allowed": "The role of the token does not allow this operation.",
    "gateway.malformed_request": "The request is not what HTTP or JSON allow.",
    "gateway.unsupported_media_type": "The body is not application/json in UTF-8.",
    "gateway.body_too_large": "The body is larger than the limit.",
    "gateway.headers_too_large": "The headers are larger than the limit.",
    "gateway.address_too_long": "The address is longer than the limit.",
    "gateway.request_timeout": "The request did not arrive in time.",
    "gateway.invalid": "Fields are wrong; errors names each of them.",
    "gateway.idempotency_key_missing": "A POST needs an Idempotency-Key header.",
    "gateway.idempotency_key_invalid": "An Idempotency-Key is 1 to 255 visible ASCII characters.",
    "gateway.idempotency_key_reused": "The Idempotency-Key came before with another request.",
    "gateway.if_match_missing": "A PATCH needs an If-Match header with the ETag of the version that was read.",
    "gateway.if_match_invalid": "If-Match is one strong ETag that this API gave out.",
    "gateway.rate_limited": "The token has made too many requests; Retry-After says when it may go on.",
    "gateway.overloaded": "Too many requests are under way; Retry-After says when to try again.",
    "gateway.unavailable": "Something that is needed cannot be reached; repeat with the same Idempotency-Key.",
    "gateway.not_ready": "Something that is needed is missing; it is named.",
    "gateway.token_not_found": "There is no such token, or the caller may not know of it.",
    "gateway.role_not_grantable": "The caller may not create tokens of this role or for this community.",
    "gateway.internal": "An error of ours; it is in the log under the request id.",
}

_RESERVED = {"type", "title", "status", "detail", "instance", "code", "request_id"}


class Problem(Exception):
    """An error on its way to the caller."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        *,
        headers: Iterable[tuple[str, str]] = (),
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail or CODES.get(code, "")
        self.headers = list(headers)
        self.members = dict(members or {})

    def body(self, instance: str, request_id: str) -> bytes:
        """Return the problem document."""
        document = {
            "type": f"urn:pinlian:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
            **{name: value for name, value in self.members.items() if name not in _RESERVED},
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode(errors="replace")


def invalid(errors: Iterable[Mapping[str, str]]) -> Problem:
    """Return the problem of wrong fields: ``errors`` names field, problem and what was expected."""
    return Problem(422, "gateway.invalid", members={"errors": list(errors)})


def malformed(detail: str) -> Problem:
    """Return the problem of a request that cannot be read."""
    return Problem(400, "gateway.malformed_request", detail)


def unavailable(what: str) -> Problem:
    """Return the problem of something that cannot be reached."""
    detail = f"{what} cannot be reached now; repeat with the same Idempotency-Key"
    return Problem(503, "gateway.unavailable", detail, headers=[("Retry-After", str(RETRY_AFTER))])


def problem_of(error: Exception) -> Problem:
    """Return what the caller is told of ``error``; of one that nobody foresaw it is told nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnavailableError):
        return unavailable(error.what)
    if isinstance(error, Refusal | ServiceError):
        return _problem_of_refusal(error)
    return Problem(500, "gateway.internal")


def _problem_of_refusal(error: Refusal | ServiceError) -> Problem:
    status = STATUS_OF_KIND.get(error.kind, 500)
    if status == 500:
        return Problem(500, "gateway.internal")
    headers = [("Retry-After", str(RETRY_AFTER))] if status == 503 else []
    return Problem(status, error.code, error.message, headers=headers, members=error.detail)
