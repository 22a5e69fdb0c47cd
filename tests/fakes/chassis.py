"""Fakes of the chassis for unit tests: they record, they check contracts, and they open no socket."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from services.kernel.ids import new_id
from services.kernel.policy import Policy

MONDAY = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that the test moves."""

    def __init__(self, now=MONDAY):
        self.time = now

    def now(self):
        return self.time

    def pass_(self, **span):
        self.time += timedelta(**span)
        return self.time


class FakeOutbox:
    """Records events as (name, subject, data) and refuses what breaks the contract, as the real one does."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.events = []

    def add_many(self, events):
        for name, subject, data, *_ in events:
            self.add(name, subject, data)

    def add(self, name, subject, data, lane=None):
        errors = self.schemas[name].validate(data)
        assert not errors, f"{name} breaks its contract: {errors}"
        self.events.append((name, str(subject), data))

    def names(self):
        return [name for name, _, _ in self.events]

    def data_of(self, name):
        return [data for event, _, data in self.events if event == name]


class FakeTimers:
    """Keeps timers in a dict: key -> (due_at, command, payload)."""

    def __init__(self):
        self.pending = {}

    def set(self, key, due_at, command, payload):
        self.pending[key] = (due_at, command, payload)

    def set_many(self, timers):
        for key, due_at, command, payload, *_ in timers:
            self.set(key, due_at, command, payload)

    def keep(self, key, due_at, command, payload):
        self.pending.setdefault(key, (due_at, command, payload))

    def cancel(self, key):
        self.pending.pop(key, None)

    def cancel_many(self, keys):
        for key in keys:
            self.cancel(key)


class FakeUnitOfWork:
    """A unit of work in memory. A service's fake subclasses it and adds its repositories."""

    service = "fake"
    event_schemas: ClassVar = {}

    def __init__(self, clock=None, policy=Policy()):
        self.clock = clock or FakeClock()
        self.policy = policy
        self.outbox = FakeOutbox(self.event_schemas)
        self.timers = FakeTimers()
        self.contexts = ()
        self.committed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def commit(self):
        self.committed = True

    def rollback(self):
        pass

    def context_of(self, index):
        return self.contexts[index] if self.contexts else None


def request(data=None, *, role="node_operator", key=None, if_match=None, **ids):
    """Build a request as the gateway sends it."""
    caller = {"token_id": f"tok_{role}", "role": role, "community_id": None, "member_id": None, "supplier_id": None}
    caller.update({name: str(value) for name, value in ids.items()})
    return {"caller": caller, "idempotency_key": key or str(new_id()), "if_match": if_match, "data": data or {}}
