"""What members and organisers have done: copies, points and honours."""

from collections.abc import Iterable

from services.kernel.ids import CommunityId, MemberId
from services.reputation.domain.people.commands import KnowCommunity, KnowMember, NoteCampaign
from services.reputation.domain.people.honours import earned_honours, record_of
from services.reputation.domain.people.points import Deed, Entry
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


def know_community(command: KnowCommunity, uow: ReputationUnitOfWork) -> None:
    """Keep the newest word on a community's clock on the wall."""
    uow.people.know_community(command.community_id, command.time_zone, command.version)


def know_member(command: KnowMember, uow: ReputationUnitOfWork) -> None:
    """Keep the newest word on who belongs where."""
    uow.people.know_member(command.member_id, command.community_id, command.version)


def note_campaign(command: NoteCampaign, uow: ReputationUnitOfWork) -> None:
    """Keep what is told of a campaign; what is settled earns its organiser points, and maybe an honour."""
    known = uow.people.note_campaign(command.campaign_id, command.news)
    if ended_at := command.news.get("ended_at"):
        uow.engagements.note(command.campaign_id, {"ended_at": ended_at})
    if known is not None and known.settled_at is not None and known.member_id is not None:
        entry = Entry(known.community_id, known.member_id, Deed.ORGANISED, known.campaign_id, known.campaign_id)
        uow.people.credit([entry], uow.clock.now())
        award(known.community_id, known.member_id, uow)


def credit(entries: Iterable[Entry], uow: ReputationUnitOfWork) -> None:
    """Give points for deeds; each counts once, however often it is told."""
    uow.people.credit(entries, uow.clock.now())


def award(community_id: CommunityId, member_id: MemberId, uow: ReputationUnitOfWork) -> None:
    """Give the honours that an organiser has earned by now, and tell of those that are new."""
    now = uow.clock.now()
    organised = uow.people.organised_by(community_id, member_id)
    record = record_of(organised, uow.people.duties_done(community_id, member_id), now)
    for honour in uow.people.award(community_id, member_id, earned_honours(record), now):
        payload = {"community_id": str(community_id), "member_id": str(member_id), "honour": honour}
        uow.outbox.add("honour_awarded.v1", member_id, payload)
