"""Whatever is pasted: no crash, no row without its source line, and every line in exactly one place."""

from ast import literal_eval
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.jielong import as_wire, compare, masked, read_chain, read_native
from services.kernel.errors import InvalidError
from tests.unit.demand.jielong.native_messages import message

FRAGMENTS = [literal_eval(line) for line in (Path(__file__).parent / "fragments.txt").read_text().splitlines()]
chains = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
texts = st.one_of(chains, chains, st.text(max_size=200))


def lines_of(text):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Counter(line.strip() for line in lines if line.strip())


@given(texts)
@settings(max_examples=150, deadline=None)
def test_every_line_lands_in_exactly_one_place(text):
    chain = read_chain(text)
    head = " ".join(part for part in (chain.header, chain.title) if part)
    parts = [*chain.body, chain.example or "", *chain.tail, *chain.ignored]
    parts += [line for row in chain.rows for line in row.line.split("\n")]
    found = Counter(part.strip() for part in parts if part.strip())
    missing = lines_of(text) - found
    missing = Counter({line: n for line, n in missing.items() if "".join(line.split()) != "".join(head.split())})
    missing -= Counter([chain.header, chain.title])
    assert not missing
    assert not found - lines_of(text)


@given(texts)
@settings(max_examples=150, deadline=None)
def test_no_row_is_without_its_line_and_nothing_is_guessed(text):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    chain = read_chain(text)
    for row in chain.rows:
        assert row.line == "\n".join(lines[number - 1] for number in row.line_numbers)
        assert 0 < row.confidence <= 1
        assert not row.questions or row.confidence <= 0.5
        said = row.people is not None or (row.items and all(item.quantity is not None for item in row.items))
        assert said or row.questions or row.status == "cancelled"
        assert row.nickname or row.household or row.questions


@given(texts, texts)
@settings(max_examples=100, deadline=None)
def test_whatever_was_read_can_be_compared_masked_and_sent(text, other):
    chain = read_chain(text)
    assert not compare(chain, read_chain(text))
    compare(chain, read_chain(other))
    as_wire(masked(chain))


rows = st.lists(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8).map("".join), max_size=5)


@given(rows, st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_row_of_a_native_message_is_exactly_what_its_member_wrote(texts, utf16):
    said = [" ".join(text.replace("\r", "").split(" ")).strip() or "张三" for text in texts]
    chain = read_native(message("#接龙\n陶艺🏺", [("u", 1716000000, text) for text in said], utf16=utf16), b"salt")
    assert all(one.code != "offsets_unfit" for one in chain.warnings)
    for number, (text, row) in enumerate(zip(said, chain.rows, strict=True), 1):
        written = [line for line in f"{number}. {text}".split("\n") if line.strip()]
        assert row.line.split("\n") == written


@given(st.lists(st.sampled_from(["<msg>", "<appmsg>", "<type>53</type>", "</appmsg>", "</msg>", "<title>", "1. 张三"])))
@settings(max_examples=50, deadline=None)
def test_broken_messages_are_refused_and_nothing_else(pieces):
    with suppress(InvalidError):
        assert read_native("".join(pieces)).rows is not None
