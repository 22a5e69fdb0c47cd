"""A small client of the public API: one keep-alive connection, repeats with the same key while a server is away."""

import http.client
import json
import secrets
import time
from urllib.parse import urlencode, urlsplit

TRY_AGAIN = {429, 502, 503, 504}
PATIENCE = 60  # seconds


class ApiError(Exception):
    """The API refused, or nobody answered."""


class Api:
    """Not for sharing between threads: each makes its own with ``another()``."""

    def __init__(self, url, token, timeout=30):
        self.url, self.token, self.timeout = url.rstrip("/"), token, timeout
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._prefix = parts.path
        self.commands, self.latencies = 0, []

    def another(self, token=None):
        return Api(self.url, token or self.token, self.timeout)

    def get(self, path, **query):
        return self._must("GET", path + (f"?{urlencode(query)}" if query else ""), None, {})

    def post(self, path, body=None, *, key=None):
        """Send a command until it is answered; a repeat carries the same key."""
        headers = {"Idempotency-Key": key or secrets.token_hex(12), "Content-Type": "application/json"}
        started = time.monotonic()
        answer = self._must("POST", path, json.dumps(body or {}), headers)
        self.latencies.append(time.monotonic() - started)
        self.commands += 1
        return answer

    def items(self, path, **query):
        """Yield all items of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, limit=100, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            if (cursor := page["next_cursor"]) is None:
                return

    def wait_for(self, path, right, seconds=PATIENCE, **query):
        """Ask until ``right(answer)`` and return the answer: events need a moment to arrive."""
        until, pause = time.monotonic() + seconds, 0.01
        while True:
            answer = self.get(path, **query)
            if right(answer):
                return answer
            if time.monotonic() > until:
                raise ApiError(f"GET {path} {query} was not right within {seconds} s, last: {str(answer)[:300]}")
            time.sleep(pause)
            pause = min(0.25, pause * 1.5)

    def _must(self, method, path, body, headers):
        until = time.monotonic() + PATIENCE
        while True:
            status, answer = self.once(method, path, body, headers)
            if 200 <= status < 300:
                return answer
            if status not in TRY_AGAIN | {0} or time.monotonic() > until:
                raise ApiError(f"{method} {path}: {status} {str(answer)[:500]}")
            time.sleep(0.2 if status != 429 else 1.0)

    def once(self, method, path, body, headers):
        """Send a request once; return the status and the parsed answer, or 0 and what went wrong."""
        try:
            sent = {"Authorization": f"Bearer {self.token}", **headers}
            self._connection.request(method, self._prefix + path, body, sent)
            response = self._connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._connection.close()
            return 0, repr(error)
