"""Where the tests find real servers: PINLIAN_TEST_* URLs, else this machine's usual ports, else testcontainers.

Where none can be had a test skips and says so; with CI=true that is a failure, because there the servers are promised.
"""

import os
import socket
from functools import cache

import pytest

USUAL = {
    "postgres": ("PINLIAN_TEST_POSTGRES_URL", 5432, "postgresql://postgres@127.0.0.1:5432/postgres"),
    "rabbitmq": ("PINLIAN_TEST_AMQP_URL", 5672, "amqp://guest:guest@127.0.0.1:5672/"),
    "redis": ("PINLIAN_TEST_REDIS_URL", 6379, "redis://127.0.0.1:6379/9"),
}


@cache
def find(name: str) -> str | None:
    """Return the URL of a real server, or None."""
    variable, port, url = USUAL[name]
    if os.environ.get(variable):
        return os.environ[variable]
    if _answers(port):
        return url
    return _from_container(name)


def need(name: str) -> str:
    """Return the URL of a real server; skip the test, or fail it under CI, where there is none."""
    if url := find(name):
        return url
    message = f"no {name}: set {USUAL[name][0]}, start one on port {USUAL[name][1]}, or start a Docker engine"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _from_container(name: str) -> str | None:
    try:
        import docker

        docker.from_env().ping()
    except Exception:
        return None  # no Docker engine answers: that is the ordinary case on a developer's machine
    if name == "postgres":
        from testcontainers.postgres import PostgresContainer

        container = PostgresContainer("postgres:16").start()
        return container.get_connection_url(driver=None)
    if name == "rabbitmq":
        from testcontainers.rabbitmq import RabbitMqContainer

        container = RabbitMqContainer("rabbitmq:3.13-management").start()
        return f"amqp://guest:guest@{container.get_container_host_ip()}:{container.get_exposed_port(5672)}/"
    from testcontainers.redis import RedisContainer

    container = RedisContainer("redis:7").start()
    return f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}/0"
