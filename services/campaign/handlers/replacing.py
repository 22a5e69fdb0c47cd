"""Replacing: the supplier has withdrawn, its campaign waits, and its members are asked about each match that comes."""

from collections.abc import Sequence

from services.campaign import outbound
from services.campaign.domain import asking_notices, ledger, replacing
from services.campaign.domain.asking import Conclusion, Inquiry, ask, staying
from services.campaign.domain.asking_commands import ProposeReplacement, TellMissing, VacateCampaign
from services.campaign.domain.asking_events import InquiryOpened, MatchDeclined
from services.campaign.domain.counting import is_full
from services.campaign.domain.errors import CampaignUnknownError
from services.campaign.domain.ledger import Phase
from services.campaign.domain.lifecycle import Action, can
from services.campaign.domain.model import JOINING, About, Campaign, Commitment, Standing
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.terms import Terms
from services.campaign.handlers.ending import Payload, confirm_full, covers_of, end
from services.campaign.handlers.inquiring import begin, finish, wake
from services.campaign.handlers.keeping import call_off_disputes
from services.campaign.handlers.keys import close_key
from services.campaign.handlers.queueing import serve, set_passing
from services.campaign.handlers.recording import Book, record
from services.campaign.storage.facts import crowd_of
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.ids import CampaignId, MatchId, parse_id

VACANCY = "end_vacancy"


def vacate_campaign(command: VacateCampaign, uow: CampaignUnitOfWork) -> None:
    """Let a campaign wait for another supplier; news about a match that it no longer has change nothing."""
    _vacated(command.campaign_id, command.match_id, command.reason, uow)


def _vacated(campaign_id: CampaignId, match_id: MatchId, reason: str, uow: CampaignUnitOfWork) -> Campaign:
    """Lock a campaign, and let it wait if it does not yet: the withdrawal and what follows it come in any order."""
    campaign = uow.campaigns.lock(campaign_id)
    if campaign is None:
        raise CampaignUnknownError("there is no such campaign yet", campaign_id=str(campaign_id))
    if campaign.terms.match_id != match_id or not can(campaign, Action.VACATE):
        return campaign
    asked = uow.inquiries.open_of(campaign_id)
    if asked is not None:
        finish(asked, Conclusion.SUPPLIER_WITHDREW, uow)
    crowd = crowd_of(campaign, uow)
    campaign = record(replacing.vacate(campaign, crowd, reason, uow.clock.now()), uow).campaign
    _set_timer(campaign, uow)
    wake(campaign, uow)
    return campaign


