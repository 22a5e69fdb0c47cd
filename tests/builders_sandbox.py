"""A merchant of the sandbox that needs no socket: it signs its requests and hands them to the application."""

import io
import json
from urllib.parse import unquote

from services.sandbox.contract.signing import Signer, Verifier
from services.sandbox.profile import read_profile
from services.sandbox.provider import Provider
from services.sandbox.store import Store
from tests.fakes.chassis import FakeClock

AT_ONCE = {"delay": {kind: [0, 0] for kind in ("charge", "authorise", "refund", "split", "split_return")}}


class Merchant:
    """Asks; the answers are checked for the provider's signature. ``spawned`` records the callbacks to be sent."""

    def __init__(self, profile=None, *, seed=None, controls=False, path=None, clock=None):
        self.clock = clock or FakeClock()
        self.store = Store(path)
        self.spawned = []
        self.paused = []
        self.broken = 0
        self.provider = Provider(
            self.store,
            self.clock,
            read_profile(profile or {}),
            url="http://sandbox",
            seed=seed,
            test_controls=controls,
            spawn=lambda function, *arguments: self.spawned.append(arguments[0]),
            pause=self.paused.append,
        )
        self.signer = Signer.from_text(self.provider.access.key)
        self.verifier = Verifier(self.provider.access.public_key)

    def ask(self, method, target, content=None, *, authorization=None, accept="application/json"):
        """Return (status, document) of a signed request."""
        status, body = self.raw(method, target, content, authorization=authorization, accept=accept)
        return status, json.loads(body)

    def raw(self, method, target, content=None, *, authorization=None, accept="application/json"):
        body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        if authorization is None:
            authorization = self.signer.authorization(method, target, body, self.clock.now())
        path, _, query = target.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote(path),
            "RAW_PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": authorization,
            "HTTP_ACCEPT": accept,
            "wsgi.input": io.BytesIO(body),
            "sandbox.hang_up": self.hang_up,
        }
        answered = []
        (answer,) = self.provider.api(environ, lambda status, headers: answered.append((status, dict(headers))))
        self.verifier.check_answer(answered[0][1], answer, self.clock.now())
        return int(answered[0][0].split()[0]), answer

    def hang_up(self):
        self.broken += 1

    def wait(self, **span):
        """Let time go by, and the provider work."""
        self.clock.pass_(**span)
        self.provider.work()

    def charge(self, number="c1", amount=10_000, **more):
        return self.ask("POST", "/v1/charges", {"number": number, "amount": amount, "currency": "CNY", **more})

    def paid(self, number="c1", amount=10_000, **more):
        """Make a charge that is paid."""
        self.charge(number, amount, **more)
        self.wait(seconds=1)
        return self.get("charges", number)

    def get(self, collection, number):
        return self.ask("GET", f"/v1/{collection}/{number}")[1]

    def money(self, number="c1"):
        return self.get("charges", number)["money"]

    def refund(self, number, amount, charge="c1", **more):
        content = {"number": number, "charge": charge, "amount": amount, "currency": "CNY", **more}
        return self.ask("POST", "/v1/refunds", content)

    def split(self, number, *receivers, charge="c1", **more):
        parts = [{"receiver": receiver, "amount": amount} for receiver, amount in receivers]
        content = {"number": number, "charge": charge, "receivers": parts, "currency": "CNY", **more}
        return self.ask("POST", "/v1/splits", content)

    def split_return(self, number, split, receiver, amount):
        content = {"number": number, "split": split, "receiver": receiver, "amount": amount, "currency": "CNY"}
        return self.ask("POST", "/v1/split-returns", content)

    def about(self, action, number, charge="c1", **more):
        """Capture, void or unfreeze."""
        return self.ask("POST", f"/v1/charges/{charge}/{action}", {"number": number, **more})

    def statement(self, start, end):
        times = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
        return self.ask("GET", f"/v1/statement?{times}")[1]["lines"]

    def callbacks(self):
        """Return the callbacks that wait to be sent, in the order in which they are due."""
        rows = self.store._connection.execute("SELECT document FROM callbacks ORDER BY due_at, id")
        return [json.loads(row[0]) for row in rows]

    def close(self):
        self.store.close()
