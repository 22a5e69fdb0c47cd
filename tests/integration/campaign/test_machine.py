import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from services.campaign import views
from tests.builders_campaign import RealDesk
from tests.effort import stories
from tests.machine_campaign import CampaignMachine
from tests.machine_changing import ChangeMachine
from tests.machine_merging import MergeMachine

MACHINES = {"a campaign": CampaignMachine, "a merge": MergeMachine, "a change": ChangeMachine}


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES.keys())
def test_every_promise_is_kept_on_a_real_database(engine, machine):
    class RealMachine(machine):
        def new_desk(self):
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM campaign.timers"))
            return RealDesk(engine)

        def proofs(self):
            with self.desk.new_uow() as uow:
                wrong = views.verify_ledger(uow)
                sums = uow.connection.execute(text("SELECT sum(balance) FROM campaign.accounts GROUP BY currency"))
                return [*wrong, *(total for total in sums.scalars() if total != 0)]

    options = stories(8, 25, database=None)
    run_state_machine_as_test(RealMachine, settings=options)
