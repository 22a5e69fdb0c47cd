"""A fair for unit tests of the supplier service: stalls, pools and campaigns on a unit of work in memory."""

from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from tests.builders_supplier import ALL, caller, offer, ready_pool, slot, supplier, tiers
from tests.fakes.supplier import FakeSupplierUnitOfWork

HOME, OTHER = new_id(), new_id()
BECAUSE = "陶艺老师生病"


class Fair:
    """Suppliers with an offer and a slot each, all shared with everybody, and the campaigns that use them."""

    def __init__(self):
        self.uow = FakeSupplierUnitOfWork()
        self.uow.communities.known |= {HOME, OTHER}

    def stall(self, price="128.00", capacity=30, community_id=HOME, **changes):
        studio = supplier(community_id=community_id, sharing=ALL)
        made = offer(studio.supplier_id, tiers=tiers((1, price)), **changes)
        seats = slot(made.offer_id, capacity=capacity)
        for table, item in ((self.uow.suppliers, studio), (self.uow.offers, made), (self.uow.slots, seats)):
            table.add(item)
        return made

    def slot_of(self, made):
        (seats,) = self.uow.slots.of_offers([made.offer_id])[made.offer_id]
        return seats

    def taken(self, made):
        seats = self.slot_of(made)
        return seats.held, seats.confirmed

    def pool(self, *people, version=1):
        pool = ready_pool(*people, community_ids=[HOME, OTHER][: len(people)])
        handlers.match_ready_pool(commands.MatchReadyPool(pool, version), self.uow)
        return pool

    def direct(self, made, seats=20):
        command = commands.ProposeMatch(
            caller(community_id=HOME), made.offer_id, self.slot_of(made).slot_id, seats, None
        )
        return handlers.propose_match(command, self.uow).match

    def of(self, made):
        """The newest match of an offer."""
        return [match for match in self.uow.matches.all() if match.offer.offer_id == made.offer_id][-1]

    def open(self, match, campaign_id=None):
        campaign_id = campaign_id or new_id()
        handlers.hold_for_campaign(commands.HoldForCampaign(match.match_id, campaign_id), self.uow)
        return campaign_id

    def confirm(self, match, campaign_id, seats):
        handlers.confirm_seats(commands.ConfirmSeats(match.match_id, campaign_id, seats), self.uow)

    def withdraw(self, match, who=None):
        command = commands.WithdrawMatch(who or caller(community_id=HOME), match.match_id, BECAUSE)
        return handlers.withdraw_match(command, self.uow).match

    def take(self, match, seats):
        ids = (match.match_id, match.for_campaign_id, match.replaces_match_id)
        handlers.take_replacement(commands.TakeReplacement(*ids, seats), self.uow)

    def decline(self, match):
        command = commands.DeclineMatch(match.match_id, match.for_campaign_id, "too_expensive")
        handlers.decline_match(command, self.uow)

    def end(self, match, campaign_id):
        handlers.release_seats(commands.ReleaseSeats(match.match_id, campaign_id), self.uow)

    def fire(self):
        return self.uow.fire_due(handlers.TIMERS)

    def told(self, name):
        return self.uow.outbox.data_of(name)

    def vacancy(self, match):
        return self.uow.vacancies.find(match.match_id).state


def sold_fair():
    """A campaign of a direct match of 20 seats that sold 18, beside a dearer offer that could replace it."""
    fair = Fair()
    fair.first, fair.second = fair.stall("99.00"), fair.stall("118.00")
    fair.match = fair.direct(fair.first)
    fair.campaign_id = fair.open(fair.match)
    fair.confirm(fair.match, fair.campaign_id, 18)
    return fair
