"""How everybody here asks: with a key, again and again until the answer is definite, and then it is written down."""

import json
import secrets
import threading
import time
from dataclasses import replace

from tests.api import Api
from tests.chaos.history import Said
from tests.e2e.nodes import passing

PATIENCE = 180  # seconds until a client gives up; an answer that never comes is a fault
PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds between tries; the last one from then on


class Notebook:
    """One client's history, shared by its threads."""

    def __init__(self, path):
        self._file, self._lock = path.open("a"), threading.Lock()

    def write(self, said):
        with self._lock:
            self._file.write(said.line() + "\n")
            self._file.flush()


class Asker:
    """One connection of a client; not for sharing between threads."""

    def __init__(self, url, client, notebook, timeout=10):
        self.client, self._api, self._notebook = client, Api(url, "", timeout), notebook

    def ask(self, op, path, body=None, *, token, campaign=None, commitment=None, again=False, method="POST"):
        """Ask until the answer is definite and write it down; ``again`` asks once more with the same key."""
        key, at = (secrets.token_hex(12) if method == "POST" else None), time.time()
        status, answer, tries = self._until_definite(method, path, body, token, key)
        said = Said(
            self.client, op, key, path, body, token, campaign, commitment, at, time.time(), tries, status,
            answer if isinstance(answer, dict) else {"lost": answer}, self._broken,
        )  # fmt: skip
        said = self.repeat(said) if again and said.accepted else said
        self._notebook.write(said)
        return said

    def repeat(self, said):
        """Ask the same with the same key, and return it with whether the answer was the same."""
        status, answer, _ = self._until_definite("POST", said.path, said.body, said.token, said.key)
        return replace(said, again=(status, answer) == (said.status, said.answer))

    def _until_definite(self, method, path, body, token, key):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        text = None if method == "GET" else json.dumps(body or {})
        end, tries, self._broken = time.monotonic() + PATIENCE, 0, 0
        while True:
            status, answer = self._api.once(method, path, text, headers)
            tries += 1
            self._broken += status == 500
            if not (status >= 500 or passing(status, answer)):
                return status, answer, tries
            if time.monotonic() > end:
                return 0, answer, tries
            time.sleep(PAUSES[min(tries, len(PAUSES)) - 1])
