"""The keys that sign check-in codes. Only this service's role can read their private parts."""

from sqlalchemy import Connection, select, text, update

from services.campaign.storage.delivery_tables import signing_keys
from services.kernel.clock import Clock
from services.kernel.signing import SigningKey

# The number of our advisory lock: "keys" in ASCII, after "pinl" of the migrations.
LOCK = 0x6B657973


class SigningKeys:
    """One key signs; those before it still verify."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def all(self) -> list[SigningKey]:
        """Return every key, the oldest first."""
        query = select(signing_keys).order_by(signing_keys.c.created_at, signing_keys.c.key_id)
        return [SigningKey(**row) for row in self._connection.execute(query).mappings()]

    def signing(self) -> SigningKey | None:
        """Return the key that signs, or None where none was made yet."""
        query = select(signing_keys).where(signing_keys.c.retired_at.is_(None))
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else SigningKey(**row)

    def lock(self) -> None:
        """Let nobody else make a key until the end of the transaction."""
        self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})

    def add(self, key: SigningKey) -> None:
        """Keep a new key that signs from now on; the one before retires."""
        now = self._clock.now()
        self._connection.execute(update(signing_keys).where(signing_keys.c.retired_at.is_(None)).values(retired_at=now))
        values = {name: getattr(key, name) for name in ("key_id", "private", "public", "created_at", "retired_at")}
        self._connection.execute(signing_keys.insert().values(values))
