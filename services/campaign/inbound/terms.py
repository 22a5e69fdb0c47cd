"""Requests about terms as commands and questions."""

import re
from typing import Any

from services.campaign.domain import terms_commands as commands
from services.campaign.domain.templates import Text
from services.campaign.domain.terms_texts import STANDARD
from services.campaign.inbound import reading
from services.campaign.inbound.disputes import page, words
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.campaign.inbound.requests import digest
from services.campaign.views import questions
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError

Request = dict[str, Any]
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,48}[a-z0-9])?").fullmatch


def name(value: Any, field: str) -> str:
    """Read the name of a template."""
    if not isinstance(value, str) or not _NAME(value):
        raise InvalidError(field, f"{value!r:.80} is not a name", "1 to 50 of a-z, 0-9, - and _, such as course-2")
    return value


def new_name(value: Any, field: str) -> str:
    """Read the name of a template that somebody adds."""
    if value == STANDARD:
        raise InvalidError(field, f"{STANDARD!r} is the name of the terms that come with the node", "another name")
    return name(value, field)


class TitleSchema(Tolerant):
    """A short text in both languages."""

    zh = Read(reading.text(200), required=True)
    en = Read(reading.text(200), required=True)


class TextSchema(Tolerant):
    """A text in both languages."""

    zh = Read(words, required=True)
    en = Read(words, required=True)


class AddSchema(Tolerant):
    """A version of a template: what each of the three may and must do."""

    name = Read(new_name, required=True)
    title = Read(reading.one(TitleSchema()), required=True)
    organiser = Read(reading.one(TextSchema()), required=True)
    supplier = Read(reading.one(TextSchema()), required=True)
    participant = Read(reading.one(TextSchema()), required=True)


class TermsSchema(Tolerant):
    """Which version."""

    terms_id = an_id(required=True)


class ListSchema(Tolerant):
    """Of which name."""

    name = Read(name, **optional)


class AcceptSchema(Tolerant):
    """Which terms of which campaign."""

    campaign_id = an_id(required=True)
    terms_digest = Read(digest, required=True)


_add, _terms, _list, _accept = AddSchema(), TermsSchema(), ListSchema(), AcceptSchema()


def add_terms(request: Request) -> commands.AddTerms:
    """Read a new version of a template."""
    data = load(_add, request["data"])
    texts = {part: Text(**data[part]) for part in ("title", "organiser", "supplier", "participant")}
    return commands.AddTerms(Caller.from_wire(request["caller"]), data["name"], **texts)


def accept_terms(request: Request) -> commands.AcceptTerms:
    """Read which terms are accepted for a supplier."""
    return commands.AcceptTerms(Caller.from_wire(request["caller"]), **load(_accept, request["data"]))


def get_terms(request: Request) -> questions.OneTerms:
    """Read which version of a template."""
    return questions.OneTerms(Caller.from_wire(request["caller"]), **load(_terms, request["data"]))


def list_terms(request: Request) -> questions.SomeTerms:
    """Read which page of which templates."""
    return questions.SomeTerms(Caller.from_wire(request["caller"]), page(request), **load(_list, request["data"]))
