"""The registry on a real PostgreSQL: borders, decisions at once, timers that are late."""

from datetime import timedelta
from itertools import product

import pytest

from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from services.supplier.domain.errors import LimitError, NotYoursError, OfferPausedError, StandingError
from services.supplier.domain.registration import SHOWN, Registration
from services.supplier.storage.registry_tables import standing_changes
from tests.builders_supplier import ALL, offer_data, slot_data, span, supplier
from tests.fakes.chassis import MONDAY, request
from tests.integration.supplier.test_races import at_once

LICENCE = "business_licence"


@pytest.fixture
def town(market):
    """A community with a supplier that another community sees, and one that is reviewed."""
    market.clock.time = MONDAY
    market.home, market.other = market.community(), market.community()
    market.shared = market.home.supplier({"mode": "named", "community_ids": [str(market.other.community_id)]})
    market.private = market.home.supplier()
    return market


def data_of(one, name):
    data = {"supplier_id": one["supplier_id"], "reason": "理由"}
    return {**data, "decision": "approved"} if name == "decide_supplier" else data


MOVES = (
    "submit_supplier",
    "decide_supplier",
    "suspend_supplier",
    "lift_suspension",
    "remove_supplier",
    "renew_supplier",
)
READS = ("get_standing", "list_reminders")
ROLES = ("organiser", "community_operator", "quality_supervisor")


def test_for_a_community_that_may_not_see_a_supplier_there_is_none(town):
    for role, name in product(ROLES, (*MOVES, *READS)):
        may = {"decide_supplier": ROLES[2:], "submit_supplier": ROLES[:2], "renew_supplier": ROLES[:2]}.get(name, ROLES)
        with pytest.raises(NotFoundError if role in may else ForbiddenError):
            town.other.ask(name, role, **data_of(town.private, name))


def test_a_community_that_sees_a_shared_supplier_reads_its_standing_and_decides_nothing(town):
    assert town.other.ask("get_standing", supplier_id=town.shared["supplier_id"])["standing"] == "probation"
    for name in MOVES:
        role = "quality_supervisor" if name == "decide_supplier" else "organiser"
        with pytest.raises(NotYoursError):
            town.other.ask(name, role, **data_of(town.shared, name))
    with pytest.raises(NotYoursError):
        town.other.ask("list_reminders", supplier_id=town.shared["supplier_id"])


def test_another_supplier_and_a_member_decide_nothing(town):
    other = {"supplier_id": town.private["supplier_id"]}
    for name in (*MOVES, *READS):
        with pytest.raises((NotFoundError, ForbiddenError)):
            town.call(name, request(data_of(town.shared, name), role="supplier", **other))
    for name in (*MOVES, "list_reminders"):
        with pytest.raises(ForbiddenError):
            town.home.ask(name, "member", **data_of(town.shared, name))
    assert town.home.ask("get_standing", "member", supplier_id=town.shared["supplier_id"])["stage"] is None


def test_the_policy_of_a_community_is_nobody_elses(town):
    policy = {"community_id": str(town.home.community_id), "mode": "reviewed"}
    for name in ("get_admission", "set_admission"):
        with pytest.raises(NotFoundError):
            town.other.ask(name, "community_operator", **policy)
        with pytest.raises(NotFoundError):
            town.call(name, request({**policy, "community_id": str(new_id())}))
        with pytest.raises(ForbiddenError):
            town.home.ask(name, "member", **policy)
    assert town.home.ask("get_admission", community_id=policy["community_id"])["version"] == 0
    assert town.home.ask("set_admission", "community_operator", **policy)["version"] == 1
    again = town.home.ask("get_admission", "partner", community_id=policy["community_id"])
    assert (again["mode"], again["remind_days"]) == ("reviewed", [30, 7, 1])
    assert again["limits"]["probation"] == {"live_matches": 3, "largest_group": 30}
    assert town.call("get_admission", request(policy, role="quality_supervisor"))["mode"] == "reviewed"


def standing(town, one):
    return town.home.ask("get_standing", supplier_id=one["supplier_id"])


