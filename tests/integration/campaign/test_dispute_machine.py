import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from services.campaign import views
from tests.builders_campaign import RealDesk
from tests.effort import stories
from tests.machine_dispute import DisputeMachine


@pytest.mark.slow
def test_a_dispute_keeps_every_promise_on_a_real_database(engine):
    class RealMachine(DisputeMachine):
        def new_desk(self):
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM campaign.timers"))
                connection.execute(text("UPDATE campaign.mediators SET ended_at = now() WHERE ended_at IS NULL"))
            return RealDesk(engine)

        def proofs(self):
            with self.desk.new_uow() as uow:
                return views.verify_ledger(uow)

    options = stories(4, 25, database=None)
    run_state_machine_as_test(RealMachine, settings=options)
