"""What all handlers share: finding the campaign that a caller may change, and making outcomes durable."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.campaign import outbound
from services.campaign.domain.errors import NotOrganiserError
from services.campaign.domain.events import CommitmentReserved, SeatsOffered
from services.campaign.domain.ledger import Transfer, organiser_account
from services.campaign.domain.model import OFFLINE, Campaign, Commitment
from services.campaign.domain.notices import Notice
from services.campaign.domain.orders import PaymentOrder, following
from services.campaign.domain.outcome import Outcome
from services.campaign.domain.privacy import known
from services.campaign.domain.reporting import Report
from services.campaign.domain.seats import Shift
from services.campaign.domain.sessions import Session, reminders
from services.campaign.handlers.keys import hold_key, remind_key
from services.campaign.providers.port import Kind
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.context import WorkContext
from services.kernel.caller import Caller
from services.kernel.ids import CampaignId, CommitmentId


def lock(campaign_id: CampaignId, caller: Caller, uow: CampaignUnitOfWork) -> Campaign:
    """Lock a campaign that the caller takes part in; anybody else learns only that there is none."""
    return known(uow.campaigns.lock(campaign_id), caller)


def require_organiser(campaign: Campaign, caller: Caller) -> None:
    """Refuse all but the community that opened the campaign; a draft belongs to all of its communities."""
    organiser = campaign.organiser
    if organiser is not None and not caller.sees(organiser.community_id):
        raise NotOrganiserError("another community opened this campaign", state=str(campaign.state))


class Book:
    """Collects outcomes and saves them in a few statements, however many they are."""

    def __init__(self, uow: CampaignUnitOfWork) -> None:
        self._uow = uow
        self._empty()

    def _empty(self) -> None:
        self._added: dict[CommitmentId, Commitment] = {}
        self._changed: dict[CommitmentId, Commitment] = {}
        self._campaigns: dict[CampaignId, Campaign] = {}
        self._heavy: set[CampaignId] = set()
        self._shifts: dict[CampaignId, list[Shift]] = defaultdict(list)
        self._transfers: list[Transfer] = []
        self._events: list[tuple] = []
        self._notices: list[Notice] = []
        self._timers: list[tuple] = []
        self._sessions: list[Session] = []

    def enter(self, outcome: Outcome, context: WorkContext | None = None) -> Outcome:
        """Take an outcome in; return it with the version that it will have. ``context`` is its conversation."""
        campaign = replace(outcome.campaign, version=outcome.campaign.version + 1)
        outcome = replace(outcome, campaign=campaign)
        self._campaigns[campaign.campaign_id] = campaign
        if not outcome.light:
            self._heavy.add(campaign.campaign_id)
        self._shifts[campaign.campaign_id] += outcome.shifts
        self._added.update({one.commitment_id: one for one in outcome.added})
        for one in outcome.changed:
            place = self._added if one.commitment_id in self._added else self._changed
            place[one.commitment_id] = one
        self._transfers += outcome.transfers
        self._sessions += outcome.sessions
        self._timers += reminders_of(outcome.sessions, self._uow.clock.now())
        self._tell(outcome, context)
        return outcome

    def _tell(self, outcome: Outcome, context: WorkContext | None) -> None:
        for event in outcome.events:
            self._events.append((*outbound.event(event), context))
            if isinstance(event, CommitmentReserved | SeatsOffered) and event.commitment.hold_until is not None:
                one = event.commitment
                timer = {"commitment_id": str(one.commitment_id)}
                self._timers.append((hold_key(one.commitment_id), one.hold_until, "expire_commitment", timer, context))
        self._notices += outcome.notices
        self._events += [(*outbound.notified(notice), context) for notice in outcome.notices]

    def flush(self) -> None:
        """Save everything that was entered; nothing happens when that is nothing."""
        uow = self._uow
        uow.commitments.add(list(self._added.values()))
        uow.commitments.save(list(self._changed.values()))
        uow.campaigns.save_counts([c for c in self._campaigns.values() if c.campaign_id not in self._heavy])
        uow.campaigns.save([c for c in self._campaigns.values() if c.campaign_id in self._heavy])
        uow.campaigns.shift({campaign_id: summed(shifts) for campaign_id, shifts in self._shifts.items()})
        uow.sessions.save(self._sessions)
        uow.ledger.post(self._transfers)
        uow.orders.add(self._orders())
        uow.notices.add(self._notices)
        uow.timers.set_many(self._timers)
        uow.outbox.add_many([*self._events, *self._earnings()])
        self._empty()

    def _earnings(self) -> list[tuple]:
        """Return what organisers of campaigns that are settled now have earned in all, as the ledger has it."""
        settled = {event[1] for event in self._events if event[0] == "campaign_settled.v1"}
        found = []
        for campaign in (one for one in self._campaigns.values() if str(one.campaign_id) in settled and one.organiser):
            account = organiser_account(campaign.organiser.member_id or campaign.organiser.community_id)
            income = self._uow.ledger.earned(campaign.campaign_id, account, campaign.terms.currency)
            found.append(("organiser_earned.v1", campaign.campaign_id, outbound.earned(campaign, income)))
        return found

    def _orders(self) -> list[PaymentOrder]:
        """Return the orders to providers that carry out what moved."""
        moved: dict[CommitmentId, list[Transfer]] = defaultdict(list)
        for transfer in self._transfers:
            if transfer.provider != OFFLINE and transfer.commitment_id in self._known:
                moved[transfer.commitment_id].append(transfer)
        charges = self._uow.orders.paid_by(moved) if moved else {}
        now = self._uow.clock.now()
        return [
            order
            for commitment_id, transfers in moved.items()
            if commitment_id in charges
            for splits in [self._splits(commitment_id) if any(one.kind == "return" for one in transfers) else {}]
            for order in following(self._known[commitment_id], charges[commitment_id], transfers, now, splits)
        ]

    def _splits(self, commitment_id: CommitmentId) -> dict[str, str]:
        made = self._uow.orders.of(commitment_id)
        return {order.receiver: order.number for order in made if order.kind is Kind.SPLIT and order.receiver}

    @property
    def _known(self) -> dict[CommitmentId, Commitment]:
        return {**self._added, **self._changed}


def reminders_of(sessions: Sequence[Session], now: datetime) -> list[tuple]:
    """Return the timers that remind of sessions."""
    due = [
        (one, at, {"campaign_id": str(one.campaign_id), "session": one.number}) for one, at in reminders(sessions, now)
    ]
    return [(remind_key(one.campaign_id, one.number), at, "remind_session", timer, None) for one, at, timer in due]


def summed(shifts: Sequence[Shift]) -> list[Shift]:
    """Return one shift per community: a statement may move a row only once."""
    found: dict = {}
    for one in shifts:
        before = found.get(one.community_id, Shift(one.community_id))
        found[one.community_id] = Shift(
            one.community_id,
            before.reserved + one.reserved,
            before.paid + one.paid,
            before.joined + one.joined,
            before.dropped + one.dropped,
        )
    return [found[community_id] for community_id in sorted(found)]


def record(outcome: Outcome, uow: CampaignUnitOfWork) -> Outcome:
    """Save one outcome: commitments, counters, money, notices and events. Returns it with its version."""
    book = Book(uow)
    entered = book.enter(outcome)
    book.flush()
    return entered


def report(campaign: Campaign, caller: Caller, uow: CampaignUnitOfWork) -> Report:
    """Return what the caller is shown of a campaign."""
    shares = uow.campaigns.shares([campaign.campaign_id])[campaign.campaign_id]
    return Report(campaign, shares, caller, uow.policy.privacy_k)
