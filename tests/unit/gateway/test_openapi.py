"""The document, the table of routes and the contracts of the services say the same."""

import importlib
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gateway.openapi import build, document, example_of
from gateway.problems import CODES
from gateway.routes import ROUTES
from gateway.schemas.fields import errors_of
from services.chassis.answers import KeyReusedError
from services.kernel.caller import Role

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("demand", "supplier", "campaign", "reputation")
DOCUMENT = build()
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)


def test_the_document_has_exactly_the_routes():
    routes = {route.operation_id: (route.method, route.path) for route in ROUTES}
    assert len(routes) == len(ROUTES)
    assert {name: found[:2] for name, found in OPERATIONS.items()} == routes
    assert json.loads(document()) == DOCUMENT


@pytest.mark.parametrize("service", SERVICES)
def test_every_rpc_has_a_route_and_every_route_its_rpc(service):
    contract = importlib.import_module(f"services.{service}.contract")
    routes = [route for route in ROUTES if route.service == service]
    together = {route.together for route in routes if route.together is not None}
    assert {route.operation_id for route in routes} | together == set(contract.RPCS)


def test_no_address_is_given_twice():
    addresses = [(route.method, route.path) for route in ROUTES]
    assert len(addresses) == len(set(addresses))


@each_route
def test_every_operation_is_documented(route):
    operation = OPERATIONS[route.operation_id][2]
    assert route.zh in operation["summary"]
    assert route.en in operation["summary"]
    assert operation["security"] == ([] if route.signed else [{"token": []}])
    parameters = {(parameter["in"], parameter["name"]) for parameter in operation["parameters"]}
    assert {("path", name) for name in route.parameters} <= parameters
    assert (("header", "Idempotency-Key") in parameters) == (route.method == "POST" and not route.signed)
    assert (("header", "If-Match") in parameters) == (route.method == "PATCH")
    answer = operation["responses"][str(route.status)]
    assert answer["content"]["application/json"]["schema"]["$ref"]
    assert answer["content"]["application/json"]["example"]
    for status, problem in operation["responses"].items():
        if status != str(route.status):
            assert problem["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "Retry-After" in operation["responses"]["429"]["headers"]
    assert ("ETag" in answer["headers"]) == ("version" in route.answer().fields)


def test_every_reference_of_the_document_leads_somewhere():
    def references(value):
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(DOCUMENT)):
        found = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@each_route
def test_the_golden_examples_keep_the_schemas_of_the_gateway(route):
    """What a service answers is what the document says, and what it is given is what the API lets through."""
    example = example_of(route)
    for schema, value in (
        (route.body, example["body"]),
        (route.query, example["query"]),
        (route.answer, example["answer"]),
    ):
        assert list(errors_of(schema().validate(value) if schema else {})) == []
        assert schema is not None or value == {}


@each_route
def test_the_golden_examples_keep_the_document(route):
    registry = Registry().with_resource("urn:doc", Resource(contents=DOCUMENT, specification=DRAFT202012))
    operation, example = OPERATIONS[route.operation_id][2], example_of(route)

    def validate(schema, value):
        absolute = {"$ref": "urn:doc" + schema["$ref"]}
        assert [error.message for error in Draft202012Validator(absolute, registry=registry).iter_errors(value)] == []

    if route.body is not None:
        validate(operation["requestBody"]["content"]["application/json"]["schema"], example["body"])
    validate(operation["responses"][str(route.status)]["content"]["application/json"]["schema"], example["answer"])


@each_route
def test_the_caller_of_a_golden_example_may_call(route):
    package = "gateway" if route.service == "gateway" else f"services/{route.service}/contract"
    golden = json.loads((ROOT / package / "examples" / "rpc" / f"{route.operation_id}.json").read_text())
    caller = golden["request"]["caller"]
    assert route.signed or Role(caller["role"]) in route.roles


@each_route
def test_a_location_is_the_address_of_what_the_answer_names(route):
    if route.location is not None:
        assert route.location in {other.path for other in ROUTES if other.method == "GET"}
        route.location.format_map(example_of(route)["answer"])


@each_route
def test_a_node_operator_may_call_everything(route):
    assert route.signed or Role.NODE_OPERATOR in route.roles


def test_every_code_of_the_gateway_is_listed():
    used = {KeyReusedError.code}
    for path in (ROOT / "gateway").rglob("*.py"):
        used |= set(re.findall(r'"(gateway\.[a-z_]+)"', path.read_text()))
    used -= {"gateway.access"}  # the name of a logger
    assert used - set(CODES) == set()
