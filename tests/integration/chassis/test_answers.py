"""An idempotency key has one effect and one answer, however often and however close together it comes."""

import eventlet
import pytest

from services.chassis.answers import KeyReusedError
from services.chassis.bus import Bus
from services.kernel.errors import ConflictError
from tests.fakes.chassis import request


def read(message):
    return message["data"]


def sell(data, uow):
    eventlet.sleep(0.002)
    return uow.outbox.add("sold.v1", data["item"], {"number": data["number"]})


def write(event):
    return {"event": event.id, "number": event.data["number"]}


def execute(shop, message):
    return Bus(shop.new_uow).execute(message, read, sell, write)


def test_a_hundred_identical_requests_at_once_have_one_effect_and_one_answer(shop):
    message = request({"item": "tea", "number": 1}, key="k")
    threads = [eventlet.spawn(execute, shop, message) for _ in range(100)]
    answers = [thread.wait() for thread in threads]
    assert len(shop.rows("outbox")) == 1
    assert answers == [answers[0]] * 100


def test_the_answer_is_the_same_in_another_process_and_later(shop):
    message = request({"item": "tea", "number": 1}, key="k")
    first = execute(shop, message)
    later = Bus(shop.another_process().uow_factory(shop.Uow)).execute(message, read, sell, write)
    assert later == first


def test_the_order_of_fields_does_not_make_another_request(shop):
    first = execute(shop, request({"item": "tea", "number": 1}, key="k"))
    assert execute(shop, request({"number": 1, "item": "tea"}, key="k")) == first


def test_a_key_used_for_another_request_is_refused(shop):
    execute(shop, request({"item": "tea", "number": 1}, key="k"))
    with pytest.raises(KeyReusedError):
        execute(shop, request({"item": "tea", "number": 2}, key="k"))
    assert len(shop.rows("outbox")) == 1


def test_of_two_different_requests_with_one_key_at_once_one_wins(shop):
    def attempt(number):
        try:
            return execute(shop, request({"item": "tea", "number": number}, key="k"))["number"]
        except KeyReusedError:
            return None

    results = list(eventlet.GreenPool(10).imap(attempt, range(10)))
    assert results.count(None) == 9
    assert len(shop.rows("outbox")) == 1


def test_a_refused_command_leaves_its_key_free(shop):
    def refuse(data, uow):
        sell(data, uow)
        raise ConflictError("sold out", state="closed")

    message = request({"item": "tea", "number": 1}, key="k")
    with pytest.raises(ConflictError):
        Bus(shop.new_uow).execute(message, read, refuse, write)
    assert shop.rows("answers") == []
    execute(shop, message)


def test_keys_belong_to_their_caller_and_operation(shop):
    execute(shop, request({"item": "tea", "number": 1}, key="k", role="organiser"))
    execute(shop, request({"item": "tea", "number": 2}, key="k", role="member"))
    assert len(shop.rows("outbox")) == 2


def test_without_a_key_each_request_counts(shop):
    for _ in range(2):
        execute(shop, {**request({"item": "tea", "number": 1}), "idempotency_key": None})
    assert len(shop.rows("outbox")) == 2