def test_a_life_of_a_supplier_is_kept_line_by_line(town):
    policy = {"community_id": str(town.home.community_id), "mode": "reviewed", "required_papers": [LICENCE]}
    town.home.ask("set_admission", "community_operator", **policy)
    one = town.home.supplier()
    ids = {"supplier_id": one["supplier_id"]}
    assert (one["standing"], one["state"]) == ("registered", "suspended")
    town.call("submit_supplier", request(ids, role="supplier", **ids))
    approve_paper(town, one, days=100)
    town.home.ask("decide_supplier", "quality_supervisor", **ids, decision="approved", reason="看过")
    for version, grade in enumerate(("b", "suspended"), start=1):
        hear_grade(town, one, grade, version)
    town.home.ask("remove_supplier", "quality_supervisor", **ids, reason="伪造")
    town.call("renew_supplier", request(ids, role="supplier", **ids))
    town.call("decide_supplier", request({**ids, "decision": "approved", "reason": "重新看过"}))
    seen = standing(town, one)
    walked = ["under_review", "probation", "grade_b", "suspended", "removed", "under_review", "probation"]
    assert [line["standing"] for line in seen["history"]] == walked
    assert [line["before"] for line in seen["history"]] == ["registered", *walked[:-1]]
    told = [event.data for event in town.events_of(one["supplier_id"]) if "standing" in event.name]
    assert [data["standing"] for data in told] == walked
    assert [data["version"] for data in told] == sorted({data["version"] for data in told})
    assert seen["allows"]["live_matches"] == 3


def hear_grade(town, one, grade, version):
    reason = {"code": "x", "zh": "评级", "en": "grade", "data": {}}
    data = {"supplier_id": one["supplier_id"], "grade": grade, "before": "probation", "reason": reason}
    figures = {"policy_version": 1, "score": None, "low": None, "reviews": 0}
    town.hear("supplier_grade_changed", {**data, **figures}, version=version)


def approve_paper(town, one, days, kind=LICENCE):
    expires_at = format_time(town.clock.now() + timedelta(days=days))
    data = {"supplier_id": one["supplier_id"], "kind": kind, "issuer": "x", "number": "12345678"}
    paper = town.home.ask("submit_qualification", **data, expires_at=expires_at, document_sha256="ab" * 32)
    assert paper["document_sha256"] == "ab" * 32
    ids = {"qualification_id": paper["qualification_id"]}
    return town.home.ask("review_qualification", "quality_supervisor", **ids, decision="approved", reason="看过")


@pytest.mark.parametrize("attempt", range(4))
def test_of_two_decisions_at_once_the_second_is_judged_by_what_the_first_has_left(town, attempt):
    data = {"supplier_id": town.shared["supplier_id"], "reason": "x"}
    results = at_once(
        lambda: town.home.ask("suspend_supplier", "quality_supervisor", **data),
        lambda: town.home.ask("suspend_supplier", **data),
        lambda: town.home.ask("remove_supplier", "quality_supervisor", **data),
    )
    done = [one for one in results if isinstance(one, dict)]
    assert 1 <= len(done) <= 2
    history = standing(town, town.shared)["history"]
    assert len(history) == 1 + len(done), "a line for each decision that was made, and none besides"
    assert len({line["stage"] for line in history[1:]}) == len(done)


def test_a_review_that_is_decided_twice_at_once_is_decided_once(town):
    policy = {"community_id": str(town.home.community_id), "mode": "reviewed"}
    town.home.ask("set_admission", "community_operator", **policy)
    one = town.home.supplier()
    ids = {"supplier_id": one["supplier_id"]}
    town.home.ask("submit_supplier", **ids)
    results = at_once(
        *[
            lambda decision=decision: town.home.ask(
                "decide_supplier", "quality_supervisor", **ids, decision=decision, reason="x"
            )
            for decision in ("approved", "rejected", "approved")
        ]
    )
    assert sum(isinstance(one, dict) for one in results) == 1
    assert sum(isinstance(one, StandingError) for one in results) == 2


def limited(town, **limits):
    policy = {"community_id": str(town.home.community_id), "mode": "open", "limits": {"probation": limits}}
    town.home.ask("set_admission", "community_operator", **policy)


def offer_of(town, one, slots=8, **changes):
    times = [slot_data(span(day)) for day in range(slots)]
    return town.home.ask(
        "publish_offer", **offer_data(one["supplier_id"], category=town.category, slots=times, **changes)
    )


def test_proposals_at_once_take_no_more_than_the_places_that_are_left(town):
    made = offer_of(town, town.shared)
    limited(town, live_matches=3)
    works = [
        lambda slot=slot: town.home.ask("propose_match", offer_id=made["offer_id"], slot_id=slot["slot_id"], seats=12)
        for slot in made["slots"]
    ]
    results = at_once(*works)
    assert sum(isinstance(one, dict) for one in results) == 3
    assert {type(one) for one in results if not isinstance(one, dict)} == {LimitError}
    assert standing(town, town.shared)["allows"]["live_now"] == 3


