"""A load generator: joins over keep-alive connections, an epoll loop in each process, nothing else.

It runs on the machine that it measures, so it does as little as it can: what it needs is that much less for both sides.

Closed loop: every connection sends its next request when the answer to the last one is complete. A run is bounded by
a number of joins and by a time.
"""

import itertools
import multiprocessing
import re
import secrets
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

ANSWER_TIMEOUT = 30.0  # seconds after which a request counts as unanswered
LENGTH = re.compile(rb"^content-length: *([0-9]+)", re.IGNORECASE | re.MULTILINE).search
CLOSES = re.compile(rb"^connection: *close", re.IGNORECASE | re.MULTILINE).search


@dataclass(frozen=True)
class Target:
    """Where joins go: the organiser's ``token`` joins ``members`` in turn."""

    name: str
    port: int
    token: str
    members: tuple[str, ...]


@dataclass
class Outcome:
    """What came of a run; latencies are in seconds, of accepted joins only."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    unanswered: int = 0
    example: str = ""

    @property
    def accepted(self):
        return self.statuses[201] + self.statuses[200]

    @property
    def errors(self):
        return sum(self.statuses.values()) - self.accepted + self.unanswered

    @property
    def unknown(self):
        """Joins that may have been booked or not: nobody answered, or the answer says that it does not know."""
        return self.unanswered + sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def rate(self):
        return self.accepted / self.seconds if self.seconds else 0.0

    def quantile(self, share):
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def add(self, other):
        """Add a part or a round; times of parts are set by the caller."""
        self.latencies += other.latencies
        self.statuses += other.statuses
        self.unanswered += other.unanswered
        self.example = self.example or other.example
        return self


class Connection:
    """One keep-alive connection and the request that is under way on it."""

    def __init__(self, port):
        self.port = port
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.sent_at = b"", None

    def send(self, request):
        self.received, self.sent_at = b"", time.monotonic()
        self.socket.sendall(request)

    def receive(self):
        """Read what there is; return (status, body, whether it stays open) of a complete answer, else None."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed by the server")
        self.received += chunk
        head = self.received.find(b"\r\n\r\n") + 4
        if head < 4:
            return None
        length = LENGTH(self.received, 0, head)
        if length is None:
            raise ConnectionError("an answer without Content-Length")
        if len(self.received) < head + int(length[1]):
            return None
        return int(self.received[9:12]), self.received[head:], not CLOSES(self.received, 0, head)


def requests_of(target, campaigns, worker):
    """Yield the bytes of one join after another."""
    head = (
        "POST /v1/campaigns/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n"
        f"Authorization: Bearer {target.token}\r\nContent-Type: application/json\r\n"
        "Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{}"
    )
    body_of = '{{"seats": 1, "member_id": "{}", "payment": {{"method": "offline", "receipt": "{}"}}}}'.format
    run = secrets.token_hex(6)
    for number in itertools.count():
        # A step that is no divisor spreads the processes over campaigns and members alike.
        campaign = campaigns[(number * 7 + worker * 13) % len(campaigns)]
        member = target.members[(number * 11 + worker * 17) % len(target.members)]
        key = f"{run}-{worker}-{number}"
        body = body_of(member, key)
        yield head.format(f"{campaign}/commitments", key, len(body), body).encode()


class Worker:
    """The loop of one process."""

    def __init__(self, target, campaigns, worker, connections, count, seconds):
        self.requests = requests_of(target, campaigns, worker)
        self.left, self.seconds = count, seconds
        self.outcome = Outcome()
        self.selector = selectors.DefaultSelector()
        self.busy = set()
        self.connections = [Connection(target.port) for _ in range(connections)]

    def run(self):
        self.end = time.monotonic() + self.seconds
        for connection in self.connections:
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
            self.next(connection)
        while self.busy:
            for key, _ in self.selector.select(timeout=1):
                self.advance(key.data)
            self.give_up()
        for connection in self.connections:
            connection.socket.close()
        return self.outcome

    def next(self, connection):
        self.busy.discard(connection)
        if self.left > 0 and time.monotonic() < self.end:
            self.left -= 1
            self.busy.add(connection)
            connection.send(next(self.requests))

    def advance(self, connection):
        try:
            answer = connection.receive()
        except OSError as error:
            self.outcome.unanswered += connection in self.busy
            self.outcome.example = self.outcome.example or repr(error)
            self.reopen(connection)
            return
        if answer is None:
            return
        status, body, stays = answer
        self.outcome.statuses[status] += 1
        if status in (200, 201):
            self.outcome.latencies.append(time.monotonic() - connection.sent_at)
        else:
            self.outcome.example = self.outcome.example or f"{status}: {body[:300].decode(errors='replace')}"
        if stays:
            self.next(connection)
        else:
            self.reopen(connection)

    def reopen(self, connection):
        self.selector.unregister(connection.socket)
        connection.socket.close()
        connection.open()
        self.selector.register(connection.socket, selectors.EVENT_READ, connection)
        self.next(connection)

    def give_up(self):
        late = time.monotonic() - ANSWER_TIMEOUT
        for connection in [one for one in self.busy if one.sent_at < late]:
            self.outcome.unanswered += 1
            self.outcome.example = self.outcome.example or "no answer in time"
            self.reopen(connection)


def _work(barrier, results, arguments):
    try:
        worker = Worker(*arguments)
        barrier.wait(30)
        started = time.monotonic()
        outcome = worker.run()
        results.put((started, time.monotonic(), outcome, None))
    except BaseException as error:
        barrier.abort()
        results.put((0, 0, Outcome(), repr(error)))


def run(target, campaigns, *, connections, joins, seconds, processes=1):
    """Join for at most ``joins`` requests or ``seconds`` seconds and return the outcome."""
    context = multiprocessing.get_context("spawn")
    processes = min(processes, connections)
    barrier, results = context.Barrier(processes), context.Queue()
    workers = []
    for index in range(processes):
        share = connections // processes + (index < connections % processes)
        count = joins // processes + (index < joins % processes)
        arguments = (target, tuple(campaigns), index, share, count, seconds)
        workers.append(context.Process(target=_work, args=(barrier, results, arguments), daemon=True))
    for worker in workers:
        worker.start()
    parts = [results.get(timeout=seconds + ANSWER_TIMEOUT + 60) for _ in workers]
    for worker in workers:
        worker.join(10)
    if problems := [problem for *_, problem in parts if problem]:
        raise RuntimeError(f"the load generator failed: {problems[0]}")
    total = Outcome(seconds=max(end for _, end, _, _ in parts) - min(start for start, _, _, _ in parts))
    for _, _, part, _ in parts:
        total.add(part)
    return total
