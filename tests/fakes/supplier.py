"""The repositories of the supplier service in memory; the same promises, checked by the integration tests."""

from collections import Counter
from dataclasses import replace
from typing import ClassVar

from services.supplier import contract
from services.supplier.domain.admission import AdmissionPolicy
from services.supplier.domain.model import QualificationState
from services.supplier.domain.offers import OfferState
from services.supplier.domain.planning import DaysOff
from services.supplier.domain.standing import LIVE, MatchState
from services.supplier.storage.registry import assumed
from tests.fakes.chassis import FakeUnitOfWork
from tests.fakes.searches import FakeRounds, FakeVisitHomes, FakeVisitPlans
from tests.fakes.table import FakeTable


class FakePermissions(FakeTable):
    def __init__(self, clock):
        super().__init__("grant_id")
        self.clock = clock
        self.suppliers = {}

    def effective(self, supplier_id, community_id):
        supplier = self.suppliers.get(supplier_id)
        return self.with_grants(supplier).access_of(community_id).permissions if supplier else frozenset()

    def with_grants(self, supplier):
        return replace(supplier, grants=self.live_of([supplier.supplier_id]).get(supplier.supplier_id, ()))

    def live_of(self, supplier_ids):
        found = {}
        for grant in sorted(self.rows.values(), key=lambda grant: grant.grant_id):
            if grant.supplier_id in supplier_ids and grant.is_live(self.clock.now()):
                found[grant.supplier_id] = (*found.get(grant.supplier_id, ()), grant)
        return found

    def given_by(self, supplier_id, granter_id):
        return [one for one in self._of(supplier_id) if one.granter_id == granter_id]

    def received_by(self, supplier_id, receiver_id):
        return [one for one in self._of(supplier_id) if one.receiver_id == receiver_id]

    def _of(self, supplier_id):
        return [one for one in self.rows.values() if one.supplier_id == supplier_id and one.ended_at is None]


class FakeSuppliers(FakeTable):
    def __init__(self, permissions):
        super().__init__("supplier_id")
        self.permissions = permissions
        permissions.suppliers = self.rows

    def find(self, id_, lock=False):
        found = super().find(id_)
        return self.permissions.with_grants(found) if found else None

    def keep(self, id_):
        return self.find(id_)

    def many(self, ids):
        return {id_: self.find(id_) for id_ in ids if id_ in self.rows}

    def lock(self, supplier_ids):
        pass


class FakeQualifications(FakeTable):
    def valid_kinds(self, supplier_ids, now):
        kinds = {}
        for paper in self.rows.values():
            if paper.state is QualificationState.APPROVED and paper.expires_at > now:
                kinds[paper.supplier_id] = kinds.get(paper.supplier_id, frozenset()) | {paper.kind}
        return {supplier_id: kinds[supplier_id] for supplier_id in supplier_ids if supplier_id in kinds}

    def of_kind(self, supplier_id, kind):
        own = (one for one in self.rows.values() if one.supplier_id == supplier_id and one.kind == kind)
        return sorted(own, key=lambda one: one.created_at)


class FakeRegistrations:
    def __init__(self):
        self.rows, self.changes = {}, []

    def of(self, supplier):
        return self.rows.get(supplier.supplier_id) or assumed(supplier)

    lock = of

    def save(self, one):
        self.rows[one.supplier_id] = one

    def note(self, change):
        self.changes.append(change)

    def history(self, supplier_id):
        return [change for change in self.changes if change.supplier_id == supplier_id]


class FakeAdmissions:
    def __init__(self):
        self.rows = {}

    def many(self, community_ids):
        return {one: self.rows[one] for one in community_ids if one in self.rows}

    def of(self, community_id, default):
        return self.rows.get(community_id) or AdmissionPolicy.default(community_id, default)

    def save(self, policy):
        self.rows[policy.community_id] = policy


class FakeReminders:
    def __init__(self):
        self.rows = []

    def add(self, reminder):
        if any((one.qualification_id, one.days) == (reminder.qualification_id, reminder.days) for one in self.rows):
            return False
        self.rows.append(reminder)
        return True


class FakeOffers(FakeTable):
    def of_supplier(self, supplier_id, *states, lock=False):
        own = [one for one in self.rows.values() if one.supplier_id == supplier_id and one.state in states]
        return sorted(own, key=lambda one: one.offer_id)

    def __init__(self, key):
        super().__init__(key)
        self.versions = []

    def keep_version(self, version):
        self.versions.append(version)

    def keep_published(self, offer_id):
        return self.rows.get(offer_id)

    def published_in(self, category):
        return [offer for offer in self._published() if offer.terms.category == category]

    def categories_of(self, supplier_id):
        return sorted({offer.terms.category for offer in self._published() if offer.supplier_id == supplier_id})

    def _published(self):
        return [offer for offer in self.rows.values() if offer.state is OfferState.PUBLISHED]


