"""What those concerned by a dispute are told: the member, and the mediator, who does not learn who the parties are."""

from datetime import datetime

from services.campaign.domain.disputes import CALLED_OFF, Dispute, DisputeState, Mediator, Offer, Side
from services.campaign.domain.model import Campaign
from services.campaign.domain.notices import Notice, Option
from services.campaign.domain.saying import money_zh
from services.kernel.clock import format_time
from services.kernel.ids import NoticeId, new_id

ADD_EVIDENCE, OFFER, WITHDRAW = Option("add_evidence"), Option("offer_settlement"), Option("withdraw_dispute")


def opened(campaign: Campaign, one: Dispute) -> Notice:
    """Confirm a dispute: what it froze, and until when the supplier answers."""
    until = format_time(one.answer_until)
    zh = (
        f"“{campaign.terms.title}”的异议已受理，主张退回 {money_zh(one.claim)}；您的款项已冻结，"
        f"供应商应在 {until} 前答复"
    )
    en = (
        f"“{campaign.terms.title}”: your dispute over {one.claim} is open and your money is frozen; "
        f"the supplier answers until {until}"
    )
    return _member("dispute_opened", one, zh, en, ADD_EVIDENCE, OFFER, WITHDRAW)


def answered(campaign: Campaign, one: Dispute) -> Notice:
    """Tell that the supplier has answered."""
    zh = f"“{campaign.terms.title}”：供应商已答复您的异议，双方可协商，也可要求调解"
    en = f"“{campaign.terms.title}”: the supplier has answered; you may agree with it, or ask for a mediator"
    return _member("dispute_answered", one, zh, en, OFFER, Option("ask_mediation", one.consent_until), WITHDRAW)


def unanswered(campaign: Campaign, one: Dispute) -> Notice:
    """Tell that the supplier was silent."""
    zh = f"“{campaign.terms.title}”：供应商未在期限内答复，您现在可要求调解"
    en = f"“{campaign.terms.title}”: the supplier did not answer in time; you may ask for a mediator now"
    return _member("dispute_unanswered", one, zh, en, Option("ask_mediation", one.consent_until), WITHDRAW)


def offered(campaign: Campaign, one: Dispute, offer: Offer) -> Notice:
    """Tell that the supplier offers to give something back."""
    zh = f"“{campaign.terms.title}”：供应商提出退回 {money_zh(offer.amount)} 了结异议"
    en = f"“{campaign.terms.title}”: the supplier offers to settle for {offer.amount}"
    return _member("settlement_offered", one, zh, en, Option("accept_settlement"), OFFER)


def in_mediation(campaign: Campaign, one: Dispute) -> Notice:
    """Tell who decides, and until when; who it is, is told to nobody."""
    title = campaign.terms.title
    if one.mediator is None:
        zh = f"“{title}”的异议没有合适的调解人，由节点运营者决定"
        en = f"“{title}”: no mediator may decide your dispute; the operator of the node decides it"
        return _member("dispute_in_mediation", one, zh, en, ADD_EVIDENCE, OFFER)
    until = _shown(one.due_at)
    zh = f"“{title}”的异议已交另一社群的调解人，应在 {until} 前决定"
    en = f"“{title}”: a mediator of another community decides your dispute until {until}"
    return _member("dispute_in_mediation", one, zh, en, ADD_EVIDENCE, OFFER)


def decided(campaign: Campaign, one: Dispute) -> Notice:
    """Tell what was decided, and that it can be appealed."""
    amount, until = one.decisions[-1].amount, _shown(one.due_at)
    zh = f"“{campaign.terms.title}”的异议已决定：退回 {money_zh(amount)}；不服可在 {until} 前申诉一次"
    en = f"“{campaign.terms.title}”: your dispute is decided, {amount} comes back; you may appeal until {until}"
    return _member("dispute_decided", one, zh, en, Option("appeal_dispute", one.due_at))


def appealed(campaign: Campaign, one: Dispute) -> Notice:
    """Tell that the decision was appealed and is made anew, finally."""
    by_zh, by_en = ("供应商", "the supplier") if one.appealed_by is Side.SUPPLIER else ("您", "you")
    zh = f"“{campaign.terms.title}”：{by_zh}已申诉，将重新作出最终决定"
    en = f"“{campaign.terms.title}”: {by_en} appealed; it is decided anew, and finally"
    return _member("dispute_appealed", one, zh, en, ADD_EVIDENCE, OFFER)


def closed(campaign: Campaign, one: Dispute) -> Notice:
    """Tell how it ended."""
    how_zh, how_en = _ENDS[one.outcome or ""]
    back = (f"退回 {money_zh(one.refunded)}", f"{one.refunded} comes back to you") if one.refunded else _NOTHING
    zh = f"“{campaign.terms.title}”的异议已结束（{how_zh}）：{back[0]}"
    return _member("dispute_closed", one, zh, f"“{campaign.terms.title}”: your dispute is over ({how_en}); {back[1]}")


_NOTHING = ("不因此退款", "nothing comes back by it")
_ENDS = {
    DisputeState.SETTLED: ("双方和解", "settled by consent"),
    DisputeState.WITHDRAWN: ("已撤回", "withdrawn"),
    DisputeState.DECIDED: ("调解人决定", "decided"),
    DisputeState.DECIDED_FINALLY: ("申诉后最终决定", "decided on appeal"),
    CALLED_OFF: ("活动取消，已另行全额退款", "called off and refunded in full"),
}


def assigned(campaign: Campaign, one: Dispute, mediator: Mediator) -> Notice:
    """Tell a mediator that it has a case."""
    until = _shown(one.due_at)
    zh = (
        f"请您调解一件异议（“{campaign.terms.title}”，主张 {money_zh(one.claim)}），在 {until} 前决定；有利害关系请回避"
    )
    en = (
        f"You have a case to decide (“{campaign.terms.title}”, {one.claim} are claimed) until {until}; "
        "decline it if you have an interest in it"
    )
    options = (Option("decide_dispute", one.due_at), Option("decline_case", one.due_at))
    return _mediator("mediator_assigned", one, mediator, zh, en, *options)


def discharged(campaign: Campaign, one: Dispute, mediator: Mediator, why: tuple[str, str]) -> Notice:
    """Tell a mediator that a case is no longer its own, and why."""
    zh = f"异议（“{campaign.terms.title}”）不再由您处理：{why[0]}"
    return _mediator("mediator_discharged", one, mediator, zh, f"“{campaign.terms.title}” is no longer yours: {why[1]}")


TERM_OVER = ("期限已过", "its term is over")
NO_LONGER_NAMED = ("您不再是调解人", "you are no longer a mediator")
APPEALED = ("您的决定被申诉，由他人复核", "your decision was appealed and somebody else decides")
NOT_NEEDED = ("无需再作决定", "no decision is needed any more")


def _member(kind: str, one: Dispute, zh: str, en: str, *options: Option) -> Notice:
    ids = (one.campaign_id, one.commitment_id, one.community_id, one.member_id)
    return Notice(NoticeId(new_id()), kind, *ids, zh, en, options, one.dispute_id)


def _mediator(kind: str, one: Dispute, mediator: Mediator, zh: str, en: str, *options: Option) -> Notice:
    # Without the commitment, which is somebody's.
    ids = (one.campaign_id, None, mediator.community_id, mediator.member_id)
    return Notice(NoticeId(new_id()), kind, *ids, zh, en, options, one.dispute_id)


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else format_time(moment)
