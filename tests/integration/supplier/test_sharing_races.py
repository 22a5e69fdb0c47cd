"""The end of a sharing against whatever begins at the same moment, on a real PostgreSQL."""

from threading import Thread
from time import sleep

import pytest

from services.kernel.errors import NotFoundError
from services.supplier import handlers, inbound
from services.supplier.domain.errors import GrantEndedError
from tests.builders_supplier import pool_data, ready_pool
from tests.fakes.chassis import request
from tests.integration.supplier.test_races import at_once
from tests.integration.supplier.test_sharing import book, end, give, grants_of, town  # noqa: F401  (a fixture)

ATTEMPTS = pytest.mark.parametrize("attempt", range(4))


@pytest.fixture
def shared(town):  # noqa: F811
    """The town, with everything between the first community and the second one."""
    town.given = give(town, town.home, town.near, "see", "use", "edit", "share_on")
    return town


def state(market, match):
    return market.near.ask("get_match", match_id=match["match_id"])["state"]


@ATTEMPTS
def test_a_direct_proposal_and_the_end_of_the_sharing_leave_nothing_waiting(shared, attempt):
    result, _ = at_once(lambda: book(shared, shared.near), lambda: end(shared.home, shared.given))
    assert isinstance(result, NotFoundError) or state(shared, result) == "expired"
    assert shared.slot(shared.made)["free"] == 30


@ATTEMPTS
def test_a_pool_and_the_end_of_the_sharing_leave_nothing_waiting(shared, attempt):
    pool = ready_pool(12, community_ids=[shared.near.community_id], category=shared.category)
    at_once(lambda: shared.hear("pool_ready", pool_data(pool), version=3), lambda: end(shared.near, shared.given))
    assert [match["state"] for match in shared.near.matches(pool)] in ([], ["expired"])
    assert shared.slot(shared.made)["free"] == 30


@ATTEMPTS
def test_an_opened_campaign_and_the_end_of_the_sharing_go_on(shared, attempt):
    match = book(shared, shared.near)
    campaign = shared.campaign(match)
    at_once(lambda: shared.hear("campaign_opened", campaign), lambda: end(shared.home, shared.given))
    assert state(shared, match) == "proposed"
    shared.hear("campaign_confirmed", {**campaign, "seats": 12})
    assert (state(shared, match), shared.slot(shared.made)["confirmed"]) == ("confirmed", 12)


@ATTEMPTS
def test_of_many_ends_at_once_one_ends(shared, attempt):
    works = [lambda: end(shared.home, shared.given), lambda: end(shared.near, shared.given)] * 2
    results = at_once(*works)
    assert sum(isinstance(one, GrantEndedError) for one in results) == 3
    assert shared.names_of(shared.studio["supplier_id"]).count("permissions_changed.v1") == 2


@ATTEMPTS
def test_of_many_grants_at_once_one_is_live(shared, attempt):
    results = at_once(*[lambda: give(shared, shared.near, shared.far, "see")] * 4)
    live = [one for one in grants_of(shared, shared.far) if one["state"] == "live"]
    assert len(results) == 4
    assert len(live) == 1


def test_who_shares_on_while_it_is_taken_back_leaves_no_orphan(shared):
    works = (lambda: give(shared, shared.near, shared.far, "see", "use"), lambda: end(shared.home, shared.given))
    at_once(*works)
    assert {one["state"] for one in grants_of(shared, shared.home)} == {"ended"}


def test_an_end_waits_for_a_proposal_that_is_being_made_and_then_ends_it(shared):
    """Without the lock on the supplier the end would not see the match, and the match not the end."""
    slot_id = shared.made["slots"][0]["slot_id"]
    data = {"offer_id": shared.made["offer_id"], "slot_id": slot_id, "seats": 12}
    asked = inbound.propose_match(request(data, role="organiser", community_id=shared.near.community_id))
    ender = Thread(target=lambda: end(shared.home, shared.given))
    with shared.new_uow() as uow:
        card = handlers.propose_match(asked, uow)
        ender.start()
        sleep(0.3)
        assert ender.is_alive()
        uow.commit()
    ender.join(20)
    assert state(shared, {"match_id": str(card.match.match_id)}) == "expired"


def test_a_proposal_waits_for_an_end_that_is_being_made_and_is_then_refused(shared):
    asked = inbound.end_grant(
        request({"grant_id": shared.given["grant_id"]}, role="organiser", community_id=shared.home.community_id)
    )
    seen = []

    def propose():
        with pytest.raises(NotFoundError) as refused:
            book(shared, shared.near)
        seen.append(refused)

    proposer = Thread(target=propose)
    with shared.new_uow() as uow:
        handlers.end_grant(asked, uow)
        proposer.start()
        sleep(0.3)
        assert proposer.is_alive()
        uow.commit()
    proposer.join(20)
    assert seen
