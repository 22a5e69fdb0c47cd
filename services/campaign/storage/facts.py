"""What a decision or an answer depends on beside the campaign, read the same way wherever it is needed."""

from services.campaign.domain.closing import Crowd
from services.campaign.domain.counting import has_minimum
from services.campaign.domain.delivery_reports import Attended
from services.campaign.domain.fitting import BEFORE_DEADLINE, Candidate, Fit, rank
from services.campaign.domain.model import LIVE, Campaign, Commitment, Standing
from services.campaign.domain.outlook import Facts
from services.campaign.domain.rules import Bearer, OnMissed
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Caller
from services.kernel.money import Money


def facts_of(campaign: Campaign, uow: CampaignUnitOfWork) -> Facts:
    """Return what decides beside the campaign itself."""
    tolerant = tuple(uow.commitments.tolerant(campaign.campaign_id))
    live = uow.commitments.live(campaign.campaign_id) if campaign.authorised_seats else []
    fits = fits_of(campaign, uow)
    safe = [one for one in live if one.state in (Standing.PAID, Standing.AUTHORISED)]
    return Facts(
        tolerant=tolerant,
        authorised=tuple(one for one in safe if one.state is Standing.AUTHORISED),
        households=frozenset(one.household_id for one in safe),
        in_flight=uow.orders.in_flight(campaign.campaign_id),
        merge_into=fits[0].target.campaign_id if fits else None,
    )


def fits_of(campaign: Campaign, uow: CampaignUnitOfWork) -> list[Fit]:
    """Return where its members could move to, the best first; asked only where the minimum is missed and a merge is
    what was decided for that.
    """
    if campaign.rules.on_missed.action is not OnMissed.MERGE or has_minimum(campaign) or not campaign.paid_seats:
        return []
    now = uow.clock.now()
    open_ = uow.campaigns.joinable(campaign, now + BEFORE_DEADLINE)
    suppliers = uow.suppliers.many(one.terms.supplier_id for one in open_)
    counted = uow.commitments.census(one.campaign_id for one in open_ if one.rules.counts_people)
    live = uow.commitments.live(campaign.campaign_id)
    paid = [one for one in live if one.state is Standing.PAID]
    candidates = (Candidate(one, suppliers.get(one.terms.supplier_id), counted.get(one.campaign_id)) for one in open_)
    return rank(campaign, paid, candidates, now)


def candidate_of(campaign: Campaign, uow: CampaignUnitOfWork) -> Candidate:
    """Return a campaign that is locked as one to be judged."""
    supplier_id = campaign.terms.supplier_id
    counted = uow.commitments.census([campaign.campaign_id] if campaign.rules.counts_people else [])
    return Candidate(campaign, uow.suppliers.many([supplier_id]).get(supplier_id), counted.get(campaign.campaign_id))


def crowd_of(campaign: Campaign, uow: CampaignUnitOfWork) -> Crowd:
    """Return everybody whom the end of a campaign concerns.

    Common funds are locked only where they may have to pay: for a lost tier, or back what they got of a price.
    """
    live = uow.commitments.live(campaign.campaign_id)
    left = [one for one in uow.commitments.holders(campaign.campaign_id) if one.state not in LIVE]
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    dropped = [share.community_id for share in shares if share.dropped_seats]
    pays = dropped if campaign.rules.tier_loss.bearer is Bearer.FUND else []
    got = campaign.terms.communities if campaign.released and campaign.terms.shares.community_bp else ()
    funds = uow.ledger.funds({*pays, *got}, campaign.terms.currency) if pays or got else {}
    authorised = [one.commitment_id for one in live if one.state is Standing.AUTHORISED]
    return Crowd(tuple(live), tuple(left), shares, uow.ledger.payments(authorised), funds)


def fund_of(campaign: Campaign, commitment: Commitment, uow: CampaignUnitOfWork) -> Money | None:
    """Lock the common fund that got a part of a commitment's price, and return what it can still return of it."""
    if not (commitment.released and campaign.terms.shares.community_bp):
        return None
    currency = campaign.terms.currency
    return uow.ledger.funds([commitment.community_id], currency).get(commitment.community_id, Money.zero(currency))


def attended_by(campaign: Campaign, commitment: Commitment, caller: Caller, uow: CampaignUnitOfWork) -> Attended:
    """Return how a commitment stands in each session of its campaign."""
    corrections = uow.attendance.corrections(campaign.campaign_id)
    return Attended(
        campaign,
        commitment,
        uow.sessions.of(campaign.campaign_id),
        uow.attendance.register(campaign.campaign_id),
        tuple(one for one in corrections if one.commitment_id == commitment.commitment_id),
        uow.attendance.accounts(campaign.campaign_id).get(commitment.commitment_id),
        caller,
    )
