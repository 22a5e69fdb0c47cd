"""The public API as a player uses it: operations by their id, repeats with the same key while a server is away."""

import re
import time
from dataclasses import dataclass
from typing import Any

import requests

from services.kernel.ids import new_id
from services.platform.play.errors import ScenarioError

# The server is away, busy or told us to slow down: nothing is known to have happened, or the key tells.
TRY_AGAIN = {429, 502, 503, 504}
PAUSE = 0.3  # seconds between two tries
TIMEOUT = 30  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 400

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class Api:
    """One deployment at ``url``. A call is repeated for up to ``patience`` seconds while nobody answers."""

    def __init__(self, url: str, *, patience: float = 60) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        self._session = requests.Session()
        # A proxy of the environment has no business between a player and its platform.
        self._session.trust_env = False
        self._operations: dict[str, tuple[str, str]] = {}
        self.calls = 0

    def operation(self, operation: str) -> tuple[str, str]:
        """Return (method, path) of an operation; raise ``ScenarioError`` for one that the API does not have."""
        if not self._operations:
            self._operations = self._read_operations()
        if operation not in self._operations:
            raise ScenarioError(f"the API has no operation {operation!r}; it has {', '.join(sorted(self._operations))}")
        return self._operations[operation]

    def do(self, operation: str, token: str, data: dict[str, Any], *, if_match: str | None = None) -> Answer:
        """Call an operation: what its path names is taken from ``data``, the rest is the body or the query."""
        method, path = self.operation(operation)
        rest = dict(data)

        def take(found: re.Match[str]) -> str:
            if found[1] not in rest:
                raise ScenarioError(f"{operation} needs {found[1]} in with")
            return str(rest.pop(found[1]))

        path = re.sub(r"\{(\w+)\}", take, path)
        if method == "GET":
            return self.send("GET", path, token, query=rest)
        return self.send(method, path, token, body=rest, if_match=if_match)

    def send(
        self,
        method: str,
        path: str,
        token: str | None,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
        if_match: str | None = None,
    ) -> Answer:
        """Send a request until it is answered; a POST keeps its Idempotency-Key over all tries."""
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        if method == "POST":
            headers["Idempotency-Key"] = str(new_id())
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        deadline = time.monotonic() + self._patience
        while True:
            answer = self._try(method, path, headers, body, query)
            if answer.status not in TRY_AGAIN and answer.status != 0:
                return answer
            if time.monotonic() > deadline:
                if answer.status == 0:
                    raise ScenarioError(f"{self.url} does not answer: {answer.body}")
                return answer
            time.sleep(PAUSE)

    def _try(self, method: str, path: str, headers: dict, body: dict | None, query: dict | None) -> Answer:
        self.calls += 1
        sent = None if method in ("GET", "DELETE") else (body or {})
        try:
            answer = self._session.request(
                method, self.url + path, headers=headers, json=sent, params=query, timeout=TIMEOUT
            )
        except requests.RequestException as error:
            return Answer(0, type(error).__name__)
        if not answer.content:
            return Answer(answer.status_code, None)
        try:
            return Answer(answer.status_code, answer.json())
        except ValueError:
            return Answer(answer.status_code, {"code": None, "detail": answer.text[:200]})

    def _read_operations(self) -> dict[str, tuple[str, str]]:
        answer = self.send("GET", "/openapi.json", None)
        if not answer.ok or not isinstance(answer.body, dict) or "paths" not in answer.body:
            raise ScenarioError(f"{self.url}/openapi.json is not the API of Pinlian (status {answer.status})")
        return {
            details["operationId"]: (method.upper(), path)
            for path, methods in answer.body["paths"].items()
            for method, details in methods.items()
            if isinstance(details, dict) and "operationId" in details
        }
