"""Campaigns, commitments and the ledger."""

from gateway.routes.route import COMMUNITY, EVERYONE, MANAGERS, NODE, Route
from gateway.schemas import campaign as s
from gateway.schemas import commitment as c
from gateway.schemas import ledger as b
from gateway.schemas import payment as p
from gateway.schemas.base import Nothing, PageQuery
from services.kernel.caller import Role

CAMPAIGNS, ONE_CAMPAIGN = "/v1/campaigns", "/v1/campaigns/{campaign_id}"
COMMITMENTS, ONE_COMMITMENT = f"{ONE_CAMPAIGN}/commitments", "/v1/commitments/{commitment_id}"
PAYMENT_ORDERS = f"{ONE_COMMITMENT}/payment-orders"
FUND = "/v1/communities/{community_id}/fund"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "campaign", *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", CAMPAIGNS, "list_campaigns", EVERYONE, "列出拼团", "List campaigns",
           s.CampaignPage, query=s.CampaignQuery),
    _route("GET", ONE_CAMPAIGN, "get_campaign", EVERYONE, "查看拼团", "Get a campaign", s.CampaignView),
    _route("POST", f"{ONE_CAMPAIGN}/open", "open_campaign", MANAGERS, "开团", "Open a campaign",
           s.CampaignView, s.OpenCampaign),
    _route("POST", f"{ONE_CAMPAIGN}/close", "close_campaign", MANAGERS, "提前截团", "Confirm a campaign early",
           s.CampaignView, Nothing),
    _route("POST", f"{ONE_CAMPAIGN}/cancel", "cancel_campaign", MANAGERS, "取消拼团", "Cancel a campaign",
           s.CampaignView, s.CancelCampaign),
    _route("POST", f"{ONE_CAMPAIGN}/deliver", "deliver_campaign", MANAGERS | {Role.SUPPLIER}, "记录交付",
           "Record the delivery", s.CampaignView, Nothing),
    _route("POST", COMMITMENTS, "reserve_seats", COMMUNITY, "参团占位", "Reserve seats",
           c.CommitmentView, c.ReserveSeats, status=201, location=ONE_COMMITMENT, together="reserve_many_seats"),
    _route("GET", f"{ONE_CAMPAIGN}/outlook", "get_outlook", COMMUNITY, "现在截团会怎样", "Look ahead to the close",
           s.OutlookView),
    _route("GET", COMMITMENTS, "list_commitments", COMMUNITY, "列出参团", "List commitments",
           c.CommitmentPage, query=PageQuery),
    _route("GET", f"{ONE_CAMPAIGN}/ledger", "get_campaign_ledger", MANAGERS, "查看拼团账本",
           "Get the ledger of a campaign", b.CampaignLedgerView),
    _route("GET", ONE_COMMITMENT, "get_commitment", COMMUNITY, "查看参团", "Get a commitment", c.CommitmentView),
    _route("POST", f"{ONE_COMMITMENT}/payments", "pay_commitment", MANAGERS, "登记付款", "Record a payment",
           c.CommitmentView, c.PayCommitment, status=201, location=ONE_COMMITMENT),
    _route("POST", f"{ONE_COMMITMENT}/cancel", "cancel_commitment", COMMUNITY, "退出参团", "Cancel a commitment",
           c.CommitmentView, c.CancelCommitment),
    _route("POST", f"{ONE_COMMITMENT}/seats", "change_seats", COMMUNITY, "改席位数", "Change the number of seats",
           c.CommitmentView, c.ChangeSeats),
    _route("POST", f"{ONE_COMMITMENT}/hand-over", "hand_over", MANAGERS, "转让席位", "Hand seats over",
           c.CommitmentView, c.HandOver),
    _route("POST", f"{ONE_COMMITMENT}/payments/undo", "undo_payment", MANAGERS, "更正误登的付款",
           "Take back a payment recorded by mistake", c.CommitmentView, c.UndoPayment),
    _route("POST", PAYMENT_ORDERS, "start_payment", COMMUNITY, "通过支付机构付款", "Pay by a provider",
           p.PaymentOrderView, p.StartPayment, status=201, location=PAYMENT_ORDERS),
    _route("GET", PAYMENT_ORDERS, "list_payments", COMMUNITY, "列出支付订单", "List what providers were asked to do",
           p.PaymentOrderPage, query=PageQuery),
    _route("POST", f"{ONE_COMMITMENT}/refunds/retry", "retry_refund", MANAGERS, "重试退款",
           "Try a refund again", c.CommitmentView, p.RetryRefund),
    _route("POST", "/v1/providers/{provider}/callbacks", "take_callback", frozenset(), "接收支付机构回调",
           "Take a provider's callback", p.TakenView, signed=True),
    _route("POST", f"{FUND}/contributions", "contribute_to_fund", MANAGERS, "登记公共基金捐入",
           "Record a contribution to the common fund", b.GiftView, b.Contribution, status=201, location=FUND),
    _route("GET", FUND, "get_fund", COMMUNITY, "查看公共基金", "Get the common fund", b.FundView, query=PageQuery),
    _route("GET", "/v1/notices", "list_notices", COMMUNITY, "列出通知", "List notices", s.NoticePage,
           query=s.NoticeQuery),
    _route("GET", "/v1/ledger", "get_ledger", NODE, "查看总账", "Get the ledger of the node", b.LedgerView),
)
