"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time at which they were made."""

import os
import threading
import time
from typing import NewType
from uuid import UUID

from services.kernel.errors import InvalidError

CommunityId = NewType("CommunityId", UUID)
MemberId = NewType("MemberId", UUID)
SignalId = NewType("SignalId", UUID)
PoolId = NewType("PoolId", UUID)
SupplierId = NewType("SupplierId", UUID)
QualificationId = NewType("QualificationId", UUID)
OfferId = NewType("OfferId", UUID)
SlotId = NewType("SlotId", UUID)
MatchId = NewType("MatchId", UUID)
CampaignId = NewType("CampaignId", UUID)
CommitmentId = NewType("CommitmentId", UUID)
TransferId = NewType("TransferId", UUID)
ReviewId = NewType("ReviewId", UUID)
NoticeId = NewType("NoticeId", UUID)
DisputeId = NewType("DisputeId", UUID)
OrderId = NewType("OrderId", UUID)
StatementId = NewType("StatementId", UUID)
TermsId = NewType("TermsId", UUID)
InquiryId = NewType("InquiryId", UUID)
CorrectionId = NewType("CorrectionId", UUID)
GrantId = NewType("GrantId", UUID)
TenderId = NewType("TenderId", UUID)
BidId = NewType("BidId", UUID)
NegotiationId = NewType("NegotiationId", UUID)
AgreementId = NewType("AgreementId", UUID)

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a new UUIDv7. Ids of one process increase strictly (RFC 9562, 6.2, method 3: sub-millisecond bits)."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction are one number: it only ever moves forward.
        now_ns = time.time_ns()
        ticks = (now_ns // 1_000_000 << 12) | ((now_ns % 1_000_000) * 4096 // 1_000_000)
        _last = ticks = max(ticks, _last + 1)
    value = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62
    return UUID(int=value | int.from_bytes(os.urandom(8), "big") >> 2)


def new_id_of_the_hour() -> UUID:
    """Return a new UUIDv7 that tells the hour in which it was made and no more, for what must not tell the moment."""
    millis = time.time_ns() // 1_000_000
    value = (millis - millis % 3_600_000) << 80 | 0x7 << 76 | 0b10 << 62
    random = int.from_bytes(os.urandom(10), "big")
    return UUID(int=value | (random >> 68) << 64 | random & (1 << 62) - 1)


def parse_id(text: str, field: str) -> UUID:
    """Read an id; raise ``InvalidError`` naming ``field`` when ``text`` is not one."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise InvalidError(field, f"{text!r} is not an id", "a UUID") from None
