"""Requests of the gateway as commands and questions."""

from functools import partial
from typing import Any
from uuid import UUID

from services.campaign.domain import commands
from services.campaign.domain.drafting import DEFAULT_HOLD_MINUTES
from services.campaign.domain.model import State
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.campaign.views import questions
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.clock import parse_time
from services.kernel.ids import CampaignId, CommitmentId, MemberId, parse_id
from services.kernel.quantity import require_count

Request = dict[str, Any]
MAX_HOLD_MINUTES = 30 * 1440

seats = require_count
hold = partial(require_count, most=MAX_HOLD_MINUTES)


class CampaignSchema(Tolerant):
    """Which campaign."""

    campaign_id = an_id(required=True)


class CommitmentSchema(Tolerant):
    """Which commitment."""

    commitment_id = an_id(required=True)


class OpenSchema(CampaignSchema):
    """What an organiser decides when opening."""

    deadline = Read(parse_time, required=True)
    min_seats = Read(seats, **optional)
    max_seats = Read(seats, **optional)
    hold_minutes = Read(hold, load_default=DEFAULT_HOLD_MINUTES)


class CancelSchema(CampaignSchema):
    """Why a campaign is called off."""

    reason = Read(reading.text(500), required=True)


class PaymentSchema(Tolerant):
    """A payment that was made outside and is recorded here."""

    method = Read(reading.one_of("offline"), required=True)
    receipt = Read(reading.text(100), required=True)


class ReserveSchema(CampaignSchema):
    """How many seats, for whom, and the payment if it was made already."""

    seats = Read(seats, required=True)
    member_id = an_id(**optional)
    payment = Read(reading.one(PaymentSchema()), **optional)


class PaySchema(CommitmentSchema, PaymentSchema):
    """The payment of a commitment; the amount is checked if it is given."""

    amount = Read(reading.money, **optional)


class CampaignsSchema(Tolerant):
    """Which campaigns."""

    state = Read(reading.one_of(*State), **optional)
    match_id = an_id(**optional)
    pool_id = an_id(**optional)


_campaign, _commitment, _open, _cancel = CampaignSchema(), CommitmentSchema(), OpenSchema(), CancelSchema()
_reserve, _pay, _campaigns = ReserveSchema(), PaySchema(), CampaignsSchema()


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def _campaign_id(request: Request) -> CampaignId:
    return CampaignId(load(_campaign, request["data"])["campaign_id"])


def _commitment_id(request: Request) -> CommitmentId:
    return CommitmentId(load(_commitment, request["data"])["commitment_id"])


def open_campaign(request: Request) -> commands.OpenCampaign:
    """Read the opening of a draft."""
    return commands.OpenCampaign(caller=_caller(request), **load(_open, request["data"]))


def close_campaign(request: Request) -> commands.CloseCampaign:
    """Read the early close of a campaign."""
    return commands.CloseCampaign(_caller(request), _campaign_id(request))


def cancel_campaign(request: Request) -> commands.CancelCampaign:
    """Read why a campaign is called off."""
    return commands.CancelCampaign(caller=_caller(request), **load(_cancel, request["data"]))


def deliver_campaign(request: Request) -> commands.DeliverCampaign:
    """Read that a service took place."""
    return commands.DeliverCampaign(_caller(request), _campaign_id(request))


def reserve_seats(request: Request) -> commands.ReserveSeats:
    """Read who joins with how many seats."""
    data = load(_reserve, request["data"])
    member_id: UUID | None = data["member_id"]
    return commands.ReserveSeats(
        caller=_caller(request),
        campaign_id=CampaignId(data["campaign_id"]),
        seats=data["seats"],
        member_id=None if member_id is None else MemberId(member_id),
        receipt=data["payment"]["receipt"] if data["payment"] else None,
    )


def pay_commitment(request: Request) -> commands.PayCommitment:
    """Read the payment of a commitment."""
    data = load(_pay, request["data"])
    return commands.PayCommitment(
        caller=_caller(request),
        commitment_id=CommitmentId(data["commitment_id"]),
        receipt=data["receipt"],
        amount=data["amount"],
    )


def cancel_commitment(request: Request) -> commands.CancelCommitment:
    """Read who leaves."""
    return commands.CancelCommitment(_caller(request), _commitment_id(request))


def get_campaign(request: Request) -> questions.OneCampaign:
    """Read which campaign, or whose ledger."""
    return questions.OneCampaign(_caller(request), _campaign_id(request))


def list_campaigns(request: Request) -> questions.SomeCampaigns:
    """Read which page of which campaigns."""
    page, wanted = _page(request), load(_campaigns, request["data"])
    return questions.SomeCampaigns(caller=_caller(request), page=page, **wanted)


def get_commitment(request: Request) -> questions.OneCommitment:
    """Read which commitment."""
    return questions.OneCommitment(_caller(request), _commitment_id(request))


def list_commitments(request: Request) -> questions.SomeCommitments:
    """Read which page of whose commitments."""
    return questions.SomeCommitments(_caller(request), _page(request), _campaign_id(request))


def get_ledger(request: Request) -> questions.WholeLedger:
    """Read who asks for the ledger of the node."""
    return questions.WholeLedger(_caller(request))


def _page(request: Request) -> Page:
    page = Page.from_request(request["data"])
    if page.after is not None:
        parse_id(page.after, "cursor")
    return page
