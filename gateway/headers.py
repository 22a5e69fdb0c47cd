"""The head of an ordinary request, read without the e-mail parser that http.server takes for it.

Ordinary is what programs send: HTTP/1.1, one line per header, printable ASCII. Whatever is not exactly that is left to
http.server, which knows all that HTTP ever allowed; tests/unit/gateway/test_headers.py holds the two against each
other.
"""

import re
from typing import Any, NamedTuple

_REQUEST = re.compile(rb"([A-Z]{3,7}) (/(?!/)[!-~]*) HTTP/1\.1\r\n").fullmatch
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*): ([!-~](?:[ -~]*[!-~])?)\r\n").fullmatch
_END = b"\r\n"
MOST_HEADERS = 100  # as http.client has it


class Head(NamedTuple):
    """The method and the address of a request, and its headers."""

    method: str
    path: str
    headers: "Headers"


class Headers:
    """What eventlet and the gateway ask of headers; names are found whatever their case."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._headers = pairs  # eventlet looks at it, as at that of an e-mail
        self._found: dict[str, list[str]] = {}
        for name, value in pairs:
            self._found.setdefault(name.lower(), []).append(value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the first value of a header."""
        found = self._found.get(name.lower())
        return default if found is None else found[0]

    def get_all(self, name: str, default: Any = None) -> Any:
        """Return all values of a header."""
        return self._found.get(name.lower(), default)

    def get_content_type(self) -> str:
        """Return the type of a body that says none."""
        return "text/plain"


def is_ordinary(request_line: bytes) -> bool:
    """Tell whether the head may be read here."""
    return _REQUEST(request_line) is not None


def read_lines(rfile: Any) -> list[bytes]:
    """Read the lines of the headers, with the empty one that ends them; without it where the stream ends before."""
    lines: list[bytes] = []
    while line := rfile.readline(65537):
        lines.append(line)
        if line in (b"\r\n", b"\n"):
            break
    return lines


def read_head(request_line: bytes, lines: list[bytes]) -> Head | None:
    """Return the head of an ordinary request, or None."""
    request = _REQUEST(request_line)
    if request is None or not lines or lines[-1] != _END or len(lines) > MOST_HEADERS:
        return None
    pairs = []
    for line in lines[:-1]:
        header = _HEADER(line)
        if header is None:
            return None
        pairs.append((header[1].decode(), header[2].decode()))
    headers = Headers(pairs)
    if headers.get("expect") is not None:  # it wants an answer before its body
        return None
    return Head(request[1].decode(), request[2].decode(), headers)
