import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from services.campaign import views
from tests.builders_campaign import RealDesk
from tests.effort import stories
from tests.machine_promises import PromisesMachine

# What earlier tests left under way is not this one's: its provider does not know of it, and nobody mediates here.
CLEAR = (
    "DELETE FROM campaign.timers",
    "UPDATE campaign.payment_orders SET due_at = '2999-01-01' WHERE state = 'open'",
    "UPDATE campaign.mediators SET ended_at = now() WHERE ended_at IS NULL",
)


@pytest.mark.slow
def test_everything_at_once_keeps_every_promise_on_a_real_database(engine):
    class RealMachine(PromisesMachine):
        def new_desk(self):
            with engine.begin() as connection:
                for statement in CLEAR:
                    connection.execute(text(statement))
            return RealDesk(engine)

        def proofs(self):
            with self.desk.new_uow() as uow:
                wrong = views.verify_ledger(uow)
                sums = uow.connection.execute(text("SELECT sum(balance) FROM campaign.accounts GROUP BY currency"))
                return [*wrong, *(total for total in sums.scalars() if total != 0)]

    options = stories(6, 40, database=None)
    run_state_machine_as_test(RealMachine, settings=options)
