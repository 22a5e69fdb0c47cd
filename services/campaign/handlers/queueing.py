"""The waiting list is served whenever seats become free, and once more when smaller parties may pass."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.campaign.domain import waiting
from services.campaign.domain.model import Campaign
from services.campaign.handlers.keys import queue_key
from services.campaign.handlers.recording import Book
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import CampaignId

Payload = dict[str, Any]


def serve(campaign: Campaign, uow: CampaignUnitOfWork, book: Book) -> Campaign:
    """Offer free seats to those who are next in line; return the campaign as it is then."""
    if not campaign.waiting or campaign.free_seats <= 0:
        return campaign
    offered = waiting.offer(campaign, uow.commitments.queue(campaign.campaign_id), uow.clock.now())
    return campaign if offered is None else book.enter(offered).campaign


def set_passing(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Set the timer from which on smaller parties may pass anew, where the start or the deadline has moved."""
    if campaign.waiting:
        payload = {"campaign_id": str(campaign.campaign_id)}
        uow.timers.set(queue_key(campaign.campaign_id), waiting.pass_from(campaign), "serve_queue", payload)


def on_passing(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Serve the queue when smaller parties may pass; a queue that grew a new end is looked at again then."""
    campaign = uow.campaigns.lock(CampaignId(UUID(payload["campaign_id"])))
    if campaign is None or not campaign.waiting:
        return
    if uow.clock.now() < (from_ := waiting.pass_from(campaign)):
        uow.timers.set(queue_key(campaign.campaign_id), from_, "serve_queue", payload)
        return
    book = Book(uow)
    serve(campaign, uow, book)
    book.flush()


TIMERS: dict[str, Callable[[Payload, CampaignUnitOfWork], None]] = {"serve_queue": on_passing}