def _set_timer(campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    if campaign.pause is not None:
        ids = {"campaign_id": str(campaign.campaign_id), "match_id": str(campaign.terms.match_id)}
        uow.timers.set(f"{VACANCY}:{':'.join(ids.values())}", campaign.pause.until, VACANCY, ids)


def propose_replacement(command: ProposeReplacement, uow: CampaignUnitOfWork) -> None:
    """Put a match to the members, or decline it at once where that could lead to nothing."""
    campaign = _vacated(command.campaign_id, command.replaces_match_id, "supplier_withdrew", uow)
    terms, now = command.terms, uow.clock.now()
    if uow.inquiries.of_match(terms.match_id) is not None:
        return
    if campaign.terms.match_id != command.replaces_match_id:
        return _decline(campaign, terms, "not_needed", uow)
    asked = uow.inquiries.open_of(campaign.campaign_id)
    if asked is not None and asked.about is About.REPLACEMENT:
        # The supplier proposes one at a time: of two the later one stands, whichever is heard first.
        if terms.match_id < asked.terms.match_id:
            return _decline(campaign, terms, "outdated", uow)
        _drop(asked, campaign, uow)
    paid = _paid(campaign, uow)
    reason = replacing.unwanted(campaign, terms, paid, now)
    if reason is not None:
        return _decline(campaign, terms, reason, uow)
    _ask(campaign, terms, paid, uow)


def _ask(campaign: Campaign, terms: Terms, paid: list[Commitment], uow: CampaignUnitOfWork) -> None:
    inquiry = replacing.propose(campaign, terms, paid, uow.clock.now())
    begin(inquiry, uow)
    told = tuple(asking_notices.asked(campaign, inquiry, one) for one in paid)
    record(Outcome(campaign, events=(InquiryOpened(inquiry),), notices=told, light=True), uow)
    if not paid:  # a campaign that still sells and has nobody to ask goes on at once
        conclude_replacement(inquiry, campaign, uow)


def _paid(campaign: Campaign, uow: CampaignUnitOfWork) -> list[Commitment]:
    return [one for one in uow.commitments.live(campaign.campaign_id) if one.state is Standing.PAID]


def _decline(campaign: Campaign, terms: Terms, reason: str, uow: CampaignUnitOfWork) -> None:
    """Let the supplier propose another; what was declined is kept, for those who want to know why."""
    now = uow.clock.now()
    ended = {"reason": reason, "conclusion": Conclusion.NOT_ASKED, "closed_at": now}
    uow.inquiries.add(ask(campaign, About.REPLACEMENT, terms, (), now, now, **ended))
    uow.outbox.add(*outbound.event(MatchDeclined(terms.match_id, campaign.campaign_id, reason)))


def _drop(inquiry: Inquiry, campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Close an inquiry whose match nobody holds any more."""
    finish(inquiry, Conclusion.GONE, uow)
    _tell(campaign, _paid(campaign, uow), asking_notices.still_looking, uow)


def _tell(campaign: Campaign, concerned: Sequence[Commitment], text: object, uow: CampaignUnitOfWork) -> None:
    record(Outcome(campaign, notices=tuple(text(campaign, one) for one in concerned), light=True), uow)


def lose_replacement(inquiry: Inquiry, uow: CampaignUnitOfWork) -> None:
    """Note that the seats of a replacement are not held any more; one that was taken is taken."""
    campaign = uow.campaigns.lock(inquiry.campaign_id)
    inquiry = uow.inquiries.find(inquiry.inquiry_id) or inquiry
    if campaign is not None and inquiry.is_open:
        _drop(inquiry, campaign, uow)


def tell_missing(command: TellMissing, uow: CampaignUnitOfWork) -> None:
    """Tell everybody concerned that no other supplier fits at the moment."""
    campaign = _vacated(command.campaign_id, command.match_id, "supplier_withdrew", uow)
    if campaign.is_paused_for(About.REPLACEMENT) and campaign.terms.match_id == command.match_id:
        live = uow.commitments.live(campaign.campaign_id)
        _tell(campaign, live, lambda it, one: asking_notices.missing(it, one, command.reasons), uow)


def conclude_replacement(inquiry: Inquiry, campaign: Campaign, uow: CampaignUnitOfWork) -> Campaign:
    """Go on with the other supplier if enough accept, else decline it; return the campaign as it is then."""
    if not campaign.is_paused_for(About.REPLACEMENT):
        finish(inquiry, Conclusion.CALLED_OFF, uow)
        return campaign
    if uow.clock.now() >= inquiry.terms.held_until:
        _drop(inquiry, campaign, uow)
        return campaign
    live = uow.commitments.live(campaign.campaign_id)
    stay = staying(inquiry, live)
    if replacing.seats_of(stay) >= inquiry.minimum and (stay or not inquiry.asked):
        finish(inquiry, Conclusion.REMATCHED, uow)
        return _go_on(campaign, inquiry.terms, live, stay, uow)
    finish(inquiry, Conclusion.TOO_FEW, uow)
    uow.outbox.add(*outbound.event(MatchDeclined(inquiry.terms.match_id, campaign.campaign_id, "too_few_accepted")))
    _tell(campaign, _paid(campaign, uow), asking_notices.still_looking, uow)
    return campaign


def _go_on(
    campaign: Campaign, terms: Terms, live: list[Commitment], stay: list[Commitment], uow: CampaignUnitOfWork
) -> Campaign:
    # What funds set aside was for the tier that the first supplier was promised.
    uow.ledger.post([ledger.ending(cover, Phase.VOID) for cover in covers_of(campaign, uow)])
    book, now = Book(uow), uow.clock.now()
    rematched = book.enter(replacing.rematch(campaign, terms, live, stay, now)).campaign
    campaign = serve(rematched, uow, book)
    book.flush()
    uow.campaigns.save_terms(campaign)
    call_off_disputes(campaign, uow)
    set_passing(campaign, uow)
    if campaign.state in JOINING and campaign.deadline is not None:
        ids = {"campaign_id": str(campaign.campaign_id)}
        uow.timers.set(close_key(campaign.campaign_id), max(campaign.deadline, now), "close_campaign", ids)
    return confirm_full(campaign, uow).campaign if campaign.state in JOINING and is_full(campaign) else campaign


def on_vacancy_over(payload: Payload, uow: CampaignUnitOfWork) -> None:
    """Refund everybody at the stated time; nothing happens when a replacement was accepted before."""
    campaign = uow.campaigns.lock(CampaignId(parse_id(payload["campaign_id"], "campaign_id")))
    if campaign is None or str(campaign.terms.match_id) != payload["match_id"]:
        return
    if not campaign.is_paused_for(About.REPLACEMENT) or campaign.pause is None:
        return
    if uow.clock.now() < campaign.pause.until:
        return _set_timer(campaign, uow)
    asked = uow.inquiries.open_of(campaign.campaign_id)
    if asked is not None:
        campaign = conclude_replacement(asked, campaign, uow)
    if campaign.is_paused_for(About.REPLACEMENT):
        end(campaign, Action.WITHDRAW, uow)
