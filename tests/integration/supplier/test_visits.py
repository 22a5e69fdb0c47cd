"""Visit plans on real PostgreSQL: what is kept, who sees it, and a solver that is killed."""

import base64
import os
import signal
from functools import partial
from itertools import product
from types import SimpleNamespace

import pytest
from icalendar import Calendar
from sqlalchemy import select, text, update

from services.chassis.solvers import run_solver
from services.kernel.caller import Caller, Role
from services.kernel.errors import NotFoundError
from services.kernel.ids import new_id
from services.supplier.handlers.visit_errands import VisitErrands
from services.supplier.storage.visit_tables import visit_plans
from services.supplier.storage.visits import plan_of
from services.supplier.views.visits import visit_plan_is_visible_to
from tests.fakes.chassis import request
from tests.visiting import crews_data, homes_data

# The ordinary slot of these tests is on this Saturday, from 10:00 in Shanghai.
CREWS = crews_data("甲", "乙")


class Courier:
    """Does what the courier of the service does, one round at a time."""

    def __init__(self, market, solver=run_solver):
        self.market = market
        self.errands = VisitErrands(market.new_uow, solver)

    def round(self):
        with self.market.new_uow() as uow:
            taken = self.errands.take(uow, 16)
            uow.commit()
        for errand in taken:
            came = self.errands.go(errand)
            with self.market.new_uow() as uow:
                self.errands.settle(came, uow)
                uow.commit()
        return len(taken)


@pytest.fixture
def planned(booked):
    """The match is confirmed, and a plan has homes of both communities; nobody else's waits for a search."""
    with booked.market.new_uow() as uow:
        uow.connection.execute(update(visit_plans).values(state="draft", due_at=None))
        uow.commit()
    market, wire = booked.market, booked.market.campaign(booked.match)
    market.hear("campaign_opened", {**wire, "state": "open", "deadline": "2026-05-15T00:00:00Z"})
    market.hear("campaign_confirmed", {**wire, "seats": 18, "state": "confirmed"})
    create = partial(booked.home.ask, "create_visit_plan", match_id=booked.match["match_id"], seconds=0.3)
    made = create(homes=homes_data(3, label="住户我们"), crews=CREWS)
    booked.other.ask("change_visit_plan", plan_id=made["plan_id"], add=homes_data(2, label="住户他们"))
    return SimpleNamespace(**vars(booked), plan_id=made["plan_id"], courier=Courier(market))


def as_supplier(planned, name, **data):
    ids = {"supplier_id": planned.studio["supplier_id"]}
    return planned.market.call(name, request({"plan_id": planned.plan_id, **data}, role="supplier", **ids))


def test_a_plan_is_found_released_printed_and_forgotten(planned):
    assert planned.courier.round() == 1
    seen = planned.home.ask("get_visit_plan", plan_id=planned.plan_id)
    assert (seen["state"], seen["failure"], len(seen["homes"])) == ("done", None, 3)
    assert all(home["promised"] and home["planned"] for home in seen["homes"])
    assert as_supplier(planned, "get_visit_plan")["homes"] == []
    planned.home.ask("release_visit_plan", plan_id=planned.plan_id)
    gone = seen["homes"][0]["home_id"]
    planned.home.ask("change_visit_plan", plan_id=planned.plan_id, drop=[gone])
    assert planned.courier.round() == 1
    after = planned.home.ask("get_visit_plan", plan_id=planned.plan_id)
    assert [home["promised"] for home in after["homes"]] == [home["promised"] for home in seen["homes"][1:]]
    page = base64.b64decode(planned.home.ask("get_visit_sheet", plan_id=planned.plan_id)["base64"]).decode()
    assert ("住户我们" in page, "住户他们" in page) == (True, False)
    events = base64.b64decode(planned.home.ask("get_visit_calendar", plan_id=planned.plan_id)["base64"])
    assert len(Calendar.from_ical(events).walk("VEVENT")) == 2
    assert len(as_supplier(planned, "get_visit_plan")["homes"]) == 2
    assert planned.market.names_of(planned.plan_id) == ["visit_planned.v1"] * 2
    planned.market.clock.pass_(days=30)
    planned.market.fire_due_timers()
    assert as_supplier(planned, "get_visit_plan")["state"] == "forgotten"
    with planned.market.new_uow() as uow:
        left = uow.connection.execute(text("SELECT count(*) FROM supplier.visit_homes WHERE plan_id = :id"),
                                      {"id": planned.plan_id})  # fmt: skip
        assert left.scalar_one() == 0


