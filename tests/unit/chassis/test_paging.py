import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.paging import MAX_LIMIT, Page, decode_cursor, encode_cursor, page_of
from services.kernel.errors import InvalidError


def read_all(rows, limit):
    """Read all pages as a client does, following the cursors."""
    found, data = [], {"limit": limit}
    while True:
        page = Page.from_request(data)
        rest = [row for row in rows if page.after is None or row > page.after]
        answer = page_of(rest[: page.limit + 1], page, lambda row: {"id": row}, lambda row: row)
        found += [item["id"] for item in answer["items"]]
        assert len(answer["items"]) <= limit
        if answer["next_cursor"] is None:
            return found
        data = {"limit": limit, "cursor": answer["next_cursor"]}


@given(st.sets(st.text("abcdefgh拼", min_size=1), max_size=30), st.integers(1, 10))
def test_following_the_cursors_finds_each_item_once(keys, limit):
    rows = sorted(keys)
    assert read_all(rows, limit) == rows


@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8")))
def test_a_cursor_is_read_back(key):
    assert decode_cursor(encode_cursor(key)) == key


@pytest.mark.parametrize("cursor", ["é", "a", "____", 5, None, encode_cursor("a\x00b")])
def test_a_cursor_that_is_not_ours_is_refused(cursor):
    with pytest.raises(InvalidError) as refused:
        decode_cursor(cursor)
    assert refused.value.detail["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1, "5", 2.0, True, None])
def test_an_impossible_limit_is_refused(limit):
    with pytest.raises(InvalidError):
        Page.from_request({"limit": limit})


def test_a_page_has_a_default_size():
    assert Page.from_request({}) == Page(20, None)


def test_a_page_that_is_just_full_is_the_last():
    answer = page_of(["a", "b"], Page(2), lambda row: {"id": row}, lambda row: row)
    assert answer["next_cursor"] is None
