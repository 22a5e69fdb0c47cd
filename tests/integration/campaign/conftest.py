import pytest
from sqlalchemy import text

from tests.builders_campaign import RealDesk


@pytest.fixture(scope="session")
def engine(migrated):
    return migrated("campaign")


@pytest.fixture
def desk(engine):
    """A desk on the real database, without the timers that earlier tests left behind."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM campaign.timers"))
    return RealDesk(engine)
