"""Sends callbacks: outside of any transaction, several at a time, again with backoff until somebody answers 2xx."""

import logging
from collections.abc import Callable, Iterable

import requests

from services.kernel.clock import Clock
from services.sandbox.callbacks import Callback
from services.sandbox.contract.signing import Signer
from services.sandbox.profile import Retries
from services.sandbox.store import Store

log = logging.getLogger(__name__)

TIMEOUT = (2.0, 5.0)  # seconds to connect, and to be answered
# The merchant may be unable to listen while it waits for the answer that this one is to precede.
TIMEOUT_EARLY = (0.5, 1.0)
BATCH = 100
Timeout = tuple[float, float]


class Delivery:
    """Sends what is due. ``spawn(function, *arguments)`` runs a function at the side."""

    def __init__(
        self, store: Store, clock: Clock, signer: Signer, retries: Retries, spawn: Callable[..., object]
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._retries = retries
        self._spawn = spawn
        self._under_way: set[int] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def start_due(self) -> None:
        """Begin to send what is due and not under way yet."""
        with self._store as transaction:
            due = transaction.due_callbacks(self._clock.now(), BATCH + len(self._under_way))
        for callback_id in self._take(due):
            self._spawn(self._send_and_release, callback_id, TIMEOUT)

    def send_now(self, callback_ids: Iterable[int]) -> None:
        """Send these, and return when each was answered or not."""
        for callback_id in self._take(callback_ids):
            self._send_and_release(callback_id, TIMEOUT_EARLY)

    def _take(self, callback_ids: Iterable[int]) -> list[int]:
        taken = [callback_id for callback_id in callback_ids if callback_id not in self._under_way]
        self._under_way.update(taken)
        return taken

    def _send_and_release(self, callback_id: int, timeout: Timeout) -> None:
        try:
            self._send(callback_id, timeout)
        finally:
            self._under_way.discard(callback_id)

    def _send(self, callback_id: int, timeout: Timeout) -> None:
        now = self._clock.now()
        with self._store as transaction:
            callback = transaction.callback(callback_id)
        if callback is None or callback.due_at > now:
            return
        arrived = self._post(callback, timeout)
        after = None if arrived else callback.after_failure(self._clock.now(), self._retries)
        if not arrived and after is None:
            log.warning("a callback was given up", extra={"number": callback.number, "attempts": callback.attempts + 1})
        with self._store as transaction:
            transaction.change_callback(callback_id, after)

    def _post(self, callback: Callback, timeout: Timeout) -> bool:
        body = callback.body.encode()
        headers = {"Content-Type": "application/json", **self._signer.headers(body, self._clock.now())}
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(callback.url, body, headers=headers, timeout=timeout, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:
            log.info("a callback did not arrive", extra={"number": callback.number, "why": type(error).__name__})
            return False
        return 200 <= answer.status_code < 300
