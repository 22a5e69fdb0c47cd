"""What the supplier service says of matches: each is a draft of its own, or stands in for one that was withdrawn."""

from services.campaign.domain.asking_commands import ProposeReplacement
from services.campaign.domain.commands import DraftCampaign, LapseMatch
from services.campaign.handlers.drafting import draft_campaign, lapse_match
from services.campaign.handlers.replacing import lose_replacement, propose_replacement
from services.campaign.storage.unit_of_work import CampaignUnitOfWork


def take_match(command: DraftCampaign | ProposeReplacement, uow: CampaignUnitOfWork) -> None:
    """Draft a campaign of a match, or put the match to the members of one that has lost its supplier."""
    if isinstance(command, ProposeReplacement):
        propose_replacement(command, uow)
    else:
        draft_campaign(command, uow)


def lose_match(command: LapseMatch, uow: CampaignUnitOfWork) -> None:
    """Note that the seats of a match are gone: of a campaign, or of what its members were asked about."""
    proposed = uow.inquiries.of_match(command.match_id)
    if proposed is None:
        lapse_match(command, uow)
    else:
        lose_replacement(proposed, uow)
