"""What a provider says, applied once, in whatever order it comes: see the table in PAYMENTS.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.campaign.domain import charging, joining, ledger, purse
from services.campaign.domain.joining import ALONE, Neighbours
from services.campaign.domain.ledger import Phase, Transfer
from services.campaign.domain.model import JOINING, Campaign, Commitment, Standing, State
from services.campaign.domain.orders import OrderState, PaymentOrder, new_order
from services.campaign.domain.outcome import Outcome
from services.campaign.handlers.closing import close_if_due
from services.campaign.handlers.ending import settle_if_due
from services.campaign.handlers.joining import census_of
from services.campaign.handlers.queueing import serve
from services.campaign.handlers.recording import Book
from services.campaign.providers.port import Kind, Result
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Case:
    """An order whose outcome has just become known, with everything it is about."""

    order: PaymentOrder
    campaign: Campaign
    commitment: Commitment
    pending: Sequence[Transfer]
    uow: CampaignUnitOfWork

    @property
    def payment(self) -> Transfer:
        """The pending payment; one that has ended meanwhile is thought up again, so that it can be given back."""
        if self.pending:
            return self.pending[0]
        return ledger.paying(self.commitment, self.order.provider, self.order.number)

    @property
    def at(self) -> datetime:
        """When it happened, by the provider's clock."""
        return self.order.ended_at or self.uow.clock.now()

    @property
    def neighbours(self) -> Neighbours:
        """Who else has paid, where that matters."""
        census = census_of(self.campaign, self.uow)
        one = self.commitment
        return ALONE if census is None else census.around(one.member_id, one.household_id)


def apply_result(result: Result, uow: CampaignUnitOfWork) -> None:
    """Let what a provider says have its effect; what is older than what is known changes nothing."""
    found = uow.orders.find(result.number)
    if found is None:
        _note_unknown(result, uow)
        return
    campaign = uow.campaigns.lock(found.campaign_id)
    order, commitment = uow.orders.lock(result.number), uow.commitments.find(found.commitment_id)
    if campaign is None or order is None or commitment is None:
        raise LookupError(f"the order {result.number} is about nothing that is known")
    if order.state is not OrderState.OPEN or result.sequence < order.sequence:
        return
    told = order.told(result, uow.clock.now())
    uow.orders.save([told])
    if told.state is OrderState.OPEN:
        return
    case = Case(told, campaign, commitment, uow.ledger.open_among(told.transfer_ids), uow)
    _enter(EFFECTS[told.kind, told.state](case), case)


def _enter(outcome: Outcome | None, case: Case) -> None:
    """Save an outcome, offer seats that became free, and go on with a campaign that waited for this."""
    book, campaign = Book(case.uow), case.campaign
    if outcome is not None:
        campaign = serve(book.enter(outcome).campaign, case.uow, book)
    book.flush()
    if campaign.state in JOINING:
        close_if_due(campaign, case.uow)
    elif campaign.state is State.DELIVERED:
        settle_if_due(campaign, case.uow)


def _note_unknown(result: Result, uow: CampaignUnitOfWork) -> None:
    """Keep what a provider did without an order of ours, such as money that unfroze by itself, so that books agree."""
    about = None if result.about is None else uow.orders.find(result.about)
    commitment = None if about is None else uow.commitments.find(about.commitment_id)
    if about is None or commitment is None or result.amount is None or result.kind is not Kind.UNFREEZE:
        return
    now = uow.clock.now()
    order = new_order(result.kind, commitment, about.provider, result.amount, now, about=about.number)
    uow.orders.add([replace(order, number=result.number).told(result, now)])


def _charged(case: Case) -> Outcome:
    try:
        return joining.pay(
            case.campaign,
            case.commitment,
            case.order.reference,
            case.at,
            neighbours=case.neighbours,
            pending=case.payment,
        )
    except Refusal:
        return _too_late(case)


def _too_late(case: Case) -> Outcome:
    """Give the payment back: a payment that ended in our ledger before is not ended a second time."""
    outcome = charging.too_late(case.campaign, case.commitment, case.payment, case.order.reference)
    if not case.pending:
        outcome = replace(outcome, transfers=outcome.transfers[1:])
    back = outcome.transfers[-1]
    about = case.order.about or case.order.number
    order = new_order(Kind.REFUND, case.commitment, case.order.provider, back.amount, case.uow.clock.now(), about=about)
    case.uow.orders.add([order.resolving(back)])
    return outcome


def _declined(case: Case) -> Outcome:
    phase = Phase.TIMEOUT if case.order.reason == "EXPIRED" else Phase.VOID
    return charging.decline(case.campaign, case.commitment, case.payment, phase)


