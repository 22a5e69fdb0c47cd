"""Requests about payments through a provider, and what providers call us with."""

import base64
import binascii
from typing import Any

from services.campaign.domain import commands
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, load, optional
from services.campaign.inbound.requests import CommitmentSchema, Request, digest
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError


def _headers(value: Any, field: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise InvalidError(field, "is not an object of texts", "the headers of the callback")
    return value


def _raw(value: Any, field: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidError(field, "is not base64", "the body of the callback in base64") from None


class StartSchema(CommitmentSchema):
    """By which provider; ``later``: reserve the money now and take it when the group is formed."""

    provider = Read(reading.text(30), required=True)
    later = Read(reading.flag, load_default=False)
    terms_digest = Read(digest, **optional)


class RetrySchema(CommitmentSchema):
    """Whether it was given back in cash."""

    in_cash = Read(reading.flag, load_default=False)


class CallbackSchema(Tolerant):
    """A callback as it came."""

    provider = Read(reading.text(30), required=True)
    headers = Read(_headers, required=True)
    body = Read(_raw, required=True)


_start, _retry, _callback = StartSchema(), RetrySchema(), CallbackSchema()


def start_payment(request: Request) -> commands.StartPayment:
    """Read by which provider a commitment is paid."""
    return commands.StartPayment(caller=Caller.from_wire(request["caller"]), **load(_start, request["data"]))


def retry_refund(request: Request) -> commands.RetryRefund:
    """Read whose refund is tried again."""
    return commands.RetryRefund(caller=Caller.from_wire(request["caller"]), **load(_retry, request["data"]))


def take_callback(request: Request) -> commands.TakeCallback:
    """Read a callback: its signature tells who calls, not a token."""
    return commands.TakeCallback(**load(_callback, request["data"]))
