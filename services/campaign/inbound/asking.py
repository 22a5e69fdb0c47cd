"""Requests and events that put something to the members, as commands and questions."""

from typing import Any

from services.campaign.domain import asking_commands as commands
from services.campaign.domain.asking import Answer
from services.campaign.domain.moving import Move
from services.campaign.domain.sharing import Sharing, SupplierCopy
from services.campaign.inbound import reading
from services.campaign.inbound.news import SpanSchema, place, span
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.campaign.views import questions
from services.chassis.envelope import Envelope
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.ids import parse_id

Request = dict[str, Any]
REASONS = ("weather", "illness", "supplier", "organiser", "venue")


class AnswerSchema(Tolerant):
    """Which commitment answers what."""

    inquiry_id = an_id(required=True)
    commitment_id = an_id(required=True)
    answer = Read(reading.one_of(*Answer), required=True)


class MoveSchema(SpanSchema):
    """Where to, and why."""

    campaign_id = an_id(required=True)
    place = Read(place, **optional)
    sessions = Read(reading.many(SpanSchema(), 100, least=0), load_default=list)
    reason = Read(reading.one_of(*REASONS), required=True)
    text = Read(reading.text(500), required=True)
    even_if_fewer = Read(reading.flag, load_default=False)


class InquiriesSchema(Tolerant):
    """Of which campaign."""

    campaign_id = an_id(required=True)


class WithdrewSchema(Tolerant):
    """Of a withdrawal: from which campaign, and why."""

    campaign_id = an_id(required=True)
    match_id = an_id(required=True)
    reason = Read(reading.text(1000), required=True)


def counted_reasons(value: Any, field: str) -> dict[str, int]:
    """Read how often each reason ruled an offer out."""
    if not isinstance(value, dict):
        raise reading.InvalidError(field, "is not an object", "reasons with their counts")
    return {reading.text(50)(key, field): reading.count(number, f"{field}.{key}") for key, number in value.items()}


class MissingSchema(Tolerant):
    """Of a replacement that is missing: for which campaign, and why."""

    campaign_id = an_id(required=True)
    match_id = an_id(required=True)
    reasons = Read(counted_reasons, required=True)


class SharingSchema(Tolerant):
    """Who sees a supplier."""

    mode = Read(reading.one_of(*Sharing), required=True)
    community_ids = Read(lambda value, field: frozenset(parse_id(one, field) for one in value), load_default=frozenset)


class SupplierSchema(Tolerant):
    """Of a supplier: whose it is, who sees it, and who may use it, which earlier writers did not tell apart."""

    supplier_id = an_id(required=True)
    community_id = an_id(required=True)
    sharing = Read(reading.one(SharingSchema()), required=True)
    used_by = Read(reading.one(SharingSchema()), load_default=None)


_answer, _move, _inquiries = AnswerSchema(), MoveSchema(), InquiriesSchema()
_withdrew, _missing, _supplier = WithdrewSchema(), MissingSchema(), SupplierSchema()


def answer_inquiry(request: Request) -> commands.AnswerInquiry:
    """Read an answer."""
    data = load(_answer, request["data"])
    return commands.AnswerInquiry(
        caller=Caller.from_wire(request["caller"]), **{**data, "answer": Answer(data["answer"])}
    )


def move_campaign(request: Request) -> commands.MoveCampaign:
    """Read where a group is to be moved."""
    data = load(_move, request["data"])
    move = Move(
        slot=span(data, "slot", "end"),
        place=data["place"],
        sessions=tuple(span(one, f"sessions.{index}") for index, one in enumerate(data["sessions"])),
        reason=data["reason"],
        text=data["text"],
        even_if_fewer=data["even_if_fewer"],
    )
    return commands.MoveCampaign(Caller.from_wire(request["caller"]), data["campaign_id"], move)


def list_inquiries(request: Request) -> questions.SomeInquiries:
    """Read which page of whose inquiries."""
    page = Page.from_request(request["data"])
    if page.after is not None:
        parse_id(page.after, "cursor")
    return questions.SomeInquiries(Caller.from_wire(request["caller"]), page, **load(_inquiries, request["data"]))


def supplier_withdrew(event: Envelope) -> commands.VacateCampaign:
    """Read supplier.supplier_withdrew.v1."""
    return commands.VacateCampaign(**load(_withdrew, event.data))


def replacement_missing(event: Envelope) -> commands.TellMissing:
    """Read supplier.replacement_missing.v1."""
    return commands.TellMissing(**load(_missing, event.data))


def supplier_known(event: Envelope) -> commands.KnowSupplier:
    """Read supplier.supplier_registered.v1 and supplier.supplier_changed.v1, which hold the same."""
    data = load(_supplier, event.data)
    sharing = data["used_by"] or data["sharing"]
    who = (data["supplier_id"], data["community_id"], Sharing(sharing["mode"]), sharing["community_ids"])
    return commands.KnowSupplier(SupplierCopy(*who, event.version))
