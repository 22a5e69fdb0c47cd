"""How long placing a signal takes beside many open ones, on PostgreSQL: ``python -m bench.placing --open 100000``.

The signals gather in pools of one metropolis (60 km around) and of a few categories, so that partitions are as full as
they get. They are written as merging would have left them: pools of neighbours with a common window. Then signals are
placed one after the other through the same bus as in the service, and timed. The last line is JSON.
"""

import argparse
import json
import random
import statistics
import time
import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import make_url, text

from services.chassis import migrations
from services.chassis.bus import Bus
from services.chassis.database import make_engine
from services.demand import handlers, inbound, outbound
from services.demand.domain.merging import same_category_merger
from services.demand.domain.model import Community, CommunityKind, Locale, Member, MemberRole, MergePolicy
from services.demand.domain.pool import Pool
from services.demand.domain.signals import Signal, SignalState
from services.demand.storage.unit_of_work import DemandUnitOfWork
from services.kernel.clock import SystemClock
from services.kernel.geo import Place
from services.kernel.ids import new_id
from services.kernel.timespan import Timespan

SQUARE = Place(31.2304, 121.4737)
PER_POOL = 10
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def somewhere(chance: random.Random, around: Place, km: float) -> Place:
    """Return a place within a square of ``km`` to each side."""
    lat = around.lat + chance.uniform(-km, km) / 111.2
    return Place(round(lat, 5), round(around.lon + chance.uniform(-km, km) / 95.0, 5))


def a_window(chance: random.Random) -> Timespan:
    """Return half a day within the next month."""
    start = TODAY + timedelta(days=chance.randint(2, 30), hours=chance.choice((1, 6)))
    return Timespan(start, start + timedelta(hours=4))


class World:
    """Communities with a member each, and signals in pools."""

    def __init__(self, engine: object, seed: int, categories: int) -> None:
        self.chance = random.Random(seed)
        self.engine, self.categories = engine, categories
        self.communities = [self._community() for _ in range(1000)]

    def _community(self) -> tuple[Community, Member]:
        place = somewhere(self.chance, SQUARE, 60)
        names = (CommunityKind.OWNERS, place, "Asia/Shanghai", Locale.ZH, MergePolicy.AUTO, 1, datetime.now(UTC))
        community = Community(new_id(), "x", *names)
        roles = (MemberRole.MEMBER,)
        return community, Member(new_id(), community.community_id, "x", roles, None, None, 1, datetime.now(UTC))

    def _signal(self, category: str, place: Place, windows: tuple[Timespan, ...], pool_id: object) -> Signal:
        _, member = self.chance.choice(self.communities)
        return Signal(
            signal_id=new_id(),
            community_id=member.community_id,
            member_id=member.member_id,
            text="周六想带孩子做陶艺",
            category=category,
            people=self.chance.randint(1, 4),
            ceiling=None,
            place=place,
            radius_km=5.0,
            windows=windows,
            minutes=120,
            expires_at=windows[-1].end,
            state=SignalState.POOLED,
            pool_id=pool_id,
            created_at=datetime.now(UTC),
        )

    def fill(self, count: int) -> None:
        """Write ``count`` signals in pools of ``PER_POOL``."""
        with DemandUnitOfWork(self.engine, SystemClock()) as uow:
            for community, member in self.communities:
                uow.communities.save(community)
                uow.members.save(member)
            uow.commit()
        for done in range(0, count, 2000):
            self._fill(min(2000, count - done))

    def _fill(self, count: int) -> None:
        with DemandUnitOfWork(self.engine, SystemClock()) as uow:
            for _ in range(count // PER_POOL):
                pool_id, centre, windows = new_id(), somewhere(self.chance, SQUARE, 60), (a_window(self.chance),)
                category = f"wish {self.chance.randrange(self.categories)}"
                places = [somewhere(self.chance, centre, 1.5) for _ in range(PER_POOL)]
                signals = [self._signal(category, place, windows, pool_id) for place in places]
                common, now = same_category_merger.common(signals), datetime.now(UTC)
                pool, _ = Pool.formed(pool_id, signals[0], common, now, now + timedelta(hours=48))
                policies = uow.communities.policies(one.community_id for one in signals)
                uow.pools.save(pool.regathered(signals, policies, common)[0])
                uow.signals.add_many(signals)
            uow.commit()

    def request(self) -> dict:
        """Return a request for a new signal, somewhere in the city and some time within the month."""
        community, member = self.chance.choice(self.communities)
        windows = sorted(a_window(self.chance) for _ in range(self.chance.randint(1, 3)))
        data = {
            "text": "周六想带孩子做陶艺",
            "category": f"wish {self.chance.randrange(self.categories)}",
            "people": self.chance.randint(1, 4),
            "place": somewhere(self.chance, SQUARE, 60).to_wire(),
            "windows": [one.to_wire() for one in windows],
            "minutes": 120,
        }
        caller = {"token_id": "t", "role": "member", "community_id": str(community.community_id)}
        caller |= {"member_id": str(member.member_id), "supplier_id": None}
        return {"caller": caller, "idempotency_key": str(new_id()), "if_match": None, "data": data}


def measure(engine: object, world: World, count: int) -> dict:
    """Place ``count`` signals one after the other; return milliseconds and how many joined a pool of others."""
    bus = Bus(lambda: DemandUnitOfWork(engine, SystemClock()))
    seconds, states = [], []
    for _ in range(count):
        request = world.request()
        began = time.perf_counter()
        answer = bus.execute(request, inbound.place_signal, handlers.place_signal, outbound.signal)
        seconds.append(time.perf_counter() - began)
        states.append(answer["state"])
    cut = statistics.quantiles(seconds, n=100)
    assert set(states) == {"pooled"}
    return {"p50_ms": round(cut[49] * 1000, 2), "p95_ms": round(cut[94] * 1000, 2), "p99_ms": round(cut[98] * 1000, 2)}


def main() -> None:
    """Measure on a database of its own, which is dropped afterwards."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default="postgresql://postgres@127.0.0.1:5432/postgres")
    options.add_argument("--open", type=int, default=10_000, help="signals that wait in pools")
    options.add_argument("--place", type=int, default=300, help="signals that are placed and timed")
    options.add_argument("--categories", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    admin = make_engine(chosen.url).execution_options(isolation_level="AUTOCOMMIT")
    name = f"pinlian_bench_{uuid.uuid4().hex[:10]}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(make_url(chosen.url).set(database=name).render_as_string(hide_password=False), pool_size=4)
    try:
        with engine.connect() as connection:
            connection.execute(text("CREATE SCHEMA demand"))
            migrations.upgrade("demand", connection)
            connection.commit()
        world = World(engine, chosen.seed, chosen.categories)
        began = time.monotonic()
        world.fill(chosen.open)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        print(f"{chosen.open} signals in pools after {time.monotonic() - began:.0f} s", flush=True)
        found = measure(engine, world, chosen.place)
        print(json.dumps({"open": chosen.open, "categories": chosen.categories, **found}))
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


if __name__ == "__main__":
    main()
