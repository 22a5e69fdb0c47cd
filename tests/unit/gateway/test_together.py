"""Who arrives while a call is under way travels in the next one, and is answered as if it had come alone."""

from dataclasses import replace

import eventlet
import pytest
from eventlet.event import Event

from gateway import app, together
from gateway.problems import Problem
from gateway.routes import ROUTES
from gateway.together import MOST_CALLS, MOST_TOGETHER, Together
from services.chassis.context import working_for
from services.chassis.errors import ServiceError, UnavailableError
from services.chassis.wire import error_to_wire
from services.kernel.ids import new_id
from tests.fakes.gateway import Api, problem_of

FULL = ServiceError("conflict", "campaign.full", "no seat is free", {"state": "open"})


class FakeService:
    """Answers many requests in one call, when the test lets it: each with its name, or with an error."""

    def __init__(self):
        self.calls = []
        self.open = Event()
        self.open.send()
        self.failure = None
        self.answer = lambda request: {"result": {"name": request["data"]["name"]}}

    def hold(self):
        """Let no call end before ``release``."""
        self.open = Event()

    def release(self):
        self.open.send()

    def call(self, service, method, request):
        self.calls.append(request["requests"])
        self.open.wait()
        if self.failure is not None:
            raise self.failure
        return {"answers": [self.answer(one) for one in request["requests"]]}

    @property
    def names(self):
        return [[one["data"]["name"] for one in call] for call in self.calls]


@pytest.fixture
def service():
    return FakeService()


@pytest.fixture
def line(service):
    return Together(service.call, timeout=5.0)


def ask(line, name, size=0):
    return line.call("campaign", "reserve_many_seats", {"caller": {}, "data": {"name": name}}, size)


def outcome(thread):
    try:
        return thread.wait()["name"]
    except Exception as error:
        return error


def asking(line, *names, size=0):
    """Ask for each name in a greenthread of its own, and let all of them arrive."""
    threads = [eventlet.spawn(ask, line, name, size) for name in names]
    eventlet.sleep(0.01)
    eventlet.sleep(0)  # on a slow machine the time is over before the calls of those who have arrived begin
    return threads


def test_a_lonely_request_waits_for_nobody(line, service):
    assert ask(line, "a") == {"name": "a"}
    assert service.names == [["a"]]


def test_who_arrives_while_calls_are_under_way_travels_in_the_next_one(line, service):
    service.hold()
    first = [thread for name in "ab" for thread in asking(line, name)]
    later = asking(line, *"cdef")
    assert service.names == [["a"], ["b"]]
    service.release()
    assert [outcome(thread) for thread in first + later] == list("abcdef")
    assert len(service.calls) <= 4


def test_no_more_calls_and_no_more_requests_in_one_than_allowed(line, service):
    service.hold()
    names = [str(number) for number in range(4 * MOST_TOGETHER)]
    threads = asking(line, *names)
    assert len(service.calls) == MOST_CALLS
    service.release()
    assert [outcome(thread) for thread in threads] == names
    assert max(len(call) for call in service.calls) == MOST_TOGETHER
    assert sorted(name for call in service.names for name in call) == sorted(names)


def test_the_calls_under_way_share_what_arrives_at_once(line, service):
    service.hold()
    threads = asking(line, *(str(number) for number in range(40)))
    assert [len(call) for call in service.calls] == [20, 20]
    service.release()
    for thread in threads:
        thread.wait()


def test_each_gets_its_own_error(line, service):
    def refuse_b(request):
        name = request["data"]["name"]
        return {"result": None, "error": error_to_wire(FULL)} if name == "b" else {"result": {"name": name}}

    service.answer = refuse_b
    a, b, c = (outcome(thread) for thread in asking(line, *"abc"))
    assert (a, c) == ("a", "c")
    assert (b.kind, b.code, b.detail) == ("conflict", "campaign.full", {"state": "open"})


@pytest.mark.parametrize("failure", [UnavailableError("campaign"), Problem(503, "gateway.overloaded")])
def test_a_failed_call_fails_each_of_its_requests_and_no_other(line, service, failure):
    service.failure = failure
    assert [outcome(thread) for thread in asking(line, *"abcd")] == [failure] * 4
    service.failure = None
    assert ask(line, "e") == {"name": "e"}


