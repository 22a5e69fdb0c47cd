"""Terms: templates are added, a campaign that is opened gets its document, and its supplier accepts it."""

from dataclasses import replace

from services.campaign.domain.commands import OpenCampaign
from services.campaign.domain.errors import CampaignUnknownError, TermsError, TermsUnknownError
from services.campaign.domain.events import CampaignOpened
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import takes_part
from services.campaign.domain.templates import Template
from services.campaign.domain.terms_commands import AcceptTerms, AddTerms
from services.campaign.domain.terms_document import CampaignTerms, fix_terms
from services.campaign.domain.terms_reading import TermsReport, accepts_for_supplier
from services.campaign.domain.terms_texts import STANDARD_TERMS
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError
from services.kernel.ids import CommunityId, TermsId, new_id


def add_terms(command: AddTerms, uow: CampaignUnitOfWork) -> Template:
    """Add a version of a template for the operator's community, or for the whole node."""
    command.caller.require(Role.COMMUNITY_OPERATOR)
    community_id = command.caller.community_id
    template = Template(
        terms_id=TermsId(new_id()),
        community_id=None if community_id is None else CommunityId(community_id),
        name=command.name,
        version=0,
        title=command.title,
        organiser=command.organiser,
        supplier=command.supplier,
        participant=command.participant,
        created_at=uow.clock.now(),
    )
    return uow.terms.add(template)


def with_terms(
    command: OpenCampaign, outcome: Outcome, uow: CampaignUnitOfWork
) -> tuple[Outcome, CampaignTerms | None]:
    """Bind a campaign that is being opened to the terms that its organiser named, if it named any."""
    template = _named(command, uow)
    if template is None:
        return outcome, None
    campaign, terms = fix_terms(outcome.campaign, template, uow.clock.now())
    events = (replace(one, campaign=campaign) if isinstance(one, CampaignOpened) else one for one in outcome.events)
    return replace(outcome, campaign=campaign, events=tuple(events)), terms


def _named(command: OpenCampaign, uow: CampaignUnitOfWork) -> Template | None:
    if command.terms_id is None:
        return STANDARD_TERMS if command.standard_terms else None
    template = uow.terms.find(command.terms_id)
    if template is None or not template.visible_to(command.caller):
        raise TermsUnknownError("there are no such terms", terms_id=str(command.terms_id))
    return template


def accept_terms(command: AcceptTerms, uow: CampaignUnitOfWork) -> TermsReport:
    """Accept the terms of a campaign for its supplier: by the supplier, or by those of the community that registered
    it. The digest says what is accepted; the first acceptance stays.
    """
    caller = command.caller
    caller.require(Role.SUPPLIER, Role.COMMUNITY_OPERATOR, Role.ORGANISER)
    campaign = uow.campaigns.lock(command.campaign_id)
    registered_by = None if campaign is None else uow.suppliers.registered_by(campaign.terms.supplier_id)
    who = None if campaign is None else accepts_for_supplier(campaign, registered_by, caller)
    if campaign is None or (who is None and not takes_part(campaign, caller)):
        raise CampaignUnknownError("there is no such campaign")
    if who is None:
        message = "the supplier, or the community that registered it, accepts for it"
        raise ForbiddenError(message, role=str(caller.role), allowed=[str(Role.SUPPLIER)])
    terms = uow.terms.of_campaign(campaign.campaign_id)
    if terms is None:
        raise TermsUnknownError("this campaign was opened without terms", campaign_id=str(campaign.campaign_id))
    if command.terms_digest != terms.digest:
        message = "these are not the terms of the campaign"
        raise TermsError(message, state=str(campaign.state), terms_digest=terms.digest)
    accepted = terms.accepted_by_supplier(who, uow.clock.now())
    uow.terms.save_acceptance(accepted)
    return TermsReport(accepted, caller)
