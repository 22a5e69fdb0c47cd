from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import reputation as bench
from services.kernel.ids import new_id
from services.reputation import handlers
from services.reputation.domain.score.opinions import Opinion
from services.reputation.domain.score.rings import find_rings
from tests.effort import EFFORT
from tests.fakes.reputation import FakeReputationUnitOfWork
from tests.unit.reputation.builders import opinions_with_a_ring
from tests.unit.reputation.test_handlers import tell, write

SUPPLIERS = [f"s{number}" for number in range(20)]


def honest(count=60, seed=1, worth=0.4, tries=8):
    random = Random(seed)
    for number in range(count):
        for supplier in random.sample(SUPPLIERS, tries):
            level = sum(random.random() < worth for _ in range(4))
            yield Opinion(f"h{number}", supplier, level / 4, f"c{number % 4}")


def ring(count, suppliers, share=1.0, name="x", community="c0"):
    return [Opinion(f"{name}{number}", one, share, community) for number in range(count) for one in suppliers]


def test_a_ring_is_found_with_its_members_and_where_it_does_harm():
    (found,) = find_rings([*honest(), *ring(8, SUPPLIERS[:5])])
    assert (found.kind, found.raters) == ("ring", {f"x{number}" for number in range(8)})
    assert found.suppliers == set(SUPPLIERS[:5])
    assert found.shift > 0.4


def test_raters_who_say_what_everybody_says_are_no_ring():
    assert find_rings([*honest(), *ring(8, SUPPLIERS[:5], 0.4)]) == []
    assert find_rings(list(honest())) == []
    assert find_rings([]) == []


def test_bought_newcomers_are_a_chorus_where_others_know_better():
    bought = ring(6, SUPPLIERS[:1])
    (found,) = find_rings([*honest(), *bought])
    assert (found.kind, found.suppliers, len(found.raters)) == ("chorus", {SUPPLIERS[0]}, 6)
    assert find_rings(ring(6, SUPPLIERS[:1])) == []  # nobody there who knows better


@settings(max_examples=max(1, round(3 * EFFORT)), deadline=None)
@given(st.randoms())
def test_the_order_of_opinions_does_not_matter(random):
    opinions = [*honest(30), *ring(5, SUPPLIERS[:4])]
    expected = find_rings(opinions)
    random.shuffle(opinions)
    assert find_rings(opinions) == expected


def test_a_ring_takes_no_score_with_it_once_it_is_found():
    uow = FakeReputationUnitOfWork()
    suppliers = [new_id() for _ in range(4)]
    for it, quality in opinions_with_a_ring(suppliers, [new_id() for _ in range(3)], lambda *told: tell(uow, *told)):
        write(uow, it, quality=quality)
    before = uow.scores.told[suppliers[0]]
    (key,) = [key for key in uow.timers.pending if key.startswith("find_rings:pottery")]
    _, command, payload = uow.timers.pending[key]
    handlers.TIMERS[command](payload, uow)
    after = uow.scores.told[suppliers[0]]
    assert after.score < before.score - 0.2
    assert after.reviews == before.reviews
    told = len(uow.outbox.events)
    handlers.TIMERS[command](payload, uow)
    assert len(uow.outbox.events) == told


@pytest.fixture(scope="module")
def figures():
    return bench.measured(
        range(bench.FIRST_SEED, bench.FIRST_SEED + 1), ("no attack", "30% naive", "30% camouflaged"), (2,)
    )


def test_the_bars_of_the_bench_hold_in_a_quick_run(figures):
    assert list(bench.missed(figures)) == []
    assert figures["unsettled accepted"] == 0


def test_what_others_make_of_the_same_ratings_is_bought_with_ease(figures):
    for name in ("raw mean", "Bayes", "Wilson", "beta"):
        assert figures["attacks"]["30% naive"][name] > 0.4
        assert figures["minted"][2][name] > 0.15