def test_an_answer_for_another_number_of_requests_answers_none_of_them(line, service):
    service.answer = lambda request: {"result": {"name": "x"}}
    call = service.call
    line = Together(lambda *request: {"answers": call(*request)["answers"][1:]}, timeout=5.0)
    assert [outcome(thread).code for thread in asking(line, *"abc")] == ["chassis.internal"] * 3


def test_who_waits_too_long_is_told_so_and_not_sent_any_more(service):
    line = Together(service.call, timeout=0.05)
    service.hold()
    threads = [thread for name in "abc" for thread in asking(line, name)]
    assert [type(outcome(thread)) for thread in threads] == [UnavailableError] * 3
    service.release()
    eventlet.sleep(0.01)
    assert service.names == [["a"], ["b"]]


def test_when_too_many_wait_the_next_one_is_told_to_come_again(line, service, monkeypatch):
    monkeypatch.setattr(together, "MOST_WAITING", 3)
    service.hold()
    waiting = [thread for name in "abcde" for thread in asking(line, name)]
    problem = outcome(asking(line, "f")[0])
    assert (problem.status, problem.code, problem.headers) == (503, "gateway.overloaded", [("Retry-After", "1")])
    service.release()
    assert [outcome(thread) for thread in waiting] == list("abcde")


def test_large_bodies_travel_in_more_calls(line, service):
    """A service reads no call above a megabyte."""
    threads = asking(line, *"abcdef", size=200_000)
    assert [outcome(thread) for thread in threads] == list("abcdef")
    assert max(len(call) for call in service.calls) == 2


def test_a_body_that_is_large_by_itself_travels_alone(line, service):
    assert [outcome(thread) for thread in asking(line, *"abc", size=900_000)] == list("abc")
    assert [len(call) for call in service.calls] == [1, 1, 1]


def test_each_request_says_its_conversation_and_its_deadline(line, service):
    def in_conversation(name):
        with working_for(f"talk-{name}"):
            return ask(line, name)

    for thread in [eventlet.spawn(in_conversation, name) for name in "ab"]:
        thread.wait()
    sent = [one for call in service.calls for one in call]
    assert {one["data"]["name"]: one["correlation_id"] for one in sent} == {"a": "talk-a", "b": "talk-b"}
    assert all(isinstance(one["deadline_ms"], int) for one in sent)


@pytest.fixture
def api(monkeypatch):
    """A gateway whose route for seats lets requests travel together."""
    together_ = [replace(r, together="reserve_many_seats") if r.operation_id == "reserve_seats" else r for r in ROUTES]
    monkeypatch.setattr(app, "ROUTES", tuple(together_))
    return Api()


def seats(api, campaign, **body):
    return api.send("POST", f"/v1/campaigns/{campaign}/commitments", {"seats": 1, **body}, key=f"key-{campaign}")


def test_over_http_nothing_shows_that_requests_travelled_together(api):
    def answer_many(requests):
        answers = []
        for request in requests["requests"]:
            number = request["data"]["seats"]
            error = {"result": None, "error": error_to_wire(FULL)}
            answers.append({"result": {"commitment_id": request["data"]["campaign_id"]}} if number < 9 else error)
        return {"answers": answers}

    api.services.answers["reserve_many_seats"] = answer_many
    campaigns = [str(new_id()) for _ in range(3)]
    threads = [eventlet.spawn(seats, api, one, seats=n * 4 + 1) for n, one in enumerate(campaigns)]
    first, second, third = (thread.wait() for thread in threads)
    assert (first.status_code, first.json["commitment_id"]) == (201, campaigns[0])
    assert second.headers["Location"] == f"/v1/commitments/{campaigns[1]}"
    assert problem_of(third, 409)["state"] == "open"
    assert {method for _, method, _ in api.services.calls} == {"reserve_many_seats"}
    keys = {one["idempotency_key"] for _, _, call in api.services.calls for one in call["requests"]}
    assert keys == {f"key-{campaign}" for campaign in campaigns}


def test_over_http_a_service_that_is_away_is_said_to_each(api):
    api.services.answers["reserve_many_seats"] = UnavailableError("campaign")
    threads = [eventlet.spawn(seats, api, str(new_id())) for _ in range(3)]
    for thread in threads:
        response = thread.wait()
        assert problem_of(response, 503)["code"] == "gateway.unavailable"
        assert response.headers["Retry-After"]
