"""Campaigns, commitments and the ledger in memory. The fakes refuse what the database would refuse."""

from collections import defaultdict
from dataclasses import replace
from typing import ClassVar

from services.campaign.contract import EVENTS
from services.campaign.domain.errors import ReceiptUsedError
from services.campaign.domain.ledger import balances
from services.campaign.domain.model import Standing
from tests.fakes.chassis import FakeUnitOfWork

LIVE = (Standing.RESERVED, Standing.PAID)


class FakeCampaigns:
    def __init__(self, commitments, ledger):
        self.rows = {}
        self.parts = {}
        self._commitments = commitments
        self._ledger = ledger

    def find(self, campaign_id):
        return self.rows.get(campaign_id)

    lock = find

    def find_by_match(self, match_id):
        return next((row for row in self.rows.values() if row.terms.match_id == match_id), None)

    def lock_of(self, commitment_id):
        commitment = self._commitments.find(commitment_id)
        return None if commitment is None else self.find(commitment.campaign_id)

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

    def save_counts(self, campaign, shift):
        self.save(campaign, [shift])

    def save_join(self, campaign, shift, joined, moved):
        self._commitments.save([joined])
        self.save(campaign, [shift])
        self._ledger.post(moved)

    def save(self, campaign, shifts):
        assert campaign.reserved_seats >= 0
        assert campaign.paid_seats >= 0
        assert campaign.taken_seats <= campaign.max_seats, "oversold"
        assert campaign.escrow.minor >= 0
        self.rows[campaign.campaign_id] = campaign
        parts = self.parts[campaign.campaign_id]
        for shift in shifts:
            part = parts[shift.community_id]
            moved = replace(
                part,
                reserved_seats=part.reserved_seats + shift.reserved,
                paid_seats=part.paid_seats + shift.paid,
                joined_seats=part.joined_seats + max(shift.paid, 0),
            )
            assert moved.reserved_seats >= 0
            assert moved.paid_seats >= 0
            parts[shift.community_id] = moved


class FakeCommitments:
    def __init__(self):
        self.rows = {}

    def find(self, commitment_id):
        return self.rows.get(commitment_id)

    def live(self, campaign_id):
        found = [c for c in self.rows.values() if c.campaign_id == campaign_id and c.state in LIVE]
        return sorted(found, key=lambda c: (c.member_id, c.commitment_id))

    def save(self, changed):
        for commitment in changed:
            for other in self.rows.values():
                same = other.community_id == commitment.community_id and other.receipt == commitment.receipt
                if same and commitment.receipt and other.commitment_id != commitment.commitment_id:
                    raise ReceiptUsedError("this receipt belongs to another payment", receipt=commitment.receipt)
            assert commitment.final_price is None or commitment.final_price <= commitment.price
            self.rows[commitment.commitment_id] = commitment


class FakeLedger:
    def __init__(self):
        self.transfers = []

    def post(self, moved):
        keys = {transfer.key for transfer in self.transfers}
        for transfer in moved:
            assert transfer.key not in keys, f"{transfer.key} twice"
            assert transfer.amount.minor > 0
            keys.add(transfer.key)
        self.transfers.extend(moved)
        below = [key for key, minor in self.balances().items() if key[0].startswith("escrow:") and minor < 0]
        assert not below, f"escrow below zero: {below}"

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


class FakeMembers:
    def __init__(self):
        self.rows = {}

    def community_of(self, member_id):
        return self.rows.get(member_id, (None, 0))[0]

    def know(self, member_id, community_id, version):
        if version > self.rows.get(member_id, (None, 0))[1]:
            self.rows[member_id] = (community_id, version)


class FakeCampaignUnitOfWork(FakeUnitOfWork):
    service = "campaign"
    event_schemas: ClassVar = EVENTS

    def __init__(self, clock=None, **options):
        super().__init__(clock, **options)
        self.commitments = FakeCommitments()
        self.ledger = FakeLedger()
        self.campaigns = FakeCampaigns(self.commitments, self.ledger)
        self.members = FakeMembers()
