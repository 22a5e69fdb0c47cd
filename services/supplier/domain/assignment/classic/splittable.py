"""Warehouse location where a customer may be served by several (OR-Library ``cap``), as a mixed integer programme.

The strong form, ``x <= y`` for each pair, solved by HiGHS in ``scipy.optimize.milp``. References: Beasley, "An
algorithm for solving large capacitated warehouse location problems", EJOR 33 (1988).
"""

from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from services.supplier.domain.assignment.classic.model import Instance, Say, Solved

PROVED = 1e-7  # relative gap at which HiGHS may stop


def solve_splittable(instance: Instance, seconds: float, say: Say) -> Solved:
    """Return the best solution within ``seconds``; ``cost`` is that of serving the whole demand."""
    begun = monotonic()
    facilities, customers = instance.cost.shape
    say("milp", None, None)
    objective = np.concatenate([instance.cost.ravel(), instance.opening])
    found = milp(
        objective,
        constraints=_constraints(instance),
        integrality=np.concatenate([np.zeros(facilities * customers), np.ones(facilities)]),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": PROVED},
    )
    taken = monotonic() - begun
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    if found.x is None:
        return Solved(None, bound, taken)
    shares = np.clip(found.x[: facilities * customers].reshape(facilities, customers), 0, 1)
    return Solved(float(found.fun), min(bound, float(found.fun)), taken, shares=shares)


def _constraints(instance: Instance) -> list[LinearConstraint]:
    facilities, customers = instance.cost.shape
    ones = np.ones((1, facilities))
    served = sparse.hstack([sparse.kron(ones, sparse.eye(customers)), sparse.csr_matrix((customers, facilities))])
    loads = sparse.block_diag([instance.demand[i : i + 1] for i in range(facilities)])
    room = sparse.hstack([loads, -sparse.diags(instance.capacity.astype(float))])
    opened = sparse.kron(sparse.eye(facilities), np.ones((customers, 1)))
    linked = sparse.hstack([sparse.eye(facilities * customers), -opened])
    total = sparse.hstack(
        [sparse.csr_matrix((1, facilities * customers)), sparse.csr_matrix(instance.capacity[None, :])]
    )
    return [
        LinearConstraint(sparse.csr_matrix(served), 1, 1),
        LinearConstraint(sparse.csr_matrix(room), -np.inf, 0),
        LinearConstraint(sparse.csr_matrix(linked), -np.inf, 0),
        LinearConstraint(sparse.csr_matrix(total), instance.demand[0].sum(), np.inf),
    ]
