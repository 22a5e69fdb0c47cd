"""A formed campaign with a commitment that can be disputed, and mediators in communities that have no part in it."""

from uuid import UUID

from services.kernel.ids import new_id
from tests.builders_asking import know_supplier
from tests.builders_campaign import SLOT_START, Town, cny

SHARES = {"supplier_bp": 8000, "organiser_bp": 1000, "community_bp": 700, "platform_bp": 300}
STANDARD = "00000000-0000-7000-8000-000000000001"


class Court:
    """A town whose campaign is confirmed: ``mine`` is two seats of one member, ten more are somebody else's."""

    def __init__(self, desk, *, mediators=2, delivered=True, opening=None, online=False, **match):
        self.desk, self.registrar = desk, new_id()
        self.town = town = Town(desk, **{"shares": SHARES, **match})
        self.hear_of_supplier(self.registrar)
        town.open(**(opening or {}))
        self.member = town.member()
        self.mine = self._online() if online else town.pay(town.reserve(2, self.member))
        self.other = town.join(10, town.b)
        town.act("close_campaign")
        self.judges = [self.name() for _ in range(mediators)]
        if delivered:
            self.deliver()

    def _online(self):
        held = self.town.reserve(2, self.member)
        self.town.start_payment(held)
        self.desk.work()
        return self.town.commitment(held)

    @property
    def uow(self):
        return self.desk.uow

    def hear_of_supplier(self, community_id, version=1):
        know_supplier(self.desk, self.town.supplier_id, community_id, "none", version=version)

    def name(self, community=None, member=None):
        """Name a mediator; returns how it calls."""
        community, member = community or new_id(), member or new_id()
        self.town.know(member, community)
        self.desk.do("name_mediator", ids(community_id=community, member_id=member), **operator(community))
        return {"role": "member", "community_id": community, "member_id": member}

    def deliver(self):
        self.desk.clock.time = SLOT_START
        self.desk.fire_due_timers()
        self.town.act("deliver_campaign")

    def open(self, claim="200.00", reason="quality", who=None, commitment=None, **changes):
        commitment = commitment or self.mine
        data = {"commitment_id": commitment["commitment_id"], "reason": reason, "claim": cny(claim), "text": "窑坏了"}
        self.case = self.desk.do("open_dispute", {**data, **changes}, **(who or self.member))
        return self.case

    def do(self, name, who, **data):
        """Do something in the case, or in ``case``."""
        case = data.pop("case", self.case)
        return self.desk.do(name, {"dispute_id": case["dispute_id"], **data}, **who)

    def answer(self, **data):
        return self.do("answer_dispute", self.town.supplier(), text="已补课", **data)

    def offer(self, who, amount="50.00", **data):
        return self.do("offer_settlement", who, amount=cny(amount), **data)

    def accept(self, who, offer_id):
        return self.do("accept_settlement", who, offer_id=offer_id)

    def ask(self, who=None):
        return self.do("ask_mediation", who or self.member)

    def decide(self, who=None, amount=None, share_bp=None, **data):
        part = {"share_bp": share_bp} if amount is None else {"amount": cny(amount)}
        return self.do("decide_dispute", who or self.judge(), text="双方各有责任", **part, **data)

    def appeal(self, who=None):
        return self.do("appeal_dispute", who or self.member, text="不服")

    def withdraw(self, who=None):
        return self.do("withdraw_dispute", who or self.member)

    def to_mediation(self, **claim):
        """Open a case, let it be answered, and ask for a mediator."""
        self.open(**claim)
        self.answer()
        return self.ask()

    def judge(self, case=None):
        """Who decides the case now, as a caller."""
        mediator = self.stored(case).mediator
        if mediator is None:
            return {"role": "node_operator"}
        return {"role": "member", "community_id": mediator.community_id, "member_id": mediator.member_id}

    def stored(self, case=None):
        dispute_id = UUID((case or self.case)["dispute_id"])
        return self._look(lambda uow: uow.disputes.find(dispute_id))

    def see(self, who=None, case=None):
        """The case as ``who`` (default: the node operator) sees it."""
        asked = {"dispute_id": (case or self.case)["dispute_id"]}
        return self.desk.ask("get_dispute", asked, **(who or {"role": "node_operator"}))

    def pass_(self, **span):
        """Let time pass and what is due happen."""
        self.desk.clock.pass_(**span)
        return self.desk.fire_due_timers()

    def money(self, commitment=None):
        """(net, released, held) of a commitment in fen."""
        commitment_id = UUID((commitment or self.mine)["commitment_id"])
        found = self._look(lambda uow: uow.commitments.find(commitment_id))
        return found.net.minor, found.released.minor, found.held.minor

    def _look(self, view):
        if hasattr(self.desk, "uow"):
            return view(self.desk.uow)
        with self.desk.new_uow() as uow:
            return view(uow)


def operator(community):
    return {"role": "community_operator", "community_id": community}


def ids(**found):
    return {name: str(value) for name, value in found.items()}
