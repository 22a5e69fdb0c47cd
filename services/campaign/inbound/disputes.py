"""Requests about disputes and mediators, as commands and questions."""

import re
from typing import Any

from services.campaign.domain import dispute_commands as commands
from services.campaign.domain.disputes import DisputeState, File, Reason
from services.campaign.domain.terms import FULL_BP
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional, whole
from services.campaign.views import questions
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id

Request = dict[str, Any]
MAX_TEXT, MAX_FILES, MAX_FILE_BYTES = 4000, 20, 10**12
_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch

words = reading.text(MAX_TEXT)


def sha256(value: Any, field: str) -> str:
    """Read a SHA-256 in lower-case hexadecimal."""
    if not isinstance(value, str) or not _SHA256(value):
        raise InvalidError(field, f"{value!r:.80} is no SHA-256", "64 hexadecimal digits in lower case")
    return value


class FileSchema(Tolerant):
    """A file that stays where it is: its name, hash and size are evidence."""

    name = Read(reading.text(200), required=True)
    sha256 = Read(sha256, required=True)
    size = Read(whole(0, MAX_FILE_BYTES), required=True)


files = reading.many(FileSchema(), MAX_FILES, least=0)


class OpenSchema(Tolerant):
    """What is disputed, and what is claimed."""

    commitment_id = an_id(required=True)
    reason = Read(reading.one_of(*Reason), required=True)
    claim = Read(reading.money, required=True)
    text = Read(words, required=True)


class DisputeSchema(Tolerant):
    """Which dispute."""

    dispute_id = an_id(required=True)


class SayingSchema(DisputeSchema):
    """What is said, with the files that show it."""

    text = Read(words, required=True)
    files = Read(files, load_default=list)


class SilentSchema(DisputeSchema):
    """What may be done without a word."""

    text = Read(words, **optional)


class OfferSchema(DisputeSchema):
    """For how much the dispute would be settled."""

    amount = Read(reading.money, required=True)
    text = Read(words, **optional)


class AcceptSchema(DisputeSchema):
    """Which offer is accepted."""

    offer_id = an_id(required=True)


class DecisionSchema(DisputeSchema):
    """How much goes back, to the fen or as a part of the claim, and why."""

    amount = Read(reading.money, **optional)
    share_bp = Read(whole(0, FULL_BP), **optional)
    text = Read(words, required=True)


class MediatorSchema(Tolerant):
    """Which member of which community."""

    community_id = an_id(required=True)
    member_id = an_id(required=True)


class CommunitySchema(Tolerant):
    """Whose mediators."""

    community_id = an_id(required=True)


class DisputesSchema(Tolerant):
    """Which disputes."""

    state = Read(reading.one_of(*DisputeState), **optional)
    campaign_id = an_id(**optional)


_open, _dispute, _saying, _silent = OpenSchema(), DisputeSchema(), SayingSchema(), SilentSchema()
_offer, _accept, _decision, _mediator = OfferSchema(), AcceptSchema(), DecisionSchema(), MediatorSchema()
_community, _disputes = CommunitySchema(), DisputesSchema()


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def open_dispute(request: Request) -> commands.OpenDispute:
    """Read what is disputed."""
    data = load(_open, request["data"])
    return commands.OpenDispute(_caller(request), **{**data, "reason": Reason(data["reason"])})


def said(request: Request) -> commands.Speak:
    """Read what a side says, with the files that show it."""
    data = load(_saying, request["data"])
    found = tuple(File(**one) for one in data["files"])
    return commands.Speak(_caller(request), data["dispute_id"], data["text"], found)


def done(request: Request) -> commands.Speak:
    """Read what may be done with words or without."""
    data = load(_silent, request["data"])
    return commands.Speak(_caller(request), data["dispute_id"], data["text"] or "")


answer_dispute = add_evidence = appeal_dispute = said
withdraw_dispute = ask_mediation = decline_case = done


def offer_settlement(request: Request) -> commands.OfferSettlement:
    """Read for how much a side would settle."""
    data = load(_offer, request["data"])
    return commands.OfferSettlement(_caller(request), **{**data, "text": data["text"] or ""})


def accept_settlement(request: Request) -> commands.AcceptSettlement:
    """Read which offer is accepted."""
    return commands.AcceptSettlement(_caller(request), **load(_accept, request["data"]))


def decide_dispute(request: Request) -> commands.DecideDispute:
    """Read a decision: an amount or a part of the claim, one of the two."""
    data = load(_decision, request["data"])
    if (data["amount"] is None) == (data["share_bp"] is None):
        raise InvalidError("amount", "is not given alone", "amount or share_bp, one of the two")
    return commands.DecideDispute(_caller(request), **data)


def name_mediator(request: Request) -> commands.NameMediator:
    """Read which member becomes a mediator."""
    return commands.NameMediator(_caller(request), **load(_mediator, request["data"]))


def end_mediator(request: Request) -> commands.EndMediator:
    """Read which member is one no longer."""
    return commands.EndMediator(_caller(request), **load(_mediator, request["data"]))


def get_dispute(request: Request) -> questions.OneDispute:
    """Read which dispute."""
    return questions.OneDispute(_caller(request), **load(_dispute, request["data"]))


def list_disputes(request: Request) -> questions.SomeDisputes:
    """Read which page of which disputes."""
    return questions.SomeDisputes(_caller(request), page(request), **load(_disputes, request["data"]))


def list_mediators(request: Request) -> questions.SomeMediators:
    """Read which page of whose mediators."""
    return questions.SomeMediators(_caller(request), page(request), **load(_community, request["data"]))


def page(request: Request) -> Page:
    """Read a page whose cursor is an id."""
    found = Page.from_request(request["data"])
    if found.after is not None:
        parse_id(found.after, "cursor")
    return found
