"""``pinlian merge``: signals in, one JSON line each; pools out, each of which one delivery can serve."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from services.platform.commands.common import json_option, print_table, read_text

if TYPE_CHECKING:
    from services.demand.domain.pooling import Need, Pool, Rules

COLUMNS = ("pool", "category", "people", "signals", "communities", "place", "window", "why")
EVERY = 0.5  # seconds between two tellings of how far it is
QUIET = 2.0  # seconds after which it is worth telling


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--online", is_flag=True, help="Take line by line in the order given; tell how long each took.")
@click.option("--prices", type=click.Path(dir_okay=False), help="Price tiers by category, a JSON file.")
@click.option(
    "--minimum", type=click.IntRange(1), help="People that a delivery takes (default: the first tier, or two signals)."
)
@json_option
def merge(file: str, online: bool, prices: str | None, minimum: int | None, as_json: bool) -> None:
    """Merge signals of many communities into pools that one delivery can serve.

    把多个社群的需求并成一次服务就能满足的需求池。

    FILE (- for stdin) has one signal a line: {"id", "community", "text", "category" or null, "people", "ceiling":
    {"amount", "currency"} or null, "place": {"lat", "lon"}, "radius_km", "windows": [[start, end], …], "minutes",
    "locale"}. Every signal is in exactly one pool of the answer. With --prices, {"category": [{"seats", "price"}, …]},
    nobody is in a pool in which they would pay more than their ceiling.
    """
    from services.demand.domain.pooling import Prices, Rules
    from services.platform.merging.reading import read_needs, read_prices

    rules = Rules(minimum=minimum, prices=read_prices(read_text(prices, "JSON"), prices) if prices else Prices())
    needs = list(read_needs(read_text(file, "lines of JSON").splitlines()))
    needs, pools = _online(needs, rules, as_json) if online else _batch(needs, rules)
    _tell(needs, pools, rules, as_json)


def _batch(needs: "list[Need]", rules: "Rules") -> "tuple[list[Need], list[Pool]]":
    from services.demand.domain.pooling import Stated, batch_topics, solve
    from services.platform.forked import forked_map

    progress = Progress()
    progress.say(f"reading {len(needs)} texts / 读取需求文本")
    topics = batch_topics([Stated(need.text, need.topic or None) for need in needs])
    needs = [replace(need, topic=topic) for need, topic in zip(needs, topics, strict=True)]

    def mapper(work: Any, groups: Any) -> Iterator[Any]:
        processes = min(len(groups), os.cpu_count() or 1) if len(needs) > 2000 else 1
        say = progress.counter(f"merging / 合并, of {len(groups)} topics")
        return forked_map(work, groups, max(1, processes), say)

    return needs, list(solve(needs, rules, mapper=mapper).pools)


def _online(needs: "list[Need]", rules: "Rules", as_json: bool) -> "tuple[list[Need], list[Pool]]":
    from services.demand.domain.pooling import Book, OnlineTopics, Stated

    book, topics, progress, taken, placed = Book(rules), OnlineTopics(), Progress(), [], []
    say = progress.counter(f"signals of {len(needs)}")
    for need in needs:
        begin = time.perf_counter()
        placed.append(replace(need, topic=topics.topic(Stated(need.text, need.topic or None))))
        book.add(placed[-1])
        taken.append(time.perf_counter() - begin)
        say(len(taken))
        if as_json:
            click.echo(json.dumps({"signal": need.id, "seconds": round(taken[-1], 6)}, ensure_ascii=False))
    begin = time.perf_counter()
    shifts = book.reoptimise()
    slow = sorted(taken) or [0.0]
    p50, p99 = (1000 * slow[int(share * (len(slow) - 1))] for share in (0.5, 0.99))
    moved = f"{sum(len(shift.moved) for shift in shifts)} moved for {sum(shift.gain for shift in shifts)} people more"
    click.echo(
        f"{len(taken)} signals: p50 {p50:.2f} ms, p99 {p99:.2f} ms; {moved} in {time.perf_counter() - begin:.1f} s",
        err=True,
    )
    return placed, sorted((pool for _, pool in book.pools()), key=lambda pool: (-pool.people, pool.topic))


def _tell(needs: "list[Need]", pools: "list[Pool]", rules: "Rules", as_json: bool) -> None:
    from services.platform.merging.writing import as_line, told

    if as_json:
        for one in told(pools, needs, rules):
            click.echo(as_line(one))
        return
    rows = []
    for one in told(pools, needs, rules):
        place = f"{one['place']['lat']:.4f}, {one['place']['lon']:.4f}"
        brought = ", ".join(f"{community} {people}" for community, people in one["communities"].items())
        why = f"{one['why']['zh']}\n{one['why']['en']}"
        signals = ", ".join(one["signals"][:20]) + (" …" if len(one["signals"]) > 20 else "")
        rows.append(
            [one["pool"], one["category"], one["people"], signals, brought, place, "\n".join(one["window"]), why]
        )
    print_table(COLUMNS, rows, empty="no signals / 没有需求", numbers=("people",))
    served = sum(pool.people for pool in pools if pool.served)
    click.echo(f"{len(needs)} signals, {len(pools)} pools; {served} people in pools that reach their minimum")


class Progress:
    """Tells on stderr how far the work is, when it takes long enough to be worth it."""

    def __init__(self) -> None:
        self._begun = self._told = time.monotonic()

    def say(self, what: str) -> None:
        """Tell ``what``, unless something was told just now or the work has only begun."""
        now = time.monotonic()
        if now - self._begun >= QUIET and now - self._told >= EVERY:
            self._told = now
            click.echo(what, err=True)

    def counter(self, of_what: str) -> Any:
        """Return a function that is told how many are done."""
        return lambda done: self.say(f"{done} {of_what}")
