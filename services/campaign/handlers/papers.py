"""What campaigns are told of papers of their supplier that have run out, or are there again."""

from services.campaign.domain.errors import CampaignUnknownError
from services.campaign.domain.model import Campaign
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.papers import RUNNING, MissingPapers, NotePapers, expired, renewed
from services.campaign.handlers.recording import record
from services.campaign.storage.unit_of_work import CampaignUnitOfWork


def note_papers(command: NotePapers, uow: CampaignUnitOfWork) -> None:
    """Keep what is missing for each campaign that runs on the offer, and tell its members once."""
    matches = dict(command.running)
    campaigns = uow.campaigns.lock_many(sorted(matches))
    unknown = sorted(set(matches) - set(campaigns))
    if unknown:
        raise CampaignUnknownError("there is no such campaign yet", campaign_id=str(unknown[0]))
    for campaign_id, match_id in sorted(matches.items()):
        campaign = campaigns[campaign_id]
        if campaign.terms.match_id == match_id:
            _note(campaign, command, uow)


def _note(campaign: Campaign, command: NotePapers, uow: CampaignUnitOfWork) -> None:
    before = uow.papers.find(campaign.campaign_id, command.offer_id)
    if before is not None and before.news >= command.news:
        return
    ids = (campaign.campaign_id, command.offer_id)
    uow.papers.save(MissingPapers(*ids, command.kinds, command.news, uow.clock.now()))
    known = before.kinds if before is not None else ()
    if bool(known) == bool(command.kinds) or campaign.state not in RUNNING:
        return
    text, kinds = (expired, command.kinds) if command.kinds else (renewed, known)
    live = uow.commitments.live(campaign.campaign_id)
    if live:
        record(Outcome(campaign, notices=tuple(text(campaign, one, kinds) for one in live), light=True), uow)
