"""OR-Tools routing on an instance of Solomon's, as a yardstick: cheapest insertion first, then guided local search.

Run by ``run_solver``: ``{"text", "seconds"}`` on stdin, ``{"result": {"distance"}}`` on stdout.
"""

import json
import sys

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from services.supplier.domain.visits import solomon


def solve(instance: solomon.Instance, seconds: float) -> float | None:
    """Return the distance that was found in so many seconds, None if nothing was."""
    count = len(instance.demand)
    index = pywrapcp.RoutingIndexManager(count, instance.vehicles, 0)
    routing = pywrapcp.RoutingModel(index)
    ways, service, demand = instance.distances.tolist(), instance.service.tolist(), instance.demand.tolist()

    def node(at: int) -> int:
        return index.IndexToNode(at)

    way = routing.RegisterTransitCallback(lambda one, other: ways[node(one)][node(other)])
    routing.SetArcCostEvaluatorOfAllVehicles(way)
    load = routing.RegisterUnaryTransitCallback(lambda one: demand[node(one)])
    routing.AddDimension(load, 0, instance.capacity, True, "load")
    clock = routing.RegisterTransitCallback(lambda one, other: service[node(one)] + ways[node(one)][node(other)])
    horizon = int(instance.due[0])
    routing.AddDimension(clock, horizon, horizon, False, "time")
    times = routing.GetDimensionOrDie("time")
    for customer in range(1, count):
        span = int(instance.ready[customer]), int(instance.due[customer])
        times.CumulVar(index.NodeToIndex(customer)).SetRange(*span)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(1000 * seconds))
    found = routing.SolveWithParameters(parameters)
    return found.ObjectiveValue() / 10 if found else None


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps({"result": {"distance": solve(solomon.read(asked["text"]), asked["seconds"])}}), flush=True)
