"""The same rooms in every service, one owner per wire name, and no service that reaches into another."""

import ast
import importlib
import json
from pathlib import Path

import pytest

from services.chassis import topology
from services.platform import runner

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("demand", "supplier", "campaign", "reputation")
ROOMS = {"service", "inbound", "outbound", "handlers", "views", "domain", "storage", "contract", "migrations"}
# What one service has and the others do not need.
OWN_ROOMS = {"campaign": {"providers"}}
DOMAIN_ROOMS = {"model", "commands", "events", "errors"}


def contract_of(service):
    return importlib.import_module(f"services.{service}.contract")


def modules_under(folder):
    return [path for path in folder.rglob("*.py") if "migrations/versions" not in path.as_posix()]


def imports_of(path):
    """Yield (module, line) of each import in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service):
    folder = ROOT / "services" / service
    rooms = {path.stem for path in folder.iterdir() if not path.name.startswith("__") and path.suffix in ("", ".py")}
    assert rooms == ROOMS | OWN_ROOMS.get(service, set())


@pytest.mark.parametrize("service", SERVICES)
def test_every_domain_has_the_same_rooms(service):
    rooms = {path.stem for path in (ROOT / "services" / service / "domain").glob("*.py")}
    assert rooms >= DOMAIN_ROOMS


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_in_four_lines_what_it_is(service):
    doc = importlib.import_module(f"services.{service}").__doc__ or ""
    for word in ("decides", "owns", "publishes", "consumes"):
        assert word in doc.lower(), f"services/{service}/__init__.py does not say what it {word}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_only_the_contract_of_another(service):
    foreign = [f"services.{other}" for other in (*SERVICES, "sandbox") if other != service]
    found = [
        f"{path.relative_to(ROOT)}:{line} {module}"
        for path in modules_under(ROOT / "services" / service)
        for module, line in imports_of(path)
        for other in foreign
        if (module == other or module.startswith(other + ".")) and not module.startswith(other + ".contract")
    ]
    assert found == []


def test_the_gateway_imports_only_contracts_of_services():
    found = [
        f"{path.relative_to(ROOT)}:{line} {module}"
        for path in modules_under(ROOT / "gateway")
        for module, line in imports_of(path)
        for service in SERVICES
        if module.startswith(f"services.{service}") and not module.startswith(f"services.{service}.contract")
    ]
    assert found == []


def test_nameko_appears_only_at_the_edge():
    allowed = ("gateway/", "services/chassis/", "services/platform/")
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for top in ("services", "gateway")
        for path in modules_under(ROOT / top)
        for module, line in imports_of(path)
        if module.split(".")[0] == "nameko"
        and not path.relative_to(ROOT).as_posix().startswith(allowed)
        and path.name != "service.py"
    ]
    assert found == []


def test_no_wire_name_is_given_twice():
    rpcs = [name for service in SERVICES for name in contract_of(service).RPCS]
    events = [f"{service}.{name}" for service in SERVICES for name in contract_of(service).EVENTS]
    codes = [code for service in SERVICES for code in contract_of(service).ERRORS]
    for names in (rpcs, events, codes):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("service", SERVICES)
def test_every_wire_name_has_a_golden_example(service):
    contract, examples = contract_of(service), ROOT / "services" / service / "contract" / "examples"
    assert {path.name.removesuffix(".json") for path in (examples / "events").iterdir()} == set(contract.EVENTS)
    assert {path.stem for path in (examples / "rpc").iterdir()} == set(contract.RPCS)


@pytest.mark.parametrize("service", SERVICES)
def test_the_golden_events_keep_the_writers_promise(service):
    contract, examples = contract_of(service), ROOT / "services" / service / "contract" / "examples"
    for path in (examples / "events").iterdir():
        envelope = json.loads(path.read_text())
        assert contract.EVENTS[path.name.removesuffix(".json")].validate(envelope["data"]) == {}, path.name
        assert envelope["type"] == f"{service}.{path.name.removesuffix('.json')}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_serves_exactly_the_rpcs_of_its_contract(service):
    tree = ast.parse((ROOT / "services" / service / "service.py").read_text())
    served = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == "rpc" for mark in node.decorator_list)
    }
    assert served == set(contract_of(service).RPCS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_retired_subscription_is_none_any_more(service):
    """`pinlian migrate` deletes its queue, which nobody reads."""
    loaded = runner.load(service)
    assert not set(topology.retired_of(loaded)) & set(topology.subscriptions_of(loaded))


def test_the_graph_of_synchronous_calls_has_no_cycle():
    """Only the gateway calls services; a service that got a client would be an edge here, and a cycle a failure."""
    edges = {}
    for owner, folder in [("gateway", ROOT / "gateway"), *((s, ROOT / "services" / s) for s in SERVICES)]:
        edges[owner] = {
            node.args[0].value
            for path in modules_under(folder)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("ServiceClient", "RpcProxy", "ServiceRpc")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        }
    assert edges["gateway"] or (ROOT / "gateway" / "clients.py").exists()

    def reach(node, path):
        assert node not in path, f"synchronous calls go in a circle: {' -> '.join([*path, node])}"
        for callee in edges.get(node, ()):
            reach(callee, [*path, node])

    for owner in edges:
        reach(owner, [])


def test_every_subscription_is_to_an_event_that_somebody_publishes():
    for service in SERVICES:
        tree = ast.parse((ROOT / "services" / service / "service.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "subscribe":
                source, event = (argument.value for argument in node.args)
                assert event in contract_of(source).EVENTS, f"{service} listens to {source}.{event}, which nobody sends"


def test_a_table_belongs_to_the_schema_of_its_service():
    for service in SERVICES:
        tables = importlib.import_module(f"services.{service}.storage.tables")
        assert {table.schema for table in tables.metadata.tables.values()} == {service}
