"""The answers about payments through a provider."""

from typing import Any

from services.campaign.domain.orders import OrderState, PaymentOrder
from services.campaign.outbound import wire
from services.campaign.outbound.wire import Payload
from services.campaign.providers.port import Kind
from services.kernel.clock import format_time


def payment_order(found: PaymentOrder) -> Payload:
    """Return what a provider was asked to do, and what became of it."""
    zh, en = _status(found)
    return {
        "order_id": str(found.order_id),
        "number": found.number,
        "campaign_id": str(found.campaign_id),
        "commitment_id": str(found.commitment_id),
        "provider": found.provider,
        "kind": str(found.kind),
        "amount": found.amount.to_wire(),
        "state": str(found.state),
        "status": {"zh": zh, "en": en},
        "reason": found.reason,
        "reference": found.reference,
        "pay_url": found.pay_url if found.state is OrderState.OPEN else None,
        "expires_at": wire.time(found.expires_at),
        "created_at": format_time(found.created_at),
        "ended_at": wire.time(found.ended_at),
    }


def taken(_: Any) -> Payload:
    """Return what a provider hears of its callback."""
    return {"taken": True}


_NAMES = {
    Kind.CHARGE: ("付款", "payment"),
    Kind.AUTHORISE: ("预授权", "authorisation"),
    Kind.CAPTURE: ("成团扣款", "capture"),
    Kind.VOID: ("解除预授权", "release of the authorisation"),
    Kind.REFUND: ("退款", "refund"),
    Kind.SPLIT: ("分账", "split"),
    Kind.SPLIT_RETURN: ("分账回退", "return of a split"),
    Kind.UNFREEZE: ("结算给供应商", "settlement to the supplier"),
}
_STATES = {
    OrderState.OPEN: ("处理中", "under way"),
    OrderState.SUCCEEDED: ("已完成", "done"),
    OrderState.DECLINED: ("未成功", "did not succeed"),
    OrderState.DROPPED: ("已取消", "dropped"),
}


def _status(found: PaymentOrder) -> tuple[str, str]:
    (name_zh, name_en), (state_zh, state_en) = _NAMES[found.kind], _STATES[found.state]
    return f"{name_zh}{state_zh}", f"{name_en} {state_en}"
