"""The errands of the campaign service: orders to payment providers, and what the providers call us with."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.campaign.domain.commands import TakeCallback
from services.campaign.domain.errors import BadCallbackError
from services.campaign.domain.orders import OrderState, PaymentOrder
from services.campaign.handlers.outcomes import apply_result
from services.campaign.providers.port import (
    BadCallback,
    Kind,
    PaymentProvider,
    ProviderRefused,
    ProviderUnavailable,
    Result,
    Status,
)
from services.campaign.providers.registry import make_providers
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.environment import Environment

log = logging.getLogger(__name__)

# These come too soon and not wrongly: what has to happen first is under way.
TOO_SOON = {"SPLIT_RETURN_NEEDED", "WRONG_STATE"}
MOST_TOO_SOON = 20
# Of these two only one can come through.
RIVALS = {Kind.CAPTURE: Kind.VOID, Kind.VOID: Kind.CAPTURE}


@dataclass(frozen=True, slots=True)
class Came:
    """An order that was tried, and what the provider says; None when nobody knows, or it comes too soon."""

    order: PaymentOrder
    result: Result | None
    too_soon: str | None = None


class PaymentErrands:
    """Sends the orders that are due to their providers, and asks after those that were sent."""

    def __init__(self, providers: Mapping[str, PaymentProvider], public_url: str | None) -> None:
        self._providers = providers
        self._public_url = public_url

    def take(self, uow: CampaignUnitOfWork, most: int) -> Sequence[PaymentOrder]:
        """Take orders that are due."""
        return uow.orders.take_due(most)

    def next_due(self, uow: CampaignUnitOfWork) -> datetime | None:
        """Return when the next order is due."""
        return uow.orders.next_due()

    def go(self, order: PaymentOrder) -> Came:
        """Send the order, or ask what became of it; a provider that does not know it gets it again."""
        provider = self._providers.get(order.provider)
        if provider is None:
            log.error("an order waits for a provider that is not set up", extra={"provider": order.provider})
            return Came(order, None)
        try:
            result = provider.query(order.number, order.kind) if order.sent else self._send(provider, order)
            if result.status is Status.UNKNOWN:
                result = self._send(provider, order)
            return Came(order, result)
        except ProviderUnavailable as failure:
            log.warning("a provider did not answer", extra={"provider": order.provider, "why": str(failure)[:200]})
            return Came(order, None)
        except ProviderRefused as refusal:
            if refusal.code in TOO_SOON and order.attempts < MOST_TOO_SOON:
                return Came(order, None, too_soon=refusal.code)
            log.error("a provider refused an order", extra={"provider": order.provider, "code": refusal.code})
            return Came(order, _declined(order, refusal.code))

    def _send(self, provider: PaymentProvider, order: PaymentOrder) -> Result:
        notify = None if self._public_url is None else f"{self._public_url}/v1/providers/{order.provider}/callbacks"
        return provider.send(order.order(notify))

    def settle(self, came: Came, uow: CampaignUnitOfWork) -> None:
        """Let what the provider says have its effect, and note when to ask again if that is not the end of it."""
        result = came.result
        if came.too_soon is not None and _is_overtaken(came.order, uow):
            result = _declined(came.order, came.too_soon)
        if result is not None:
            apply_result(result, uow)
        order = uow.orders.lock(came.order.number)
        if order is not None and order.state is OrderState.OPEN:
            uow.orders.save([order.tried(uow.clock.now())])

    def take_callback(self, command: TakeCallback, uow: CampaignUnitOfWork) -> None:
        """Let a callback have its effect; one that is not from the provider changes nothing."""
        provider = self._providers.get(command.provider)
        if provider is None:
            raise BadCallbackError("there is no such provider here", provider=command.provider)
        try:
            result = provider.read_callback(command.headers, command.body)
        except BadCallback as wrong:
            raise BadCallbackError(str(wrong), provider=command.provider) from None
        apply_result(result, uow)


def _declined(order: PaymentOrder, reason: str) -> Result:
    return Result(order.number, Status.DECLINED, kind=order.kind, reason=reason)


def _is_overtaken(order: PaymentOrder, uow: CampaignUnitOfWork) -> bool:
    """Tell whether what is authorised was taken before it was let go, or the other way round: that is for good."""
    rival = RIVALS.get(order.kind)
    rivals = [one for one in uow.orders.of(order.commitment_id) if (one.kind, one.about) == (rival, order.about)]
    return any(one.state is OrderState.SUCCEEDED for one in rivals)


def make_errands(environment: Environment) -> PaymentErrands:
    """Return the errands of a process."""
    settings = environment.settings
    return PaymentErrands(make_providers(settings, environment.clock), settings.public_url)