def test_whoever_takes_no_part_is_told_that_nothing_is_there(planned):
    planned.courier.round()
    stranger = planned.market.community()
    reads = ("get_visit_plan", "get_visit_sheet", "get_visit_calendar")
    writes = ("change_visit_plan", "solve_visit_plan", "release_visit_plan")
    for name, role in product((*reads, *writes), ("organiser", "community_operator", "partner")):
        with pytest.raises(NotFoundError):
            stranger.ask(name, role, plan_id=planned.plan_id)
    assert stranger.ask("list_visit_plans")["items"] == []
    for name in reads:
        with pytest.raises(NotFoundError):
            planned.market.call(name, request({"plan_id": planned.plan_id}, role="supplier", supplier_id=new_id()))
        with pytest.raises(NotFoundError):
            planned.home.ask(name, "member", plan_id=planned.plan_id)
    (listed,) = planned.other.ask("list_visit_plans", match_id=planned.match["match_id"])["items"]
    assert {home["label"] for home in listed["homes"]} == {"住户他们"}


def test_the_rule_in_sql_is_that_of_the_domain(planned):
    with planned.market.new_uow() as uow:
        row = uow.connection.execute(select(visit_plans).where(visit_plans.c.plan_id == planned.plan_id)).one()
        plan = plan_of(row)
        communities = (None, planned.home.community_id, planned.other.community_id, new_id())
        suppliers = (None, plan.supplier_id, new_id())
        for role, community_id, supplier_id in product(Role, communities, suppliers):
            caller = Caller("tok", role, community_id=community_id, supplier_id=supplier_id)
            seen = select(visit_plans.c.plan_id).where(
                visit_plans.c.plan_id == plan.plan_id, visit_plan_is_visible_to(caller)
            )
            found = uow.connection.execute(seen).first() is not None
            assert found == plan.is_visible_to(caller), caller


def test_a_solver_that_is_killed_is_told_in_a_readable_line_and_asked_again(planned):
    def killed(module, asked, seconds, say):
        def stab(state):
            os.kill(_child(), signal.SIGKILL)

        return run_solver(module, {**asked, "seconds": 20}, 20, stab)

    courier = Courier(planned.market, killed)
    assert courier.round() == 1
    seen = planned.home.ask("get_visit_plan", plan_id=planned.plan_id)
    assert seen["state"] == "failed"
    assert "killed" in seen["failure"]
    planned.home.ask("solve_visit_plan", plan_id=planned.plan_id)
    assert planned.courier.round() == 1
    assert planned.home.ask("get_visit_plan", plan_id=planned.plan_id)["state"] == "done"


def _child():
    """Return the process of the solver, which is a child of this one."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat, open(f"/proc/{entry}/cmdline") as command:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                    if parent == os.getpid() and "supplier.domain.visits" in command.read():
                        return int(entry)
            except FileNotFoundError:
                continue
    raise AssertionError("the solver does not run")


def test_two_services_take_a_search_once(planned):
    other = Courier(planned.market)
    with planned.market.new_uow() as one, planned.market.new_uow() as two:
        assert len(planned.courier.errands.take(one, 16)) == 1
        assert other.errands.take(two, 16) == []
        one.rollback()


def test_a_search_that_was_taken_and_never_settled_comes_back_after_its_lease(planned):
    with planned.market.new_uow() as uow:
        assert len(planned.courier.errands.take(uow, 16)) == 1
        uow.commit()
    fresh = Courier(planned.market)
    assert fresh.round() == 0
    planned.market.clock.pass_(minutes=3)
    assert fresh.round() == 1
    assert planned.home.ask("get_visit_plan", plan_id=planned.plan_id)["state"] == "done"