@pytest.mark.parametrize("attempt", range(4))
def test_a_proposal_and_a_suspension_at_once_leave_nothing_waiting(town, attempt):
    made = offer_of(town, town.shared)
    pools = [(town.home, 12)]
    wanted = {"offer_id": made["offer_id"], "slot_id": made["slots"][0]["slot_id"], "seats": 12}
    works = [
        lambda: town.home.ask("propose_match", **wanted),
        lambda: town.pool(*pools) and "done",
        lambda: town.home.ask("suspend_supplier", supplier_id=town.shared["supplier_id"], reason="x"),
    ]
    at_once(*works)
    town.fire_due_timers()
    ours = [
        one for one in town.home.ask("list_matches", limit=100)["items"] if one["offer"]["offer_id"] == made["offer_id"]
    ]
    assert {one["state"] for one in ours} <= {"expired"}
    assert {slot["held"] for slot in town.call("get_offer", request({"offer_id": made["offer_id"]}))["slots"]} == {0}


@pytest.mark.parametrize("attempt", range(4))
def test_a_paper_that_is_renewed_while_it_runs_out_leaves_the_offer_on_the_market(town, attempt):
    approve_paper(town, town.shared, days=10)
    made = offer_of(town, town.shared, required_qualifications=[LICENCE])
    town.clock.pass_(days=10)
    at_once(lambda: approve_paper(town, town.shared, days=100), lambda: town.fire_due_timers() or "done")
    town.fire_due_timers()
    assert town.home.ask("get_offer", offer_id=made["offer_id"])["state"] == "published"
    states = sorted(
        one["state"] for one in town.home.ask("list_qualifications", supplier_id=town.shared["supplier_id"])["items"]
    )
    assert states in (["approved", "expired"], ["approved", "replaced"])


def test_reminders_and_the_expiry_of_a_late_scheduler_come_in_the_right_way(town):
    paper = approve_paper(town, town.shared, days=40)
    made = offer_of(town, town.shared, required_qualifications=[LICENCE])
    town.clock.pass_(days=35)
    assert town.fire_due_timers().count("remind_qualification") == 2
    (one,) = reminders(town)
    assert (one["days"], one["days_left"], one["qualification_id"]) == (7, 5, paper["qualification_id"])
    assert "5" in one["zh"]
    assert "5 days" in one["en"]
    town.clock.pass_(days=10)
    town.fire_due_timers()
    assert len(reminders(town)) == 1, "nobody is reminded of what is over"
    shown = town.home.ask("get_offer", offer_id=made["offer_id"])
    assert (shown["state"], shown["paused_for"]) == ("paused", [LICENCE])
    assert made["offer_id"] not in [item["offer_id"] for item in town.home.ask("list_offers", limit=100)["items"]]
    with pytest.raises(OfferPausedError):
        town.home.ask("propose_match", offer_id=made["offer_id"], slot_id=made["slots"][-1]["slot_id"], seats=12)
    approve_paper(town, town.shared, days=100)
    assert town.home.ask("get_offer", offer_id=made["offer_id"])["state"] == "published"
    assert town.names_of(made["offer_id"]) == ["offer_published.v1", "offer_paused.v1", "offer_resumed.v1"]


def reminders(town):
    return town.home.ask("list_reminders", supplier_id=town.shared["supplier_id"])["items"]


def test_a_removed_supplier_loses_its_campaigns_and_their_slots_are_closed(town):
    made = offer_of(town, town.shared)
    match = town.home.ask("propose_match", offer_id=made["offer_id"], slot_id=made["slots"][0]["slot_id"], seats=12)
    town.hear("campaign_opened", town.campaign(match))
    town.home.ask("remove_supplier", "quality_supervisor", supplier_id=town.shared["supplier_id"], reason="x")
    assert town.home.ask("get_match", match_id=match["match_id"])["state"] == "withdrawn"
    assert town.names_of(match["match_id"])[-2:] == ["supplier_withdrew.v1", "replacement_missing.v1"]


def test_a_supplier_of_before_the_registry_is_one_that_was_admitted(town):
    with town.new_uow() as uow:
        old = supplier(community_id=town.home.community_id, sharing=ALL)
        uow.suppliers.add(old)
        it = uow.registrations.of(old)
        assert isinstance(it, Registration)
        assert (str(SHOWN[it.stage]), it.admitted) == ("probation", True)
        uow.commit()
    town.home.ask("suspend_supplier", supplier_id=str(old.supplier_id), reason="x")
    with town.new_uow() as uow:
        assert uow.suppliers.find(old.supplier_id).standing == "suspended"
        lines = uow.connection.execute(
            standing_changes.select().where(standing_changes.c.supplier_id == old.supplier_id)
        )
        assert len(list(lines)) == 1
