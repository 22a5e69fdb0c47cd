"""Jielong (接龙): sign-up chains of group chats, read into rows and written back. See JIELONG.md."""

from services.demand.domain.jielong.comparing import Change, Changes, compare
from services.demand.domain.jielong.forking import Conflict, Merged, merge_forks
from services.demand.domain.jielong.masking import masked
from services.demand.domain.jielong.model import Chain, Contact, Facts, Item, Quantity, Question, Row, Status
from services.demand.domain.jielong.native import is_native, read_native
from services.demand.domain.jielong.people import key_of
from services.demand.domain.jielong.reading import read_chain
from services.demand.domain.jielong.rendering import render
from services.demand.domain.jielong.totals import Totals, totals
from services.demand.domain.jielong.wire import as_wire
from services.kernel.errors import InvalidError

__all__ = [
    "Chain",
    "Change",
    "Changes",
    "Conflict",
    "Contact",
    "Facts",
    "Item",
    "Merged",
    "Quantity",
    "Question",
    "Row",
    "Status",
    "Totals",
    "as_wire",
    "compare",
    "is_native",
    "key_of",
    "masked",
    "merge_forks",
    "read",
    "read_chain",
    "read_native",
    "render",
    "totals",
]


LONGEST = 200_000  # characters; a chain of 500 people has less than 50 000


def read(text: str, salt: bytes = b"") -> Chain:
    """Read a chain, pasted as text or as a native message; ``salt`` keys the hashes of the native member ids.

    Raise ``InvalidError`` for a text that is longer than ``LONGEST``, and for a native message of another kind.
    """
    if len(text) > LONGEST:
        raise InvalidError("text", f"has {len(text)} characters", f"one chain, at most {LONGEST}")
    return read_native(text, salt) if is_native(text) else read_chain(text)
