"""What members are told while it is delivered: the playbook of texts that goes with sessions."""

from collections.abc import Mapping

from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.notices import Notice, Option, notice
from services.campaign.domain.saying import money_zh
from services.campaign.domain.sessions import Reason, Session
from services.kernel.clock import format_time
from services.kernel.money import Money

REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.WEATHER: ("天气", "the weather"),
    Reason.ILLNESS: ("授课人员生病", "an illness of the supplier"),
    Reason.SUPPLIER: ("供应商原因", "a reason of the supplier's"),
    Reason.ORGANISER: ("组织者原因", "a reason of the organiser's"),
}


def _which(campaign: Campaign, session: Session) -> tuple[str, str]:
    """Name a session; of a single one its number says nothing."""
    count, start = len(campaign.terms.times), format_time(session.span.start)
    if count == 1:
        return start, f"at {start}"
    return f"第 {session.number}/{count} 次，{start}", f"session {session.number} of {count}, {start}"


def reminded(campaign: Campaign, one: Commitment, session: Session) -> Notice:
    """Remind of a session that comes."""
    zh, en = _which(campaign, session)
    zh = f"“{campaign.terms.title}”即将开始（{zh}），{one.seats} 席；到场请出示签到码"
    en = f"“{campaign.terms.title}” is about to begin ({en}), {one.seats} seats; show your check-in code at the door"
    return notice("session_reminder", one, zh, en, Option("get_check_in_code", session.span.end))


def begun(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that it has begun."""
    title = campaign.terms.title
    zh = f"“{title}”已开始，席位不再变动；到场请出示签到码"
    en = f"“{title}” has begun and seats change no more; show your check-in code at the door"
    return notice("delivery_begun", one, zh, en, Option("get_check_in_code", campaign.terms.times[-1].end))


def cancelled(campaign: Campaign, one: Commitment, session: Session) -> Notice:
    """Tell that a session does not take place, why, and what becomes of its part of the price."""
    count, why = len(campaign.terms.times), REASONS[session.reason or Reason.ORGANISER]
    zh, en = _which(campaign, session)
    zh = f"“{campaign.terms.title}”（{zh}）取消：{why[0]}。实付价的 1/{count} 将在课程结束时退回，无需操作"
    en = (
        f"“{campaign.terms.title}” ({en}) is cancelled for {why[1]}. 1/{count} of what you paid comes back at the end; "
        "you need not do anything"
    )
    return notice("session_cancelled", one, zh, en)


def part_returned(campaign: Campaign, one: Commitment, amount: Money) -> Notice:
    """Tell that the part of the sessions that were not held has come back."""
    held, count = campaign.sessions_held, len(campaign.terms.times)
    zh = f"“{campaign.terms.title}”共 {count} 次，实际举行 {held} 次，未举行部分按实付价退回 {money_zh(amount)}"
    en = (
        f"“{campaign.terms.title}”: {held} of {count} sessions took place; {amount} comes back to you for the others, "
        "at the price that you paid"
    )
    return notice("undelivered_part_returned", one, zh, en)


def missed(campaign: Campaign, one: Commitment, amount: Money) -> Notice:
    """Tell that nobody of a commitment was recorded as present, and what follows from it."""
    until = campaign.settles_at
    back_zh, back_en = (
        (f"退回 {money_zh(amount)}", f"{amount} comes back") if amount else ("不退款", "nothing comes back")
    )
    zh = f"“{campaign.terms.title}”举行的各次均无您的签到记录，按缺席规则{back_zh}；如有误请联系组织者更正或提出异议"
    en = (
        f"“{campaign.terms.title}”: you were recorded at none of the sessions, so by the rule for no-shows {back_en}; "
        "if that is wrong, ask your organiser to correct it or object"
    )
    return notice("no_show", one, zh, en, Option("open_dispute", until))


def found_present(campaign: Campaign, one: Commitment) -> Notice:
    """Tell that one who was taken for a no-show was there after all."""
    title = campaign.terms.title
    zh = f"“{title}”的出勤记录已更正：您已到场，不再记为缺席；已退款项不变"
    en = f"“{title}”: your attendance was corrected; you were there and are no no-show. What came back stays yours"
    return notice("attendance_corrected", one, zh, en)
