"""Payments through a provider: how members begin them, and how a refund that failed is tried again."""

from datetime import timedelta

from services.campaign.domain import charging, ledger
from services.campaign.domain.commands import RetryRefund, StartPayment
from services.campaign.domain.errors import CommitmentStateError, PaymentOpenError, ProviderError
from services.campaign.domain.joining import require_held, with_terms
from services.campaign.domain.ledger import Transfer
from services.campaign.domain.lifecycle import Action, step
from services.campaign.domain.model import Campaign, Commitment
from services.campaign.domain.orders import OrderState, PaymentOrder, new_order
from services.campaign.domain.privacy import MANAGERS
from services.campaign.domain.terms import FULL_BP
from services.campaign.handlers.joining import lock_commitment
from services.campaign.handlers.recording import record
from services.campaign.providers.facts import FACTS
from services.campaign.providers.port import Kind
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.caller import Role


def start_payment(command: StartPayment, uow: CampaignUnitOfWork) -> PaymentOrder:
    """Ask a provider for the payment of held seats; what comes of it arrives by itself."""
    command.caller.require(Role.MEMBER, *MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    now = uow.clock.now()
    kind = Kind.AUTHORISE if command.later else Kind.CHARGE
    step(campaign, Action.AUTHORISE if command.later else Action.PAY, now)
    require_held(commitment, now)
    _require_possible(command, campaign, uow)
    accepted = with_terms(campaign, commitment, command.terms_digest, now)
    if not accepted.amount:
        raise ProviderError("nothing is to be paid; record it as offline", state=str(commitment.state))
    order = new_order(kind, accepted, command.provider, accepted.amount, now, expires_at=accepted.hold_until)
    pending = ledger.paying(accepted, command.provider, order.number)
    uow.commitments.save([accepted])
    uow.ledger.post([pending])
    order = order.resolving(pending)
    uow.orders.add([order])
    return order


def _require_possible(command: StartPayment, campaign: Campaign, uow: CampaignUnitOfWork) -> None:
    """Refuse what the provider's rules would not let come to its end."""
    state, facts = str(campaign.state), FACTS.get(command.provider)
    if facts is None or command.provider not in uow.policy.payment_providers:
        known = sorted(uow.policy.payment_providers)
        raise ProviderError(f"{command.provider} is not set up on this node", state=state, known=known)
    limits, now = facts.limits, uow.clock.now()
    if command.later and not facts.traits.can_authorise:
        raise ProviderError(f"{command.provider} takes money at once", state=state)
    until = campaign.deadline or campaign.terms.start
    days = limits.authorisation_days
    if command.later and days is not None and until + timedelta(hours=1) > now + timedelta(days=days):
        raise ProviderError(f"{command.provider} authorises for {days} days, which is too short", state=state)
    end = campaign.terms.times[-1].end + timedelta(hours=campaign.terms.acceptance_hours)
    if limits.unfreeze_days is not None and end > now + timedelta(days=limits.unfreeze_days):
        message = f"{command.provider} holds money for {limits.unfreeze_days} days, and this is settled later"
        raise ProviderError(message, state=state)
    others = FULL_BP - campaign.terms.shares.supplier_bp
    if limits.share_bp is not None and others > limits.share_bp:
        message = f"{command.provider} lets at most {limits.share_bp} basis points go to others than the supplier"
        raise ProviderError(message, state=state, share_bp=others)


def retry_refund(command: RetryRefund, uow: CampaignUnitOfWork) -> Commitment:
    """Try once more to give back what a provider could not give back."""
    command.caller.require(*MANAGERS)
    campaign, commitment = lock_commitment(command.commitment_id, command.caller, uow)
    made = uow.orders.of(commitment.commitment_id)
    late = uow.ledger.late(commitment.commitment_id)
    if (again := ledger.late_refund_again(late)) is not None:
        tried = {one.transfer_id for one in late if again.key.startswith(one.key)}
        return _give_late_back(again, commitment, next(one for one in made if tried & {*one.transfer_ids}), uow)
    if not commitment.owed:
        raise CommitmentStateError("nothing is owed", state=str(commitment.state))
    if any(order.state is OrderState.OPEN and order.kind in (Kind.REFUND, Kind.SPLIT_RETURN) for order in made):
        raise PaymentOpenError("a refund is under way", state=str(commitment.state))
    outcome = charging.refund_again(campaign, commitment, str(len(made)), in_cash=command.in_cash)
    return record(outcome, uow).commitment


def _give_late_back(
    late: Transfer, commitment: Commitment, failed: PaymentOrder, uow: CampaignUnitOfWork
) -> Commitment:
    """Try again to give back a payment that came too late: it was never a part of the campaign's money."""
    now = uow.clock.now()
    again = new_order(Kind.REFUND, commitment, late.provider, late.amount, now, transfers=[late], about=failed.about)
    uow.ledger.post([late])
    uow.orders.add([again])
    return commitment
