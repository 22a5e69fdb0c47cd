"""Every sample is read as a careful reader reads it, row by row, with every question and no guess."""

import pytest

from services.demand.domain.jielong import read, read_chain
from services.kernel.errors import InvalidError
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


def test_there_are_samples_of_every_variant():
    files = {sample.name.split()[0] for sample in SAMPLES}
    assert {f"v{number:02}" for number in range(1, 16)} <= {name[:3] for name in files}
    assert len([sample for sample in SAMPLES if not sample.name.startswith("domain")]) >= 200


def test_a_text_that_is_no_chain_by_its_length_is_refused():
    with pytest.raises(InvalidError, match="200001 characters"):
        read("x" * 200_001)
