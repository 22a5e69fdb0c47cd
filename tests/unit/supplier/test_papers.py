"""Papers: reminded of, run out, renewed; and the offers that wait for them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers, inbound
from services.supplier.domain import commands
from services.supplier.domain.admission import Admission, AdmissionPolicy
from services.supplier.domain.errors import NotQualifiedError, OfferPausedError, QualificationDecidedError
from services.supplier.domain.model import QualificationState
from services.supplier.domain.offers import OfferState
from services.supplier.domain.reminders import reminder_times
from services.supplier.domain.standing import MatchState
from tests.builders_supplier import caller, offer, ready_pool, slot, span, supplier
from tests.fakes.chassis import MONDAY, request
from tests.fakes.supplier import FakeSupplierUnitOfWork

HOME_ID = new_id()
ORGANISER = caller(community_id=HOME_ID)
SUPERVISOR = caller(Role.QUALITY_SUPERVISOR, community_id=HOME_ID)
LICENCE, YEAR = "business_licence", timedelta(days=365)


@pytest.fixture
def uow():
    unit = FakeSupplierUnitOfWork()
    unit.communities.known |= {HOME_ID}
    return unit


@pytest.fixture
def studio(uow):
    made = supplier(community_id=HOME_ID)
    uow.suppliers.add(made)
    return made


def submit(uow, studio, kind=LICENCE, lasts=YEAR, **changes):
    values = {"kind": kind, "issuer": "市监局", "number": "91310000MA1K4X7Q", "expires_at": uow.clock.now() + lasts}
    return handlers.submit_qualification(
        commands.SubmitQualification(ORGANISER, studio.supplier_id, **{**values, **changes}), uow
    ).qualification


def approve(uow, paper, approved=True, who=SUPERVISOR):
    command = commands.ReviewQualification(who, paper.qualification_id, approved, "看过原件")
    return handlers.review_qualification(command, uow).qualification


def paper_of(uow, studio, kind=LICENCE, lasts=YEAR):
    return approve(uow, submit(uow, studio, kind, lasts))


def state(uow, thing):
    found = uow.qualifications if hasattr(thing, "qualification_id") else uow.offers
    return str(found.find(getattr(thing, found.key)).state)


def on_sale(uow, studio, *kinds, day=400, **changes):
    made = offer(studio.supplier_id, required_qualifications=kinds, **changes)
    seats = slot(made.offer_id, span(day))
    uow.offers.add(made)
    uow.slots.add(seats)
    return made, seats


def propose(uow, made, seats):
    command = commands.ProposeMatch(ORGANISER, made.offer_id, seats.slot_id, 12, None)
    return handlers.propose_match(command, uow).match


def fire(uow, **passes):
    uow.clock.pass_(**passes)
    return uow.fire_due(handlers.TIMERS)


def told(uow, name):
    return uow.outbox.data_of(name)


def test_offers_pause_by_themselves_when_the_paper_runs_out_that_they_need(uow, studio):
    paper = paper_of(uow, studio)
    needs, _ = on_sale(uow, studio, LICENCE)
    free, _ = on_sale(uow, studio)
    fire(uow, days=365)
    assert (state(uow, paper), state(uow, needs), state(uow, free)) == ("expired", "paused", "published")
    (data,) = told(uow, "offer_paused.v1")
    assert (data["offer_id"], data["reason"]["kinds"], data["campaigns"]) == (str(needs.offer_id), [LICENCE], [])
    assert uow.offers.find(needs.offer_id).version == needs.version, "its terms are the same"


def test_all_offers_pause_when_a_paper_runs_out_that_the_community_requires(uow, studio):
    uow.admissions.save(AdmissionPolicy(HOME_ID, Admission.OPEN, required_papers=(LICENCE,)))
    paper_of(uow, studio)
    made, _ = on_sale(uow, studio)
    fire(uow, days=365)
    assert state(uow, made) == "paused"


def test_nothing_is_booked_or_matched_on_a_paused_offer(uow, studio):
    paper_of(uow, studio)
    made, seats = on_sale(uow, studio, LICENCE)
    fire(uow, days=365)
    with pytest.raises(OfferPausedError) as refused:
        propose(uow, made, seats)
    assert refused.value.detail["kinds"] == [LICENCE]
    pool = ready_pool(10, community_ids=[HOME_ID], windows=(seats.span,))
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 1), uow)
    assert told(uow, "pool_unmatched.v1")[-1]["reasons"] == {"no_offer": 1}


def test_proposals_of_a_paused_offer_expire_and_campaigns_are_told_and_go_on(uow, studio):
    paper_of(uow, studio)
    made, seats = on_sale(uow, studio, LICENCE)
    another = slot(made.offer_id, span(401))
    uow.slots.add(another)
    uow.clock.pass_(days=364)
    waiting, running = propose(uow, made, seats), propose(uow, made, another)
    campaign_id = new_id()
    handlers.hold_for_campaign(commands.HoldForCampaign(running.match_id, campaign_id), uow)
    fire(uow, days=1)
    assert uow.matches.find(waiting.match_id).state is MatchState.EXPIRED
    assert told(uow, "match_expired.v1")[-1]["reason"] == "offer_paused"
    assert uow.matches.find(running.match_id).state is MatchState.PROPOSED
    (data,) = told(uow, "offer_paused.v1")
    assert data["campaigns"] == [{"campaign_id": str(campaign_id), "match_id": str(running.match_id)}]


def test_a_campaign_that_is_opened_while_its_offer_pauses_is_told_as_soon_as_it_is_heard_of(uow, studio):
    paper_of(uow, studio)
    made, seats = on_sale(uow, studio, LICENCE)
    uow.clock.pass_(days=364)
    match = propose(uow, made, seats)
    fire(uow, days=1)
    campaign_id = new_id()
    handlers.hold_for_campaign(commands.HoldForCampaign(match.match_id, campaign_id), uow)
    assert told(uow, "offer_paused.v1")[-1]["campaigns"] == [
        {"campaign_id": str(campaign_id), "match_id": str(match.match_id)}
    ]


def test_the_next_approved_paper_brings_the_offers_back_and_pools_look_again(uow, studio):
    paper_of(uow, studio)
    made, seats = on_sale(uow, studio, LICENCE)
    fire(uow, days=365)
    pool = ready_pool(10, community_ids=[HOME_ID], windows=(seats.span,))
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 1), uow)
    approve(uow, submit(uow, studio))
    assert state(uow, made) == "published"
    (data,) = told(uow, "offer_resumed.v1")
    assert (data["offer_id"], data["version"], len(data["tiers"])) == (str(made.offer_id), made.version, 3)
    fire(uow)
    assert [match.pool_id for match in uow.matches.all()] == [pool.pool_id]


def test_an_offer_that_waits_for_two_papers_is_back_with_the_second(uow, studio):
    paper_of(uow, studio)
    paper_of(uow, studio, "insurance")
    made, _ = on_sale(uow, studio, LICENCE, "insurance")
    fire(uow, days=365)
    assert uow.offers.find(made.offer_id).paused_for == (LICENCE, "insurance")
    approve(uow, submit(uow, studio))
    assert state(uow, made) == "paused"
    approve(uow, submit(uow, studio, "insurance"))
    assert state(uow, made) == "published"


def test_a_paper_that_is_renewed_in_time_pauses_nothing_and_is_replaced(uow, studio):
    first = paper_of(uow, studio)
    made, _ = on_sale(uow, studio, LICENCE)
    uow.clock.pass_(days=360)
    second = approve(uow, submit(uow, studio))
    assert (state(uow, first), state(uow, second)) == ("replaced", "approved")
    assert "expire_qualification" not in fire(uow, days=5)
    assert state(uow, made) == "published"
    fire(uow, days=360)
    assert state(uow, made) == "paused"


def test_a_newer_paper_that_runs_out_earlier_replaces_nothing(uow, studio):
    first = paper_of(uow, studio)
    made, _ = on_sale(uow, studio, LICENCE)
    approve(uow, submit(uow, studio, lasts=timedelta(days=100)))
    fire(uow, days=100)
    assert (state(uow, first), state(uow, made)) == ("approved", "published")
    fire(uow, days=265)
    assert (state(uow, first), state(uow, made)) == ("expired", "paused")


def test_a_paper_that_was_never_approved_runs_out_without_any_consequence(uow, studio):
    paper = submit(uow, studio)
    made, _ = on_sale(uow, studio, LICENCE)
    fire(uow, days=365)
    assert (state(uow, paper), state(uow, made)) == ("expired", "published")


def test_a_rejected_paper_brings_no_offer_back(uow, studio):
    paper_of(uow, studio)
    made, _ = on_sale(uow, studio, LICENCE)
    fire(uow, days=365)
    approve(uow, submit(uow, studio), approved=False)
    assert state(uow, made) == "paused"


def test_even_where_the_timer_is_late_an_expired_paper_does_not_count(uow, studio):
    paper = paper_of(uow, studio)
    made, seats = on_sale(uow, studio, LICENCE)
    uow.clock.pass_(days=365)
    assert state(uow, paper) == "approved"
    with pytest.raises(NotQualifiedError):
        propose(uow, made, seats)


def test_a_paused_offer_can_be_withdrawn_and_does_not_come_back(uow, studio):
    paper_of(uow, studio)
    made, _ = on_sale(uow, studio, LICENCE)
    fire(uow, days=365)
    handlers.withdraw_offer(commands.WithdrawOffer(ORGANISER, made.offer_id), uow)
    approve(uow, submit(uow, studio))
    assert state(uow, made) == "withdrawn"
    assert told(uow, "offer_resumed.v1") == []


def test_the_timer_of_a_proposal_goes_on_where_another_paper_keeps_the_offer_up(uow, studio):
    uow.qualifications.add(paper := paper_of(uow, studio))
    made, seats = on_sale(uow, studio, LICENCE)
    uow.clock.pass_(days=364)
    # A second paper of the kind that runs out later, as if approved on another replica in between.
    match = propose(uow, made, seats)
    longer = submit(uow, studio)
    uow.qualifications.save(longer.review(approved=True, reviewer="x", reason="x", now=uow.clock.now()))
    fire(uow, days=1)
    assert (state(uow, paper), state(uow, made)) == ("expired", "published")
    assert [command for _, command, _ in uow.timers.pending.values()].count("expire_match") == 1
    assert uow.matches.find(match.match_id).is_waiting


def test_a_supplier_is_reminded_thirty_seven_and_one_day_before(uow, studio):
    paper = paper_of(uow, studio)
    days = []
    for passes in (335, 23, 6):
        fire(uow, days=passes)
        days.append(told(uow, "qualification_expiring.v1")[-1]["days_left"])
    assert days == [30, 7, 1]
    assert [one.days for one in uow.reminders.rows] == [30, 7, 1]
    assert {one.qualification_id for one in uow.reminders.rows} == {paper.qualification_id}


def test_timers_that_were_late_remind_once_of_the_most_urgent(uow, studio):
    paper_of(uow, studio)
    fire(uow, days=359)
    assert [one.days for one in uow.reminders.rows] == [7]
    assert uow.reminders.rows[0].days_left == 6


def test_nobody_is_reminded_of_a_paper_that_ran_out_or_was_replaced(uow, studio):
    paper_of(uow, studio)
    uow.clock.pass_(days=300)
    approve(uow, submit(uow, studio))
    fire(uow, days=64)
    assert uow.reminders.rows == []
    fire(uow, days=400)
    assert uow.reminders.rows == []


def test_a_paper_that_is_approved_late_is_reminded_of_at_once_and_only_once(uow, studio):
    paper_of(uow, studio, lasts=timedelta(days=5))
    fire(uow)
    assert [(one.days, one.days_left) for one in uow.reminders.rows] == [(7, 5)]
    fire(uow, days=4)
    assert [one.days for one in uow.reminders.rows] == [7, 1]


def test_the_days_are_those_of_the_community(uow, studio):
    uow.admissions.save(AdmissionPolicy(HOME_ID, Admission.OPEN, remind_days=(90,)))
    paper_of(uow, studio)
    fire(uow, days=275)
    assert [one.days for one in uow.reminders.rows] == [90]


def test_a_timer_that_fires_twice_reminds_once(uow, studio):
    paper_of(uow, studio)
    (payload,) = [one[2] for one in uow.timers.pending.values() if one[2].get("days") == 30]
    uow.clock.pass_(days=335)
    for _ in range(2):
        handlers.remind_qualification(payload, uow)
    assert len(told(uow, "qualification_expiring.v1")) == 1


@given(
    st.lists(st.integers(1, 365), max_size=6),
    st.integers(-10, 400),
)
def test_of_the_times_to_remind_those_ahead_are_kept_and_of_the_passed_ones_the_last(days, left):
    expires_at = MONDAY + timedelta(days=left)
    times = reminder_times(expires_at, days, MONDAY)
    if left <= 0:
        assert times == []
        return
    ahead = [one for one in set(days) if one < left]
    passed = [one for one in set(days) if one >= left]
    assert [one for one, _ in times] == [*([min(passed)] if passed else []), *sorted(ahead, reverse=True)]
    assert all(at == expires_at - timedelta(days=one) for one, at in times)


def test_a_decided_paper_is_not_decided_again(uow, studio):
    paper = paper_of(uow, studio)
    with pytest.raises(QualificationDecidedError):
        approve(uow, paper, approved=False)
    assert uow.qualifications.find(paper.qualification_id).state is QualificationState.APPROVED


def data(**changes):
    values = {"supplier_id": str(new_id()), "kind": LICENCE, "issuer": "x", "number": "1234"}
    return request({**values, "expires_at": "2027-05-01T00:00:00Z", **changes})


def test_the_hash_of_the_document_is_kept_in_lower_case_and_may_be_left_out():
    digest = "9F" * 32
    assert inbound.submit_qualification(data(document_sha256=digest)).document_sha256 == digest.lower()
    assert inbound.submit_qualification(data()).document_sha256 is None


@pytest.mark.parametrize("digest", ["", "ab" * 31, "ab" * 33, "zz" * 32, "0x" + "ab" * 31, 5])
def test_what_is_no_sha_256_is_refused_by_its_field(digest):
    with pytest.raises(InvalidError) as refused:
        inbound.submit_qualification(data(document_sha256=digest))
    assert refused.value.detail["errors"][0]["field"] == "document_sha256"


def test_an_offer_pauses_from_the_market_only():
    made = offer()
    paused = made.pause(["x"]).pause(["a"])
    assert (paused.state, paused.paused_for) == (OfferState.PAUSED, ("a", "x"))
    assert paused.resume() == made
    assert paused.withdraw().paused_for == ()
