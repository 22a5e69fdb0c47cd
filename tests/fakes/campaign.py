"""Campaigns, commitments and the ledger in memory. The fakes refuse what the database would refuse."""

from collections import defaultdict
from dataclasses import replace
from typing import ClassVar

from services.campaign.contract import EVENTS
from services.campaign.domain.census import Census
from services.campaign.domain.errors import PaymentOpenError, ReceiptUsedError
from services.campaign.domain.ledger import KINDS, Phase, balances, fund_account, set_aside
from services.campaign.domain.model import JOINING, LIVE, Share, Standing
from services.campaign.domain.orders import OrderState
from services.campaign.providers.port import Kind
from services.kernel.money import Money
from tests.fakes.asking import FakeInquiries
from tests.fakes.chassis import FakeUnitOfWork
from tests.fakes.delivery import FakeAttendance, FakeSessions, FakeSigningKeys
from tests.fakes.disputes import FakeDisputes, FakeMediators, FakeSuppliers, FakeTerms
from tests.fakes.inviting import FakeInvitations


class FakePapers:
    def __init__(self):
        self.rows = {}

    def find(self, campaign_id, offer_id):
        return self.rows.get((campaign_id, offer_id))

    def save(self, papers):
        self.rows[papers.campaign_id, papers.offer_id] = papers


class FakeCampaigns:
    def __init__(self, commitments):
        self.rows = {}
        self.parts = {}
        self._commitments = commitments

    def find(self, campaign_id):
        return self.rows.get(campaign_id)

    lock = find

    def find_by_match(self, match_id):
        return next((row for row in self.rows.values() if row.terms.match_id == match_id), None)

    def lock_of(self, commitment_id):
        commitment = self._commitments.find(commitment_id)
        return None if commitment is None else self.find(commitment.campaign_id)

    def lock_many(self, campaign_ids):
        return {one: self.rows[one] for one in sorted(set(campaign_ids)) if one in self.rows}

    def lock_pool(self, pool_id):
        return sorted((c for c in self.rows.values() if c.terms.pool_id == pool_id), key=lambda c: c.campaign_id)

    def shares(self, campaign_ids):
        return {one: tuple(sorted(self.parts[one].values(), key=lambda s: s.community_id)) for one in campaign_ids}

    def add(self, campaign, shares):
        if self.find_by_match(campaign.terms.match_id):
            return False
        self.rows[campaign.campaign_id] = campaign
        self.parts[campaign.campaign_id] = {share.community_id: share for share in shares}
        return True

    def save(self, changed):
        for campaign in changed:
            assert min(campaign.reserved_seats, campaign.authorised_seats, campaign.paid_seats, campaign.waiting) >= 0
            assert campaign.taken_seats <= campaign.max_seats, "oversold"
            assert campaign.escrow.minor >= 0
            self.rows[campaign.campaign_id] = campaign

    save_counts = save

    def save_terms(self, campaign):
        self.rows[campaign.campaign_id] = campaign

    def let_in(self, campaign_id, community_ids):
        for one in community_ids:
            assert one not in self.parts[campaign_id]
            self.parts[campaign_id][one] = Share(one, 0)

    def joinable(self, source, after):
        def right(one):
            same = (one.terms.category, one.terms.currency) == (source.terms.category, source.terms.currency)
            open_ = one.state in JOINING and one.deadline > after and one.pause is None and not one.waiting
            return same and open_ and one.free_seats > 0 and one.campaign_id != source.campaign_id

        return sorted((one for one in self.rows.values() if right(one)), key=lambda one: one.deadline)

    def shift(self, moved):
        for campaign_id, shifts in moved.items():
            assert len({one.community_id for one in shifts}) == len(shifts), "a statement moves a row only once"
            for shift in shifts:
                self._shift(self.parts[campaign_id], shift)

    @staticmethod
    def _shift(parts, shift):
        part = parts[shift.community_id]
        moved = replace(
            part,
            reserved_seats=part.reserved_seats + shift.reserved,
            paid_seats=part.paid_seats + shift.paid,
            joined_seats=part.joined_seats + shift.joined,
            dropped_seats=part.dropped_seats + shift.dropped,
        )
        assert moved.reserved_seats >= 0
        assert moved.paid_seats >= 0
        parts[shift.community_id] = moved


