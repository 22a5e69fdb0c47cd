"""Requests to split and join pools as commands."""

from typing import Any

from services.demand.domain import commands
from services.demand.inbound import reading
from services.demand.inbound.reading import Read, Tolerant, load
from services.kernel.caller import Caller
from services.kernel.errors import InvalidError
from services.kernel.ids import parse_id

Request = dict[str, Any]
MOST_SIGNALS = 500


def _signals(value: Any, field: str) -> tuple:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_SIGNALS:
        raise InvalidError(field, "is not a possible list", f"1 to {MOST_SIGNALS} ids of signals")
    return tuple(parse_id(one, f"{field}.{index}") for index, one in enumerate(value))


class SplitSchema(Tolerant):
    """Which signals leave which pool, and why."""

    pool_id = Read(parse_id, required=True)
    community_id = Read(parse_id, load_default=None, allow_none=True)
    signal_ids = Read(_signals, load_default=None, allow_none=True)
    reason = Read(reading.text(0, 200), load_default="")


class JoinSchema(SplitSchema):
    """Also into which pool they go."""

    into_pool_id = Read(parse_id, required=True)


split, join = SplitSchema(), JoinSchema()


def split_pool(request: Request) -> commands.SplitPool:
    """Read which signals leave a pool."""
    return commands.SplitPool(Caller.from_wire(request["caller"]), **load(split, request["data"]))


def join_pools(request: Request) -> commands.JoinPools:
    """Read which signals go from one pool into another."""
    return commands.JoinPools(Caller.from_wire(request["caller"]), **load(join, request["data"]))
