"""A gateway without sockets: its real application over services that record and answer, and tokens in memory."""

import json

from werkzeug.test import Client

from gateway.app import Gateway
from gateway.auth import Token, Tokens
from gateway.clients import Services
from gateway.pages import Pages
from gateway.rate_limit import Unlimited
from gateway.tokens import hash_of
from services.chassis.metrics import Metrics
from services.kernel.caller import Role
from tests.fakes.chassis import FakeClock

COMMUNITY = "0198c1f0-0000-7000-8000-00000000000a"
MEMBER = "0198c1f0-0000-7000-8000-0000000000a1"
SUPPLIER = "0198c1f0-0000-7000-8000-000000000031"


class FakeServices:
    """Records calls; answers with what the test has put, by method: it is raised, called or returned."""

    def __init__(self):
        self.calls = []
        self.answers = {}

    def call(self, service, method, request, timeout):
        self.calls.append((service, method, request))
        answer = self.answers.get(method, {})
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def data(self):
        """What the last call was given."""
        return self.calls[-1][2]["data"]


class FakeTokens(Tokens):
    """Tokens in a dict instead of a table; everything else is the real thing."""

    def __init__(self, clock):
        super().__init__(None, clock)
        self.known = {}
        self.looked_up = 0

    def issue(self, role, *, expires_at=None, **ids):
        """Make a token and return its secret."""
        number = len(self.known)
        secret = f"pl_{number:08x}_{'x' * 43}"
        bound = {"community_id": None, "member_id": None, "supplier_id": None, **ids}
        caller = {"token_id": f"0198c1f0-0000-7000-8000-{number:012x}", "role": str(role), **bound}
        self.known[hash_of(secret)] = Token(caller["token_id"], Role(role), caller, expires_at)
        return secret

    def _look_up(self, key):
        self.looked_up += 1
        return self.known.get(key)


class FakeHealth:
    """Says what the test has put."""

    def __init__(self):
        self.missing, self.degraded = [], []

    def report(self):
        return {"missing": self.missing, "degraded": self.degraded}


class Api:
    """A client of a gateway, with a token of each role."""

    def __init__(self, limiter=None, body_limit=64 * 1024):
        self.clock = FakeClock()
        self.services = FakeServices()
        self.tokens = FakeTokens(self.clock)
        self.metrics = Metrics()
        self.health = FakeHealth()
        pages = Pages(self.health, self.metrics)
        services = Services(self.services.call, 5.0)
        limiter = limiter or Unlimited()
        self.app = Gateway(services.call, self.tokens, limiter, pages, self.metrics, body_limit)
        self.client = Client(self.app)
        member = {"community_id": COMMUNITY, "member_id": MEMBER}
        self.secrets = {
            "node_operator": self.tokens.issue("node_operator"),
            "community_operator": self.tokens.issue("community_operator", community_id=COMMUNITY),
            "organiser": self.tokens.issue("organiser", **member),
            "member": self.tokens.issue("member", **member),
            "partner": self.tokens.issue("partner", community_id=COMMUNITY),
            "supplier": self.tokens.issue("supplier", supplier_id=SUPPLIER),
            "quality_supervisor": self.tokens.issue("quality_supervisor", community_id=COMMUNITY),
        }

    def send(self, method, path, body=None, *, role="organiser", key="key-1", headers=None, raw=None, **options):
        """Send a request as a well-behaved client would, but for what the test changes; None leaves a header out."""
        given = {"Authorization": f"Bearer {self.secrets[role]}" if role else None}
        if method == "POST":
            given["Idempotency-Key"] = key
        if body is not None or raw is not None:
            given["Content-Type"] = "application/json"
        given.update(headers or {})
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        kept = {name: value for name, value in given.items() if value is not None}
        return self.client.open(path, method=method, data=data, headers=kept, **options)


def problem_of(response, status):
    """Return the problem document of a response, after checking that it is one."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(response.data)
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= problem.keys()
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert problem["type"] == f"urn:pinlian:problem:{problem['code']}"
    return problem
