"""Papers of the supplier run out while a campaign runs: everybody concerned is told, once, and told when it is over."""

import pytest

from services.campaign.domain.errors import CampaignUnknownError
from services.kernel.ids import new_id
from tests.builders_asking import AskedTown
from tests.builders_campaign import Desk, news

OFFER = new_id()


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    town = AskedTown(desk)
    town.open()
    town.all = [town.join(4), town.join(4, town.b)]
    return town


def hear(town, kinds=("business_licence",), version=2, match_id=None, campaign_id=None):
    running = [{"campaign_id": campaign_id or town.campaign_id, "match_id": match_id or town.match_id}]
    data = {"offer_id": str(OFFER), "supplier_id": town.supplier_id, "category": "pottery", "campaigns": running}
    if kinds:
        reason = {"code": "qualification_expired", "zh": "到期", "en": "ran out", "kinds": list(kinds)}
        return town.desk.hear(news("supplier", "offer_paused.v1", OFFER, {**data, "reason": reason}, version=version))
    return town.desk.hear(news("supplier", "offer_resumed.v1", OFFER, {**data, "version": 1, "tiers": []}, version))


def everybody(town):
    return sorted(one["commitment_id"] for one in town.all)


def test_each_member_is_told_that_papers_ran_out_and_may_leave(town):
    hear(town)
    assert sorted(town.told("papers_expired")) == everybody(town)
    one = town.desk.told("papers_expired")[0]
    assert "business_licence" in one.zh
    assert "business_licence" in one.en
    assert [option.action for option in one.options] == ["cancel_commitment"]


def test_the_group_goes_on_and_more_can_join(town):
    hear(town)
    assert town.join(2)["state"] == "paid"


def test_they_are_told_when_the_papers_are_there_again(town):
    hear(town)
    hear(town, (), version=3)
    assert sorted(town.told("papers_renewed")) == everybody(town)


def test_repeats_and_older_news_tell_nothing_again(town):
    hear(town, version=2)
    hear(town, version=2)
    hear(town, ("insurance",), version=4)
    hear(town, (), version=3)
    assert sorted(town.told("papers_expired")) == everybody(town)
    assert town.told("papers_renewed") == []


def test_word_that_they_are_back_which_comes_first_keeps_the_older_word_from_being_told(town):
    hear(town, (), version=3)
    hear(town, version=2)
    assert town.told("papers_expired") == town.told("papers_renewed") == []


def test_a_campaign_that_has_another_match_by_now_is_not_concerned(town):
    hear(town, match_id=str(new_id()))
    assert town.told("papers_expired") == []


def test_news_of_a_campaign_that_is_not_known_yet_are_tried_again(town):
    with pytest.raises(CampaignUnknownError):
        hear(town, campaign_id=str(new_id()))
