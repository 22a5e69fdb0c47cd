"""Merging: members of a campaign that missed its minimum are asked, and those who accept move with their money."""

from dataclasses import replace

from services.campaign.domain import merging
from services.campaign.domain.asking import Conclusion, Inquiry, staying
from services.campaign.domain.counting import is_full
from services.campaign.domain.fitting import Fit, inside, judge
from services.campaign.domain.lifecycle import Action
from services.campaign.domain.model import JOINING, About, Campaign, Commitment, Explanation, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.outlook import Outlook, decide
from services.campaign.handlers.ending import confirm_full, end
from services.campaign.handlers.inquiring import begin, finish
from services.campaign.handlers.queueing import serve
from services.campaign.handlers.recording import Book, record
from services.campaign.storage.facts import candidate_of, crowd_of, facts_of, fits_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork


def ask_to_move(campaign: Campaign, seen: Outlook, uow: CampaignUnitOfWork) -> None:
    """Ask the members of a campaign that is locked; if meanwhile nothing fits any more, it fails."""
    crowd, now = crowd_of(campaign, uow), uow.clock.now()
    fit = _locked_fit(campaign, [one for one in crowd.live if one.state is Standing.PAID], uow)
    if fit is None:
        failed = decide(campaign, replace(facts_of(campaign, uow), merge_into=None), now)
        end(campaign, Action.FAIL, uow, decision=failed.explanation)
        return
    asking = merging.ask_to_move(campaign, crowd, fit, seen.explanation, now)
    begin(asking.inquiry, uow)
    record(asking.source, uow)
    record(asking.target, uow)


def _locked_fit(campaign: Campaign, paid: list[Commitment], uow: CampaignUnitOfWork) -> Fit | None:
    """Lock the best campaign that still fits: what was seen before the lock may have changed."""
    for seen in fits_of(campaign, uow):
        target = uow.campaigns.lock(seen.target.campaign_id)
        if target is not None and (fit := judge(campaign, paid, candidate_of(target, uow), uow.clock.now())):
            return fit
    return None


def conclude_merge(inquiry: Inquiry, source: Campaign, target: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    """Let those who accepted move, and refund the others; return the target as it is then. Both are locked.

    If the source has ended meanwhile there is nothing left to do; if the target has, everybody is refunded.
    """
    room, target = inquiry.held_seats, merging.free_room(target, inquiry)
    if not source.is_paused_for(About.MERGE):
        finish(inquiry, Conclusion.CALLED_OFF, uow)
        return _freed(target, room, uow)
    if target.state not in JOINING or target.pause is not None:
        finish(inquiry, Conclusion.GONE, uow)
        end(source, Action.FAIL, uow, decision=_GONE)
        return _freed(target, room, uow)
    accepting = staying(inquiry, uow.commitments.live(source.campaign_id))
    moving = inside(target, accepting, candidate_of(target, uow).census)
    if not moving:
        finish(inquiry, Conclusion.TOO_FEW, uow)
        end(source, Action.FAIL, uow, decision=_NOBODY)
        return _freed(target, room, uow)
    return _move(inquiry, source, target, moving, uow)


_GONE = Explanation(
    "fail",
    "未达最低人数，可并入的拼团已不可用：全额退款",
    "the minimum was missed and the group to move to is gone: everything is refunded",
)
_NOBODY = Explanation(
    "fail",
    "未达最低人数，无人并入另一个拼团：全额退款",
    "the minimum was missed and nobody moves to the other group: everything is refunded",
)
_MERGED = Explanation(
    "merge",
    "未达最低人数，接受者已并入另一个拼团，其余全额退款",
    "the minimum was missed: who accepted has moved to another group, the others are refunded",
)


def _freed(target: Campaign, room: int, uow: CampaignUnitOfWork) -> Campaign:
    """Save a target without the room that was held in it, and offer that to those who wait meanwhile."""
    if not room or target.state not in JOINING:
        return target
    book = Book(uow)
    target = serve(book.enter(Outcome(target, light=True)).campaign, uow, book)
    book.flush()
    return target


def _move(
    inquiry: Inquiry, source: Campaign, target: Campaign, moving: list[Commitment], uow: CampaignUnitOfWork
) -> Campaign:
    fresh = merging.newcomers(target, moving)
    target = merging.welcome(target, fresh)
    uow.campaigns.let_in(target.campaign_id, fresh)
    left, joined = merging.move(source, target, moving, candidate_of(target, uow).census, uow.clock.now())
    book = Book(uow)
    source = book.enter(left).campaign
    target = serve(book.enter(joined).campaign, uow, book)
    book.flush()
    if fresh:
        uow.campaigns.save_terms(target)
    finish(inquiry, Conclusion.MERGED, uow)
    end(source, Action.MERGE, uow, decision=_MERGED)
    return confirm_full(target, uow).campaign if target.state in JOINING and is_full(target) else target


def conclude_all_into(target: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    """Conclude the merges into a campaign that is about to close, so that who accepted takes part in the decision."""
    for seen in uow.inquiries.into(target.campaign_id) if target.reserved_seats else ():
        source = uow.campaigns.lock(seen.campaign_id)
        inquiry = uow.inquiries.find(seen.inquiry_id)
        if source is not None and inquiry is not None and inquiry.is_open:
            target = conclude_merge(inquiry, source, target, uow)
    return target
