"""Requests about matching rounds."""

from services.kernel.caller import Caller
from services.supplier.domain.round_commands import OpenRound
from services.supplier.inbound.reading import Request, Tolerant, load, needed, optional, text
from services.supplier.inbound.requests import KIND, listing

CURRENCY = 3


class _Open(Tolerant):
    category = needed(text(KIND))
    currency = optional(text(CURRENCY))


def open_round(request: Request) -> OpenRound:
    """Read which category is to be assigned now."""
    return OpenRound(Caller.from_wire(request["caller"]), **load(_Open(), request["data"]))


list_rounds = listing(category=text(KIND))
