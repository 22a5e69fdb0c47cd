"""The driver of the sandbox provider (services/sandbox/SANDBOX.md)."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter

from services.campaign.providers.facts import FACTS
from services.campaign.providers.port import (
    BadCallback,
    Kind,
    Limits,
    Order,
    ProviderRefused,
    ProviderUnavailable,
    Result,
    StatementLine,
    Status,
)
from services.campaign.providers.sandbox_wire import (
    body_of,
    limits_of,
    line_of,
    path_of_order,
    path_of_query,
    result_of,
)
from services.kernel.clock import Clock, SystemClock, format_time
from services.sandbox.contract.signing import SignatureError, Signer, Verifier

CONNECTIONS = 64  # that are kept; more are made as they are needed
CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 5.0
# Nothing is wrong with such a request: it comes too soon, or the keys or the clock here have to be mended first.
MENDABLE = {401, 408, 425, 429}


class SandboxProvider:
    """A merchant of the sandbox at ``url``. It may be used by many threads."""

    name = "sandbox"
    traits = FACTS[name].traits

    def __init__(
        self,
        url: str,
        signer: Signer,
        verifier: Verifier,
        clock: Clock = SystemClock(),
        *,
        timeout: tuple[float, float] = (CONNECT_SECONDS, ANSWER_SECONDS),
    ) -> None:
        self.limits = FACTS[self.name].limits
        self._url = url.rstrip("/")
        self._signer = signer
        self._verifier = verifier
        self._clock = clock
        self._timeout = timeout
        self._session = requests.Session()
        self._session.mount(self._url, HTTPAdapter(pool_maxsize=CONNECTIONS))
        # What the environment says of proxies and passwords is for other hosts, and looking it up costs time.
        self._session.trust_env = False

    def send(self, order: Order) -> Result:
        """Give an order."""
        answer = self._ask("POST", path_of_order(order), body_of(order))
        return self._read(answer, order.number, order.kind)

    def query(self, number: str, kind: Kind) -> Result:
        """Return what became of an order."""
        try:
            answer = self._ask("GET", path_of_query(number, kind))
        except ProviderRefused as refusal:
            if refusal.code == "ORDER_NOT_FOUND":
                return Result(number, Status.UNKNOWN, kind=kind)
            raise
        return self._read(answer, number, kind)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Result:
        """Return what a callback tells."""
        try:
            self._verifier.check_answer(headers, body, self._clock.now())
            return result_of(json.loads(body)["order"])
        except SignatureError as error:
            raise BadCallback(str(error)) from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadCallback(f"it is signed, but not readable ({type(error).__name__})") from None

    def statement(self, start: datetime, end: datetime) -> Iterable[StatementLine]:
        """Return what happened from ``start`` to before ``end``."""
        query = urlencode({"from": format_time(start), "to": format_time(end)})
        answer = self._ask("GET", f"/v1/statement?{query}")
        try:
            return [line_of(line) for line in answer["lines"]]
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(error) from None

    def learn_limits(self) -> Limits:
        """Ask which limits this merchant has, and keep them in ``limits``."""
        self.limits = limits_of(self._ask("GET", "/v1/limits"))
        return self.limits

    def _read(self, answer: dict[str, Any], number: str, kind: Kind) -> Result:
        """Read an order; an answer to another question, however well signed, tells nothing about ours."""
        try:
            result = result_of(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(error) from None
        if (result.number, result.kind) != (number, kind):
            raise ProviderUnavailable("its answer is about another order")
        return result

    def _ask(self, method: str, target: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a signed request and return the answer once its signature is checked."""
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        request = requests.Request(method, self._url + target, {"Content-Type": "application/json"}, data=body)
        prepared = self._session.prepare_request(request)
        # The signature is of the address as it is sent, after everybody has had his way with its escapes.
        prepared.headers["Authorization"] = self._signer.authorization(
            method, prepared.path_url, body, self._clock.now()
        )
        try:
            answer = self._session.send(prepared, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            raise ProviderUnavailable(f"it did not answer ({type(error).__name__})") from None
        content = self._content(answer)
        if answer.status_code >= 400:
            message = content.get("message", f"status {answer.status_code}")
            raise ProviderRefused(content.get("code", "REFUSED"), message)
        return content

    def _content(self, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code >= 500:
            raise ProviderUnavailable(f"it answered {answer.status_code}")
        try:
            self._verifier.check_answer(answer.headers, answer.content, self._clock.now())
            content = json.loads(answer.content)
        except SignatureError as error:
            raise ProviderUnavailable(f"its answer cannot be trusted: {error}") from None
        except (ValueError, RecursionError):
            raise ProviderUnavailable("its answer is not JSON") from None
        if not isinstance(content, dict):
            raise ProviderUnavailable("its answer is no object")
        if answer.status_code in MENDABLE:
            raise ProviderUnavailable(f"it answered {answer.status_code}: {content.get('message')}")
        return content


def _unreadable(error: Exception) -> ProviderUnavailable:
    return ProviderUnavailable(f"its answer is not readable ({type(error).__name__})")