class FakeCommitments:
    def __init__(self):
        self.rows = {}

    def find(self, commitment_id):
        return self.rows.get(commitment_id)

    def _of(self, campaign_id, right):
        found = [c for c in self.rows.values() if c.campaign_id == campaign_id and right(c)]
        return sorted(found, key=lambda c: (c.member_id, c.commitment_id))

    def live(self, campaign_id):
        return self._of(campaign_id, lambda c: c.state in LIVE)

    def queue(self, campaign_id):
        return self._of(campaign_id, lambda c: c.state is Standing.WAITING)

    def tolerant(self, campaign_id):
        return self._of(campaign_id, lambda c: c.state is Standing.PAID and c.upto_seats > c.seats)

    def holders(self, campaign_id):
        return self._of(campaign_id, lambda c: c.paid is not None and c.paid > c.refunded + c.moved)

    def served(self, campaign_id):
        return self._of(campaign_id, lambda c: c.state is Standing.DELIVERED)

    def census(self, campaign_ids):
        found = {campaign_id: Census() for campaign_id in campaign_ids}
        for one in self.rows.values():
            if one.campaign_id in found and one.state in LIVE:
                found[one.campaign_id].note(None, one)
        return found

    def add(self, added):
        for one in added:
            assert one.commitment_id not in self.rows
        self.save(added)

    def save(self, changed):
        for commitment in changed:
            for other in self.rows.values():
                same = other.community_id == commitment.community_id and other.receipt == commitment.receipt
                if same and commitment.receipt and other.commitment_id != commitment.commitment_id:
                    raise ReceiptUsedError("this receipt belongs to another payment", receipt=commitment.receipt)
            assert commitment.final_price is None or commitment.final_price <= commitment.price
            assert commitment.held.minor >= 0
            names = ("refunded", "released", "moved", "owed", "kept", "withheld")
            assert min(getattr(commitment, name).minor for name in names) >= 0
            assert commitment.upto_seats >= commitment.seats > 0
            self.rows[commitment.commitment_id] = commitment


class FakeLedger:
    def __init__(self):
        self.transfers = []

    def post(self, moved):
        keys = {transfer.key for transfer in self.transfers}
        open_ = {one.transfer_id: one for one in self._open()}
        for transfer in moved:
            assert transfer.key not in keys, f"{transfer.key} twice"
            assert transfer.amount.minor > 0
            assert transfer.kind in KINDS
            if transfer.pending_id is not None:
                ended = open_.pop(transfer.pending_id)
                assert (ended.debit, ended.credit, ended.amount) == (transfer.debit, transfer.credit, transfer.amount)
            keys.add(transfer.key)
        self.transfers.extend(moved)
        aside = set_aside(self.transfers)
        for key, minor in self.balances().items():
            kind = key[0].partition(":")[0]
            assert kind not in ("escrow", "fund") or minor >= aside.get(key, 0), f"{key} below what is set aside"
            assert kind != "member" or minor <= 0, f"{key} got more than it paid"

    def earned(self, campaign_id, account, currency):
        moved = [one for one in self.transfers if one.campaign_id == campaign_id and one.phase in ("posted", "post")]
        got = sum(one.amount.minor for one in moved if one.credit == account)
        return Money(got - sum(one.amount.minor for one in moved if one.debit == account), currency)

    def give(self, gift):
        if gift.key in {transfer.key for transfer in self.transfers}:
            raise ReceiptUsedError("this receipt belongs to another contribution", state="given", receipt=gift.receipt)
        self.post([gift])

    def _open(self):
        ended = {one.pending_id for one in self.transfers}
        return [one for one in self.transfers if one.phase is Phase.PENDING and one.transfer_id not in ended]

    def open_among(self, transfer_ids):
        return [one for one in self._open() if one.transfer_id in transfer_ids]

    def payments(self, commitment_ids):
        paying = [one for one in self._open() if one.kind == "payment" and one.commitment_id in commitment_ids]
        return {one.commitment_id: one for one in paying}

    def late(self, commitment_id):
        kinds = ("late_payment", "late_refund")
        return [one for one in self.transfers if one.commitment_id == commitment_id and one.kind in kinds]

    def pending(self, campaign_id):
        return [one for one in self._open() if one.campaign_id == campaign_id]

    def funds(self, community_ids, currency):
        aside, balances_ = set_aside(self.transfers), self.balances()
        names = {community_id: (fund_account(community_id), currency) for community_id in community_ids}
        return {
            one: Money(balances_[key] - aside.get(key, 0), currency) for one, key in names.items() if key in balances_
        }

    def balances(self):
        return balances(self.transfers)

    def balance(self, account, currency="CNY"):
        return self.balances().get((account, currency), 0)

    def sums(self):
        sums = defaultdict(int)
        for (_, currency), minor in self.balances().items():
            sums[currency] += minor
        return dict(sums)

    def of(self, kind):
        return [transfer for transfer in self.transfers if transfer.kind == kind]


