"""A pool as a chain to post: read back exactly, and of others nothing but counts."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.demand.domain.errors import CommunityNotFoundError, PoolNotFoundError
from services.demand.domain.intake.posting import post
from services.demand.domain.jielong import read
from services.kernel.errors import ForbiddenError
from tests.builders_demand import window
from tests.builders_intake import Desk

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = st.text("朵妈李Leo3栋-12 🚗.A+", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(1, 30)), min_size=1, max_size=5), st.sampled_from(["zh", "en"]))
def test_what_is_posted_is_read_back_exactly(rows, locale):
    text = post("陶艺", rows, [window()], 30, False, SHANGHAI, locale)
    assert [(row.nickname, row.people) for row in read(text).rows] == rows


def test_a_post_names_the_own_people_and_tells_of_others_a_count_only():
    desk = Desk()
    other = Desk(desk.town)
    mine = desk.town.place(desk.community, people=3)
    desk.town.place(other.community, people=7)
    for member in desk.uow.members.of_community(other.community.community_id):
        desk.uow.members.save(type(member)(**{**{f: getattr(member, f) for f in member.__slots__}, "name": "外人"}))
    shown = desk.ask("get_pool_jielong", {"pool_id": str(mine.pool_id)})
    assert "1. 李小明妈妈 3人" in shown["text"]
    assert "外人" not in shown["text"]
    assert shown["rows"] == 1
    assert shown["text"].startswith("#接龙\n陶艺\n")
    english = desk.ask("get_pool_jielong", {"pool_id": str(mine.pool_id), "locale": "en"})
    assert english["text"].startswith("#Group Note\nPottery\n")


def test_nobody_posts_the_pool_of_others():
    desk = Desk()
    pool_id = str(desk.town.place(desk.community).pool_id)
    stranger = Desk(desk.town, policy="never")
    with pytest.raises(PoolNotFoundError):
        stranger.ask("get_pool_jielong", {"pool_id": pool_id})
    with pytest.raises(CommunityNotFoundError):
        stranger.ask("get_pool_jielong", {"pool_id": pool_id, "community_id": str(desk.community.community_id)})
    with pytest.raises(ForbiddenError):
        desk.ask("get_pool_jielong", {"pool_id": pool_id}, role="member")
