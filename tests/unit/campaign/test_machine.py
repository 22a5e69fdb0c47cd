from services.campaign.domain.ledger import escrow_account
from services.campaign.domain.model import Standing
from tests.builders_campaign import Desk
from tests.effort import stories
from tests.machine_campaign import CampaignMachine
from tests.machine_changing import ChangeMachine
from tests.machine_merging import MergeMachine


class FakeMachine(CampaignMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        uow, wrong = self.desk.uow, []
        wrong += [f"{currency} sums to {minor}" for currency, minor in uow.ledger.sums().items() if minor]
        for campaign in uow.campaigns.rows.values():
            if uow.ledger.balance(escrow_account(campaign.campaign_id)) != campaign.escrow.minor:
                wrong.append("the escrow is not what the campaign says")
            if campaign.state in ("settled", "failed", "cancelled") and campaign.escrow:
                wrong.append("money was left behind")
        for commitment in uow.commitments.rows.values():
            mine = [t for t in uow.ledger.transfers if t.commitment_id == commitment.commitment_id]
            kinds = [t.kind for t in mine]
            back = sum(t.amount.minor for t in mine if t.kind in ("refund", "tier_difference"))
            # Who leaves too late gets nothing back, and nothing is no transfer.
            early = "refund" in kinds and commitment.state is not Standing.REFUNDED
            if len(kinds) != len(set(kinds)) or back != commitment.refunded.minor or early:
                wrong.append(f"{commitment.commitment_id} is {commitment.state} after {kinds}")
        return wrong


TestOnFakes = FakeMachine.TestCase
TestOnFakes.settings = stories(100, 50)


class FakeMerge(MergeMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        return FakeMachine.proofs(self)


TestMergesOnFakes = FakeMerge.TestCase
TestMergesOnFakes.settings = stories(60, 40)


class FakeChange(ChangeMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        uow = self.desk.uow
        wrong = [f"{currency} sums to {minor}" for currency, minor in uow.ledger.sums().items() if minor]
        for campaign in uow.campaigns.rows.values():
            if uow.ledger.balance(escrow_account(campaign.campaign_id)) != campaign.escrow.minor:
                wrong.append("the escrow is not what the campaign says")
            if campaign.state in ("settled", "cancelled") and campaign.escrow:
                wrong.append("money was left behind")
        return wrong


TestChangesOnFakes = FakeChange.TestCase
TestChangesOnFakes.settings = stories(60, 40)
