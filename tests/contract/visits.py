"""Answers about visit plans, for the tests of the supplier's contract."""

from services.supplier import outbound
from services.supplier.domain.events import VisitPlanned
from services.supplier.domain.visits import errors as errors
from tests.visiting import Visiting

town = Visiting()
asked = town.create()
QUEUED = outbound.visit_plan(asked)
town.search()
DONE = outbound.visit_plan(town.see(asked))
FILE = {"name": "visits-2026-05-16.ics", "base64": ""}
EVENT = VisitPlanned(town.uow.visit_plans.find(asked.plan.plan_id))

SHOWN = {
    "create_visit_plan": QUEUED,
    "get_visit_plan": DONE,
    "change_visit_plan": DONE,
    "solve_visit_plan": DONE,
    "release_visit_plan": DONE,
    "get_visit_sheet": FILE,
    "get_visit_calendar": FILE,
}
LISTED = {"list_visit_plans": "get_visit_plan"}
