"""The log over a million entries: appending, proofs out of PostgreSQL, verifying, beside computing the tree anew.

``make bench-log``; ``python -m bench.log --entries 1000000``. The tiles are those that the service keeps, in a database
of their own on the PostgreSQL of ``PINLIAN_TEST_POSTGRES_URL`` or of this machine's usual port, dropped afterwards. The
yardstick is the same machine's recomputation of the root from all leaves, which is what a proof costs without a tree.
The last line is JSON.
"""

import argparse
import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, make_url, text

from services.chassis import migrations
from services.chassis.database import make_engine
from services.kernel.clock import SystemClock
from services.reputation.domain import merkle
from services.reputation.domain.merkle import Span
from services.reputation.domain.tiles import edge_of, grown, node_from, tiles_of
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from tests import servers

STEP = 1_000  # entries of one append, as many as the sequencer takes at once
PROOFS = 500


@contextmanager
def a_database() -> Iterator[Engine]:
    """Yield an engine of a new database with the schema of reputation."""
    admin_url = servers.need("postgres")
    name = f"pinlian_bench_{uuid.uuid4().hex[:8]}"
    admin = make_engine(admin_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(make_url(admin_url).set(database=name).render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            connection.execute(text("CREATE SCHEMA reputation"))
            connection.commit()
            migrations.upgrade("reputation", connection)
            connection.commit()
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def grow(engine: Engine, leaves: list[bytes]) -> float:
    """Append all leaves as the sequencer does, a transaction for each step; return the seconds."""
    begun = told = time.monotonic()
    for size in range(0, len(leaves), STEP):
        with ReputationUnitOfWork(engine, SystemClock()) as uow:
            uow.log.keep_tiles(grown(uow.log.tiles(edge_of(size)), size, leaves[size : size + STEP]))
            uow.commit()
        if time.monotonic() - told > 1:
            told = time.monotonic()
            print(f"\r{size:,} of {len(leaves):,} entries", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return time.monotonic() - begun


def timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return the milliseconds that ``work`` takes, and what it returns."""
    begun = time.perf_counter()
    result = work(*arguments)
    return (time.perf_counter() - begun) * 1000, result


def proof(engine: Engine, spans: list[Span]) -> list[bytes]:
    """Return the hashes of a proof as the service makes them, in a transaction of its own."""
    with ReputationUnitOfWork(engine, SystemClock()) as uow:
        tiles = uow.log.tiles(tiles_of(spans))
    return merkle.prove(spans, lambda node: node_from(tiles, node))


def measure(engine: Engine, leaves: list[bytes], chance: random.Random) -> dict[str, list[float]]:
    """Make and verify proofs of random entries and between random sizes; every one has to hold."""
    size, found = len(leaves), {name: [] for name in ("consistency", "extends", "inclusion", "includes")}
    whole = proof(engine, [Span(0, size)])[0]
    for _ in range(PROOFS):
        first, index = chance.randint(1, size - 1), chance.randrange(size)
        old = proof(engine, [Span(0, first)])[0]
        made, hashes = timed(proof, engine, merkle.consistency_spans(first, size))
        checked, holds = timed(merkle.extends, first, old, size, whole, hashes)
        found["consistency"].append(made)
        found["extends"].append(checked)
        made, hashes = timed(proof, engine, merkle.inclusion_spans(index, size))
        checked, included = timed(merkle.includes, whole, size, index, leaves[index], hashes)
        found["inclusion"].append(made)
        found["includes"].append(checked)
        if not (holds and included):
            raise SystemExit(f"a proof does not hold: from {first}, of {index}")
    return found


def main() -> None:
    """Run it and print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    leaves = [merkle.leaf_hash(sha256(str(number).encode()).digest()) for number in range(asked.entries)]
    naive, root = timed(merkle.root_of, leaves)
    with a_database() as engine:
        appending = grow(engine, leaves)
        if proof(engine, [Span(0, len(leaves))])[0] != root:
            raise SystemExit("the root out of the tiles is not that of the leaves")
        found = measure(engine, leaves, random.Random(asked.seed))
        with engine.connect() as connection:
            size = connection.execute(text("SELECT pg_total_relation_size('reputation.log_tiles')")).scalar_one()
    tell(asked.entries, appending, size, naive, found)


def tell(entries: int, appending: float, size: int, naive: float, found: dict[str, list[float]]) -> None:
    """Print what was measured."""
    names = {
        "consistency": "make a consistency proof (bar: 100 ms)",
        "extends": "verify it",
        "inclusion": "make an inclusion proof",
        "includes": "verify it (bar: 5 ms)",
    }
    title = f"{entries:,} entries, {PROOFS} proofs of each kind"
    table = Table("milliseconds", "median", "p99", "largest", title=title)
    figures: dict[str, float] = {"entries": entries, "append_per_s": round(entries / appending)}
    figures |= {"tiles_bytes": size, "naive_root_ms": round(naive)}
    for name, label in names.items():
        ranked = sorted(found[name])
        told = statistics.median(ranked), ranked[int(len(ranked) * 0.99)], ranked[-1]
        table.add_row(label, *(f"{one:.3f}" for one in told))
        keys = (f"{name}_ms", f"{name}_p99_ms", f"{name}_max_ms")
        figures |= {key: round(one, 4) for key, one in zip(keys, told, strict=True)}
    table.add_row("the root from all leaves (naive, once)", f"{naive:.0f}", "", "")
    Console().print(table)
    print(f"{entries / appending:,.0f} entries/s appended to the tiles, which take {size / 2**20:.0f} MiB")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
