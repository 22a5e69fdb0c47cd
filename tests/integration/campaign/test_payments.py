"""The stories of payments through a provider once more, each step a transaction on a real PostgreSQL."""

import pytest
from sqlalchemy import text

from services.campaign import views
from tests.builders_campaign import RealDesk
from tests.unit.campaign.test_payments import *  # noqa: F403


@pytest.fixture
def desk(engine):
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM campaign.timers"))
        connection.execute(text("UPDATE campaign.payment_orders SET state = 'dropped' WHERE state = 'open'"))
    desk = RealDesk(engine)
    yield desk
    with desk.new_uow() as uow:
        mine = [one for one in views.verify_ledger(uow) if not one["subject"].startswith("pending transfer")]
        assert mine == []


def test_on_the_worst_of_days_every_fen_is_accounted_for(open_town):
    play_the_worst_day(open_town, seed=3)  # noqa: F405
