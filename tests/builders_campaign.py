"""What tests of campaign are made of: a match, its members, and a desk that takes requests as the gateway would.

The same desk works on the fakes and on a real PostgreSQL, so that one story can be told on both.
"""

import base64
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from services.campaign import handlers, inbound, outbound, views
from services.campaign.domain.ledger import Transfer, balances
from services.campaign.domain.orders import OrderState
from services.campaign.handlers import TIMERS
from services.campaign.handlers.errands import PaymentErrands
from services.campaign.handlers.outcomes import apply_result
from services.campaign.providers.port import Kind, Result, Status
from services.campaign.storage import entry_rows, tables
from services.chassis.bus import Bus
from services.chassis.envelope import Envelope
from services.kernel.clock import format_time
from services.kernel.errors import Refusal
from services.kernel.ids import new_id
from services.kernel.money import Money
from services.kernel.policy import Policy
from tests.bank import QUICK, Bank
from tests.fakes.campaign import FakeCampaignUnitOfWork
from tests.fakes.chassis import MONDAY, FakeClock, request

DEADLINE = MONDAY + timedelta(days=5)
SLOT_START = MONDAY + timedelta(days=12)
TIERS = ((10, "128.00"), (20, "118.00"), (30, "108.00"))
PLAN = (("confirmed", 3000), ("delivered", 5000), ("accepted", 2000))


# The questions that are read as another one is.
READERS = {
    "get_campaign_ledger": "get_campaign",
    "get_outlook": "get_campaign",
    "get_campaign_terms": "get_campaign",
    "list_sessions": "get_campaign",
    "get_commitment_attendance": "get_commitment",
    "reserve_many_seats": "reserve_seats",
}
# Which command is answered by what; a campaign where nothing is said here.
WRITERS = {
    "contribute_to_fund": "gift",
    "start_payment": "payment_order",
    "add_terms": "terms",
    "accept_terms": "campaign_terms",
    **dict.fromkeys(("name_mediator", "end_mediator"), "mediator"),
    **dict.fromkeys(("open_dispute", "answer_dispute", "add_evidence", "offer_settlement"), "dispute"),
    **dict.fromkeys(("accept_settlement", "ask_mediation", "withdraw_dispute", "decide_dispute"), "dispute"),
    **dict.fromkeys(("decline_case", "appeal_dispute"), "dispute"),
    **dict.fromkeys(("answer_inquiry", "move_campaign"), "inquiry"),
    **dict.fromkeys(("hold_session", "cancel_session"), "schedule"),
    "get_check_in_code": "ticket",
    "list_check_in_keys": "keys",
    "upload_check_ins": "upload",
    "correct_attendance": "attended",
    "invite_members": "asked",
    "decline_invitation": "invitation",
}


OF_A_COMMITMENT = (
    *("reserve_seats", "pay_commitment", "cancel_commitment", "change_seats", "hand_over", "undo_payment"),
    "retry_refund",
)


def cny(amount):
    return {"amount": amount, "currency": "CNY"}


def news(source, name, subject, data, version=1):
    """An event as another service publishes it."""
    return Envelope(str(new_id()), source, name, MONDAY, str(subject), version, data, str(new_id()))


def match_proposed(communities, **changes):
    """The event of a match for ``communities`` (id -> people)."""
    minimum, seats = changes.pop("min_group", 10), changes.pop("seats", 30)
    tiers, plan = changes.pop("tiers", TIERS), changes.pop("release", PLAN)
    currency = changes.pop("currency", "CNY")
    data = {
        "match_id": str(new_id()),
        "pool_id": str(new_id()),
        "rank": 1,
        "category": "pottery",
        "people": sum(communities.values()),
        "communities": [{"community_id": str(one), "people": people} for one, people in communities.items()],
        "supplier_id": str(new_id()),
        "supplier_name": "泥巴工坊",
        "offer": {
            "offer_id": str(new_id()),
            "version": 1,
            "title": "亲子陶艺课",
            "category": "pottery",
            "where": "supplier",
            "place": {"lat": 31.2304, "lon": 121.4737},
            "tiers": [{"seats": n, "price": {"amount": price, "currency": currency}} for n, price in tiers],
            "min_group": minimum,
            "max_group": seats,
            "minutes": 120,
            "release": [{"stage": stage, "share_bp": share} for stage, share in plan],
            "acceptance_hours": changes.pop("acceptance_hours", 48),
            "fallback_tiers": [{"seats": n, "price": cny(price)} for n, price in changes.pop("fallback_tiers", ())],
            "shares": changes.pop("shares", None),
            "cancellation": changes.pop("cancellation", None),
        },
        "slot": {
            "slot_id": str(new_id()),
            "start": format_time(SLOT_START),
            "end": format_time(SLOT_START + timedelta(hours=2)),
            "sessions": changes.pop("sessions", []),
        },
        "seats": seats,
        "held_until": format_time(MONDAY + timedelta(hours=72)),
    }
    data.update(changes)
    return news("supplier", "match_proposed.v1", data["match_id"], data)


