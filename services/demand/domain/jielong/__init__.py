"""Jielong (接龙): sign-up chains of group chats, read into rows and written back. See JIELONG.md."""

from services.demand.domain.jielong.model import Chain, Contact, Facts, Item, Question, Row, Status
from services.demand.domain.jielong.reading import read_chain
from services.demand.domain.jielong.wire import as_wire

__all__ = ["Chain", "Contact", "Facts", "Item", "Question", "Row", "Status", "as_wire", "read_chain"]
