"""The limit, counted by a real Redis."""

import pytest
from prometheus_client import CollectorRegistry

from gateway.rate_limit import RedisLimiter, headers_of
from services.kernel.ids import new_id
from tests import servers


@pytest.fixture
def limiter():
    return RedisLimiter(servers.need("redis"), 10, CollectorRegistry())


def test_the_limit_lets_through_as_many_as_it_says(limiter):
    who = str(new_id())
    taken = [limiter._take(who, 6000.0) for _ in range(12)]
    assert [one.allowed for one in taken] == [True] * 10 + [False] * 2
    assert [one.remaining for one in taken[:3]] == [9, 8, 7]
    assert (taken[-1].reset, taken[-1].retry_after) == (60, 60)


def test_one_token_does_not_use_up_the_limit_of_another(limiter):
    one, other = str(new_id()), str(new_id())
    for _ in range(11):
        limiter._take(one, 6000.0)
    assert limiter._take(other, 6000.0).allowed


def test_the_last_minute_still_counts_for_the_part_of_it_that_is_inside(limiter):
    who = str(new_id())
    for _ in range(10):
        limiter._take(who, 6030.0)
    refused = limiter._take(who, 6060.0 + 3)
    assert not refused.allowed or refused.remaining == 0
    assert sum(limiter._take(who, 6060.0 + 30).allowed for _ in range(10)) in (4, 5, 6)


def test_after_the_time_that_it_names_the_next_request_passes(limiter):
    for offset in (0.0, 10.0, 59.0):
        who = str(new_id())
        while (refused := limiter._take(who, 6000.0 + offset)).allowed:
            pass
        assert not limiter._take(who, 6000.0 + offset).allowed
        passed = limiter._take(who, 6000.0 + offset + refused.retry_after + 60 * (refused.retry_after == 60 - offset))
        assert passed.allowed


def test_several_gateways_together_let_through_no_more_than_the_limit():
    who, url = str(new_id()), servers.need("redis")
    gateways = [RedisLimiter(url, 1000, CollectorRegistry()) for _ in range(3)]
    taken = [gateways[index % 3]._take(who, 6000.0) for index in range(1500)]
    assert 970 <= sum(one.allowed for one in taken) <= 1000
    assert [one.remaining for one in taken[:1]] == [999]


def test_what_is_in_hand_is_forgotten_with_its_minute():
    who, limiter = str(new_id()), RedisLimiter(servers.need("redis"), 1000, CollectorRegistry())
    limiter._take(who, 6000.0)
    assert limiter._take(who, 6059.9).remaining == 998
    assert limiter._take(who, 6180.0).remaining == 999


def test_the_headers_say_what_is_left(limiter):
    allowance = limiter.take(str(new_id()))
    names = dict(headers_of(limiter, allowance))
    assert names["RateLimit-Policy"] == '"default";q=10;w=60'
    assert names["RateLimit"].startswith('"default";r=9;t=')
    assert headers_of(limiter, None) == []
    assert limiter.reachable()
