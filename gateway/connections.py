"""Connections that may not take their time: a deadline for each phase, a bound on their number, and an honest end.

eventlet waits for ever for the next byte, and a timeout per read is kept by a client that sends one byte in time. So
each connection has a phase with a deadline, and a watcher ends those that missed theirs by shutting down the reading
side: whoever reads then sees the end of the stream, and an answer, such as 408, can still be written.
"""

import logging
import resource
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import eventlet
from eventlet import wsgi
from eventlet.wsgi import HeaderLineTooLong, HeadersTooLarge, HttpProtocol

from gateway import headers
from gateway.problems import CONTENT_TYPE, Problem
from gateway.reply import REASONS
from services.kernel.ids import new_id

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0  # from the connection, or the first byte of a further request, to the end of the headers
IDLE_SECONDS = 60.0  # between two requests
BODY_SECONDS = 20.0  # for the whole body
ANSWER_SECONDS = 90.0  # for the work and for writing the answer; the calls themselves have shorter deadlines
LINGER_SECONDS = 2.0  # for what a refused client still sends
WATCH_SECONDS = 0.5
MOST_CONNECTIONS = 4096
SPARE_FILES = 128  # file descriptors for the database, the broker, Redis and files
CODES = {408: "request_timeout", 414: "address_too_long", 431: "headers_too_large", 501: "malformed_request"}


@dataclass(slots=True, eq=False)
class Connection:
    """What is known of a connection."""

    sock: Any
    deadline: float
    reading: bool = True  # no request of it is under way
    ended: bool = False

    def phase(self, seconds: float, *, reading: bool) -> None:
        """Enter a phase that may last ``seconds``."""
        self.deadline = time.monotonic() + seconds
        self.reading = reading

    def end(self, how: int = socket.SHUT_RD) -> None:
        """Let whoever reads from it see the end of the stream."""
        self.ended = True
        with suppress(OSError):  # it may be closed already, which is what was wanted
            self.sock.shutdown(how)


class Connections:
    """The open connections of a server."""

    def __init__(self, most: int | None = None) -> None:
        self._open: dict[int, Connection] = {}
        self.draining = False
        self.most = most or min(MOST_CONNECTIONS, max(64, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, sock: Any) -> Connection:
        """Take up a new connection; where there are too many, the one that has waited longest makes room."""
        if len(self._open) >= self.most:
            self.make_room()
        connection = self._open[id(sock)] = Connection(sock, time.monotonic() + HEAD_SECONDS)
        return connection

    def remove(self, sock: Any) -> None:
        """Forget a connection that is closed."""
        self._open.pop(id(sock), None)

    def make_room(self) -> None:
        """End the oldest connection that has no request under way."""
        for key, connection in self._open.items():
            if connection.reading:
                connection.end(socket.SHUT_RDWR)
                del self._open[key]
                return

    def drain(self) -> None:
        """End the connections that wait for a request; the others end after their answer."""
        self.draining = True
        for connection in self._open.values():
            if connection.reading:
                connection.end()

    def expire(self) -> int:
        """End the connections that missed their deadline and return how many did."""
        now = time.monotonic()
        late = [connection for connection in self._open.values() if connection.deadline < now and not connection.ended]
        for connection in late:
            connection.end()
        return len(late)

    def watch(self) -> None:
        """Do so for ever."""
        while True:
            eventlet.sleep(WATCH_SECONDS)
            if count := self.expire():
                log.info("connections were too slow", extra={"count": count})


class Protocol(HttpProtocol):
    """eventlet's protocol with phases, and with problems instead of pages of text."""

    # eventlet sends what it writes in few large pieces; Nagle's algorithm would only hold back the last of them.
    disable_nagle_algorithm = True

    def __init__(self, connections: Connections, conn_state: list[Any], server: wsgi.Server) -> None:
        self._connections = connections
        self._connection = connections.add(conn_state[1])
        self._lingers = False
        self._begun = False
        super().__init__(conn_state, server)

    def setup(self) -> None:
        """Prepare the connection."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def _read_request_line(self) -> bytes | str:
        if self._connections.draining:
            return ""
        self._connection.phase(IDLE_SECONDS if self._begun else HEAD_SECONDS, reading=True)
        line = super()._read_request_line()
        if self._begun and line:
            self._connection.phase(HEAD_SECONDS, reading=True)
        self._begun = True
        if len(line) >= self.server.url_length_limit:
            self.send_error(414)
            return ""
        return line

    def parse_request(self) -> bool:
        """Read the headers; what is wrong with them is answered here."""
        try:
            if not self._parse_head():
                return False
        except (HeaderLineTooLong, HeadersTooLarge):
            self.send_error(431)
            return False
        if self._connection.ended:  # the headers ended where the deadline cut them off
            self.send_error(408)
            return False
        length, encoding = self.headers.get_all("content-length", []), self.headers.get("transfer-encoding")
        # Two readers that find different ends of a body are how requests are smuggled, so there is one way to say it.
        if len(length) > 1 or (length and encoding) or not all(text.isascii() and text.isdigit() for text in length):
            self.send_error(400)
            return False
        if encoding is not None and encoding.lower() != "chunked":
            self.send_error(501)
            return False
        return True

    def _parse_head(self) -> bool:
        """Read the head of an ordinary request here, and let the library read any other."""
        if not headers.is_ordinary(self.raw_requestline):
            return super().parse_request()
        lines = headers.read_lines(self.rfile)
        head = headers.read_head(self.raw_requestline, lines)
        if head is None:
            rest, self.rfile = self.rfile, BytesIO(b"".join(lines))
            try:
                return super().parse_request()
            finally:
                self.rfile = rest
        self.command, self.path, self.headers = head
        self.requestline = self.raw_requestline.decode("ascii").rstrip("\r\n")
        self.request_version = "HTTP/1.1"
        self.close_connection = head.headers.get("connection", "").lower() == "close"
        return True

    def get_environ(self) -> dict[str, Any]:
        """Return the environ, with two functions for the application."""
        environ = super().get_environ()
        environ["pinlian.body_read"] = lambda: self._connection.phase(ANSWER_SECONDS, reading=False)
        environ["pinlian.close"] = self.close_after_answer
        return environ

    def handle_one_response(self) -> None:
        """Answer a request."""
        self._connection.phase(BODY_SECONDS, reading=False)
        if self._connections.draining:
            self.close_connection = 1
        super().handle_one_response()

    def close_after_answer(self) -> None:
        """Close the connection after the answer: what the client still sends of its body is not wanted."""
        self.close_connection = 1
        self._lingers = True

    def finish(self) -> None:
        """Close the connection; first let a client that still sends read the answer, which a reset would destroy."""
        if self._lingers:
            self._linger()
        super().finish()

    def _linger(self) -> None:
        with suppress(OSError), eventlet.Timeout(LINGER_SECONDS, False):  # a client that has gone is no loss
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(65536):
                pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is not HTTP; the text that the library found for it may quote the request and is left out."""
        self.close_connection = 1
        problem = Problem(int(code), f"gateway.{CODES.get(int(code), 'malformed_request')}")
        request_id = str(new_id())
        body = problem.body("/", request_id)
        head = [f"HTTP/1.1 {REASONS[problem.status]}", f"Content-Type: {CONTENT_TYPE}", f"X-Request-Id: {request_id}"]
        head += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        self.wfile.write("\r\n".join(head).encode() + body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to stderr: the application logs."""
