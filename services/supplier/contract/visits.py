"""What the supplier service promises about visit plans."""

RPCS = (
    "create_visit_plan",
    "get_visit_plan",
    "list_visit_plans",
    "change_visit_plan",
    "solve_visit_plan",
    "release_visit_plan",
    "get_visit_sheet",
    "get_visit_calendar",
)

ERRORS = {
    "supplier.visit_plan_not_found": "There is no such visit plan, or the caller takes no part in its match.",
    "supplier.visit_home_not_found": "The plan has no such home, or it is another community's.",
    "supplier.visit_plan_exists": "The match has a visit plan already; homes are added to that one.",
    "supplier.visit_plan_state": "The plan is in a state in which this cannot be done.",
}
