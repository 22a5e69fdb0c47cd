"""Where a supplier stands, what decides it, and what follows: proposals, what runs, who may know."""

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers, inbound, outbound
from services.supplier.domain import commands
from services.supplier.domain.admission import Admission, AdmissionPolicy, Limits
from services.supplier.domain.errors import (
    CommunityNotFoundError,
    LimitError,
    NotYoursError,
    OfferNotFoundError,
    PapersMissingError,
    StandingError,
    SupplierNotFoundError,
    SuspensionNotYoursError,
)
from services.supplier.domain.model import QualificationState, Sharing, SupplierState
from services.supplier.domain.registration import Why
from services.supplier.domain.registry import Grade, SupplierStanding
from services.supplier.domain.standing import MatchState
from services.supplier.handlers.limits import may_take_new_work
from services.supplier.views.registry import ById, get_admission, get_standing
from tests.builders_supplier import HOME, caller, named, offer, qualification, ready_pool, slot, span, supplier
from tests.fakes.chassis import request
from tests.fakes.supplier import FakeSupplierUnitOfWork

HOME_ID, OTHER_ID = new_id(), new_id()
ORGANISER = caller(community_id=HOME_ID)
SUPERVISOR = caller(Role.QUALITY_SUPERVISOR, community_id=HOME_ID)
NODE = caller(Role.NODE_OPERATOR)
REVIEWED = AdmissionPolicy.default(HOME_ID, "reviewed")


@pytest.fixture
def uow():
    unit = FakeSupplierUnitOfWork()
    unit.communities.known |= {HOME_ID, OTHER_ID}
    return unit


def register(uow, sharing=Sharing()):
    command = commands.RegisterSupplier(ORGANISER, None, "泥巴工坊", None, HOME, sharing)
    return handlers.register_supplier(command, uow).supplier


@pytest.fixture
def studio(uow):
    return register(uow, named(OTHER_ID))


def itself(one):
    return caller(Role.SUPPLIER, supplier_id=one.supplier_id)


def move(uow, name, one, who=SUPERVISOR, text="两次迟到"):
    return getattr(handlers, name)(commands.MoveSupplier(who, one.supplier_id, text), uow)


def decide(uow, one, approved=True, who=SUPERVISOR):
    return handlers.decide_supplier(commands.DecideSupplier(who, one.supplier_id, approved, "看过"), uow)


def grade(uow, one, to, version):
    why = Why("bad_deliveries", "两次交付不合格", "Two bad deliveries")
    handlers.know_grade(commands.KnowGrade(one.supplier_id, Grade(to), why, version), uow)
    return now(uow, one)


def now(uow, one):
    return str(uow.suppliers.find(one.supplier_id).standing)


def on_sale(uow, one, **changes):
    made = offer(one.supplier_id, **changes)
    uow.offers.add(made)
    seats = [slot(made.offer_id, span(day)) for day in range(4)]
    for each in seats:
        uow.slots.add(each)
    return made, seats


def ready(uow, *ids, **changes):
    pool = ready_pool(*[10] * len(ids or (1,)), community_ids=list(ids or (HOME_ID,)), **changes)
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 1), uow)
    return pool


def propose(uow, made, seats, number=12, who=ORGANISER):
    command = commands.ProposeMatch(who, made.offer_id, seats.slot_id, number, None)
    return handlers.propose_match(command, uow).match


def open_campaign(uow, match):
    campaign_id = new_id()
    handlers.hold_for_campaign(commands.HoldForCampaign(match.match_id, campaign_id), uow)
    return campaign_id


def told(uow, name="supplier_standing_changed.v1"):
    return uow.outbox.data_of(name)


def test_where_admission_is_open_a_registered_supplier_is_on_probation_at_once_and_the_reason_says_so(uow, studio):
    assert (studio.standing, studio.state) == (SupplierStanding.PROBATION, SupplierState.ACTIVE)
    (data,) = told(uow)
    assert (data["before"], data["standing"], data["reason"]["code"]) == (
        "registered",
        "probation",
        "admitted_by_policy",
    )


