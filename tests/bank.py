"""The sandbox provider and its driver in one process, without a socket: every byte that they exchange is real."""

import io
import re
from contextlib import suppress
from hashlib import sha256
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from services.campaign.providers.port import ProviderUnavailable
from services.campaign.providers.sandbox import SandboxProvider
from services.sandbox.contract.signing import Signer, Verifier
from services.sandbox.profile import read_profile
from services.sandbox.provider import Provider
from services.sandbox.store import Store

URL = "http://sandbox"
QUICK = {"delay": {kind: [0, 0] for kind in ("charge", "authorise", "refund", "split", "split_return")}}


_AN_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|S[0-9A-F]{24}")


class Bank:
    """A sandbox provider with the bad luck of ``profile``, on a clock of ours; ``driver`` speaks to it."""

    def __init__(self, clock, profile=QUICK, *, seed=1):
        self.clock = clock
        self.away = False
        self._seed = seed
        self._store = Store(None)
        self._provider = Provider(
            self._store,
            clock,
            read_profile(profile),
            url=URL,
            seed=seed,
            spawn=lambda *_: None,
            pause=lambda _: None,
            test_controls=True,
        )
        self._ranks = {}
        self._provider._desk.mischief._draw = self._draw
        access = self._provider.access
        self.driver = SandboxProvider(URL, Signer.from_text(access.key), Verifier(access.public_key), clock)
        self.driver._session.mount(URL, _Wire(self))
        self._signer = self._provider._signer

    def api(self, environ, start_response):
        return self._provider.api(environ, start_response)

    def _draw(self, *what):
        """Draw luck by the rank of an order and not by its number, which is another one in each run."""
        ranked = _AN_ID.sub(lambda found: str(self._ranks.setdefault(found[0], len(self._ranks))), "\n".join(what))
        digest = sha256(f"{self._seed} {ranked}".encode()).digest()
        return int.from_bytes(digest[:7]) / 2**56

    def work(self):
        """Do what is due."""
        self._provider._desk.run_due()

    def next_due(self):
        return self._provider.next_due()

    def ring(self, take):
        """Call back whoever is due by ``take(headers, body)``; return how many calls that were."""
        self.work()
        with self._store as transaction:
            due = list(transaction.due_callbacks(self.clock.now(), 1000))
        for callback_id in due:
            with self._store as transaction:
                callback = transaction.callback(callback_id)
            body = callback.body.encode()
            take(dict(self._signer.headers(body, self.clock.now())), body)
            with self._store as transaction:
                transaction.change_callback(callback_id, None)
        return len(due)

    def decide(self, number, reason=None):
        """Let the payer of a charge pay, or decline for a reason; only where the profile says ``pay: manual``."""
        with self._store as transaction:
            self._provider._desk.books(transaction).decide(number, reason)

    def money(self, number):
        """Where the money of a charge is, in minor units."""
        return self._insist(lambda: self.driver._ask("GET", f"/v1/charges/{number}")["money"])

    def statement(self, start, end):
        """What happened, by the provider's word."""
        return self._insist(lambda: list(self.driver.statement(start, end)))

    @staticmethod
    def _insist(ask):
        """Ask until there is an answer, whatever happens to answers here."""
        for _ in range(100):
            with suppress(ProviderUnavailable):
                return ask()
        raise AssertionError("a hundred answers were lost")


class _Wire(BaseAdapter):
    """Takes a request to the application and its answer back, or breaks as the application wants it."""

    def __init__(self, bank):
        super().__init__()
        self._bank = bank

    def send(self, request, **_):
        if self._bank.away:
            raise requests.ConnectionError("the provider is away")
        parts, body = urlsplit(request.path_url), request.body or b""
        broken, answered = [], []
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote(parts.path),
            "RAW_PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": request.headers["Authorization"],
            "HTTP_ACCEPT": "application/json",
            "wsgi.input": io.BytesIO(body),
            "sandbox.hang_up": lambda: broken.append(True),
        }
        content = b"".join(self._bank.api(environ, lambda status, headers: answered.append((status, headers))))
        if broken:
            raise requests.ConnectionError("the connection broke")
        response = requests.Response()
        response.status_code = int(answered[0][0].split()[0])
        response.headers.update(dict(answered[0][1]))
        response._content = content
        return response

    def close(self):
        pass
