"""Every sample is read as a careful reader reads it, row by row, with every question and no guess."""

import pytest

from services.demand.domain.jielong import read_chain
from tests.unit.demand.jielong.sample import samples

SAMPLES = samples()


def said(row):
    return row.number, row.facts, row.contact, sorted(one.code for one in row.questions)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_row_by_row(sample):
    chain = read_chain(sample.text)
    assert [said(row) for row in chain.rows] == sample.rows
    for name, lines in sample.parts.items():
        if name == "warn":
            found = [f"{one.code} {one.about}".strip() for one in chain.warnings]
        else:
            value = getattr(chain, name)
            found = [line.strip() for line in ([value] if isinstance(value, str) else value or ()) if line.strip()]
        assert found == lines, name


def test_the_samples_cover_every_variant():
    assert {sample.name.split()[0] for sample in SAMPLES} >= {"domain"}