def test_where_it_is_reviewed_a_supplier_waits_for_the_quality_supervisor_and_is_offered_to_nobody(uow):
    uow.admissions.save(REVIEWED)
    one = register(uow)
    made, seats = on_sale(uow, one)
    assert (now(uow, one), uow.suppliers.find(one.supplier_id).state) == ("registered", SupplierState.SUSPENDED)
    pool = ready(uow)
    assert uow.matches.all() == []
    with pytest.raises(LimitError) as refused:
        propose(uow, made, seats[0])
    assert refused.value.detail["limit"] == "standing"
    assert move(uow, "submit_supplier", one, itself(one)).registration.standing == "under_review"
    assert decide(uow, one).registration.standing == "probation"
    uow.fire_due(handlers.TIMERS)
    assert [match.pool_id for match in uow.matches.all()] == [pool.pool_id]
    assert [data["standing"] for data in told(uow)] == ["under_review", "probation"]


def test_a_review_admits_nobody_before_the_required_papers_are_approved(uow):
    uow.admissions.save(AdmissionPolicy(HOME_ID, Admission.REVIEWED, required_papers=("business_licence", "insurance")))
    one = register(uow)
    move(uow, "submit_supplier", one, itself(one))
    paper = qualification(supplier_id=one.supplier_id, state=QualificationState.APPROVED)
    uow.qualifications.add(paper)
    with pytest.raises(PapersMissingError) as refused:
        decide(uow, one)
    assert refused.value.detail["kinds"] == ["insurance"]
    assert decide(uow, one, approved=False).registration.standing == "registered"
    uow.qualifications.add(qualification(supplier_id=one.supplier_id, kind="insurance", state="approved"))
    uow.qualifications.add(qualification(supplier_id=one.supplier_id, kind="x", state=QualificationState.APPROVED))
    move(uow, "submit_supplier", one, itself(one))
    uow.clock.pass_(days=366)
    with pytest.raises(PapersMissingError):
        decide(uow, one)


def test_a_supplier_that_was_registered_under_review_is_admitted_when_it_asks_once_admission_is_open(uow):
    uow.admissions.save(REVIEWED)
    one = register(uow)
    uow.admissions.save(AdmissionPolicy(HOME_ID, Admission.OPEN))
    assert move(uow, "submit_supplier", one, itself(one)).registration.standing == "probation"


def test_a_suspended_supplier_starts_nothing_and_completes_what_runs(uow, studio):
    made, seats = on_sale(uow, studio)
    waiting, running = propose(uow, made, seats[0]), propose(uow, made, seats[1])
    open_campaign(uow, running)
    card = move(uow, "suspend_supplier", studio)
    assert (card.registration.standing, card.room.refuses(12)) == ("suspended", "standing")
    assert uow.matches.find(waiting.match_id).state is MatchState.EXPIRED
    assert told(uow, "match_expired.v1")[-1]["reason"] == "supplier_suspended"
    assert uow.slots.find(seats[0].slot_id).held == 0
    assert uow.matches.find(running.match_id).state is MatchState.PROPOSED
    with pytest.raises(LimitError):
        propose(uow, made, seats[2])
    campaign = uow.matches.find(running.match_id).campaign_id
    handlers.confirm_seats(commands.ConfirmSeats(running.match_id, campaign, 12), uow)
    assert uow.matches.find(running.match_id).state is MatchState.CONFIRMED


def test_the_pool_of_a_proposal_that_a_suspension_ended_looks_for_another_at_once(uow, studio):
    other = register(uow)
    on_sale(uow, studio)
    pool = ready(uow)
    on_sale(uow, other)
    move(uow, "suspend_supplier", studio)
    uow.fire_due(handlers.TIMERS)
    live = [one for one in uow.matches.all() if one.is_waiting]
    assert [(one.pool_id, one.supplier_id) for one in live] == [(pool.pool_id, other.supplier_id)]


