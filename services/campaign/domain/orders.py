"""Orders to payment providers: what they were asked to do, and what became of it. See PAYMENTS.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.model import Commitment
from services.campaign.domain.purse import total
from services.campaign.providers.port import Kind, Order, Result, Status
from services.kernel.ids import CampaignId, CommitmentId, OrderId, TransferId, new_id
from services.kernel.money import Money

# How long one try may take, before somebody else may take the order up.
LEASE = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=5)
REFUNDS = ("refund", "tier_difference", "late_refund")


class OrderState(StrEnum):
    """An order is open until its outcome is known; one that was never sent may be dropped."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One order. ``transfer_ids`` are the pending transfers that it ends; ``after`` is the order that goes before it.

    ``sequence`` is that of the newest word from the provider: an older one changes nothing.
    """

    order_id: OrderId
    number: str
    provider: str
    kind: Kind
    about: str | None
    after: str | None
    receiver: str | None
    amount: Money
    campaign_id: CampaignId
    commitment_id: CommitmentId
    transfer_ids: tuple[TransferId, ...]
    state: OrderState
    sent: bool
    due_at: datetime
    attempts: int
    expires_at: datetime | None
    sequence: int
    reference: str | None
    reason: str | None
    pay_url: str | None
    created_at: datetime
    ended_at: datetime | None

    def order(self, notify_url: str | None) -> Order:
        """Return it as the provider is asked."""
        return Order(
            self.number,
            self.kind,
            self.amount,
            about=self.about,
            receiver=self.receiver,
            expires_at=self.expires_at,
            notify_url=notify_url,
            description=f"Pinlian {self.campaign_id}",
        )

    def resolving(self, *transfers: Transfer) -> "PaymentOrder":
        """Return it as one that ends these pending transfers as well."""
        more = tuple(transfer.transfer_id for transfer in transfers)
        return replace(self, transfer_ids=(*self.transfer_ids, *more))

    def taken(self, now: datetime) -> "PaymentOrder":
        """Return it as somebody works on it; whoever dies leaves it to others when the lease is over."""
        return replace(self, due_at=now + LEASE, attempts=self.attempts + 1)

    def tried(self, now: datetime) -> "PaymentOrder":
        """Return it as sent, to be asked after later and later: the provider tells by itself if it can."""
        wait = min(timedelta(seconds=2 ** min(self.attempts, 12)), LONGEST_WAIT)
        return replace(self, sent=True, due_at=now + wait)

    def told(self, result: Result, now: datetime) -> "PaymentOrder":
        """Return it with what the provider says."""
        ended = _STATES.get(result.status)
        moved = result.amount if self.kind.takes_all and result.amount is not None else self.amount
        return replace(
            self,
            amount=moved,
            sent=True,
            sequence=max(self.sequence, result.sequence),
            reference=result.reference or self.reference,
            reason=result.reason or self.reason,
            pay_url=result.pay_url or self.pay_url,
            state=ended or self.state,
            ended_at=(result.at or now) if ended else None,
        )

    def dropped(self, now: datetime) -> "PaymentOrder":
        """Return it as one that nobody will carry out."""
        return replace(self, state=OrderState.DROPPED, ended_at=now)


_STATES = {Status.SUCCEEDED: OrderState.SUCCEEDED, Status.DECLINED: OrderState.DECLINED}


def new_order(
    kind: Kind, commitment: Commitment, provider: str, amount: Money, now: datetime, *,
    transfers: Sequence[Transfer] = (), about: str | None = None, after: str | None = None,
    receiver: str | None = None, expires_at: datetime | None = None,
) -> PaymentOrder:  # fmt: skip
    """Return an order that is due at once."""
    order_id = OrderId(new_id())
    return PaymentOrder(
        order_id=order_id,
        number=f"{kind}-{order_id.hex}",
        provider=provider,
        kind=kind,
        about=about,
        after=after,
        receiver=receiver,
        amount=amount,
        campaign_id=commitment.campaign_id,
        commitment_id=commitment.commitment_id,
        transfer_ids=tuple(transfer.transfer_id for transfer in transfers),
        state=OrderState.OPEN,
        sent=False,
        due_at=now,
        attempts=0,
        expires_at=expires_at,
        sequence=0,
        reference=None,
        reason=None,
        pay_url=None,
        created_at=now,
        ended_at=None,
    )


def following(
    commitment: Commitment, charge: str, moved: Sequence[Transfer], now: datetime, splits: Mapping[str, str]
) -> list[PaymentOrder]:
    """Return the orders that carry out what an outcome moved of one commitment's payment, the order ``charge``.

    What was split off comes back first (``splits``: the number of the split that each receiver got), then refunds one
    by one; a release splits to others than the supplier, and then unfreezes all that is left, which is the supplier's;
    an authorisation that is let go is voided.
    """
    mine = [one for one in moved if one.provider == commitment.provider]
    pending = [one for one in mine if one.phase is Phase.PENDING]

    def ask(kind: Kind, one: Transfer, **more: Any) -> PaymentOrder:
        return new_order(kind, commitment, one.provider, one.amount, now, **{"about": charge, **more})

    returns = [
        ask(Kind.SPLIT_RETURN, one, transfers=[one], receiver=to, about=splits.get(to, charge), after=splits.get(to))
        for one in pending
        if one.kind == "return"
        for to in [receiver_of(one.debit)]
    ]
    refunds = [ask(Kind.REFUND, one, transfers=[one]) for one in pending if one.kind in REFUNDS]
    let_go = [ask(Kind.VOID, one) for one in mine if one.phase is Phase.VOID and one.kind == "payment"]
    return [*returns, *refunds, *let_go, *_released(ask, [one for one in pending if one.kind == "release"])]


def _released(ask: Callable[..., PaymentOrder], releases: Sequence[Transfer]) -> list[PaymentOrder]:
    """Return a split for each receiver but the supplier, one after another, and last the unfreezing of the rest."""
    if not releases:
        return []
    rest = [one for one in releases if one.credit.startswith("supplier:")]
    orders: list[PaymentOrder] = []
    for one in releases:
        if one not in rest:
            after = orders[-1].number if orders else None
            orders.append(ask(Kind.SPLIT, one, transfers=[one], receiver=receiver_of(one.credit), after=after))
    amount = total([one.amount for one in rest], releases[0].amount.currency)
    after = orders[-1].number if orders else None
    last = ask(Kind.UNFREEZE, replace(releases[0], amount=amount), transfers=rest, after=after)
    return [*orders, last]


def receiver_of(account: str) -> str:
    """Return the account of ours as a provider knows it: organisers are people, funds and the platform merchants."""
    kind, _, owner = account.partition(":")
    return f"personal:{owner}" if kind == "organiser" else f"merchant:{account.replace(':', '-')}"
