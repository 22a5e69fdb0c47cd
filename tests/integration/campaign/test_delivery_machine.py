import pytest
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from services.campaign import views
from tests.builders_campaign import RealDesk
from tests.effort import stories
from tests.machine_delivery import DeliveryMachine


@pytest.mark.slow
def test_a_delivery_pays_for_what_took_place_on_a_real_database(engine):
    class RealMachine(DeliveryMachine):
        def new_desk(self):
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM campaign.timers"))
            return RealDesk(engine)

        def proofs(self):
            with self.desk.new_uow() as uow:
                wrong = views.verify_ledger(uow)
                sums = uow.connection.execute(text("SELECT sum(balance) FROM campaign.accounts GROUP BY currency"))
                return [*wrong, *(total for total in sums.scalars() if total != 0)]

    options = stories(6, 25, database=None)
    run_state_machine_as_test(RealMachine, settings=options)
