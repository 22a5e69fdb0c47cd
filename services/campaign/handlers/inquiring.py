"""What all inquiries share: they begin and end once, with a timer, and lock what they concern in one order.

An inquiry changes only while its campaign is locked. A merge concerns two campaigns, which are locked in the order of
their ids. Who has locked only one of them, and ends it, lets a timer of its own conclude the inquiry.
"""

from collections.abc import Iterable

from services.campaign import outbound
from services.campaign.domain.asking import Conclusion, Inquiry, conclude
from services.campaign.domain.asking_events import InquiryClosed
from services.campaign.domain.model import Campaign
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import CampaignId, new_id

CLOSE = "close_inquiry"


def begin(inquiry: Inquiry, uow: CampaignUnitOfWork) -> None:
    """Keep an inquiry and set the timer of its term; what tells of it is in the outcome that came with it."""
    uow.inquiries.add(inquiry)
    uow.timers.set(f"{CLOSE}:{inquiry.inquiry_id}", inquiry.term, CLOSE, {"inquiry_id": str(inquiry.inquiry_id)})


def finish(inquiry: Inquiry, conclusion: Conclusion, uow: CampaignUnitOfWork) -> Inquiry:
    """Close an inquiry. Its timer stays and will find nothing to do."""
    closed = conclude(inquiry, conclusion, uow.clock.now())
    uow.inquiries.save(closed)
    uow.outbox.add(*outbound.event(InquiryClosed(closed)))
    return closed


def wake(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Let the open inquiries of a campaign, and those about moving there, be concluded at once: it has ended.

    ``campaign`` is as it was before: only a paused one asks its own members, and only one with reserved seats can hold
    room for others.
    """
    own = uow.inquiries.open_of(campaign.campaign_id) if campaign.pause is not None else None
    into = uow.inquiries.into(campaign.campaign_id) if campaign.reserved_seats else ()
    for inquiry in (*((own,) if own else ()), *into):
        # A key of its own: to move a timer that is being fired would wait for one that waits for our campaign.
        key = f"{CLOSE}:{inquiry.inquiry_id}:{new_id()}"
        uow.timers.set(key, uow.clock.now(), CLOSE, {"inquiry_id": str(inquiry.inquiry_id)})


def lock_with_partners(
    seen: Campaign | None, uow: CampaignUnitOfWork, more: Iterable[CampaignId] = ()
) -> Campaign | None:
    """Lock a campaign that was seen, those that share a merge with it, and ``more``, in the order of their ids."""
    if seen is None:
        return None
    shares = seen.pause is not None or seen.reserved_seats > 0
    partners = uow.inquiries.partners(seen.campaign_id) if shares else ()
    return uow.campaigns.lock_many([seen.campaign_id, *partners, *more]).get(seen.campaign_id)