def test_what_runs_with_a_removed_supplier_looks_for_a_replacement(uow, studio):
    made, seats = on_sale(uow, studio)
    running = propose(uow, made, seats[1])
    campaign = open_campaign(uow, running)
    other = register(uow)
    on_sale(uow, other)
    move(uow, "remove_supplier", studio, text="伪造证件")
    assert uow.matches.find(running.match_id).state is MatchState.WITHDRAWN
    (data,) = told(uow, "supplier_withdrew.v1")
    assert data["campaign_id"] == str(campaign)
    assert "伪造" not in data["reason"], "what was written about it stays with those whose supplier it is"
    (replacing,) = [one for one in uow.matches.all() if one.replaces_match_id == running.match_id]
    assert replacing.supplier_id == other.supplier_id


def test_a_campaign_that_is_opened_on_older_news_loses_a_supplier_that_was_removed_and_keeps_a_suspended_one(
    uow, studio
):
    made, seats = on_sale(uow, studio)
    first, second = propose(uow, made, seats[0]), propose(uow, made, seats[1])
    move(uow, "suspend_supplier", studio)
    open_campaign(uow, first)
    assert uow.matches.find(first.match_id).state is MatchState.PROPOSED
    move(uow, "remove_supplier", studio)
    assert uow.matches.find(first.match_id).state is MatchState.WITHDRAWN
    open_campaign(uow, second)
    assert uow.matches.find(second.match_id).state is MatchState.WITHDRAWN


def test_a_grade_suspends_and_lifts_and_leaves_what_was_done_by_hand(uow, studio):
    assert grade(uow, studio, "b", 1) == "grade_b"
    assert grade(uow, studio, "suspended", 2) == "suspended"
    move(uow, "suspend_supplier", studio)
    assert grade(uow, studio, "probation", 3) == "suspended"
    assert move(uow, "lift_suspension", studio).registration.standing == "probation"
    assert grade(uow, studio, "suspended", 4) == "suspended"
    with pytest.raises(StandingError) as refused:
        move(uow, "lift_suspension", studio)
    assert refused.value.detail["stage"] == "suspended_by_grade"


def test_an_older_grade_and_a_repeat_change_nothing(uow, studio):
    grade(uow, studio, "a", 5)
    count = len(told(uow))
    assert grade(uow, studio, "suspended", 4) == "grade_a"
    assert grade(uow, studio, "a", 5) == "grade_a"
    assert len(told(uow)) == count


def test_a_stale_grade_leaves_the_timers_of_proposals_alone(uow, studio):
    made, seats = on_sale(uow, studio)
    propose(uow, made, seats[0])
    grade(uow, studio, "a", 5)
    grade(uow, studio, "suspended", 4)
    assert [command for _, command, _ in uow.timers.pending.values()].count("expire_match") == 1


def test_a_removed_supplier_that_is_graded_down_keeps_nothing_waiting(uow, studio):
    made, seats = on_sale(uow, studio)
    waiting = propose(uow, made, seats[0])
    assert grade(uow, studio, "removed", 1) == "removed"
    assert uow.matches.find(waiting.match_id).state is MatchState.EXPIRED


def test_the_grade_of_a_supplier_that_is_not_known_is_of_no_use(uow):
    grade_news = commands.KnowGrade(new_id(), Grade.A, Why.of("graded"), 1)
    handlers.know_grade(grade_news, uow)
    assert uow.outbox.names() == []


def test_the_way_back_is_a_review_whatever_admission_is(uow, studio):
    move(uow, "remove_supplier", studio)
    assert move(uow, "renew_supplier", studio, itself(studio), None).registration.standing == "under_review"
    assert decide(uow, studio).registration.standing == "probation"
    assert [data["reason"]["code"] for data in told(uow)][-3:] == ["removed", "renewal_asked", "renewed"]


@pytest.mark.parametrize("name", ["suspend_supplier", "lift_suspension", "remove_supplier"])
def test_who_may_judge_a_supplier(uow, studio, name):
    for role in (Role.MEMBER, Role.PARTNER, Role.SUPPLIER):
        with pytest.raises(ForbiddenError):
            move(uow, name, studio, caller(role, community_id=HOME_ID, supplier_id=studio.supplier_id))
    for role in (Role.ORGANISER, Role.QUALITY_SUPERVISOR):
        with pytest.raises(NotYoursError):
            move(uow, name, studio, caller(role, community_id=OTHER_ID))
        with pytest.raises(SupplierNotFoundError):
            move(uow, name, studio, caller(role, community_id=new_id()))