class FakePriceLists(FakeTable):
    def __init__(self, key):
        super().__init__(key)
        self.by_number = {}

    def end(self, one):
        self.rows[one.list_id] = one

    def forget(self, list_id):
        if self.rows[list_id].state == "previewed":
            del self.rows[list_id]

    def numbers(self, supplier_id):
        return {offer_id: number for (owner, number), offer_id in self.by_number.items() if owner == supplier_id}

    def number(self, supplier_id, number, offer_id):
        self.by_number[supplier_id, number] = offer_id


class FakeSlots(FakeTable):
    def of_offers(self, offer_ids, after=None):
        found = {}
        for slot in sorted(self.rows.values(), key=lambda slot: (slot.span.start, slot.slot_id)):
            if slot.offer_id in offer_ids and (after is None or slot.span.start > after):
                found[slot.offer_id] = (*found.get(slot.offer_id, ()), slot)
        return found

    def add_many(self, slots):
        for slot in slots:
            self.add(slot)

    def rearrange(self, slot):
        self.add(slot)

    def remove(self, slot_ids):
        for slot_id in slot_ids:
            if not self.rows[slot_id].is_booked:
                del self.rows[slot_id]

    def on_sale(self, offer_ids, now):
        found = self.of_offers(offer_ids, after=now)
        return {
            offer_id: tuple(slot for slot in slots if slot.bookable_until > now and not self._is_busy(slot))
            for offer_id, slots in found.items()
        }

    def _is_busy(self, slot):
        return any(other.is_booked and slot.clashes_with(other) for other in self.rows.values())

    def lock(self, slot_ids):
        pass

    def change(self, slot_id, change):
        slot = self.rows[slot_id]
        after = replace(slot, held=slot.held + change.held, confirmed=slot.confirmed + change.confirmed)
        if after.held < 0 or after.confirmed < 0 or after.held + after.confirmed > slot.capacity:
            return False
        if change.taken > 0 and (slot.closed or self._is_busy(slot)):
            return False
        self.rows[slot_id] = after
        return True

    def close(self, slot_id):
        self.rows[slot_id] = replace(self.rows[slot_id], closed=True)


class FakeMatches(FakeTable):
    def running_of_supplier(self, supplier_id, now):
        return [one for one in self._live(now) if one.supplier_id == supplier_id and one.campaign_id is not None]

    def running_of_offers(self, offer_ids, now):
        return [one for one in self._live(now) if one.offer.offer_id in offer_ids and one.campaign_id is not None]

    def live_counts(self, supplier_ids, now):
        return Counter(one.supplier_id for one in self._live(now) if one.supplier_id in supplier_ids)

    def _live(self, now):
        live = (MatchState.PROPOSED, MatchState.CONFIRMED)
        found = (one for one in self.rows.values() if one.state in live and one.span.end > now)
        return sorted(found, key=lambda one: one.match_id)

    def waiting_of_offer(self, offer_id):
        return [match for match in self.rows.values() if match.is_waiting and match.offer.offer_id == offer_id]

    def waiting_of_supplier(self, supplier_id):
        return [match for match in self.rows.values() if match.is_waiting and match.supplier_id == supplier_id]

    def waiting_of_pool(self, pool_id):
        waiting = [match for match in self.rows.values() if match.is_waiting and match.pool_id == pool_id]
        return [match for match in waiting if match.replaces_match_id is None]

    def waiting_for(self, campaign_id):
        return [match for match in self.rows.values() if match.is_waiting and match.for_campaign_id == campaign_id]

    def of_campaign(self, campaign_id):
        return [one for one in self.rows.values() if campaign_id in (one.campaign_id, one.for_campaign_id)]

    def slots_left(self, pool_id):
        left = (one for one in self.rows.values() if one.pool_id == pool_id and one.withdrawn_because is not None)
        return frozenset(match.slot_id for match in left)

    def slots_left_by(self, pool_ids):
        return {pool_id: left for pool_id in pool_ids if (left := self.slots_left(pool_id))}

    def are_live_for(self, pool_id):
        return any(match.pool_id == pool_id and match.state in LIVE for match in self.rows.values())

    def all(self):
        return list(self.rows.values())


class FakePools(FakeTable):
    def __init__(self, key):
        super().__init__(key)
        self.locked = []

    def lock_category(self, category):
        self.locked.append(category)

    def open_in(self, categories):
        return sorted(copy.pool_id for copy in self.rows.values() if copy.is_open and copy.category in categories)

    def waiting_for_round(self, category):
        mine = (copy for copy in self.rows.values() if copy.category == category and copy.procedure == "round")
        return sorted((copy for copy in mine if copy.is_open and copy.pool), key=lambda copy: copy.pool_id)


class FakeVacancies(FakeTable):
    def live_of(self, campaign_id):
        return [one for one in self.rows.values() if one.campaign_id == campaign_id and one.is_live]

    def open_in(self, categories):
        return sorted(one.match_id for one in self.rows.values() if one.is_open and one.category in categories)


class FakeCommunities:
    def __init__(self):
        self.known = set()

    def add(self, community_id):
        self.known.add(community_id)

    def unknown_among(self, community_ids):
        return sorted(set(community_ids) - self.known)


