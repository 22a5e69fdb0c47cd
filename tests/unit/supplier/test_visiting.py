"""Visit plans of a confirmed match: who sees whose homes, and what becomes of a search."""

from datetime import timedelta

import pytest

from services.chassis.solvers import SolverFailedError
from services.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from services.supplier import handlers, inbound, outbound
from services.supplier.domain.errors import CommunityUnknownError, MatchStateError
from services.supplier.domain.standing import MatchState
from services.supplier.domain.visits.errors import VisitPlanExistsError, VisitPlanStateError
from services.supplier.domain.visits.plans import EVE, KEPT, MOST_ATTEMPTS
from tests.fakes.chassis import request
from tests.visiting import MORNING, OURS, SELLER, THEIRS, Visiting, crews_data, homes_data

SECRETS = ("住户", "钥匙", "138")


@pytest.fixture
def town():
    return Visiting()


@pytest.fixture
def joint(town):
    """A plan with homes of two communities, found."""
    homes = homes_data(3, label="住户我们", notes="钥匙在门卫", contact="138")
    town.card = town.create(homes=homes, crews=crews_data("甲", "乙"))
    town.change(town.card, THEIRS, add=homes_data(2, label="住户他们"))
    town.search()
    return town


def ids(card):
    return {one.home_id for one in card.homes}


def shown(town, *who):
    return outbound.visit_plan(town.see(town.card, *who))


def test_a_plan_is_searched_for_as_soon_as_it_has_homes_and_crews(town):
    card = town.create(homes=[])
    assert (card.plan.state, card.plan.job, town.search()) == ("draft", None, [])
    card = town.change(card, add=homes_data(2))
    assert card.plan.state == "queued"
    assert len(town.search()) == 1
    assert town.see(card).plan.state == "done"
    assert all(one.home.promised for one in town.see(card).homes)
    assert town.uow.outbox.data_of("visit_planned.v1")[0]["all_served"] is True


def test_the_supplier_brings_the_crews_and_no_homes(town):
    with pytest.raises(InvalidError, match="homes"):
        town.create(SELLER, "supplier")
    card = town.create(SELLER, "supplier", homes=[])
    assert town.change(card, add=homes_data(1)).plan.state == "queued"


def test_each_community_sees_its_own_homes_only_and_changes_no_other(joint):
    ours, theirs = joint.see(joint.card), joint.see(joint.card, THEIRS)
    assert (len(ours.homes), len(theirs.homes)) == (3, 2)
    assert not ids(ours) & ids(theirs)
    stops = {stop["home"] for tour in shown(joint)["tours"] for stop in tour["stops"]}
    assert stops == ids(ours)
    assert all(tour["metres"] == 0 for tour in shown(joint)["tours"])
    with pytest.raises(NotFoundError):
        joint.change(joint.card, drop=[*ids(theirs)])
    with pytest.raises(NotFoundError):
        joint.change(joint.card, drop=[str(new_id())])
    with pytest.raises(CommunityUnknownError):
        joint.change(joint.card, community_id=str(THEIRS), add=homes_data(1))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("change_visit_plan", {}),
        ("solve_visit_plan", {}),
        ("release_visit_plan", {}),
    ],
)
def test_for_who_takes_no_part_there_is_no_plan(joint, name, data):
    with pytest.raises(NotFoundError):
        joint.ask(name, new_id(), plan_id=str(joint.card.plan.plan_id), **data)
    with pytest.raises(ForbiddenError):
        joint.ask(name, OURS, "member", plan_id=str(joint.card.plan.plan_id), **data)


def test_a_plan_is_made_for_a_match_of_ones_own_and_once(town):
    with pytest.raises(NotFoundError):
        town.create(new_id())
    town.create()
    with pytest.raises(VisitPlanExistsError):
        town.create(THEIRS)


def test_a_match_that_is_not_confirmed_has_no_plan():
    with pytest.raises(MatchStateError):
        Visiting(state=MatchState.PROPOSED).create()


def test_the_supplier_sees_homes_when_their_community_has_released_them(joint):
    assert shown(joint, SELLER, "supplier")["homes"] == []
    joint.ask("release_visit_plan", THEIRS, plan_id=str(joint.card.plan.plan_id))
    assert ids(joint.see(joint.card, SELLER, "supplier")) == ids(joint.see(joint.card, THEIRS))
    with pytest.raises(ForbiddenError):
        joint.ask("release_visit_plan", SELLER, "supplier", plan_id=str(joint.card.plan.plan_id))


def test_the_supplier_sees_all_homes_on_the_eve_of_the_service_while_its_match_stands(joint):
    joint.uow.clock.time = MORNING - EVE
    assert len(joint.see(joint.card, SELLER, "supplier").homes) == 5
    left, _ = joint.match.withdraw("病了", joint.uow.clock.now())
    joint.uow.matches.save(left)
    assert joint.see(joint.card, SELLER, "supplier").homes == []


def test_events_and_searches_name_nobody(joint):
    told = str(joint.uow.outbox.events)
    joint.change(joint.card)
    (errand,) = joint.errands.take(joint.uow, 16)
    assert not [word for word in SECRETS if word in told + str(errand)]


