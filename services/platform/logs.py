"""Copies of the tamper-evident log: out of a database, an API or a file, and into a file.

A file is lines of JSON: the first says what it is and by which keys, then one line for each head and each entry.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import select

from services.chassis.errors import StartupError
from services.kernel.caller import Caller, Role
from services.kernel.errors import InvalidError
from services.platform.play.client import Api
from services.platform.play.errors import ScenarioError
from services.reputation import handlers, views
from services.reputation.domain.log_audit import CopiedEntry
from services.reputation.domain.log_commands import ProveConsistency, ProveInclusion
from services.reputation.domain.notes import VerifierKey, read_key
from services.reputation.storage.log_tables import log_entries, log_heads
from services.reputation.storage.unit_of_work import ReputationUnitOfWork

FORMAT = "pinlian-log/1"
CHUNK = 5_000  # rows that are fetched at once
PATIENCE = 20.0  # seconds for a node that is away
OPERATOR = Caller("pinlian-command", Role.NODE_OPERATOR)

Proof = Callable[[int, int], list[bytes]]


@dataclass(slots=True)
class Copy:
    """A log as somebody has it. The proofs are those that its holder gives, where there is one to be asked."""

    keys: list[VerifierKey]
    notes: list[str]
    entries: Iterable[CopiedEntry]
    consistency: Proof | None = None
    inclusion: Proof | None = None


def from_database(uow: ReputationUnitOfWork) -> Copy:
    """Return the log of a database, read in chunks while it is looked at."""
    keys = [key.verifier for key in handlers.list_log_keys(None, uow)]
    notes = list(uow.connection.execute(select(log_heads.c.note).order_by(log_heads.c.size)).scalars())

    def entries() -> Iterator[CopiedEntry]:
        columns, last = log_entries.c, -1
        wanted = (columns.index, columns.commitment, columns.record, columns.salt)
        while True:
            query = select(*wanted).where(columns.index > last).order_by(columns.index).limit(CHUNK)
            rows = uow.connection.execute(query).all()
            yield from (CopiedEntry(row.index, bytes(row.commitment), row.record, bytes(row.salt)) for row in rows)
            if len(rows) < CHUNK:
                return
            last = rows[-1].index

    def consistency(first: int, second: int) -> list[bytes]:
        return _hashes(views.log.get_consistency_proof(ProveConsistency(OPERATOR, first, second), uow))

    def inclusion(index: int, size: int) -> list[bytes]:
        return _hashes(views.log.get_inclusion_proof(ProveInclusion(OPERATOR, index, size), uow))

    return Copy(keys, notes, entries(), consistency, inclusion)


def from_api(url: str, token: str | None) -> Copy:
    """Return the log of a node as ``token`` may see it."""
    api = Api(url, patience=PATIENCE)

    def get(path: str, **query: int) -> dict[str, Any]:
        try:
            answer = api.send("GET", f"/v1/log/{path}", token, query=query)
        except ScenarioError as error:
            raise StartupError(str(error)) from None
        if answer.status == 401:
            raise StartupError(f"{url} wants a token; give --token or PINLIAN_TOKEN")
        if not answer.ok or not isinstance(answer.body, dict):
            raise StartupError(
                f"{url}/v1/log/{path} answered {answer.status} ({answer.code}); is it a node of Pinlian?"
            )
        return answer.body

    def entries() -> Iterator[CopiedEntry]:
        at = 0
        while items := get("entries", **{"from": at})["items"]:
            yield from (_entry(one) for one in items)
            at += len(items)

    def notes() -> Iterator[str]:
        page = get("heads")
        while True:
            yield from (one["note"] for one in page["heads"])
            if not page["more"]:
                return
            page = get("heads", beyond=page["heads"][-1]["size"])

    keys = [_key(one["key"], url) for one in get("key")["keys"]]
    get("head")  # that of an empty log is signed when somebody asks
    return Copy(
        keys,
        list(notes()),
        entries(),
        lambda first, second: _hashes(get("proofs/consistency", **{"from": first, "to": second})),
        lambda index, size: _hashes(get("proofs/inclusion", index=index, size=size)),
    )


def from_file(path: str) -> Copy:
    """Return the log of a file that ``write`` made; raise ``StartupError`` that names the line that is wrong."""
    lines = _lines(path)
    first = next(lines, None)
    if first is None or first[1].get("format") != FORMAT:
        raise StartupError(f"{path} is no copy of a log; expected a file of pinlian log export")
    keys = [_key(one, path) for one in first[1].get("keys", [])]
    notes, waiting = [], None
    for number, line in lines:
        if "head" not in line:
            waiting = number, line
            break
        notes.append(str(line["head"]))

    def entries() -> Iterator[CopiedEntry]:
        for number, line in _chained(waiting, lines):
            try:
                yield _entry(line)
            except (KeyError, TypeError, ValueError):
                raise StartupError(f"{path}: line {number} is no entry of a log") from None

    return Copy(keys, notes, entries())


def write(copy: Copy, out: TextIO) -> int:
    """Write a copy as lines of JSON; return how many entries it has."""
    _put(out, {"format": FORMAT, "keys": [str(key) for key in copy.keys]})
    for note in copy.notes:
        _put(out, {"head": note})
    count = 0
    for entry in copy.entries:
        line: dict[str, Any] = {"index": entry.index, "commitment": entry.commitment.hex()}
        if entry.record is not None and entry.salt is not None:
            line |= {"record": entry.record, "salt": entry.salt.hex()}
        _put(out, line)
        count += 1
    return count


def read_kept(path: str) -> tuple[list[str], list[bytes] | None]:
    """Return what somebody kept: the note of a head, or the heads and leaves of a whole copy."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise StartupError(f"--from-head {path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise StartupError(f"--from-head {path} is not UTF-8; expected a signed head or a copy of the log") from None
    if not text.startswith("{"):
        return [text], None
    copy = from_file(path)
    return copy.notes, [entry.commitment for entry in copy.entries]


def _chained(first: tuple[int, dict[str, Any]] | None, rest: Iterator[Any]) -> Iterator[Any]:
    if first is not None:
        yield first
    yield from rest


def _lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                line = json.loads(text)
                if not isinstance(line, dict):
                    raise ValueError("no object")
                yield number, line
    except OSError as error:
        raise StartupError(f"{path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise StartupError(f"{path} is no copy of a log; expected a file of pinlian log export") from None


def _entry(line: dict[str, Any]) -> CopiedEntry:
    salt = line.get("salt")
    commitment = bytes.fromhex(line["commitment"])
    return CopiedEntry(line["index"], commitment, line.get("record"), None if salt is None else bytes.fromhex(salt))


def _key(text: str, where: str) -> VerifierKey:
    try:
        return read_key(text)
    except InvalidError:
        raise StartupError(f"{where} has a key that cannot be read; expected name+id+base64") from None


def _hashes(proof: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(one) for one in proof["hashes"]]


def _put(out: TextIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
