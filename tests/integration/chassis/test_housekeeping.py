"""Old rows go, in steps; young ones and those that are still needed stay."""

from services.chassis import housekeeping
from services.chassis.housekeeping import Housekeeping
from services.chassis.relay import Relay
from tests.integration.chassis.shop import eventually, running


def prune(shop):
    with shop.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return Housekeeping(shop.tables).step(connection)


def age(shop, table, column, days):
    shop.run(f"UPDATE \"{shop.service}\".{table} SET {column} = now() - interval '{days} days'")


def test_sent_events_go_after_thirty_days_and_unsent_ones_never(shop):
    for number in range(4):
        shop.sell("tea", number)
    shop.run(f"UPDATE \"{shop.service}\".outbox SET created_at = now() - interval '400 days'")
    shop.run(f"UPDATE \"{shop.service}\".outbox SET sent_at = now() - interval '31 days' WHERE version <= 2")
    shop.run(f"UPDATE \"{shop.service}\".outbox SET sent_at = now() - interval '29 days' WHERE version = 3")
    assert prune(shop) == 2
    assert [row["version"] for row in shop.rows("outbox", "position")] == [3, 4]


def test_inbox_marks_go_after_ninety_days_and_answers_after_seven(shop):
    with shop.new_uow() as uow:
        uow.inbox.claim("on_a", "shop", "1")
        uow.answers.claim("tok", "sell", "key", {})
        uow.commit()
    age(shop, "inbox", "handled_at", 89)
    age(shop, "answers", "created_at", 6)
    assert prune(shop) == 0
    age(shop, "inbox", "handled_at", 91)
    age(shop, "answers", "created_at", 8)
    assert prune(shop) == 2


def test_the_active_relay_prunes_in_steps(shop, monkeypatch):
    monkeypatch.setattr(housekeeping, "STEP", 3)
    monkeypatch.setattr(housekeeping, "EVERY", 0.0)
    for number in range(10):
        shop.sell("tea", number)
    age(shop, "outbox", "sent_at", 31)
    with running(Relay(shop.environment, shop.service)):
        eventually(lambda: not shop.rows("outbox"))
