"""Joins per second through the gateway, beside a plain FastAPI monolith that does the same durable work.

    python bench/joins.py                       starts both on the real servers of this machine, and takes them down
    python bench/joins.py --url URL --token T   loads the gateway at URL (on 127.0.0.1) with a node operator's token

Each round is of a length in time, after a warm-up that is not counted: all on one hot campaign, and spread over many.
Rounds alternate, so that a slow minute of the machine hits both. The last line is one line of JSON.
"""

# ruff: noqa: E402 - this file is run as a script, so the root of the repository has to become importable first
import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
MOST_JOINS = 90_000  # in a round: less than a slot, and so a hot campaign, has seats
LONGEST = 30  # seconds of a round; nobody here reaches 3 000 joins per second
sys.path.insert(0, str(ROOT))

from sqlalchemy import create_engine, make_url, text

from bench import load
from bench.monolith.tables import Seeded
from bench.node import SLOT_SEATS, Town, running_node
from tests import servers
from tests.api import Api


def say(message):
    print(f"[{time.strftime('%H:%M:%S')}] {message}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def scratch_database():
    """Make a database and drop it at the end; yield its URL for psycopg."""
    admin = make_url(servers.need("postgres")).set(drivername="postgresql+psycopg")
    name = f"pinlian_bench_{secrets.token_hex(5)}"
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield admin.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


@contextmanager
def monolith(url, chosen):
    """Run the yardstick under uvicorn; yield its port."""
    port = free_port()
    settings = {"MONOLITH_DATABASE_URL": url, "MONOLITH_MODE": chosen.monolith_mode}
    settings["MONOLITH_POOL"] = str(chosen.monolith_pool)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(chosen.monolith_workers)]
    quiet = ["--no-access-log", "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", "bench.monolith.app:app", *options, *quiet]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the monolith does not start") from None
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


class Side:
    """One of the two that are measured: where it is, its campaigns, what it did.

    The last campaigns are the hot ones: each is all that a round is loaded on, so that none fills up.
    """

    def __init__(self, target, campaigns, spread, settle=lambda: 0.0):
        self.target, self.spread, self.hot, self.settle = target, campaigns[:spread], campaigns[spread:], settle
        self.rounds = {"spread": [], "hot": []}
        self.attempted = load.Outcome()
        self.drains = []

    def measure(self, shape, options, *, warm_up=False):
        campaigns = self.spread if shape == "spread" else [self.hot.pop()]
        outcome = load.run(
            self.target,
            campaigns,
            connections=options.connections,
            joins=MOST_JOINS,
            seconds=options.warm_up if warm_up else options.seconds,
            processes=options.processes,
        )
        self.attempted.add(outcome)
        self.drains.append(self.settle())
        if not warm_up:
            self.rounds[shape].append(outcome)
        return outcome

    def figures(self, shape):
        rounds = self.rounds[shape]
        total = load.Outcome(seconds=sum(one.seconds for one in rounds))
        for one in rounds:
            total.add(one)
        return {
            "joins_per_second": round(median(one.rate for one in rounds), 1),
            "rounds": [round(one.rate, 1) for one in rounds],
            "p50_ms": round(total.quantile(0.5) * 1000, 1),
            "p99_ms": round(total.quantile(0.99) * 1000, 1),
            "joins": total.accepted,
            "errors": total.errors,
        }


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a running gateway on 127.0.0.1; without it one is started")
    parser.add_argument("--token", help="the token of a node operator of that gateway")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--campaigns", type=int, default=200, help="of the spread load")
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15, help="per round, load and side")
    parser.add_argument("--warm-up", type=float, default=5, help="seconds per load and side, not counted")
    parser.add_argument("--processes", type=int, default=1, help="of the load generator")
    parser.add_argument("--monolith-mode", choices=("sync", "async"), default="sync")
    parser.add_argument("--monolith-workers", type=int, default=2)
    parser.add_argument("--monolith-pool", type=int, default=8, help="connections to the database, per worker")
    parser.add_argument("--only", choices=("ours", "monolith"), help="measure one side only")
    options = parser.parse_args(arguments)
    if options.url and (urlsplit(options.url).hostname not in ("127.0.0.1", "localhost") or not options.token):
        parser.error("--url is to be on 127.0.0.1 and needs --token: this is a load test, not an attack")
    numbers = (options.connections, options.campaigns, options.members, options.rounds, options.seconds)
    if min(numbers) < 1 or options.warm_up <= 0:
        parser.error("numbers are to be 1 or more")
    if options.seconds > LONGEST:
        parser.error(f"--seconds is at most {LONGEST}: a campaign would fill up")
    return options


def our_side(stack, options):
    """Start our platform, or use the one at the URL, and return it with a town in it."""
    settle = lambda: time.sleep(3) or 0.0  # noqa: E731 - from outside nobody tells when a deployment is at rest
    if options.url:
        operator = Api(options.url, options.token)
    else:
        say("starting our platform: migrations, four services, the gateway")
        node = stack.enter_context(running_node())
        operator, settle = Api(node.url, node.token), node.wait_quiet
    town = Town(operator, members=options.members, rooms=rooms_of(options), say=say)
    target = load.Target("ours", urlsplit(operator.url).port, town.token, tuple(town.members))
    return Side(target, town.campaigns, options.campaigns, settle), town, operator