def _authorised(case: Case) -> Outcome:
    try:
        return charging.authorise(case.campaign, case.commitment, case.payment, case.at)
    except Refusal:  # the seats are gone: the provider lets the money go, which nobody has taken
        one, order = case.commitment, case.order
        void = new_order(Kind.VOID, one, order.provider, order.amount, case.uow.clock.now(), about=order.number)
        case.uow.orders.add([void])
        return charging.decline(case.campaign, one, case.payment, Phase.VOID)


def _captured(case: Case) -> Outcome:
    if case.commitment.state is not Standing.AUTHORISED or case.campaign.state not in JOINING:
        _hurry(case, Kind.VOID)
        return _too_late(case)
    return charging.capture(
        case.campaign, case.commitment, case.payment, case.order.reference, case.uow.clock.now(), case.neighbours
    )


def _hurry(case: Case, rival: Kind) -> None:
    """Ask at once for the order that was overtaken by this one: what it waits for will not come any more."""
    rivals = [replace(one, due_at=case.uow.clock.now()) for one in case.uow.orders.after(case.order)]
    case.uow.orders.save([one for one in rivals if one.kind is rival])


def _not_captured(case: Case) -> Outcome | None:
    if case.commitment.state is not Standing.AUTHORISED:
        return None
    return charging.lose(case.campaign, case.commitment, case.payment, case.uow.clock.now())


def _let_go(case: Case) -> None:
    """What was let go was nobody's, and cannot be taken any more."""
    _hurry(case, Kind.CAPTURE)


def _nothing(case: Case) -> None:
    """What could not be let go lapses by itself, or was taken before."""


def _posted(case: Case) -> Outcome:
    done = tuple(ledger.ending(one, Phase.POST, case.order.reference) for one in case.pending)
    return Outcome(case.campaign, transfers=done, light=True)


def _not_refunded(case: Case) -> Outcome | None:
    (pending,) = case.pending
    if pending.kind == "late_refund":  # it stays with the provider, for nobody's campaign, and an operator sees it
        return Outcome(case.campaign, transfers=(ledger.ending(pending, Phase.VOID),), light=True)
    return charging.refund_failed(case.campaign, case.commitment, pending)


def _not_split(case: Case) -> Outcome:
    """Let the supplier have what a receiver could not get: the provider leaves it with the payee in any case."""
    (pending,) = case.pending
    supplier = ledger.supplier_account(case.campaign.terms.supplier_id)
    instead = ledger.release(case.campaign, supplier, f"instead:{pending.transfer_id}", pending.amount, case.commitment)
    rest = next(order for order in case.uow.orders.after(case.order) if order.kind is Kind.UNFREEZE)
    case.uow.orders.save([replace(rest.resolving(instead), amount=rest.amount + pending.amount)])
    case.uow.ledger.post([ledger.ending(pending, Phase.VOID), instead])
    return Outcome(case.campaign, light=True)


def _came_back(case: Case) -> Outcome:
    (pending,) = case.pending
    cause = str(pending.transfer_id)
    moved = purse.came_back(case.campaign, case.commitment, pending.amount, cause)
    posted = ledger.ending(pending, Phase.POST, case.order.reference)
    return Outcome(moved.campaign, changed=(moved.commitment,), transfers=(posted, *moved.transfers), light=True)


def _did_not_come_back(case: Case) -> Outcome:
    return Outcome(case.campaign, transfers=tuple(ledger.ending(one, Phase.VOID) for one in case.pending), light=True)


YES, NO = OrderState.SUCCEEDED, OrderState.DECLINED
EFFECTS: dict[tuple[Kind, OrderState], Callable[[Case], Outcome | None]] = {
    (Kind.CHARGE, YES): _charged,
    (Kind.CHARGE, NO): _declined,
    (Kind.AUTHORISE, YES): _authorised,
    (Kind.AUTHORISE, NO): _declined,
    (Kind.CAPTURE, YES): _captured,
    (Kind.CAPTURE, NO): _not_captured,
    (Kind.VOID, YES): _let_go,
    (Kind.VOID, NO): _nothing,
    (Kind.REFUND, YES): _posted,
    (Kind.REFUND, NO): _not_refunded,
    (Kind.SPLIT, YES): _posted,
    (Kind.SPLIT, NO): _not_split,
    (Kind.SPLIT_RETURN, YES): _came_back,
    (Kind.SPLIT_RETURN, NO): _did_not_come_back,
    # Declined means that another one was quicker: the money is with the payee, which is what was wanted.
    (Kind.UNFREEZE, YES): _posted,
    (Kind.UNFREEZE, NO): _posted,
}
