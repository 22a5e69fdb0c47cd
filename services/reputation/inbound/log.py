"""What is asked of the log: wire to questions."""

from marshmallow import fields

from services.kernel.caller import Caller
from services.kernel.quantity import require_count
from services.reputation.domain.log_commands import AskLog, ListEntries, ListHeads, ProveConsistency, ProveInclusion
from services.reputation.inbound.reading import Reader, Request, read

MOST = 2**53


class _EntriesReader(Reader):
    first = fields.Raw(load_default=0, data_key="from")
    end = fields.Raw(load_default=None, allow_none=True, data_key="to")


class _HeadsReader(Reader):
    beyond = fields.Raw(load_default=-1)


class _InclusionReader(Reader):
    index = fields.Raw(required=True)
    size = fields.Raw(load_default=None, allow_none=True)


class _ConsistencyReader(Reader):
    first = fields.Raw(required=True, data_key="from")
    second = fields.Raw(load_default=None, allow_none=True, data_key="to")


def ask_log(request: Request) -> AskLog:
    """Read a question that names nothing."""
    return AskLog(Caller.from_wire(request["caller"]))


def list_log_entries(request: Request) -> ListEntries:
    """Read which entries are wanted."""
    data = read(_EntriesReader, request["data"])
    return ListEntries(
        Caller.from_wire(request["caller"]), _count(data["first"], "from"), _count_or_none(data["end"], "to")
    )


def list_log_heads(request: Request) -> ListHeads:
    """Read beyond which size heads are wanted."""
    data = read(_HeadsReader, request["data"])
    return ListHeads(Caller.from_wire(request["caller"]), require_count(data["beyond"], "beyond", least=-1, most=MOST))


def get_inclusion_proof(request: Request) -> ProveInclusion:
    """Read which entry is to be proved, in which tree."""
    data = read(_InclusionReader, request["data"])
    return ProveInclusion(
        Caller.from_wire(request["caller"]), _count(data["index"], "index"), _count_or_none(data["size"], "size")
    )


def get_consistency_proof(request: Request) -> ProveConsistency:
    """Read between which sizes the tree is to be proved to have grown only."""
    data = read(_ConsistencyReader, request["data"])
    return ProveConsistency(
        Caller.from_wire(request["caller"]), _count(data["first"], "from"), _count_or_none(data["second"], "to")
    )


def _count(value: object, field: str) -> int:
    return require_count(value, field, least=0, most=MOST)


def _count_or_none(value: object, field: str) -> int | None:
    return None if value is None else _count(value, field)