def test_only_a_quality_supervisor_or_the_node_decides_on_a_review(uow, studio):
    for role in (Role.ORGANISER, Role.COMMUNITY_OPERATOR, Role.MEMBER, Role.SUPPLIER):
        with pytest.raises(ForbiddenError):
            decide(uow, studio, who=caller(role, community_id=HOME_ID, supplier_id=studio.supplier_id))


def test_a_community_does_not_lift_what_the_node_has_suspended(uow, studio):
    move(uow, "suspend_supplier", studio, NODE)
    for who in (ORGANISER, SUPERVISOR):
        with pytest.raises(SuspensionNotYoursError):
            move(uow, "lift_suspension", studio, who)
    move(uow, "renew_supplier", studio, ORGANISER)
    with pytest.raises(SuspensionNotYoursError):
        decide(uow, studio)
    assert decide(uow, studio, who=caller(Role.QUALITY_SUPERVISOR)).registration.standing == "probation"


def shown(uow, one, who):
    return get_standing(ById(who, one.supplier_id), uow)


def test_others_see_the_standing_and_its_reason_and_neither_the_text_nor_who_decided(uow, studio):
    move(uow, "suspend_supplier", studio, text="老板的电话打不通")
    own, other = shown(uow, studio, ORGANISER), shown(uow, studio, caller(community_id=OTHER_ID))
    assert own["history"][-1]["reason"]["text"] == own["reason"]["text"] == "老板的电话打不通"
    assert (own["stage"], own["history"][-1]["decided_by"]) == ("suspended_by_hand", "tok")
    assert (other["standing"], other["reason"]["code"]) == ("suspended", "suspended")
    assert "电话" not in str(other)
    assert (other["stage"], other["history"][-1]["decided_by"]) == (None, None)
    assert "电话" not in str(told(uow))


def test_the_standing_says_what_is_allowed_now_and_what_can_happen_next(uow):
    uow.admissions.save(REVIEWED)
    one = register(uow)
    move(uow, "submit_supplier", one, itself(one))
    decide(uow, one)
    seen = shown(uow, one, itself(one))
    assert seen["allows"] == {
        "new_work": True,
        "running": True,
        "live_matches": 3,
        "live_now": 0,
        "largest_group": 30,
    }
    assert seen["next"] == ["suspend", "remove"]
    assert [line["standing"] for line in seen["history"]] == ["under_review", "probation"]


def limited(uow, **limits):
    policy = AdmissionPolicy(HOME_ID, Admission.OPEN, limits={SupplierStanding.PROBATION: Limits(**limits)})
    uow.admissions.save(policy)


def test_a_supplier_has_no_more_matches_at_once_than_its_standing_allows(uow, studio):
    made, seats = on_sale(uow, studio)
    limited(uow, live_matches=2)
    propose(uow, made, seats[0])
    second = propose(uow, made, seats[1])
    assert may_take_new_work(uow, studio, 12) == "live_matches"
    with pytest.raises(LimitError) as refused:
        propose(uow, made, seats[2])
    assert (refused.value.detail["limit"], refused.value.detail["live_matches"]) == ("live_matches", 2)
    handlers.release_seats(commands.ReleaseSeats(second.match_id, new_id()), uow)
    assert propose(uow, made, seats[2])


def test_matches_whose_slot_is_over_are_not_counted(uow, studio):
    made, seats = on_sale(uow, studio)
    limited(uow, live_matches=1)
    open_campaign(uow, propose(uow, made, seats[0]))
    uow.clock.time = seats[0].span.end
    assert propose(uow, made, seats[1])


def test_a_pool_gets_no_more_proposals_of_a_supplier_than_it_may_still_take_on(uow, studio):
    other = register(uow)
    for one in (studio, studio, studio, other):
        on_sale(uow, one)
    limited(uow, live_matches=1)
    ready(uow)
    assert sorted(match.supplier_id for match in uow.matches.all()) == sorted([studio.supplier_id, other.supplier_id])


