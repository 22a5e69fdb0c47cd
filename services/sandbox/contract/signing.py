"""Who said it, and when: signatures in the form of WeChat Pay v3, with Ed25519 (RFC 8032) instead of RSA.

A request signs ``METHOD\\nPATH?QUERY\\nTIMESTAMP\\nNONCE\\nBODY\\n`` and carries the signature in ``Authorization``; an
answer or a callback signs ``TIMESTAMP\\nNONCE\\nBODY\\n`` and carries it in four headers. Keys are 32 bytes in base64.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SCHEME = "PINLIAN-ED25519"
WINDOW = timedelta(minutes=5)  # a clock that differs by so much, or a message so old, is refused
KEY_BYTES = 32

TIMESTAMP, NONCE, SIGNATURE, SERIAL = (f"sandbox-{name}" for name in ("timestamp", "nonce", "signature", "serial"))
_PART = re.compile(r'(\w+)="([^"]*)"')
_NONCE = re.compile(r"[0-9A-Za-z]{16,64}")


class SignatureError(Exception):
    """A message is not what its sender signed, or not now; the text says why, for the log of who receives it."""


def request_text(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """Return what a request signs; ``target`` is its path and query as they are sent, percent-encoded."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_text(timestamp: str, nonce: str, body: bytes) -> bytes:
    """Return what an answer or a callback signs."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


class Signer:
    """Signs with a private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_text = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        self._serial = serial_of(self.public_text)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a private key; raise ``ValueError`` for what is none."""
        return cls(Ed25519PrivateKey.from_private_bytes(_raw(text)))

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def private_text(self) -> str:
        """The private key as a text."""
        return base64.b64encode(self._key.private_bytes_raw()).decode()

    def authorization(self, method: str, target: str, body: bytes, now: datetime) -> str:
        """Return the ``Authorization`` header of a request."""
        timestamp, nonce = _now(now), secrets.token_hex(16)
        signature = self._sign(request_text(method, target, timestamp, nonce, body))
        parts = {"serial": self._serial, "timestamp": timestamp, "nonce": nonce, "signature": signature}
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())

    def headers(self, body: bytes, now: datetime) -> dict[str, str]:
        """Return the headers of a signed answer or callback."""
        timestamp, nonce = _now(now), secrets.token_hex(16)
        signature = self._sign(answer_text(timestamp, nonce, body))
        return {TIMESTAMP: timestamp, NONCE: nonce, SIGNATURE: signature, SERIAL: self._serial}

    def _sign(self, text: bytes) -> str:
        return base64.b64encode(self._key.sign(text)).decode()


class Verifier:
    """Checks what the owner of a public key signed."""

    def __init__(self, public_text: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(_raw(public_text))
        self._serial = serial_of(public_text)

    def check_request(self, authorization: str, method: str, target: str, body: bytes, now: datetime) -> str:
        """Return the nonce of a request, which the caller has to refuse the second time; raise ``SignatureError``."""
        scheme, _, rest = authorization.partition(" ")
        parts = dict(_PART.findall(rest))
        if scheme != SCHEME or not {"serial", "timestamp", "nonce", "signature"} <= parts.keys():
            raise SignatureError(f"the Authorization header is not one of {SCHEME}")
        text = request_text(method, target, parts["timestamp"], parts["nonce"], body)
        self._check(text, parts["signature"], parts["serial"])
        _require_fresh(parts["timestamp"], parts["nonce"], now)
        return parts["nonce"]

    def check_answer(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise ``SignatureError`` unless the body was signed just now; the case of the headers does not matter."""
        given = {name.lower(): value for name, value in headers.items()}
        if missing := [name for name in (TIMESTAMP, NONCE, SIGNATURE, SERIAL) if name not in given]:
            raise SignatureError(f"the header {missing[0]} is missing")
        self._check(answer_text(given[TIMESTAMP], given[NONCE], body), given[SIGNATURE], given[SERIAL])
        _require_fresh(given[TIMESTAMP], given[NONCE], now)

    def _check(self, text: bytes, signature: str, serial: str) -> None:
        if serial != self._serial:
            raise SignatureError(f"it was signed with another key than {self._serial}")
        try:
            self._key.verify(base64.b64decode(signature, validate=True), text)
        except (InvalidSignature, ValueError):
            raise SignatureError("the signature does not fit the message") from None


def serial_of(public_text: str) -> str:
    """Return the short name of a key, which tells which key a message was signed with."""
    return sha256(_raw(public_text)).hexdigest()[:16]


def _raw(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(raw)}")
    return raw


def _now(now: datetime) -> str:
    return str(int(now.timestamp()))


def _require_fresh(timestamp: str, nonce: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise SignatureError("the timestamp is not a number of seconds")
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) >= WINDOW:
        raise SignatureError("the timestamp differs by five minutes or more from the clock here")
    if not _NONCE.fullmatch(nonce):
        raise SignatureError("the nonce is not 16 to 64 letters and digits")
