from services.campaign.domain.ledger import escrow_account, set_aside
from tests.builders_campaign import Desk
from tests.effort import stories
from tests.machine_promises import PromisesMachine


def books_of(uow):
    """What does not add up in the books of the fakes."""
    wrong = [f"{currency} sums to {minor}" for currency, minor in uow.ledger.sums().items() if minor]
    aside = set_aside(uow.ledger.transfers)
    for campaign in uow.campaigns.rows.values():
        account = escrow_account(campaign.campaign_id)
        kept = uow.ledger.balance(account) - aside.get((account, "CNY"), 0)
        mine = [one for one in uow.commitments.rows.values() if one.campaign_id == campaign.campaign_id]
        if (kept, sum(one.held.minor for one in mine)) != (campaign.escrow.minor,) * 2:
            wrong.append(f"escrow: {kept} in the ledger, {campaign.escrow} in the campaign")
        if campaign.owed.minor != sum(one.owed.minor for one in mine):
            wrong.append("what is owed is not the sum of what is owed")
    return wrong


class FakeMachine(PromisesMachine):
    def new_desk(self):
        return Desk()

    def proofs(self):
        return books_of(self.desk.uow)


TestOnFakes = FakeMachine.TestCase
TestOnFakes.settings = stories(40, 50)
