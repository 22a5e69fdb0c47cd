"""A gateway as nameko runs it: real sockets, a real database, the in-process broker and one service that answers."""

import json
import socket
import uuid

import eventlet
import pytest
from eventlet.green.urllib import request as web
from nameko.containers import ServiceContainer

from gateway.service import GatewayService
from gateway.tokens import create_token
from services.chassis.broker import Broker
from services.chassis.context import current_context
from services.chassis.entrypoints import rpc
from services.chassis.environment import Environment, nameko_config
from services.chassis.settings import Settings
from services.kernel.clock import SystemClock
from services.kernel.errors import NotFoundError

COMMUNITY = "0198c1f0-0000-7000-8000-00000000000a"
MEMBER = "0198c1f0-0000-7000-8000-0000000000a1"


class Demand:
    """Knows one community with one member, and answers slowly where it is asked about pools."""

    name = "demand"

    @rpc
    def get_community(self, request):
        if request["data"]["community_id"] != COMMUNITY:
            raise NotFoundError("there is no such community")
        return {
            "community_id": COMMUNITY,
            "name": "阳光小学家长群",
            "version": 1,
            "asked_for": current_context().correlation_id,
        }

    @rpc
    def get_member(self, request):
        if request["data"] != {"community_id": COMMUNITY, "member_id": MEMBER}:
            raise NotFoundError("there is no such member")
        return {"member_id": MEMBER}

    @rpc
    def list_pools(self, request):
        eventlet.sleep(2)  # twice as long as the gateway waits


class Node:
    """A running gateway."""

    def __init__(self, database_url, engine, **settings):
        self.broker = f"t{uuid.uuid4().hex[:10]}"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        options = {"rpc_timeout": 1.0, "workers": 32, "body_limit": 100_000, **settings}
        address = ("127.0.0.1", self.port)
        urls = {"database_url": database_url, "amqp_url": f"inproc://{self.broker}"}
        self.environment = Environment(Settings(http_address=address, **urls, **options))
        config = nameko_config(self.environment.settings, self.environment)
        self.demand, self.gateway = ServiceContainer(Demand, config), ServiceContainer(GatewayService, config)
        self.engine = engine
        self.secret = self.token(role="node_operator")[1]

    def token(self, **options):
        return create_token(self.engine, SystemClock(), created_by="test", **options)

    def start(self):
        self.demand.start()
        self.gateway.start()
        return self

    def stop(self):
        self.gateway.stop()
        self.demand.stop()
        self.environment.close()
        Broker.forget(self.broker)

    def call(self, method, path, body=None, *, secret=None, key="k", timeout=10, headers=None):
        """Send a request; return (status, body, headers)."""
        sent = web.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        given = {"Authorization": f"Bearer {secret or self.secret}", "Idempotency-Key": key, **(headers or {})}
        for name, value in given.items():
            sent.add_header(name, value)
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.add_header("Content-Type", "application/json")
        try:
            with web.urlopen(sent, data, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read()), answer.headers
        except web.HTTPError as error:
            return error.code, json.loads(error.read()), error.headers

    def connect(self, data=b""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(data)
        return connection


@pytest.fixture
def start_node(database_url, migrated):
    """Start gateways with settings of one's own."""
    nodes = []

    def start(**settings):
        nodes.append(Node(database_url, migrated("gateway"), **settings))
        return nodes[-1].start()

    yield start
    for node in nodes:
        node.stop()


@pytest.fixture
def node(start_node):
    return start_node()
