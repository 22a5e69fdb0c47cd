"""The queues of all services, made before any of them starts: an event whose consumer never ran yet has to wait."""

from collections.abc import Sequence

from kombu import Connection

from services.chassis import selftest, topology
from services.platform.runner import SERVICES, load

CONNECT_TIMEOUT = 4.0  # seconds


def declare(uri: str) -> Sequence[str]:
    """Make the queues of every service on a broker; return the services. Doing it again changes nothing.

    Queues that a service of an earlier release read, and none reads now, are deleted with what is in them.
    Raises ``StartupError`` when the broker cannot be reached. The in-process broker has nothing to keep them in.
    """
    if uri.startswith("inproc:"):
        return ()
    selftest.require_broker(uri)
    consumers = [name for name in SERVICES if name != "gateway"]
    with Connection(uri, connect_timeout=CONNECT_TIMEOUT) as connection, connection.channel() as channel:
        for name in consumers:
            service = load(name)
            options = {"lanes": topology.lanes_of(service), "retired": topology.retired_of(service)}
            topology.declare_service(channel, name, topology.subscriptions_of(service), **options)
    return consumers
