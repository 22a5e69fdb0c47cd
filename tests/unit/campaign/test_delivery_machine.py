from services.campaign.domain.ledger import escrow_account
from tests.builders_campaign import Desk
from tests.effort import stories
from tests.machine_delivery import DeliveryMachine


class FakeMachine(DeliveryMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        uow, wrong = self.desk.uow, []
        wrong += [f"{currency} sums to {minor}" for currency, minor in uow.ledger.sums().items() if minor]
        for campaign in uow.campaigns.rows.values():
            if uow.ledger.balance(escrow_account(campaign.campaign_id)) != campaign.escrow.minor:
                wrong.append("the escrow is not what the campaign says")
            if campaign.state in ("settled", "cancelled") and campaign.escrow:
                wrong.append("money was left behind")
        for line in self.paper.lines:
            kept = next(
                c for c in uow.commitments.rows.values() if str(c.commitment_id) == line["answer"]["commitment_id"]
            )
            if kept.released.minor != line["released"] or kept.released > kept.net:
                wrong.append(f"{kept.released} were released and {line['released']} are right")
        return wrong


TestOnFakes = FakeMachine.TestCase
TestOnFakes.settings = stories(60, 50)
