from services.campaign.domain.ledger import escrow_account
from tests.builders_campaign import Desk
from tests.effort import stories
from tests.machine_dispute import DisputeMachine


class FakeMachine(DisputeMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        uow, wrong = self.desk.uow, []
        wrong += [f"{currency} sums to {minor}" for currency, minor in uow.ledger.sums().items() if minor]
        for campaign in uow.campaigns.rows.values():
            if uow.ledger.balance(escrow_account(campaign.campaign_id)) != campaign.escrow.minor:
                wrong.append("the escrow is not what the campaign says")
        closed = uow.outbox.names().count("dispute_closed.v1")
        if closed != sum(not one.is_open for one in uow.disputes.rows.values()):
            wrong.append("a dispute was closed without a word, or twice")
        return wrong


TestOnFakes = FakeMachine.TestCase
TestOnFakes.settings = stories(50, 40)
