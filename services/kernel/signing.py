"""The keys that sign check-in codes and receipts: Ed25519 (RFC 8032), each named by a digest of its public part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# In bytes: a key's private or public part, its id, and a signature.
KEY_BYTES = 32
KEY_ID = 8
SIGNATURE = 64

# Public parts by the ids of their keys: all that a reader needs to verify what was signed.
PublicKeys = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of the node. A retired one signs nothing more, and what it signed stays valid."""

    key_id: str
    private: bytes = field(repr=False)
    public: bytes
    created_at: datetime
    retired_at: datetime | None = None

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)

    def retire(self, now: datetime) -> "SigningKey":
        """Return the key as it is once another one signs."""
        return replace(self, retired_at=now)


def new_key(now: datetime) -> SigningKey:
    """Return a new key of the system's random source."""
    return key_of(Ed25519PrivateKey.generate().private_bytes_raw(), now)


def key_of(private: bytes, now: datetime) -> SigningKey:
    """Return the key of a private part of 32 bytes."""
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return SigningKey(id_of(public), private, public, now)


def id_of(public: bytes) -> str:
    """Return the id of a public key: the first eight bytes of its SHA-256, in hexadecimal."""
    return sha256(public).digest()[:KEY_ID].hex()


def public_keys(keys: Iterable[SigningKey]) -> PublicKeys:
    """Return what verifies signatures of all ``keys``, retired ones as well."""
    return {key.key_id: key.public for key in keys}


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` is that of ``message`` by the key whose public part this is."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
