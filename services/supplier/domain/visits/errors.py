"""What is refused about visit plans, and why."""

from services.kernel.errors import ConflictError, NotFoundError


class VisitPlanNotFoundError(NotFoundError):
    """There is no such plan for this caller."""

    code = "supplier.visit_plan_not_found"


class VisitHomeNotFoundError(NotFoundError):
    """The plan has no such home of the caller's community."""

    code = "supplier.visit_home_not_found"


class VisitPlanExistsError(ConflictError):
    """The match has a plan already; homes are added to that one."""

    code = "supplier.visit_plan_exists"


class VisitPlanStateError(ConflictError):
    """The plan is in a state in which this cannot be done."""

    code = "supplier.visit_plan_state"
