"""The in-process broker: importing this package teaches kombu the URL scheme ``inproc://``. See BROKER.md."""

from kombu.transport import TRANSPORT_ALIASES

from services.chassis.broker.core import Broker

__all__ = ["Broker"]

TRANSPORT_ALIASES["inproc"] = "services.chassis.broker.transport:Transport"