class Desk:
    """Takes requests and events for the service; ``uow`` is fake. With a ``bank`` members can pay by it."""

    bank = None

    def __init__(self, clock=None, **options):
        self.clock = clock or FakeClock()
        self.uow = FakeCampaignUnitOfWork(self.clock, **options)

    def with_bank(self, profile=QUICK, *, seed=1):
        """Let members pay by a sandbox provider; returns the desk."""
        self.bank = Bank(self.clock, profile, seed=seed)
        self.errands = PaymentErrands({"sandbox": self.bank.driver}, "http://pinlian")
        self._know_providers(Policy(payment_providers=frozenset({"sandbox"})))
        return self

    def _know_providers(self, policy):
        self.uow.policy = policy

    def work(self):
        """Let orders go out and their results come in, until nothing is left to do at this moment."""
        while self._go_out() or self.bank.ring(self.callback):
            pass

    def _go_out(self):
        with self.unit() as uow:
            taken = self.errands.take(uow, 16)
        for order in taken:
            came = self.errands.go(order)
            with self.unit() as uow:
                self.errands.settle(came, uow)
        return len(taken)

    def refuse_refunds(self):
        """Let the provider decline every refund that is under way, for once."""
        for order in self.orders():
            if order.kind is Kind.REFUND and order.state is OrderState.OPEN:
                self.hear_of(Result(order.number, Status.DECLINED, order.kind, reason="ACCOUNT_ABNORMAL", sequence=9))

    def hear_of(self, result):
        """Let what the provider says have its effect."""
        with self.unit() as uow:
            apply_result(result, uow)

    @contextmanager
    def unit(self):
        """A unit of work that is committed in the end."""
        yield self.uow

    # What is kept

    def orders(self):
        """The orders to providers, the oldest first."""
        return sorted(self.uow.orders.rows.values(), key=lambda one: one.order_id)

    def transfers(self):
        return list(self.uow.ledger.transfers)

    def told(self, kind):
        """The notices of a kind."""
        return self.uow.notices.of(kind)

    def timers(self):
        """When each timer is due."""
        return [at for at, _, _ in self.uow.timers.pending.values()]

    def balance(self, account):
        """The posted balance of an account in fen."""
        return balances(self.transfers()).get((account, "CNY"), 0)

    def callback(self, headers, body):
        """Take a callback, as the gateway would hand it on."""
        data = {"provider": "sandbox", "headers": headers, "body": base64.b64encode(body).decode()}
        return self._execute(request(data), inbound.take_callback, self.errands.take_callback, outbound.taken)

    def pass_(self, **span):
        """Let time go by, minute by minute where money is under way, and do what is due."""
        end = self.clock.now() + timedelta(**span)
        while (at := self._next(end)) is not None:
            self.clock.time = max(self.clock.time, at)
            self.fire_due_timers()
            self.work()
        self.clock.time = end

    def _next(self, end):
        with self.unit() as uow:
            next_order = uow.orders.next_due()
        due = [*self.timers(), *filter(None, (next_order, self.bank.next_due()))]
        return min((at for at in due if at <= end), default=None)

    def do(self, name, data, **caller):
        """Run a command as the RPC of that name would, and return its answer."""
        return self.send(name, request(data, **caller))

    def send(self, name, asked):
        """Run a command with a whole request."""
        plain = outbound.commitment if name in OF_A_COMMITMENT else outbound.campaign
        write = getattr(outbound, WRITERS[name]) if name in WRITERS else plain
        return self._execute(asked, getattr(inbound, name), getattr(handlers, name), write)

    def _execute(self, asked, read, handle, write):
        before = dict(self.uow.timers.pending)
        try:
            return write(handle(read(asked), self.uow))
        except Refusal:  # all else is refused before it is touched
            self.uow.timers.pending = before
            raise

    def ask(self, name, data, **caller):
        """Run a query as the RPC of that name would."""
        read = getattr(inbound, READERS.get(name, name))
        return self._query(request(data, **caller), read, getattr(views, name))

    def _query(self, asked, read, view):
        return view(read(asked), self.uow)

    def hear(self, event):
        """Let an event have its effect."""
        read, handle = {
            "match_proposed.v1": (inbound.match_proposed, handlers.take_match),
            "match_expired.v1": (inbound.match_expired, handlers.lose_match),
            "supplier_withdrew.v1": (inbound.supplier_withdrew, handlers.vacate_campaign),
            "replacement_missing.v1": (inbound.replacement_missing, handlers.tell_missing),
            "offer_paused.v1": (inbound.offer_paused, handlers.note_papers),
            "offer_resumed.v1": (inbound.offer_resumed, handlers.note_papers),
            "supplier_registered.v1": (inbound.supplier_known, handlers.know_supplier),
            "supplier_changed.v1": (inbound.supplier_known, handlers.know_supplier),
            "slot_confirmed.v1": (inbound.slot_confirmed, handlers.mark_slot_confirmed),
            "member_joined.v1": (inbound.member_known, handlers.know_member),
            "member_changed.v1": (inbound.member_known, handlers.know_member),
            "invitations_decided.v1": (inbound.invitations_decided, handlers.take_decisions),
        }[event.name]
        return self._consume(event, read, handle)

    def _consume(self, event, read, handle):
        handle(read(event), self.uow)

    def campaign_of_match(self, match_id):
        return self.uow.campaigns.find_by_match(UUID(match_id))

    def fire_due_timers(self):
        """Run what is due now, as the scheduler would; returns the commands that ran."""
        due = sorted((at, key) for key, (at, _, _) in self.uow.timers.pending.items() if at <= self.clock.now())
        fired = []
        for _, key in due:
            _, command, payload = self.uow.timers.pending.pop(key)
            TIMERS[command](payload, self.uow)
            fired.append(command)
        return fired