def test_a_pool_that_only_limits_keep_from_an_offer_is_told_so(uow, studio):
    made, seats = on_sale(uow, studio)
    limited(uow, live_matches=1)
    propose(uow, made, seats[3])
    ready(uow)
    assert told(uow, "pool_unmatched.v1")[-1]["reasons"] == {"limited": 1}


def test_a_group_is_not_larger_than_the_standing_allows(uow, studio):
    made, seats = on_sale(uow, studio)
    limited(uow, largest_group=12)
    with pytest.raises(LimitError) as refused:
        propose(uow, made, seats[0], 13)
    assert refused.value.detail["limit"] == "largest_group"
    ready(uow, HOME_ID, OTHER_ID)
    (match,) = uow.matches.all()
    assert (match.seats, match.people) == (12, 20)


def test_an_offer_whose_smallest_group_is_too_large_for_the_standing_is_limited(uow, studio):
    on_sale(uow, studio)
    limited(uow, largest_group=9)
    ready(uow)
    assert told(uow, "pool_unmatched.v1")[-1]["reasons"] == {"limited": 1}


def test_the_grade_ranks_at_the_same_price_before_the_score_and_is_explained(uow):
    ranked = []
    for to in ("c", "probation", "a", "b"):
        one = register(uow)
        on_sale(uow, one)
        grade(uow, one, to, 1)
        ranked.append((one.supplier_id, to))
    order = dict(ranked)
    ready(uow)
    matches = sorted(uow.matches.all(), key=lambda match: match.rank)
    assert [order[match.supplier_id] for match in matches] == ["a", "b", "probation"]
    assert matches[0].supplier_standing == "grade_a"


def test_a_hidden_supplier_stays_hidden_whatever_it_may_do(uow):
    one = supplier(community_id=HOME_ID, state=SupplierState.SUSPENDED, standing=SupplierStanding.SUSPENDED)
    uow.suppliers.add(one)
    made, seats = on_sale(uow, one)
    with pytest.raises(OfferNotFoundError):
        propose(uow, made, seats[0], who=caller(community_id=OTHER_ID))


def test_the_policy_is_set_by_the_operator_of_the_community_and_read_by_those_who_act_for_it(uow):
    data = {"community_id": str(HOME_ID), "mode": "reviewed", "required_papers": ["a", "a"], "remind_days": [1, 30, 1]}
    operator = {"role": "community_operator", "community_id": HOME_ID}
    policy = handlers.set_admission(inbound.set_admission(request(data, **operator)), uow)
    assert (policy.version, policy.required_papers, policy.remind_days) == (1, ("a",), (30, 1))
    assert outbound.admission(policy)["limits"]["probation"] == {"live_matches": 3, "largest_group": 30}
    for role in (Role.ORGANISER, Role.QUALITY_SUPERVISOR, Role.PARTNER):
        assert get_admission(ById(caller(role, community_id=HOME_ID), HOME_ID), uow)["mode"] == "reviewed"
        with pytest.raises(CommunityNotFoundError):
            get_admission(ById(caller(role, community_id=OTHER_ID), HOME_ID), uow)
    for role in ("organiser", "member", "quality_supervisor", "supplier"):
        with pytest.raises(ForbiddenError):
            handlers.set_admission(inbound.set_admission(request(data, role=role, community_id=HOME_ID)), uow)
    with pytest.raises(CommunityNotFoundError):
        handlers.set_admission(
            inbound.set_admission(request(data, role="community_operator", community_id=OTHER_ID)), uow
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "closed"}, "mode"),
        ({"required_papers": ["x"] * 21}, "required_papers"),
        ({"remind_days": [0]}, "remind_days"),
        ({"remind_days": list(range(1, 12))}, "remind_days"),
        ({"limits": {"suspended": {"live_matches": 1}}}, "limits.suspended"),
        ({"limits": {"probation": {"live_matches": 0}}}, "limits.probation.live_matches"),
    ],
)
def test_a_policy_that_means_nothing_is_refused_by_its_field(changes, field):
    data = {"community_id": str(HOME_ID), "mode": "open", **changes}
    with pytest.raises(InvalidError) as refused:
        inbound.set_admission(request(data))
    assert refused.value.detail["errors"][0]["field"] == field