class FakeOrders:
    def __init__(self, clock):
        self.rows = {}
        self._clock = clock
        self.changed = 0

    def add(self, orders):
        for order in orders:
            assert order.number not in self.rows
            if order.kind.is_payment and self.paying(order.commitment_id):
                raise PaymentOpenError("a payment is under way", state="reserved")
            self.rows[order.number] = order

    def save(self, orders):
        self.rows.update({order.number: order for order in orders})

    def find(self, number):
        return self.rows.get(number)

    lock = find

    def take_due(self, most):
        due = [one for one in self._free() if one.due_at <= self._clock.now()]
        taken = [order.taken(self._clock.now()) for order in sorted(due, key=lambda one: one.due_at)[:most]]
        self.save(taken)
        return taken

    def next_due(self):
        return min((order.due_at for order in self._free()), default=None)

    def _free(self):
        opened = {order.number for order in self._where()}
        return [one for one in self._where() if one.after not in opened]

    def in_flight(self, campaign_id):
        return sum(one.kind.is_payment or one.kind is Kind.CAPTURE for one in self._where(campaign_id=campaign_id))

    def any_open(self, campaign_id):
        return bool(self._where(campaign_id=campaign_id))

    def paying(self, commitment_id):
        return next((one for one in self._where(commitment_id=commitment_id) if one.kind.is_payment), None)

    def paid_by(self, commitment_ids):
        wanted = set(commitment_ids)
        paid = [one for one in self._where(OrderState.SUCCEEDED) if one.commitment_id in wanted and one.kind.is_payment]
        return {one.commitment_id: one.number for one in sorted(paid, key=lambda one: one.order_id)}

    def of(self, commitment_id):
        return [one for one in self.rows.values() if one.commitment_id == commitment_id]

    def after(self, order):
        return self._where(about=order.about)

    def _where(self, state=OrderState.OPEN, **wanted):
        return [
            one
            for one in self.rows.values()
            if one.state is state and all(getattr(one, name) == value for name, value in wanted.items())
        ]


class FakeNotices:
    def __init__(self):
        self.told = []

    def add(self, told):
        self.told.extend(told)

    def of(self, kind):
        return [notice for notice in self.told if notice.kind == kind]


class FakeMembers:
    def __init__(self):
        self.rows = {}

    def many(self, member_ids):
        known = {one: self.rows[one] for one in member_ids if one in self.rows}
        return {one: (community, household or one) for one, (community, household, _) in known.items()}

    def know(self, member_id, community_id, household_id, version):
        if version > self.rows.get(member_id, (None, None, 0))[2]:
            self.rows[member_id] = (community_id, household_id, version)


class FakeCampaignUnitOfWork(FakeUnitOfWork):
    service = "campaign"
    event_schemas: ClassVar = EVENTS

    def __init__(self, clock=None, **options):
        super().__init__(clock, **options)
        self.commitments = FakeCommitments()
        self.ledger = FakeLedger()
        self.orders = FakeOrders(self.clock)
        self.notices = FakeNotices()
        self.campaigns = FakeCampaigns(self.commitments)
        self.members = FakeMembers()
        self.papers = FakePapers()
        self.invitations = FakeInvitations(self.commitments, self.members)
        self.terms = FakeTerms()
        self.suppliers = FakeSuppliers()
        self.inquiries = FakeInquiries(self.commitments)
        self.disputes = FakeDisputes()
        self.mediators = FakeMediators(self)
        self.sessions = FakeSessions()
        self.attendance = FakeAttendance(self.commitments, self.sessions)
        self.signing_keys = FakeSigningKeys(self.clock)