class RealDesk(Desk):
    """The same on PostgreSQL: each request is a transaction of its own, through the bus."""

    def __init__(self, engine, clock=None):
        from services.campaign.storage.unit_of_work import CampaignUnitOfWork

        self.clock = clock or FakeClock()
        self.policy = Policy()
        self.new_uow = lambda: CampaignUnitOfWork(engine, self.clock, self.policy)
        self.bus = Bus(self.new_uow)

    def _know_providers(self, policy):
        self.policy = policy

    @contextmanager
    def unit(self):
        with self.new_uow() as uow:
            yield uow
            uow.commit()

    def _rows(self, table, read):
        with self.new_uow() as uow:
            return [read(row) for row in uow.connection.execute(table.select()).mappings()]

    def orders(self):
        return sorted(self._rows(tables.payment_orders, entry_rows.order_of), key=lambda one: one.order_id)

    def transfers(self):
        return sorted(self._rows(tables.transfers, entry_rows.transfer_of), key=lambda one: one.transfer_id)

    def told(self, kind):
        return [one for one in self._rows(tables.notices, entry_rows.notice_of) if one.kind == kind]

    def timers(self):
        return self._rows(self.new_uow().tables.timers, lambda row: row["due_at"])

    def _execute(self, asked, read, handle, write):
        return self.bus.execute(asked, read, handle, write)

    def _query(self, asked, read, view):
        return self.bus.query(asked, read, view)

    def _consume(self, event, read, handle):
        return self.bus.consume(event, read, handle)

    def campaign_of_match(self, match_id):
        with self.new_uow() as uow:
            return uow.campaigns.find_by_match(UUID(match_id))

    def fire_due_timers(self):
        fired = []
        while self._fire_one(fired):
            pass
        return fired

    def _fire_one(self, fired):
        timers = self.new_uow().tables.timers
        with self.new_uow() as uow:
            due = timers.select().where(timers.c.due_at <= self.clock.now()).order_by(timers.c.due_at).limit(1)
            row = uow.connection.execute(due.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return False
            uow.connection.execute(timers.delete().where(timers.c.key == row.key))
            TIMERS[row.command](row.payload, uow)
            uow.commit()
            fired.append(row.command)
            return True


class Town:
    """Two communities with members, and a campaign that can be opened."""

    def __init__(self, desk, people=(10, 8), communities=None, **match):
        self.desk = desk
        self.a, self.b = (*communities, new_id())[:2] if communities else (new_id(), new_id())
        self.event = match_proposed(communities or {self.a: people[0], self.b: people[1]}, **match)
        desk.hear(self.event)
        self.match_id = self.event.data["match_id"]
        self.supplier_id = self.event.data["supplier_id"]
        self.campaign_id = str(desk.campaign_of_match(self.match_id).campaign_id)

    def organiser(self, community=None):
        return {"role": "organiser", "community_id": community or self.a, "member_id": new_id()}

    def partner(self, community=None):
        return {"role": "partner", "community_id": community or self.a}

    def member(self, community=None):
        return {"role": "member", "community_id": community or self.a, "member_id": new_id()}

    def supplier(self):
        return {"role": "supplier", "supplier_id": self.supplier_id}

    def open(self, **terms):
        data = {"campaign_id": self.campaign_id, "deadline": format_time(DEADLINE), **terms}
        return self.desk.do("open_campaign", data, **self.organiser())

    def reserve(self, seats=1, who=None):
        """Hold seats as a member; returns the commitment."""
        return self.desk.do(
            "reserve_seats", {"campaign_id": self.campaign_id, "seats": seats}, **(who or self.member())
        )

    def pay(self, commitment, receipt=None, **changes):
        data = {"commitment_id": commitment["commitment_id"], "method": "offline", "receipt": receipt or str(new_id())}
        return self.desk.do("pay_commitment", {**data, **changes}, **self.organiser(UUID(commitment["community_id"])))

    def start_payment(self, commitment, **data):
        """Pay held seats by the sandbox; returns the order."""
        who = {"role": "member", "community_id": commitment["community_id"], "member_id": commitment["member_id"]}
        asked = {"commitment_id": commitment["commitment_id"], "provider": "sandbox", **data}
        return self.desk.do("start_payment", asked, **who)

    def join(self, seats=1, community=None):
        """Hold and pay seats for a new member; returns the commitment."""
        return self.pay(self.reserve(seats, self.member(community)))

    def leave(self, commitment, **data):
        who = self.organiser(UUID(commitment["community_id"]))
        return self.desk.do("cancel_commitment", {"commitment_id": commitment["commitment_id"], **data}, **who)

    def wait(self, seats=1, who=None):
        """Join the waiting list; returns the commitment."""
        data = {"campaign_id": self.campaign_id, "seats": seats, "wait": True}
        return self.desk.do("reserve_seats", data, **(who or self.member()))

    def know(self, member_id, community=None, household=None):
        """Let the service hear of a member."""
        data = {"member_id": str(member_id), "community_id": str(community or self.a), "roles": []}
        data["household_id"] = None if household is None else str(household)
        self.desk.hear(news("demand", "member_joined.v1", member_id, data))

    def outlook(self, who=None):
        """What would happen if the campaign closed now."""
        asked = {"campaign_id": self.campaign_id}
        return self.desk.ask("get_outlook", asked, **(who or {"role": "node_operator"}))

    def act(self, name, who=None, **data):
        """close, cancel or deliver the campaign."""
        return self.desk.do(name, {"campaign_id": self.campaign_id, **data}, **(who or self.organiser()))

    def see(self, who=None):
        """The campaign as ``who`` (default: the node operator) sees it."""
        return self.desk.ask("get_campaign", {"campaign_id": self.campaign_id}, **(who or {"role": "node_operator"}))

    def commitment(self, commitment):
        asked = {"commitment_id": commitment["commitment_id"]}
        return self.desk.ask("get_commitment", asked, role="node_operator")


def spend_the_fund(desk, community):
    """Let a common fund have spent what it got of the releases, on a tier of another campaign."""
    account = f"fund:{community}"
    balance = Money(desk.balance(account), "CNY")
    key, none = f"cover:elsewhere:{new_id()}", {"campaign_id": None, "commitment_id": None}
    with desk.unit() as uow:
        uow.ledger.post([Transfer(new_id(), key, "cover", account, "supplier:x", balance, **none)])
