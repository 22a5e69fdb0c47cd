"""A message has its effect once, however often and however close together it comes."""

import random

import eventlet
import pytest

from services.chassis.bus import Bus
from services.chassis.envelope import Envelope
from services.kernel.errors import NotFoundError


def effects(shop):
    return len(shop.rows("outbox"))


def handle(event, uow):
    eventlet.sleep(random.random() * 0.01)
    uow.outbox.add("sold.v1", event.subject, {"number": event.version})


@pytest.fixture
def events(shop):
    """Events of a shop next door, as they come over the wire."""
    sold = [shop.sell(f"item-{number % 4}", number) for number in range(20)]
    shop.run(f'DELETE FROM "{shop.service}".outbox')
    return [Envelope.from_wire(event.to_wire()) for event in sold]


def test_messages_repeated_and_shuffled_have_one_effect_each(shop, events):
    bus, luck = Bus(shop.new_uow), random.Random(9)
    deliveries = [event for event in events for _ in range(luck.randint(1, 5))]
    luck.shuffle(deliveries)
    pool = eventlet.GreenPool(8)
    results = list(pool.imap(lambda event: bus.consume(event, lambda e: e, handle), deliveries))
    assert results.count(True) == effects(shop) == len(events)


def test_a_message_whose_handler_failed_may_come_again(shop, events):
    def refuse(event, uow):
        handle(event, uow)
        raise NotFoundError("not known here yet")

    bus = Bus(shop.new_uow)
    with pytest.raises(NotFoundError):
        bus.consume(events[0], lambda e: e, refuse)
    assert effects(shop) == 0
    assert bus.consume(events[0], lambda e: e, handle)
    assert effects(shop) == 1


def test_each_consumer_has_its_own_inbox(shop, events):
    with shop.new_uow() as uow:
        assert uow.inbox.claim("on_a", "shop", "1")
        assert uow.inbox.claim("on_b", "shop", "1")
        assert uow.inbox.claim("on_a", "mall", "1")
        assert not uow.inbox.claim("on_a", "shop", "1")


def test_what_a_handler_publishes_continues_the_conversation(shop, events):
    Bus(shop.new_uow).consume(events[0], lambda e: e, handle)
    (row,) = shop.rows("outbox")
    assert f'"correlationid":"{events[0].correlation_id}"' in row["body"]
    assert f'"causationid":"{events[0].id}"' in row["body"]