def test_a_home_drops_out_and_the_promises_to_the_others_stay(joint):
    joint.release()
    before = {one.home_id: one.home.promised for one in joint.uow.visit_homes.of(joint.card.plan.plan_id)}
    gone = min(ids(joint.see(joint.card)))
    joint.change(joint.card, drop=[gone])
    joint.search()
    after = {one.home_id: one.home.promised for one in joint.uow.visit_homes.of(joint.card.plan.plan_id)}
    assert after == {home_id: span for home_id, span in before.items() if home_id != gone}
    plan = joint.see(joint.card).plan
    starts = plan.plan.starts()
    assert all(span.start <= starts[home_id] <= span.end for home_id, span in after.items())
    assert plan.moved == ()


def test_until_homes_are_told_a_change_makes_a_new_plan(joint):
    (first,) = joint.ask_for_search()
    assert first.asked["plan"] is None
    assert not [home for home in first.asked["day"]["homes"] if home["promised"]]
    joint.release(THEIRS)
    (second,) = joint.ask_for_search()
    assert second.asked["plan"]
    assert sum(home["promised"] is not None for home in second.asked["day"]["homes"]) == 2
    joint.uow.clock.time = MORNING - EVE
    (third,) = joint.ask_for_search()
    assert all(home["promised"] for home in third.asked["day"]["homes"])


def test_the_answer_to_an_older_question_is_thrown_away(town):
    card = town.create()
    (errand,) = town.errands.take(town.uow, 16)
    came = town.errands.go(errand)
    town.change(card, add=homes_data(1))
    town.errands.settle(came, town.uow)
    assert town.see(card).plan.state == "queued"
    town.search()
    assert len(town.see(card).plan.plan.starts()) == 4


def test_progress_is_told_while_a_search_is_on(town):
    card = town.create()
    (errand,) = town.errands.take(town.uow, 16)
    town.errands.go(errand)
    assert shown(joined(town, card))["progress"] == 50


def joined(town, card):
    town.card = card
    return town


def test_a_search_that_dies_is_told_and_can_be_asked_for_again(town):
    town.card = town.create()

    def die(*_):
        raise SolverFailedError("the solver was killed")

    solver, town.errands._solver = town.errands._solver, die
    town.search()
    seen = shown(town)
    assert (seen["state"], seen["failure"]) == ("failed", "the solver was killed")
    town.errands._solver = solver
    town.ask("solve_visit_plan", plan_id=seen["plan_id"])
    town.search()
    assert (shown(town)["state"], shown(town)["failure"]) == ("done", None)


def test_a_search_whose_process_never_came_back_is_taken_up_again_and_given_up_in_the_end(town):
    town.card = town.create()
    for _ in range(MOST_ATTEMPTS):
        assert town.errands.take(town.uow, 16)
        assert not town.errands.take(town.uow, 16), "it is under a lease"
        town.uow.clock.pass_(minutes=5)
    assert town.errands.take(town.uow, 16) == []
    assert shown(town)["state"] == "failed"


def test_one_search_at_a_time_keeps_a_core_for_the_others(town):
    town.create()
    (errand,) = town.errands.take(town.uow, 16)
    assert errand.version == 1
    assert town.errands.next_due(town.uow) is None


def test_homes_are_deleted_some_days_after_the_service(joint):
    key = f"visits/{joint.card.plan.plan_id}/forget"
    assert joint.uow.timers.pending[key][0] == joint.match.span.end + KEPT
    joint.uow.clock.time = joint.match.span.end + KEPT + timedelta(minutes=1)
    assert "forget_visits" in joint.uow.fire_due(handlers.TIMERS)
    assert joint.uow.visit_homes.rows == {}
    assert (shown(joint)["state"], shown(joint)["tours"]) == ("forgotten", [])
    with pytest.raises(VisitPlanStateError):
        joint.change(joint.card, add=homes_data(1))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"homes": [{**homes_data(1)[0], "minutes": 0}]}, "homes.0.minutes"),
        ({"crews": [{**crews_data()[0], "shift": {"start": "2026-06-16T01:00:00Z", "end": "2026-06-16T02:00:00Z"}}]},
         "crews.0.shift"),
        ({"crews": crews_data("甲", "甲")}, "crews"),
        ({"travel": {"speed_kmh": 0}}, "travel.speed_kmh"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"seconds": 3600}, "seconds"),
        ({"community_id": str(THEIRS)}, "community_id"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field(town, data, field):
    with pytest.raises(InvalidError) as refused:
        town.create(**data)
    assert refused.value.detail["errors"][0]["field"] == field


def test_a_home_is_promised_what_we_say_and_not_what_the_caller_says(town):
    far = {"start": "2026-05-16T20:00:00Z", "end": "2026-05-16T21:00:00Z"}
    card = town.create(homes=[{**homes_data(1)[0], "promised": far, "id": "mine"}])
    assert card.homes[0].home.promised is None
    assert card.homes[0].home_id != "mine"


def test_a_file_is_asked_for_in_a_language_that_there_is():
    plan_id = str(new_id())
    asked = inbound.get_visit_sheet(request({"plan_id": plan_id, "contacts": "true"}, role="organiser"))
    assert (asked.language, asked.contacts) == ("zh", True)
    with pytest.raises(InvalidError):
        inbound.get_visit_sheet(request({"plan_id": plan_id, "language": "fr"}, role="organiser"))


def test_a_sheet_holds_the_homes_that_its_reader_may_see(joint):
    def page(*who):
        card = joint.see(joint.card, *who)
        return outbound.sheet_page(card.day, card.visible_plan, zone="Asia/Shanghai")

    assert ("住户我们" in page(), "住户他们" in page()) == (True, False)
    assert "住户" not in page(SELLER, "supplier").replace("住户信息", "").replace("<th>住户</th>", "")
