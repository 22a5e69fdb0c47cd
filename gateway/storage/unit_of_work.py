"""The unit of work of the gateway."""

from typing import ClassVar

from gateway.storage import tables
from services.chassis.unit_of_work import UnitOfWork


class GatewayUnitOfWork(UnitOfWork):
    """Tokens and the stored answers of their creation."""

    service = "gateway"
    tables = tables.chassis
    event_schemas: ClassVar = {}
