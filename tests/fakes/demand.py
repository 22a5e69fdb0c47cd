"""Demand in memory: the repositories of services/demand/storage over dictionaries."""

from services.demand import contract
from services.demand.domain.merging import same_category_merger
from services.demand.domain.pins import PinKind
from services.demand.domain.pool import PoolState
from services.demand.domain.prices import PriceList
from services.demand.domain.releases import Release, Telling
from services.demand.domain.signals import SignalState
from tests.fakes.chassis import FakeUnitOfWork
from tests.fakes.intake import FakeIntakes, FakeTeachings


class FakeCommunities:
    def __init__(self):
        self.rows = {}

    def find(self, community_id, lock=None):
        return self.rows.get(community_id)

    def policies(self, community_ids):
        return {one: self.rows[one].terms for one in set(community_ids) if one in self.rows}

    def save(self, community):
        self.rows[community.community_id] = community


class FakeMembers:
    def __init__(self):
        self.rows = {}

    def find(self, member_id, lock=False):
        return self.rows.get(member_id)

    def of_community(self, community_id):
        return [one for _, one in sorted(self.rows.items()) if one.community_id == community_id]

    def add_many(self, members):
        for member in members:
            self.save(member)

    def persons(self, member_ids):
        found = {one: self.rows[one].person for one in set(member_ids)}
        return {one: person for one, person in found.items() if person is not None}

    def save(self, member):
        self.rows[member.member_id] = member


class FakePersonKey:
    def secret(self):
        return b"a key of the tests"


class FakeSignals:
    def __init__(self, pools):
        self.rows = {}
        self._pools = pools

    def find(self, signal_id, lock=False):
        return self.rows.get(signal_id)

    def of_pool(self, pool_id):
        return self.of_pools([pool_id]).get(pool_id, ())

    def of_pools(self, pool_ids):
        found = {}
        wanted = set(pool_ids)
        for signal_id in sorted(self.rows):
            signal = self.rows[signal_id]
            if signal.pool_id in wanted:
                found[signal.pool_id] = (*found.get(signal.pool_id, ()), signal)
        return found

    def own_in(self, pool_ids, community_id):
        found = self.of_pools(pool_ids)
        mine = {key: tuple(one for one in ones if one.community_id == community_id) for key, ones in found.items()}
        return {key: ones for key, ones in mine.items() if ones}

    def gathering(self, community_id, categories, limit):
        mine = [one for one in self.rows.values() if one.community_id == community_id and one.pool_id]
        gathering = [one for one in mine if self._pools.rows[one.pool_id].state is PoolState.GATHERING]
        wanted = set(categories)
        return tuple(sorted((one for one in gathering if one.category in wanted), key=lambda one: one.signal_id))[
            :limit
        ]

    def partitions(self, community_id):
        over = (SignalState.WITHDRAWN, SignalState.EXPIRED)
        mine = [one for one in self.rows.values() if one.community_id == community_id]
        return list({one.partition for one in mine if one.state not in over})

    def are_open_in(self, partition, now):
        return bool(self.open_in(partition, now, 1))

    def open_in(self, partition, now, most):
        found = [
            one
            for one in self.rows.values()
            if (one.partition, one.state) == (partition, "open") and one.expires_at > now
        ]
        return tuple(sorted(found, key=lambda one: (one.created_at, one.signal_id))[:most])

    def add_many(self, signals):
        for signal in signals:
            self.save(signal)

    def save(self, signal):
        in_a_pool = signal.state in (SignalState.POOLED, SignalState.SERVED)
        assert in_a_pool == (signal.pool_id is not None), "the table's check says the same"
        self.rows[signal.signal_id] = signal


class FakePools:
    def __init__(self):
        self.rows = {}
        self.locked = []
        self.busy = set()

    def lock_partition(self, partition):
        self.locked.append(partition)

    def try_lock_partition(self, partition):
        if partition in self.busy:
            return False
        self.locked.append(partition)
        return True

    def find(self, pool_id, lock=False):
        assert not lock or self.rows[pool_id].partition in self.locked, "lock the partition first"
        return self.rows.get(pool_id)

    def candidates(self, signal, now, after, most):
        found = [
            pool
            for pool in self.gathering(signal.partition)
            if pool.reach.overlaps(signal.reach)
            and pool.windows[0].start < signal.windows[-1].end
            and pool.windows[-1].end > max(signal.windows[0].start, now)
        ]
        found.sort(key=lambda pool: (-pool.people, pool.created_at, pool.pool_id))
        return found[after : after + most]

    def gathering(self, partition, community_id=None):
        assert partition in self.locked, "lock the partition first"
        return [
            self.rows[key]
            for key in sorted(self.rows)
            if self.rows[key].partition == partition
            and self.rows[key].state is PoolState.GATHERING
            and (community_id is None or self.rows[key].part_of(community_id))
        ]

    def save(self, pool):
        self.rows[pool.pool_id] = pool


