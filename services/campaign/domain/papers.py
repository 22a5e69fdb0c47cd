"""Papers of the supplier that run out while a campaign runs: it goes on, and everybody concerned is told."""

from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.model import JOINING, Campaign, Commitment, State
from services.campaign.domain.notices import Notice, Option, notice
from services.kernel.ids import CampaignId, MatchId, OfferId

RUNNING = (*JOINING, State.CONFIRMED, State.DELIVERING)


@dataclass(frozen=True, slots=True)
class NotePapers:
    """An offer waits for papers of these ``kinds``, or for none any more; ``news`` tells newer word from older."""

    offer_id: OfferId
    kinds: tuple[str, ...]
    running: tuple[tuple[CampaignId, MatchId], ...]
    news: int


@dataclass(frozen=True, slots=True)
class MissingPapers:
    """What a campaign was last told of the papers of its supplier."""

    campaign_id: CampaignId
    offer_id: OfferId
    kinds: tuple[str, ...]
    news: int
    noted_at: datetime


def expired(campaign: Campaign, one: Commitment, kinds: tuple[str, ...]) -> Notice:
    """Tell that papers have run out, what that means, and that one may leave."""
    title, start = campaign.terms.title, campaign.terms.start
    zh = (
        f"“{title}”的供应商有资质已到期（{'、'.join(kinds)}），其报价暂停接新单。本团照常进行，补齐后会通知您；"
        "不放心可退出，按取消规则退款"
    )
    en = (
        f"“{title}”: papers of the supplier have run out ({', '.join(kinds)}), so it takes nothing new. This group "
        "goes on and you are told when they are renewed; you may leave by the rules of cancellation"
    )
    return notice("papers_expired", one, zh, en, Option("cancel_commitment", start))


def renewed(campaign: Campaign, one: Commitment, kinds: tuple[str, ...]) -> Notice:
    """Tell that the papers are there again."""
    title = campaign.terms.title
    zh = f"“{title}”的供应商资质（{'、'.join(kinds)}）已更新并审核通过，无需操作"
    en = f"“{title}”: the papers of the supplier ({', '.join(kinds)}) were renewed and approved; nothing is to be done"
    return notice("papers_renewed", one, zh, en)
