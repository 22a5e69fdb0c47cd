"""Signed heads: checkpoints (C2SP "tlog-checkpoint") in signed notes (C2SP "signed-note") by Ed25519 (RFC 8032).

A note is text, an empty line, and lines of signatures; every verifier of that family reads ours.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.kernel.errors import InvalidError
from services.reputation.domain.merkle import HASH

ED25519 = b"\x01"  # the type of signature, as the format numbers it
KEY_ID = 4  # bytes
MOST_SIGNATURES = 32
DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public part of a key, and whose it is; ``str`` is the form ``name+id+base64`` of the Go module ``note``."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of the SHA-256 of name, newline, type and key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` is that of ``text``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key that signs heads. Its private part never leaves the database of its service."""

    origin: str
    private: bytes = field(repr=False)
    created_at: datetime
    retired_at: datetime | None = None

    @property
    def verifier(self) -> VerifierKey:
        """What verifies its signatures."""
        return VerifierKey(
            self.origin, Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        )

    def sign(self, text: bytes) -> bytes:
        """Return the signature of ``text``."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a head says: of which log, how many leaves, under which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def new_key(origin: str, now: datetime) -> LogKey:
    """Return a new key of the system's random source."""
    return LogKey(origin, Ed25519PrivateKey.generate().private_bytes_raw(), now)


def signed(head: Checkpoint, key: LogKey) -> str:
    """Return the note of a head."""
    signature = key.verifier.key_id + key.sign(head.text.encode())
    return f"{head.text}\n{DASH} {key.origin} {b64encode(signature).decode()}\n"


def read_key(text: str) -> VerifierKey:
    """Read ``name+id+base64``; raise ``InvalidError`` for what is no key of Ed25519, or has the id of another one."""
    expected = "a key as GET /v1/log/key gives it, name+id+base64"
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if not name or raw is None or raw[:1] != ED25519 or len(raw) != 1 + HASH:
        raise InvalidError("key", "is no public key of a log", expected)
    key = VerifierKey(name, raw[1:])
    if key.key_id.hex() != key_id:
        raise InvalidError("key", "does not have the id that it says", expected)
    return key


def open_note(note: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return the head in ``note`` if one of ``keys`` signed it, and none of them wrongly.

    Raises ``InvalidError`` for a note that is malformed, signed by nobody known, or wrongly by somebody known.
    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not note.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in note):
        raise _bad("is no signed note")
    text += "\n"
    known = {(key.name, key.key_id): key for key in keys}
    trusted = False
    for line in lines.splitlines()[:MOST_SIGNATURES]:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = _decoded(encoded)
        if dash != DASH or not name or raw is None or len(raw) <= KEY_ID:
            raise _bad("has a malformed signature")
        if key := known.get((name, raw[:KEY_ID])):
            if not key.verifies(text.encode(), raw[KEY_ID:]):
                raise _bad("has a signature that does not verify")
            trusted = True
    if not trusted:
        raise _bad("is signed by no known key")
    return _read_text(text)


def _read_text(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]):
        raise _bad("is no head of a log")
    origin, size, encoded = lines[:3]
    root = _decoded(encoded)
    if not (size.isascii() and size.isdigit()) or str(int(size)) != size or root is None or len(root) != HASH:
        raise _bad("is no head of a log")
    return Checkpoint(origin, int(size), root)


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _bad(problem: str) -> InvalidError:
    return InvalidError("head", problem, "a signed note of a head: origin, size, root, an empty line, signatures")
