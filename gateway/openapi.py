"""The OpenAPI 3.1 document, made from the table of routes and its schemas."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from gateway.problems import CODES, CONTENT_TYPE
from gateway.reply import JSON
from gateway.routes import ROUTES, Route
from gateway.schemas.base import Answer

TAGS = {
    "demand": "需求：社区、成员、需求信号、需求池 / Communities, members, signals, pools",
    "supplier": "供应：供应商、资质、报价、匹配 / Suppliers, qualifications, offers, matches",
    "campaign": "拼团：参团、付款、账本 / Campaigns, commitments, payments, ledger",
    "reputation": "信誉：评价与评分 / Reviews and reputation",
    "gateway": "令牌 / Tokens",
}
DESCRIPTION = """拼联：把多个社区的相同需求合并成一个拼团。
Pinlian merges the needs of many communities into one group buy.

- Tokens: `Authorization: Bearer pl_…`. 令牌只在创建时显示一次。
- Every POST with a token needs an `Idempotency-Key`; a repeat with the same key gets the first answer. The secret of a
  token is the one exception: it is shown once, and a repeat answers `"secret": null`.
- Every PATCH needs `If-Match` with the `ETag` that was read.
- Lists have `limit` and `cursor`; the next page is at `next_cursor`.
- Errors are problem details (RFC 9457) with a stable `code`.
- Money is `{"amount": "98.00", "currency": "CNY"}`; times are RFC 3339 with a zone."""

ID = {"type": "string", "format": "uuid"}
WORD = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,29}$"}
NUMBER = {"type": "integer", "minimum": 1}
SIGNED = "No token: the request is signed, and refused with 403 where the signature or its time is not right."

# The problems that an operation may answer, by status; every operation has the first group.
ALWAYS = {
    400: "The request is malformed, or a header is missing",
    401: "No token, or none that is valid",
    403: "The role may not do this",
    404: "There is no such thing, or the caller may not know of it",
    422: "Fields are wrong; errors names each",
    429: "Too many requests",
    500: "An error of ours",
    503: "Something that is needed cannot be reached; repeat with the same Idempotency-Key",
}
WITH_BODY = {
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "The body is not JSON",
}
ON_POST = {409: "The state does not allow it; the current state is told"}
ON_PATCH = {
    409: "The state does not allow it; the current state is told",
    412: "It was changed since it was read",
    428: "If-Match is missing",
}


@cache
def document() -> bytes:
    """Return the document as JSON."""
    return json.dumps(build(), ensure_ascii=False, separators=(",", ":")).encode()


def build() -> dict[str, Any]:
    """Return the document."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        "Pinlian 拼联",
        "1",
        "3.1.0",
        info={"description": DESCRIPTION, "license": {"name": "see the repository"}},
        servers=[{"url": "/"}],
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        security=[{"token": []}],
        plugins=[plugin],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "pl_prefix_random"})
    spec.components.schema("Problem", _PROBLEM)
    for name, header in _HEADERS.items():
        spec.components.header(name, header)
    for route in ROUTES:
        spec.path(path=route.path, operations={route.method.lower(): _operation(route)})
    made = spec.to_dict()
    _open_answers(made)
    return made


def _name(schema: Any) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _operation(route: Route) -> dict[str, Any]:
    example = example_of(route)
    operation = {
        "operationId": route.operation_id,
        "tags": [route.service],
        "summary": f"{route.zh} / {route.en}",
        "description": SIGNED if route.signed else f"Roles: {', '.join(sorted(route.roles))}.",
        "security": [] if route.signed else [{"token": []}],
        "x-roles": sorted(route.roles),
        "parameters": [*_path(route), *_query(route), *_request_headers(route)],
        "responses": {str(route.status): _answer(route, example), **_problems(route)},
    }
    if route.signed:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}
    elif route.body is not None:
        content = {"schema": route.body, "example": example["body"]}
        operation["requestBody"] = {"required": bool(_required(route.body)), "content": {JSON: content}}
    return operation


def _path(route: Route) -> list[dict[str, Any]]:
    kinds = {name: NUMBER if name == "number" else ID if name.endswith("_id") else WORD for name in route.parameters}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in kinds.items()]


def _query(route: Route) -> list[dict[str, Any]]:
    return [{"in": "query", "schema": route.query}] if route.query is not None else []