class FakeCalendars:
    def __init__(self):
        self.off = {}
        self.numbers = {}

    def days_off(self, supplier_id):
        return self.off.get(supplier_id, DaysOff())

    def save_days_off(self, supplier_id, days_off):
        self.off[supplier_id] = days_off

    def number_of(self, supplier_id, name):
        return self.numbers.setdefault((supplier_id, name), len(self.numbers) + 1)


class FakeScores(FakeTable):
    def save(self, score):
        known = self.rows.get(score.supplier_id)
        if known is None or known.version < score.version:
            self.add(score)


class FakeProcedures:
    def __init__(self):
        self.settings = {}
        self.choices = {}

    def save(self, setting):
        self.settings[setting.community_id, setting.category] = setting

    def of(self, community_ids, category):
        found = {}
        for key in (*((one, "") for one in community_ids), *((one, category) for one in community_ids)):
            if key in self.settings:
                found[key[0]] = self.settings[key]
        return found

    def choose(self, choice):
        self.choices[choice.pool_id, choice.community_id] = choice.procedure

    def chosen_for(self, pool_id):
        return {key[1]: procedure for key, procedure in self.choices.items() if key[0] == pool_id}


class FakeTenders(FakeTable):
    def __init__(self, key):
        super().__init__(key)
        self.rankings = {}

    def live_of(self, pool_id):
        return next((one for one in self.rows.values() if one.pool.pool_id == pool_id and one.is_live), None)

    def count_of(self, pool_id):
        return sum(1 for one in self.rows.values() if one.pool.pool_id == pool_id)

    def keep_ranking(self, tender_id, ranking):
        self.rankings[tender_id] = tuple(ranking)

    def ranking_of(self, tender_id):
        return self.rankings.get(tender_id, ())


class FakeBids(FakeTable):
    """What is sealed lies apart from the bids, so that nobody reads it by chance."""

    def __init__(self, key):
        super().__init__(key)
        self.keys = set()
        self.sealed = {}

    def make_key(self, tender_id):
        self.keys.add(tender_id)

    def seal(self, bid, proposal, nonce):
        assert bid.tender_id in self.keys
        self.add(bid)
        self.sealed[bid.bid_id] = (proposal, nonce)

    def open_all(self, tender_id):
        sealed = [bid for bid in self.of(tender_id) if bid.state == "sealed"]
        opened = [bid.opened(*self.sealed[bid.bid_id]) for bid in sealed]
        for bid in opened:
            self.add(bid)
        return opened

    def by(self, tender_id, supplier_id):
        both = (tender_id, supplier_id)
        return next((bid for bid in self.rows.values() if (bid.tender_id, bid.supplier_id) == both), None)

    def of(self, tender_id):
        found = [bid for bid in self.rows.values() if bid.tender_id == tender_id and bid.state != "withdrawn"]
        return sorted(found, key=lambda bid: bid.bid_id)


class FakeNegotiations(FakeTable):
    def about(self, bid_id):
        return next((talk for talk in self.rows.values() if talk.bid_id == bid_id), None)

    def open_of(self, tender_id):
        return [talk for talk in self.rows.values() if talk.tender_id == tender_id and talk.is_open]

    def of(self, tender_id):
        return {talk.bid_id: talk for talk in self.rows.values() if talk.tender_id == tender_id}


class FakeAgreements(FakeTable):
    def of(self, tender_id):
        return next((one for one in self.rows.values() if one.tender_id == tender_id), None)


class FakeSupplierUnitOfWork(FakeUnitOfWork):
    service = contract.SERVICE
    event_schemas: ClassVar = contract.EVENTS

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.permissions = FakePermissions(self.clock)
        self.suppliers = FakeSuppliers(self.permissions)
        self.qualifications = FakeQualifications("qualification_id")
        self.offers = FakeOffers("offer_id")
        self.calendars = FakeCalendars()
        self.price_lists = FakePriceLists("list_id")
        self.slots = FakeSlots("slot_id")
        self.matches = FakeMatches("match_id")
        self.vacancies = FakeVacancies("match_id")
        self.pools = FakePools("pool_id")
        self.communities = FakeCommunities()
        self.scores = FakeScores("supplier_id")
        self.procedures = FakeProcedures()
        self.visit_plans = FakeVisitPlans()
        self.visit_homes = FakeVisitHomes()
        self.rounds = FakeRounds()
        self.registrations = FakeRegistrations()
        self.admissions = FakeAdmissions()
        self.reminders = FakeReminders()
        self.tenders = FakeTenders("tender_id")
        self.bids = FakeBids("bid_id")
        self.negotiations = FakeNegotiations("negotiation_id")
        self.agreements = FakeAgreements("agreement_id")

    def fire_due(self, handlers):
        """Run the timers that are due, as the scheduler does, and return the names of their commands."""
        fired = []
        due = [key for key, (due_at, _, _) in self.timers.pending.items() if due_at <= self.clock.now()]
        for key in sorted(due):
            if key in self.timers.pending:
                _, command, payload = self.timers.pending.pop(key)
                handlers[command](payload, self)
                fired.append(command)
        return fired
