"""The keys that sign receipts: Ed25519 (RFC 8032), each named by a digest of its public part."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES = 32
ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """A key of the node. A retired one signs nothing more, and what it signed stays valid."""

    key_id: str
    private: bytes = field(repr=False)
    public: bytes
    created_at: datetime
    retired_at: datetime | None = None

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)


def new_key(now: datetime) -> ReceiptKey:
    """Return a new key of the system's random source."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return ReceiptKey(sha256(public).digest()[:ID_BYTES].hex(), private.private_bytes_raw(), public, now)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` is that of ``message`` by the key whose public part this is."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
