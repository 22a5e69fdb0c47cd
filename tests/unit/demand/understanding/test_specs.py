"""Floors under what the bench measures, so that a new rule that breaks older ones is seen at once."""

from collections import Counter

import pytest

from bench import reading_counts, reading_specs
from bench.reading_yardsticks import ours


def shares(samples):
    counts = Counter()
    for sample in samples:
        counts.update(result for _, result in reading_specs.outcome(sample, ours(sample))[0])
    return {name: counts[name] / counts.total() for name in ("right", "wrong", "refused")}


def test_our_own_samples_in_english_stay_read():
    found = shares(reading_specs.own_english())
    assert found["right"] >= 0.93
    assert found["wrong"] <= 0.05


@pytest.mark.skipif(not reading_specs.CHINESE.exists(), reason="the public specs are not beside the project")
def test_the_specs_in_chinese_stay_read():
    found = shares(one for one in reading_specs.chinese() if one.kind == "value")
    assert found["right"] >= 0.9
    assert found["wrong"] <= 0.08


@pytest.mark.parametrize("name", ["heads_develop", "heads_judge", "ceilings_develop", "ceilings_judge"])
def test_people_and_prices_stay_read(name):
    counts = reading_counts.measured()[name]
    assert counts["right"] / counts.total() >= 0.95
    assert counts["wrong"] == 0
