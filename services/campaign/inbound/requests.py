"""Requests of the gateway as commands and questions."""

from typing import Any
from uuid import UUID

from services.campaign.domain import commands
from services.campaign.domain.cancelling import Cause
from services.campaign.domain.model import State
from services.campaign.inbound import reading
from services.campaign.inbound.reading import Read, Tolerant, an_id, load, optional
from services.campaign.views import questions
from services.chassis.paging import Page
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import CampaignId, CommitmentId, MemberId, parse_id
from services.kernel.quantity import require_count

Request = dict[str, Any]
DIGEST = 64  # characters of a SHA-256 in hexadecimal

seats = require_count
digest = reading.text(DIGEST)


def party(value: Any, field: str) -> tuple[tuple[str, int], ...]:
    """Read who comes, such as ``{"adult": 1, "child": 2}``; at most ten kinds of people."""
    if not isinstance(value, dict) or len(value) > 10:
        raise InvalidError(field, "is not a party", 'an object such as {"adult": 1, "child": 2}')
    name = reading.text(30)
    return tuple((name(kind, field), require_count(number, f"{field}.{kind}")) for kind, number in value.items())


class CampaignSchema(Tolerant):
    """Which campaign."""

    campaign_id = an_id(required=True)


class CommitmentSchema(Tolerant):
    """Which commitment."""

    commitment_id = an_id(required=True)


class CancelSchema(CampaignSchema):
    """Why a campaign is called off."""

    reason = Read(reading.text(500), required=True)
    cause = Read(reading.one_of("organiser", "weather"), load_default="organiser")


class PaymentSchema(Tolerant):
    """A payment that was made outside and is recorded here."""

    method = Read(reading.one_of("offline"), required=True)
    receipt = Read(reading.text(100), required=True)


class ReserveSchema(CampaignSchema):
    """How many seats, for whom, and the payment if it was made already."""

    seats = Read(seats, required=True)
    member_id = an_id(**optional)
    payment = Read(reading.one(PaymentSchema()), **optional)
    upto_seats = Read(require_count, **optional)
    party = Read(party, load_default=tuple)
    terms_digest = Read(digest, **optional)
    wait = Read(reading.flag, load_default=False)


class PaySchema(CommitmentSchema, PaymentSchema):
    """The payment of a commitment; the amount is checked if it is given."""

    amount = Read(reading.money, **optional)
    terms_digest = Read(digest, **optional)


class LeaveSchema(CommitmentSchema):
    """Who leaves, and why."""

    cause = Read(reading.one_of(*Cause), load_default=str(Cause.OWN))


class SeatsSchema(CommitmentSchema):
    """How many seats from now on."""

    seats = Read(seats, required=True)


class HandOverSchema(CommitmentSchema):
    """To whom the seats go."""

    member_id = an_id(required=True)


class UndoSchema(CommitmentSchema):
    """Why a payment is taken back."""

    reason = Read(reading.text(100), required=True)


class FundSchema(Tolerant):
    """Whose fund."""

    community_id = an_id(required=True)


class ContributionSchema(FundSchema):
    """What was given, by whom, and the number of its receipt."""

    amount = Read(reading.money, required=True)
    receipt = Read(reading.text(100), required=True)
    member_id = an_id(**optional)


class NoticesSchema(Tolerant):
    """Of which campaign."""

    campaign_id = an_id(**optional)


class CampaignsSchema(Tolerant):
    """Which campaigns."""

    state = Read(reading.one_of(*State), **optional)
    match_id = an_id(**optional)
    pool_id = an_id(**optional)


_campaign, _commitment, _cancel = CampaignSchema(), CommitmentSchema(), CancelSchema()
_reserve, _pay, _campaigns = ReserveSchema(), PaySchema(), CampaignsSchema()
_undo, _fund, _contribution = UndoSchema(), FundSchema(), ContributionSchema()
_leave, _seats, _hand_over, _notices = LeaveSchema(), SeatsSchema(), HandOverSchema(), NoticesSchema()


def _caller(request: Request) -> Caller:
    return Caller.from_wire(request["caller"])


def _campaign_id(request: Request) -> CampaignId:
    return CampaignId(load(_campaign, request["data"])["campaign_id"])


def _commitment_id(request: Request) -> CommitmentId:
    return CommitmentId(load(_commitment, request["data"])["commitment_id"])


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
    if data["party"] and sum(count for _, count in data["party"]) != data["seats"]:
        raise InvalidError("party", "is not as many as seats", f"{data['seats']} people in all")
    return commands.ReserveSeats(
        caller=_caller(request),
        campaign_id=CampaignId(data["campaign_id"]),
        seats=data["seats"],
        member_id=None if member_id is None else MemberId(member_id),
        receipt=data["payment"]["receipt"] if data["payment"] else None,
        upto_seats=data["upto_seats"],
        party=data["party"],
        terms_digest=data["terms_digest"],
        wait=data["wait"],
    )


def pay_commitment(request: Request) -> commands.PayCommitment:
    """Read the payment of a commitment."""
    data = load(_pay, request["data"])
    return commands.PayCommitment(
        caller=_caller(request),
        commitment_id=CommitmentId(data["commitment_id"]),
        receipt=data["receipt"],
        amount=data["amount"],
        terms_digest=data["terms_digest"],
    )


def cancel_commitment(request: Request) -> commands.CancelCommitment:
    """Read who leaves, and why."""
    data = load(_leave, request["data"])
    return commands.CancelCommitment(_caller(request), CommitmentId(data["commitment_id"]), Cause(data["cause"]))


def change_seats(request: Request) -> commands.ChangeSeats:
    """Read how many seats a commitment is to have."""
    return commands.ChangeSeats(caller=_caller(request), **load(_seats, request["data"]))


def undo_payment(request: Request) -> commands.UndoPayment:
    """Read which payment is taken back, and why."""
    return commands.UndoPayment(caller=_caller(request), **load(_undo, request["data"]))


def contribute_to_fund(request: Request) -> commands.ContributeToFund:
    """Read what was given to a fund."""
    return commands.ContributeToFund(caller=_caller(request), **load(_contribution, request["data"]))


def get_fund(request: Request) -> questions.OneFund:
    """Read whose fund."""
    return questions.OneFund(_caller(request), _page(request), **load(_fund, request["data"]))


def hand_over(request: Request) -> commands.HandOver:
    """Read to whom seats are handed over."""
    return commands.HandOver(caller=_caller(request), **load(_hand_over, request["data"]))


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


def list_notices(request: Request) -> questions.SomeNotices:
    """Read which page of whose notices."""
    return questions.SomeNotices(_caller(request), _page(request), **load(_notices, request["data"]))


def list_payments(request: Request) -> questions.PaymentsOf:
    """Read which page of whose payments."""
    return questions.PaymentsOf(_caller(request), _page(request), _commitment_id(request))


def get_ledger(request: Request) -> questions.WholeLedger:
    """Read who asks for the ledger of the node."""
    return questions.WholeLedger(_caller(request))


def _page(request: Request) -> Page:
    page = Page.from_request(request["data"])
    if page.after is not None:
        parse_id(page.after, "cursor")
    return page
