"""The tamper-evident log: what is recorded gets its place in the tree, and the tree is signed. See LOG.md."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kernel.ids import new_id
from services.reputation.domain.log_entries import entry_of
from services.reputation.domain.merkle import Span, head, leaf_hash
from services.reputation.domain.notes import Checkpoint, LogKey, new_key, signed
from services.reputation.domain.tiles import edge_of, grown, node_from, tiles_of
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

AT_ONCE = 1_000  # entries of one transaction of the sequencer
SIGN_AFTER = timedelta(seconds=60)  # at the latest after an entry got its place
SIGN_EVERY = 100  # entries, however little time has passed


def record(uow: ReputationUnitOfWork, kind: str, subject: UUID, body: Mapping[str, Any]) -> None:
    """Record ``body`` about ``subject`` in the transaction of what it tells; its place in the log comes afterwards.

    Raises ``EntryError`` for a kind that is not known, or a body that it does not allow: see domain/log_entries.py.
    """
    entry = entry_of(kind, subject, body, uow.clock.now())
    uow.log.queue(entry)
    # One timer for each transaction, with a key of its own: no two transactions wait for each other.
    if uow.log.queued == 1:
        uow.timers.set(f"sequence_log:{entry.entry_id}", uow.clock.now(), "sequence_log", {})


def sequence_log(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Give everything that was committed and waits its place; nothing happens if another timer has done so."""
    # Before the lock: the scheduler holds the row of this timer while sign_log waits for the lock.
    uow.timers.keep("sign_log", uow.clock.now() + SIGN_AFTER, "sign_log", {})
    uow.log.lock()
    entries = uow.log.take(AT_ONCE)
    if not entries:
        return
    size = uow.log.size()
    hashes = [leaf_hash(entry.commitment) for entry in entries]
    uow.log.add(size, entries)
    uow.log.keep_tiles(grown(uow.log.tiles(edge_of(size)), size, hashes))
    if size + len(entries) - _signed_size(uow) >= SIGN_EVERY:
        _sign(size + len(entries), uow)
    if len(entries) == AT_ONCE:
        uow.timers.set(f"sequence_log:{new_id()}", uow.clock.now(), "sequence_log", {})


def sign_log(payload: dict[str, Any], uow: ReputationUnitOfWork) -> None:
    """Sign the tree as it is, unless that was done."""
    uow.log.lock()
    size = uow.log.size()
    if size > _signed_size(uow):
        _sign(size, uow)


def get_log_head(question: object, uow: ReputationUnitOfWork) -> dict[str, Any]:
    """Return the head that was signed last; that of the empty tree is signed when somebody asks first."""
    found = uow.log.latest_head()
    if found is None:
        uow.log.lock()
        found = uow.log.latest_head() or _sign(0, uow)
    return found


def list_log_keys(question: object, uow: ReputationUnitOfWork) -> list[LogKey]:
    """Return all keys, the oldest first; there is always one that signs."""
    if uow.log.signing_key() is None:
        uow.log.lock()
        signing_key(uow)
    return uow.log.all_keys()


def rotate_log_key(uow: ReputationUnitOfWork) -> LogKey:
    """Let a new key sign the heads of the same log from now on; heads that older ones signed stay valid."""
    uow.log.lock()
    key = new_key(signing_key(uow).origin, uow.clock.now())
    uow.log.add_key(key)
    return key


def signing_key(uow: ReputationUnitOfWork) -> LogKey:
    """Return the key that signs; it is made, with the name of the log, when it is first needed. Call it locked."""
    key = uow.log.signing_key()
    if key is None:
        key = new_key(f"pinlian/reputation/{new_id()}", uow.clock.now())
        uow.log.add_key(key)
    return key


def _signed_size(uow: ReputationUnitOfWork) -> int:
    found = uow.log.latest_head()
    return 0 if found is None else found["size"]


def _sign(size: int, uow: ReputationUnitOfWork) -> dict[str, Any]:
    tiles = uow.log.tiles(tiles_of([Span(0, size)]))
    root = head(size, lambda node: node_from(tiles, node))
    key = signing_key(uow)
    note = signed(Checkpoint(key.origin, size, root), key)
    uow.log.keep_head(size, root, note)
    return {"size": size, "root": root, "note": note, "signed_at": uow.clock.now()}