def _request_headers(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.idempotent:
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        text = "Names this request; a repeat with the same key and body gets the first answer."
        found.append(_header("Idempotency-Key", text, schema))
    if route.conditional:
        schema = {"type": "string", "pattern": '^"[0-9]{1,18}"$'}
        found.append(_header("If-Match", "The ETag of the version that was read.", schema))
    return found


def _header(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    example = {"Idempotency-Key": "0198c1f0-0000-7000-8000-0000000000ff", "If-Match": '"1"'}[name]
    return {"name": name, "in": "header", "required": True, "description": text, "schema": schema, "example": example}


def _answer(route: Route, example: dict[str, Any]) -> dict[str, Any]:
    names = ["X-Request-Id", "RateLimit", "RateLimit-Policy"]
    if "version" in route.answer().fields:
        names.append("ETag")
    if route.location:
        names.append("Location")
    content = {"schema": route.answer, "example": example["answer"]}
    file = {route.file: {"schema": {"type": "string", "format": "binary"}}} if route.file else {}
    return {"description": route.en, "headers": _refs(names), "content": {JSON: content, **file}}


def _problems(route: Route) -> dict[str, Any]:
    found = ALWAYS | (WITH_BODY if route.body else {})
    found |= {"POST": ON_POST, "PATCH": ON_PATCH}.get(route.method, {})
    answers = {}
    for status, text in sorted(found.items()):
        names = ["X-Request-Id"]
        if status in (429, 503):
            names.append("Retry-After")
        if status == 401:
            names.append("WWW-Authenticate")
        content = {CONTENT_TYPE: {"schema": "Problem"}}
        answers[str(status)] = {"description": text, "headers": _refs(names), "content": content}
    return answers


def _refs(names: list[str]) -> dict[str, str]:
    return {name: name for name in names}


def _required(schema: type[Schema]) -> list[str]:
    return [name for name, field in schema().fields.items() if field.required]


def _open_answers(made: dict[str, Any]) -> None:
    """Let answers grow: a client that checks them must not break when a field is added."""
    for schema in _subclasses(Answer):
        made["components"]["schemas"].get(schema.__name__, {}).pop("additionalProperties", None)


def _subclasses(schema: type[Schema]) -> set[type[Schema]]:
    return {each for child in schema.__subclasses__() for each in (child, *_subclasses(child))}


def example_of(route: Route) -> dict[str, Any]:
    """Return ``{"body", "query", "answer"}``: the golden example of the operation, as its contract has it."""
    package = "gateway" if route.service == "gateway" else f"services.{route.service}.contract"
    path = files(package) / "examples" / "rpc" / f"{route.operation_id}.json"
    golden = json.loads(path.read_text(encoding="utf-8"))
    given = {} if route.signed else golden["request"]["data"]
    data = {name: value for name, value in given.items() if name not in route.parameters}
    split = (data, {}) if route.body is not None else ({}, data)
    return {"body": split[0], "query": split[1], "answer": golden["response"]}


_PROBLEM = {
    "type": "object",
    "description": "A problem (RFC 9457). Further members tell more, such as the current state.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {
            "type": "string",
            "description": f"Stable, for programs. Of the gateway: {', '.join(sorted(CODES))}; else of the service.",
        },
        "request_id": {"type": "string"},
        "state": {"type": "string", "description": "The current state, where a conflict is about it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem", "expected"],
                "properties": {name: {"type": "string"} for name in ("field", "problem", "expected")},
            },
        },
    },
    "examples": [
        {
            "type": "urn:pinlian:problem:gateway.invalid",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "Fields are wrong; errors names each of them.",
            "instance": "/v1/signals",
            "code": "gateway.invalid",
            "request_id": "0198c1f0-0000-7000-8000-0000000000ff",
            "errors": [{"field": "people", "problem": "is missing", "expected": "a whole number from 1 to 100000"}],
        }
    ],
}


def _described(text: str, kind: str = "string") -> dict[str, Any]:
    return {"description": text, "schema": {"type": kind}}


_HEADERS = {
    "X-Request-Id": _described("Names the request in the log; one that the client sends is kept."),
    "ETag": _described("The version, for If-Match."),
    "Location": _described("Where the thing that was made is."),
    "Retry-After": _described("Seconds after which a repeat makes sense.", "integer"),
    "WWW-Authenticate": _described("How to authenticate."),
    "RateLimit": _described('What is left: "default";r=<requests>;t=<seconds>. Absent where nothing is counted.'),
    "RateLimit-Policy": _described('The limit: "default";q=<requests>;w=<seconds>.'),
}
