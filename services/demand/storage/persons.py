"""The key by which persons are recognised. Only this service's role can read it."""

from secrets import token_bytes

from sqlalchemy import Connection, func, select

from services.demand.storage.sharing_tables import person_keys
from services.kernel.clock import Clock

KEY_BYTES = 32
# The number of our advisory lock: "pers" in ASCII.
LOCK = 0x70657273


class PersonKey:
    """The one key of the node; it is made when it is first needed, by one of all who need it."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._known: bytes | None = None

    def secret(self) -> bytes:
        """Return the key."""
        if self._known is None:
            self._known = self._find() or self._make()
        return self._known

    def _find(self) -> bytes | None:
        found = self._connection.scalar(select(person_keys.c.secret).order_by(person_keys.c.created_at).limit(1))
        return None if found is None else bytes(found)

    def _make(self) -> bytes:
        self._connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        known = self._find()
        if known is None:
            known = token_bytes(KEY_BYTES)
            self._connection.execute(person_keys.insert().values(secret=known, created_at=self._clock.now()))
        return known
