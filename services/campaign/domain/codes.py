"""Check-in codes: short signed texts that anybody with the public keys can verify without a network.

A code is base64url (RFC 4648, no padding) of these bytes, big endian, 117 in all, which makes 156 characters:

    1  format, 1
    8  id of the key
   16  campaign
   16  commitment
    4  seats
    8  mark of what the commitment was when the code was made
   64  Ed25519 signature of all of the above
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from services.campaign.domain.model import Commitment
from services.kernel.ids import CampaignId, CommitmentId
from services.kernel.signing import SIGNATURE, PublicKeys, SigningKey, is_signed

FORMAT = 1
_BODY = struct.Struct(">B8s16s16sI8s")
MARK = 8  # bytes


class Fault(StrEnum):
    """Why a code is not accepted. The first three are seen without a network, the others by the node."""

    UNREADABLE = "unreadable"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    OTHER_CAMPAIGN = "other_campaign"
    UNKNOWN_SESSION = "unknown_session"
    SESSION_CANCELLED = "session_cancelled"
    OTHER_TIME = "other_time"
    REVOKED = "revoked"
    TOO_MANY_SEATS = "too_many_seats"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says."""

    campaign_id: CampaignId
    commitment_id: CommitmentId
    seats: int
    mark: bytes
    key_id: str


def mark_of(commitment: Commitment) -> bytes:
    """Return the mark of a commitment as it is now: another member, or other seats, make another one."""
    told = f"{commitment.commitment_id}:{commitment.member_id}:{commitment.seats}"
    return sha256(told.encode()).digest()[:MARK]


def issue(commitment: Commitment, key: SigningKey) -> str:
    """Return the code of a commitment as it is now."""
    ids = (commitment.campaign_id.bytes, commitment.commitment_id.bytes)
    body = _BODY.pack(FORMAT, bytes.fromhex(key.key_id), *ids, commitment.seats, mark_of(commitment))
    return urlsafe_b64encode(body + key.sign(body)).decode().rstrip("=")


def verify(text: str, keys: PublicKeys) -> Code | Fault:
    """Return what a code says if one of ``keys`` signed it, else why it is not accepted."""
    found = _bytes_of(text)
    if found is None or len(found) != _BODY.size + SIGNATURE or found[0] != FORMAT:
        return Fault.UNREADABLE
    body, signature = found[: _BODY.size], found[_BODY.size :]
    _, key, campaign, commitment, seats, mark = _BODY.unpack(body)
    public = keys.get(key.hex())
    if public is None:
        return Fault.UNKNOWN_KEY
    if not is_signed(public, body, signature):
        return Fault.BAD_SIGNATURE
    return Code(CampaignId(UUID(bytes=campaign)), CommitmentId(UUID(bytes=commitment)), seats, mark, key.hex())


def _bytes_of(text: str) -> bytes | None:
    """Return the bytes of a text, or None for one that is not written as we write it."""
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    # The decoder skips what is no letter of its alphabet, and several texts stand for the same bytes.
    return found if urlsafe_b64encode(found).decode().rstrip("=") == text else None
