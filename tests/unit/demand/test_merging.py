"""The plain rule: what signals have in common, which pool is chosen, and what holds for any signals at all."""

from datetime import timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.consenting import Terms
from services.demand.domain.explaining import explain
from services.demand.domain.merging import Candidate, Misfit, same_category_merger
from services.demand.domain.pool import Pool
from services.demand.domain.signals import united
from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.kernel.timespan import Timespan
from tests.builders_demand import SATURDAY, SQUARE, Town, a_signal, at, north, window
from tests.fakes.chassis import MONDAY
from tests.fakes.demand import FakeDemandUnitOfWork

merger = same_category_merger


def candidate(*signals, created_at=MONDAY):
    common = merger.common(list(signals))
    pool_id = new_id()
    pool, _ = Pool.formed(pool_id, signals[0], common, created_at, created_at + timedelta(hours=48))
    policies = dict.fromkeys((signal.community_id for signal in signals), Terms())
    pool, _ = pool.regathered(signals, policies, common)
    return Candidate(pool, tuple(signal.pooled(pool_id) for signal in signals))


def test_signals_share_the_windows_that_are_long_enough_for_all():
    morning = a_signal(windows=(window(0, 4),), minutes=60)
    noon = a_signal(windows=(window(1, 4), window(30, 4)), minutes=180)
    assert merger.common([morning, noon]).windows == (window(1, 3),)
    assert merger.common([morning, noon]).minutes == 180


def test_a_common_window_shorter_than_the_longest_service_is_none():
    found = merger.common(
        [a_signal(windows=(window(0, 4),), minutes=30), a_signal(windows=(window(3, 4),), minutes=61)]
    )
    assert isinstance(found, Misfit)
    assert "61" in found.why["zh"]
    assert "61" in found.why["en"]


def test_people_out_of_each_others_reach_do_not_fit():
    found = merger.common([a_signal(), a_signal(place=north(11))])
    assert isinstance(found, Misfit)
    assert "reach" in found.why["en"]


def test_another_category_does_not_fit():
    assert isinstance(merger.common([a_signal(), a_signal(category="piano")]), Misfit)


def test_the_pool_with_most_people_is_chosen():
    small, large = candidate(a_signal(people=2)), candidate(a_signal(people=9))
    assert merger.choose(a_signal(), [small, large], MONDAY) is large


def test_of_equal_pools_the_oldest_is_chosen():
    young = candidate(a_signal(), created_at=MONDAY + timedelta(hours=1))
    old = candidate(a_signal())
    assert merger.choose(a_signal(), [young, old], MONDAY) is old


def test_a_pool_that_does_not_fit_is_passed_over():
    far, near = candidate(a_signal(people=50, place=north(30))), candidate(a_signal(people=1))
    assert merger.choose(a_signal(), [far, near], MONDAY) is near


def test_a_common_window_that_is_past_does_not_count():
    one = candidate(a_signal(windows=(window(0, 4), window(24, 1)), minutes=60))
    late = a_signal(windows=(window(0, 4),), minutes=60)
    assert merger.misfit(late, one, SATURDAY + timedelta(hours=2.5)) is None
    assert merger.misfit(late, one, SATURDAY + timedelta(hours=3.5)) is not None


def test_a_ceiling_never_keeps_a_signal_out():
    assert merger.choose(a_signal(ceiling=Money(1, "CNY")), [candidate(a_signal())], MONDAY) is not None


def test_windows_that_touch_or_overlap_become_one():
    assert united([window(3, 2), window(1, 2), window(4, 3), window(20, 1)]) == (window(1, 6), window(20, 1))


def test_a_pool_says_in_both_languages_why_it_is_one():
    sentences = explain(candidate(a_signal()).pool)
    assert len(sentences) == 3
    assert all(set(sentence) == {"zh", "en"} and all(sentence.values()) for sentence in sentences)


def test_what_others_are_told_of_a_pool_is_not_where_somebody_lives():
    uow = FakeDemandUnitOfWork()
    home = Place(31.234567, 121.476543)
    town = Town(uow)
    community = town.community()
    pool = town.pool_of(town.place(community, place=home.to_wire(), people=1))
    town.ready(community, pool.pool_id)
    (told,) = uow.outbox.data_of("pool_ready.v1")
    assert told["area"] == pool.area.to_wire() == {"lat": 31.23, "lon": 121.48, "radius_km": 4.3}
    for sentence in explain(pool)[1].values():
        assert "(31.230, 121.480)" in sentence
        assert "4.3" in sentence


