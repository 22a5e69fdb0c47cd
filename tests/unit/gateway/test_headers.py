"""What is read quickly is what http.server would read, and all that is odd is left to it."""

from http.server import BaseHTTPRequestHandler
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import headers

LINE = b"POST /v1/campaigns/1/commitments?x=%20 HTTP/1.1\r\n"
JOIN = [
    b"Host: 127.0.0.1:8080\r\n",
    b"Authorization: Bearer pl_0\r\n",
    b"Content-Type: application/json; charset=utf-8\r\n",
    b"Idempotency-Key: k-1\r\n",
    b"content-length: 17\r\n",
    b"\r\n",
]


class Library(BaseHTTPRequestHandler):
    """http.server's reading of a head, without its sockets."""

    protocol_version = "HTTP/1.1"

    def __init__(self, request_line, lines):
        self.raw_requestline, self.rfile, self.errors = request_line, BytesIO(b"".join(lines)), []
        self.accepted = self.parse_request()

    def send_error(self, code, message=None, explain=None):
        self.errors.append(int(code))

    def send_response_only(self, code, message=None):
        self.errors.append(int(code))

    def end_headers(self):
        pass


def same_as_the_library(request_line, lines):
    """Read both ways; return whether the quick one could."""
    head = headers.read_head(request_line, lines)
    if head is None:
        return False
    library = Library(request_line, lines)
    assert (library.accepted, library.errors) == (True, [])
    assert (head.method, head.path, "HTTP/1.1") == (library.command, library.path, library.request_version)
    assert head.headers._headers == [(name, value.strip(" \t\r\n")) for name, value in library.headers._headers]
    for name in {name for name, _ in head.headers._headers} | {"connection", "content-length", "None-Such"}:
        for spelling in (name, name.upper(), name.lower()):
            assert head.headers.get(spelling, "-") == library.headers.get(spelling, "-")
            assert head.headers.get_all(spelling, "-") == library.headers.get_all(spelling, "-")
    assert (head.headers.get("connection", "").lower() == "close") == library.close_connection
    return True


def test_an_ordinary_request_is_read_quickly():
    assert same_as_the_library(LINE, JOIN)
    assert headers.is_ordinary(LINE)


@pytest.mark.parametrize("connection", ["close", "Close", "keep-alive", "upgrade"])
def test_what_is_said_of_the_connection_counts(connection):
    assert same_as_the_library(LINE, [f"Connection: {connection}\r\n".encode(), *JOIN])


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\r\n", b"GET /\r\n", b"GET / HTTP/1.0\r\n", b"GET / HTTP/2.0\r\n", b"GET //evil HTTP/1.1\r\n",
        b"GET / HTTP/1.1\n", b"GET  / HTTP/1.1\r\n", b"GET / x HTTP/1.1\r\n", b"GET * HTTP/1.1\r\n",
        b"get / HTTP/1.1\r\n", b"GET http://x/ HTTP/1.1\r\n", b"GET /\xc3\xa4 HTTP/1.1\r\n", b"GET /\x01 HTTP/1.1\r\n",
        b"GET / HTTP/1.1 \r\n", b" GET / HTTP/1.1\r\n",
    ],
)  # fmt: skip
def test_an_odd_request_line_is_left_to_the_library(line):
    assert not headers.is_ordinary(line)
    assert headers.read_head(line, JOIN) is None


@pytest.mark.parametrize(
    "line",
    [
        b"X-Y : 1\r\n", b" folded\r\n", b"\tfolded\r\n", b"No colon\r\n", b": empty name\r\n", b"A: \r\n", b"A:1\r\n",
        b"A: b \r\n", b"A:  b\r\n", b"A: b\n", b"A: \xc3\xa4\r\n", b"A: b\x00c\r\n", b"A: b\rc\r\n", b"A_B: c\r\n",
        b"Expect: 100-continue\r\n", b"A: b\tc\r\n",
    ],
)  # fmt: skip
def test_an_odd_header_is_left_to_the_library(line):
    assert headers.read_head(LINE, [line, *JOIN]) is None
    assert headers.read_head(LINE, [*JOIN[:-1], line, JOIN[-1]]) is None


def test_headers_that_end_in_the_middle_or_never_are_left_to_the_library():
    assert headers.read_head(LINE, JOIN[:-1]) is None
    assert headers.read_head(LINE, []) is None
    assert headers.read_head(LINE, [b"A: b\r\n"] * headers.MOST_HEADERS + [b"\r\n"]) is None


def test_only_the_lines_of_the_head_are_taken_from_the_stream():
    stream = BytesIO(b"".join(JOIN) + b'{"seats": 1}\r\n\r\n')
    assert headers.read_lines(stream) == JOIN
    assert stream.read() == b'{"seats": 1}\r\n\r\n'


pieces = st.sampled_from(
    [b"A", b"a-b", b"Content-Length", b"Connection", b"Transfer-Encoding", b":", b": ", b" ", b"\t", b"\r\n", b"\n",
     b"\r", b"close", b"keep-alive", b"17", b"chunked", b",", b"\x00", b"\xff", b"_", b"GET ", b"/", b"HTTP/1.1", b"?"]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=14), st.lists(pieces, max_size=6))
def test_whatever_comes_what_is_read_quickly_is_read_alike(raw, request):
    lines = headers.read_lines(BytesIO(b"".join([*raw, b"\r\n\r\n"])))
    same_as_the_library(b"GET /" + b"".join(request) + b" HTTP/1.1\r\n", lines)
    same_as_the_library(LINE, lines)