def rooms_of(options):
    """Return the seats of each campaign: those that share the spread load of a run, and a hot one for each round."""
    seconds = options.warm_up + options.seconds * options.rounds
    spread = min(SLOT_SEATS, int(2 * seconds * MOST_JOINS / LONGEST / options.campaigns) + 100)
    return [spread] * options.campaigns + [SLOT_SEATS] * (options.rounds + 1)


def monolith_side(stack, options):
    say("starting the monolith")
    url = stack.enter_context(scratch_database())
    count = options.campaigns + options.rounds + 1
    seeded = Seeded(url, count=count, members=options.members, seats=10 * SLOT_SEATS)
    stack.callback(seeded.engine.dispose)
    port = stack.enter_context(monolith(url, options))
    target = load.Target("monolith", port, seeded.token, tuple(seeded.members))
    return Side(target, seeded.campaigns, options.campaigns), seeded


def check(side, sold, wrong):
    """Compare what was sold with what was accepted; joins of unknown outcome may have gone either way."""
    accepted, unknown = side.attempted.accepted, side.attempted.unknown
    if not accepted <= sold <= accepted + unknown:
        wrong.append(f"{side.target.name}: {sold} seats sold, {accepted} joins accepted, {unknown} unknown")
    return {"accepted": accepted, "unknown": unknown, "sold": sold}


def amount(money):
    return money["amount"] if isinstance(money, dict) else money


def verify(ours, monolithic):
    """Return what was checked on each side and what was wrong."""
    checked, wrong = {}, []
    if ours:
        side, town, operator = ours
        checked["ours"] = check(side, sum(town.sold()), wrong)
        ledger = operator.get("/v1/ledger")
        checked["ours"]["ledger_sums"] = {one["currency"]: amount(one["sum"]) for one in ledger["currencies"]}
        if any(Decimal(one) for one in checked["ours"]["ledger_sums"].values()):
            wrong.append(f"ours: the ledger does not sum to zero: {checked['ours']['ledger_sums']}")
    if monolithic:
        side, seeded = monolithic
        books = seeded.verify()
        checked["monolith"] = {**check(side, books["seats"], wrong), **books}
        if books["ledger_sum"] or books["accounts_sum"] or books["commitments"] != books["seats"]:
            wrong.append(f"monolith: the books are wrong: {books}")
    return checked, wrong


def measure(sides, options):
    for side in sides:
        say(f"warming up {side.target.name}")
        for shape in ("spread", "hot"):
            side.measure(shape, options, warm_up=True)
    for number in range(options.rounds):
        for shape in ("spread", "hot"):
            # Who begins changes from round to round, so that no side always follows the other.
            for side in sides if number % 2 == 0 else sides[::-1]:
                outcome = side.measure(shape, options)
                drained = f", events drained after {side.drains[-1]:.1f} s" if side.drains[-1] else ""
                note = f" ({outcome.example})" if outcome.errors else ""
                say(
                    f"round {number + 1}/{options.rounds} {shape:6} {side.target.name:8} {outcome.rate:7.1f} joins/s, "
                    f"p50 {outcome.quantile(0.5) * 1000:.0f} ms, p99 {outcome.quantile(0.99) * 1000:.0f} ms, "
                    f"{outcome.errors} errors{note}{drained}"
                )


def ratios_of(figures):
    """Return, by load, our joins per second and our p99 as multiples of the monolith's."""
    return {
        shape: {
            name: round(both["ours"][name] / max(both["monolith"][name], 0.1), 3)
            for name in ("joins_per_second", "p99_ms")
        }
        for shape, both in figures.items()
        if len(both) == 2
    }


def table(figures, ratios):
    heads = (("load", "<8"), ("side", "<10"), ("joins/s", ">9"), ("ratio", ">7"), ("p50 ms", ">9"), ("p99 ms", ">9"))
    heads += (("ratio", ">7"), ("joins", ">9"), ("errors", ">7"))
    print("\n" + " ".join(f"{name:{form}}" for name, form in heads))
    for shape, sides in figures.items():
        for name, one in sides.items():
            ratio = ratios.get(shape, {}) if name == "ours" else {}
            shown = (shape, name, f"{one['joins_per_second']:.1f}", f"{ratio.get('joins_per_second', '')}")
            shown += (f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}", f"{ratio.get('p99_ms', '')}")
            shown += (str(one["joins"]), str(one["errors"]))
            print(" ".join(f"{value:{form}}" for value, (_, form) in zip(shown, heads, strict=True)))


def main(arguments=None):
    options = options_of(arguments)
    with ExitStack() as stack:
        monolithic = None if options.only == "ours" else monolith_side(stack, options)
        ours = None if options.only == "monolith" else our_side(stack, options)
        sides = [one[0] for one in (ours, monolithic) if one]
        measure(sides, options)
        say("verifying")
        checked, wrong = verify(ours, monolithic)
        figures = {shape: {side.target.name: side.figures(shape) for side in sides} for shape in ("spread", "hot")}
        drains = [round(one, 1) for one in ours[0].drains] if ours else []
    ratios = ratios_of(figures)
    table(figures, ratios)
    for problem in wrong:
        print(f"WRONG: {problem}")
    shown = {key: value for key, value in vars(options).items() if key not in ("url", "token", "only")}
    summary = {"bench": "joins", **figures, "ratio": ratios, "drain_seconds": drains, "checked": checked}
    print(json.dumps({**summary, "wrong": wrong, "options": shown}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
