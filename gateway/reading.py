"""From the bytes of a request to data that a schema has checked."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import Schema, ValidationError

from gateway.problems import Problem, invalid, malformed
from gateway.schemas.fields import errors_of
from services.chassis import quick

MAX_DEPTH = 16
MAX_QUERY_FIELDS = 30
Environ = Mapping[str, Any]


def read_bytes(environ: Environ, limit: int) -> bytes:
    """Read the body; raise a ``Problem``: 413 where it is longer than ``limit`` bytes, 408 where it did not come."""
    announced = environ.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if announced and (not announced.isascii() or not announced.isdigit()):
        raise malformed("Content-Length is not a number")
    length = int(announced or 0)
    if length > limit:
        raise _too_large(limit)
    if not length and not chunked:
        return b""
    try:
        body = environ["wsgi.input"].read(limit + 1 if chunked else length)
    except ValueError:
        raise malformed("the chunks of the body are malformed") from None
    except OSError:
        raise Problem(408, "gateway.request_timeout") from None
    if len(body) > limit:
        raise _too_large(limit)
    if not chunked and len(body) < length:
        raise Problem(408, "gateway.request_timeout")
    return body


def read_body(schema: Schema | None, body: bytes, content_type: str) -> dict[str, Any]:
    """Read a JSON body with ``schema``; no bytes are an empty object. Raises a 400, 415 or 422 ``Problem``."""
    if not body:
        return load(schema, {})
    require_json(content_type)
    return load(schema, parse(body))


def read_query(schema: Schema | None, query: str) -> dict[str, Any]:
    """Read a query string with ``schema``; raise a 400 or 422 ``Problem``."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
    except (ValueError, UnicodeDecodeError):
        raise malformed("the query is malformed") from None
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise invalid({"field": name, "problem": "is given twice", "expected": "one value"} for name in twice)
    return load(schema, data)


def load(schema: Schema | None, data: Any) -> dict[str, Any]:
    """Check data; raise a 422 ``Problem`` that names every field that is wrong."""
    if schema is None:
        if data:
            fields = ({"field": name, "problem": "is not known here", "expected": "no fields"} for name in data)
            raise invalid(fields)
        return {}
    try:
        return quick.load(schema, data)
    except ValidationError as error:
        raise invalid(errors_of(error.messages)) from None


def require_json(content_type: str) -> None:
    """Raise a 415 ``Problem`` for a body that does not say that it is JSON in UTF-8."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")]
    if kind != "application/json" or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise Problem(415, "gateway.unsupported_media_type", headers=[("Accept", "application/json")])


def parse(body: bytes) -> Any:
    """Read JSON as RFC 8259 has it, without what readers disagree about: NaN, names given twice, lone surrogates."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise malformed("the body is not UTF-8") from None
    except RecursionError:
        raise malformed(f"the body is nested more than {MAX_DEPTH} deep") from None
    except json.JSONDecodeError as error:
        raise malformed(f"the body is not JSON: line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise malformed("the body holds a number that is too long") from None
    # Most bodies can hold neither of the two faults that only a walk finds.
    if b"\\u" in body or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _walk(value, 1)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise malformed("the body holds an object with a name that is given twice")
    return value


def _no_constant(name: str) -> Any:
    raise malformed("the body holds NaN or Infinity, which are not JSON")


def _walk(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
        return
    if not isinstance(value, dict | list):
        return
    if depth > MAX_DEPTH:
        raise malformed(f"the body is nested more than {MAX_DEPTH} deep")
    for item in value:
        _walk(item, depth + 1)
    if isinstance(value, dict):
        for item in value.values():
            _walk(item, depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise malformed("the body holds a NUL or a lone surrogate")


def _too_large(limit: int) -> Problem:
    return Problem(413, "gateway.body_too_large", f"the body is larger than {limit} bytes", members={"limit": limit})
