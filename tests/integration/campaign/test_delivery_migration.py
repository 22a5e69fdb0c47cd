"""Groups that were formed before there were sessions get them, and keep their money and their reminders."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from services.campaign import views
from services.chassis import migrations
from services.chassis.database import make_engine
from tests import servers
from tests.builders_campaign import RealDesk, Town
from tests.builders_delivery import Course
from tests.fakes.chassis import MONDAY

CONFIRMED, DELIVERED, COURSE, OPEN = range(4)


@pytest.fixture
def engine():
    """A database of its own, at the newest version."""
    admin_url = servers.need("postgres")
    name = f"pinlian_test_{secrets.token_hex(6)}"
    admin = make_engine(admin_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    made = make_engine(make_url(admin_url).set(database=name).render_as_string(hide_password=False))
    with made.begin() as connection:
        connection.execute(text("CREATE SCHEMA campaign"))
        migrations.upgrade("campaign", connection)
    yield made
    made.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def revision(engine):
    """The revision that this is about, wherever it stands in the chain."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(migrations._config("campaign", connection))
    return next(one for one in script.walk_revisions() if one.path.endswith("_delivery.py"))


FAR = "2100-01-01T{}:00:00Z"
UNDO = (
    "DROP TABLE campaign.check_ins, campaign.attendance_corrections, campaign.deliveries, campaign.sessions, "
    "campaign.signing_keys",
    "DROP FUNCTION campaign.refuse_forgery",
    "UPDATE campaign.campaigns SET sessions_held = 0",
    "DELETE FROM campaign.timers WHERE command = 'remind_session'",
    "UPDATE campaign.alembic_version SET version_num = :before",
    # The last session of the course is far away, so that there is something to remind of.
    "UPDATE campaign.campaigns SET terms = jsonb_set(terms, '{sessions,2}', "
    "jsonb_build_object('start', CAST(:start AS text), 'end', CAST(:end AS text))) "
    "WHERE jsonb_array_length(terms -> 'sessions') = 3",
)


def test_what_was_formed_before_gets_its_sessions(engine):
    desk = RealDesk(engine)
    towns = [Town(desk), Town(desk), Course(desk, 3), Town(desk)]
    for town in towns:
        town.open()
        town.join(10)
    for town in towns[:OPEN]:
        town.act("close_campaign")
    desk.clock.pass_(days=13)
    towns[DELIVERED].act("deliver_campaign")
    ours = revision(engine)
    values = {"before": ours.down_revision, "start": FAR.format("09"), "end": FAR.format("11")}
    with engine.begin() as connection:
        for statement in UNDO:  # as the database was before
            connection.execute(text(statement), values)
    with engine.begin() as connection:
        command.upgrade(migrations._config("campaign", connection), ours.revision)
    desk.clock.time = MONDAY + timedelta(days=13)
    states = [[one["state"] for one in Course.sessions(town)["sessions"]] for town in towns]
    assert states == [["planned"], ["held"], ["planned"] * 3, ["planned"]]
    with desk.new_uow() as uow:
        assert [uow.campaigns.find(UUID(town.campaign_id)).sessions_held for town in towns] == [0, 1, 0, 0]
        assert views.verify_ledger(uow) == []
        due = "SELECT * FROM campaign.timers WHERE command = 'remind_session' AND due_at > '2099-01-01'"
        (timer,) = uow.connection.execute(text(due))
        course = towns[COURSE].campaign_id
        assert (timer.key, timer.payload) == (f"remind_session:{course}:3", {"session": 3, "campaign_id": course})
        assert timer.due_at == datetime(2099, 12, 31, 9, tzinfo=UTC)
    assert towns[CONFIRMED].act("deliver_campaign")["state"] == "delivered"
    towns[COURSE].cancel(3)
    assert towns[COURSE].hold(1)["held"] == 1