class FakeReleases:
    def __init__(self):
        self.rows = {}
        self.told = []

    def of_pool(self, pool_id):
        return self.rows.get(pool_id, Release())

    def of_pools(self, pool_ids):
        return {one: self.rows[one] for one in set(pool_ids) if one in self.rows}

    def save(self, pool_id, release):
        self.rows[pool_id] = release

    def remember(self, pool, release):
        self.told.append((pool.category, release))

    def told_of(self, category, community_ids, since):
        wanted = set(community_ids)
        found = [one for known, one in self.told if known == category and one.told_at > since]
        return [Telling(one.counted, one.shape, one.exact) for one in found if wanted & one.counted.keys()]


class FakePins:
    def __init__(self, signals):
        self.rows = {}
        self._signals = signals

    def of_pools(self, pool_ids, community_id=None):
        found, wanted = {}, set(pool_ids)
        for signal_id in sorted(self.rows):
            pin, now_in = self.rows[signal_id], self._signals.rows[signal_id].pool_id
            counts = pin.kind is PinKind.APART or pin.pool_id == now_in
            if now_in in wanted and counts and community_id in (None, pin.community_id):
                found[now_in] = (*found.get(now_in, ()), pin)
        return found

    def apart_in(self, pool_ids):
        found = self.of_pools(pool_ids)
        return {
            pool_id: pin.community_id for pool_id, pins in found.items() for pin in pins if pin.kind is PinKind.APART
        }

    def is_apart(self, signal_id):
        return signal_id in self.rows and self.rows[signal_id].kind is PinKind.APART

    def save_many(self, pins):
        self.rows.update({pin.signal_id: pin for pin in pins})


class FakePrices:
    def __init__(self):
        self.offers, self.sharing = {}, {}

    def of(self, category):
        known = [self.offers[key] for key in sorted(self.offers)]
        found = [one for one in known if one.category == category and not one.withdrawn and one.tiers]
        return PriceList(
            tuple((one, self.sharing[one.supplier_id]) for one in found if one.supplier_id in self.sharing)
        )

    def find_offer(self, offer_id):
        return self.offers.get(offer_id)

    def save_offer(self, offer):
        self.offers[offer.offer_id] = offer

    def find_sharing(self, supplier_id):
        return self.sharing.get(supplier_id)

    def save_sharing(self, sharing):
        self.sharing[sharing.supplier_id] = sharing


class FakeProposals:
    def __init__(self):
        self.rows = {}

    def find(self, match_id):
        return self.rows.get(match_id)

    def are_live_for(self, pool_id):
        return any(one.is_live for one in self.rows.values() if one.pool_id == pool_id)

    def save(self, proposal):
        self.rows[proposal.match_id] = proposal


class FakeCampaignNews:
    def __init__(self):
        self.rows = {}

    def find(self, campaign_id):
        return self.rows.get(campaign_id)

    def save(self, campaign_id, news):
        self.rows[campaign_id] = news


class FakeDemandUnitOfWork(FakeUnitOfWork):
    """A unit of work of demand that commits nothing and forgets nothing."""

    service = contract.SERVICE
    event_schemas = contract.EVENTS
    merger = same_category_merger

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.communities = FakeCommunities()
        self.members = FakeMembers()
        self.pools = FakePools()
        self.signals = FakeSignals(self.pools)
        self.pins = FakePins(self.signals)
        self.prices = FakePrices()
        self.proposals = FakeProposals()
        self.releases = FakeReleases()
        self.person_key = FakePersonKey()
        self.campaign_news = FakeCampaignNews()
        self.intakes = FakeIntakes()
        self.teachings = FakeTeachings()

    def solver(self, needs, rules, pins):
        from services.demand.domain.pooling import solve

        return solve(needs, rules, pins)

    def pool_states(self):
        return sorted(str(pool.state) for pool in self.pools.rows.values())
