"""The provider put together: its file, its keys, its desk, its API. running.py gives it a socket and time."""

from collections.abc import Callable
from datetime import datetime

from services.chassis.errors import StartupError
from services.chassis.settings import SandboxAccess
from services.kernel.clock import Clock
from services.sandbox.api import Api
from services.sandbox.contract.signing import Signer, Verifier
from services.sandbox.delivery import Delivery
from services.sandbox.desk import Desk
from services.sandbox.mischief import Mischief
from services.sandbox.pages import Pages
from services.sandbox.profile import Profile
from services.sandbox.store import Store

FIRST_SEED = 1


class Provider:
    """One provider with one merchant; ``url`` is where both and the payers find it.

    ``spawn(function, *arguments)`` runs a function at the side, ``pause(seconds)`` lets time go by.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        profile: Profile,
        *,
        url: str,
        seed: int | None = None,
        test_controls: bool = False,
        spawn: Callable[..., object],
        pause: Callable[[float], object],
    ) -> None:
        self._store = store
        self._clock = clock
        self._url = url
        self._recall(seed)
        self._desk = Desk(store, clock, Mischief(self.seed, profile), self.seed, url)
        self._delivery = Delivery(store, clock, self._signer, profile.retry, spawn)
        pages = Pages(self._desk, controls=test_controls)
        verifier = Verifier(self._merchant.public_text)
        self.api = Api(self._desk, self._delivery, self._signer, verifier, pages, pause)

    @property
    def access(self) -> SandboxAccess:
        """What the merchant needs to know, for its settings."""
        return SandboxAccess(self._url, self._merchant.private_text, self._signer.public_text)

    def work(self) -> None:
        """Do what is due, and begin to send the callbacks that are."""
        self._desk.run_due()
        self._delivery.start_due()

    def next_due(self) -> datetime | None:
        """Return when the next thing happens here by itself, or None."""
        with self._store as transaction:
            return transaction.next_due()

    def at_rest(self) -> bool:
        """Tell whether nothing happens here until the clock moves or somebody asks."""
        due = self.next_due()
        return self._delivery.is_idle and (due is None or due > self._clock.now())

    def _recall(self, seed: int | None) -> None:
        """Read, or the first time make, what belongs to the file: keys and seed."""
        with self._store as transaction:
            self._signer = Signer.from_text(transaction.recall("provider_key", Signer.generate().private_text))
            self._merchant = Signer.from_text(transaction.recall("merchant_key", Signer.generate().private_text))
            self.seed = int(transaction.recall("seed", str(FIRST_SEED if seed is None else seed)))
        if seed not in (None, self.seed):
            raise StartupError(
                f"the file was begun with --seed {self.seed}, not {seed}; "
                "leave --seed out, or begin another file with --data"
            )