# -- what holds for any signals ------------------------------------------------------------------------------------

hours = st.integers(0, 40).map(lambda quarter: quarter / 4)
windows = st.lists(
    st.builds(window, hours, st.integers(2, 32).map(lambda quarter: quarter / 4)), min_size=1, max_size=4
)
places = st.builds(Place, st.floats(31.15, 31.30), st.floats(121.40, 121.55))
ids = st.uuids(version=4)


@st.composite
def signals(draw, place=places):
    spans = united(draw(windows))
    longest = max(span.length for span in spans)
    return a_signal(
        signal_id=draw(ids),
        place=draw(place),
        radius_km=draw(st.floats(0.1, 15)),
        people=draw(st.integers(1, 40)),
        windows=spans,
        minutes=draw(st.integers(1, int(longest.total_seconds() // 60))),
        expires_at=spans[-1].end,
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(signals(), min_size=1, max_size=6))
def test_what_is_common_lies_within_what_everybody_said(found):
    common = merger.common(found)
    if isinstance(common, Misfit):
        return
    for signal in found:
        assert common.area.centre.distance_km(signal.place) + common.area.radius_km <= signal.radius_km + 1e-5
        assert common.minutes >= signal.minutes
        for span in common.windows:
            assert span.length >= timedelta(minutes=common.minutes)
            assert any(own.contains(span) for own in signal.windows)


@settings(max_examples=60, deadline=None)
@given(st.lists(signals(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_signals_does_not_change_what_they_have_in_common(found, random):
    shuffled = random.sample(found, len(found))
    assert merger.common(found) == merger.common(shuffled)


@settings(max_examples=60, deadline=None)
@given(st.lists(signals(), min_size=2, max_size=5))
def test_signals_that_fit_together_also_fit_without_one_of_them(found):
    common = merger.common(found)
    if not isinstance(common, Misfit) and common.area.radius_km > 0.05:
        rest = merger.common(found[1:])
        assert not isinstance(rest, Misfit)
        assert all(any(span.contains(narrower) for span in rest.windows) for narrower in common.windows)


near = st.builds(Place, st.floats(31.22, 31.24), st.floats(121.46, 121.48))
wants = st.tuples(near, st.integers(1, 20), st.integers(0, 3), st.integers(0, 2))


def head_counts(uow):
    pools = [pool for pool in uow.pools.rows.values() if pool.state == "gathering"]
    return sorted((pool.people, tuple(sorted(part.people for part in pool.communities))) for pool in pools)


def played(wishes, order, gone=()):
    """Place the wishes in an order, then take some back; each wish is of a community of its own or shared."""
    uow = FakeDemandUnitOfWork()
    town = Town(uow)
    communities = [town.community() for _ in range(3)]
    placed = {}
    for index in order:
        place, people, shift, who = wishes[index]
        placed[index] = town.place(
            communities[who],
            people=people,
            place=place.to_wire(),
            radius_km=8,
            windows=[window(1 + shift, 8).to_wire()],
        )
    for index in gone:
        signal = placed[index]
        owner = next(one for one in communities if one.community_id == signal.community_id)
        town.withdraw(owner, signal.signal_id)
    return uow


@settings(max_examples=25, deadline=None)
@given(st.lists(wants, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_the_head_counts(wishes, random):
    order = list(range(len(wishes)))
    assert head_counts(played(wishes, order)) == head_counts(played(wishes, random.sample(order, len(order))))


@settings(max_examples=25, deadline=None)
@given(st.lists(wants, min_size=2, max_size=6), st.data())
def test_a_withdrawn_signal_leaves_no_trace(wishes, data):
    gone = data.draw(st.sets(st.integers(0, len(wishes) - 1), min_size=1))
    stay = [index for index in range(len(wishes)) if index not in gone]
    with_them, without = played(wishes, range(len(wishes)), sorted(gone)), played(wishes, stay)
    assert head_counts(with_them) == head_counts(without)

    def shapes(uow):
        pools = [pool for pool in uow.pools.rows.values() if pool.state == "gathering"]
        return [(pool.area, pool.windows, pool.minutes) for pool in pools]

    assert shapes(with_them) == shapes(without)


def test_every_order_of_three_alike_makes_one_pool():
    wishes = [(SQUARE, people, 0, who) for who, people in enumerate((2, 5, 7))]
    for order in permutations(range(3)):
        assert head_counts(played(wishes, order)) == [(14, (2, 5, 7))]


def test_a_window_is_read_back_as_it_was_written():
    assert Timespan.from_wire({"start": at(window().start), "end": at(window().end)}) == window()
