"""Comparing a provider's statement with the ledger, for a span of time."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from services.campaign.domain.reconciling import Comparison, compare
from services.campaign.providers.port import PaymentProvider
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.statements import first_order_at, lines_between, lines_of
from services.kernel.clock import Clock

# Both sides tell when something happened by the provider's clock, but for orders that are still open.
MARGIN = timedelta(hours=1)


def reconcile(
    engine: Engine, provider: PaymentProvider, clock: Clock, start: datetime | None, end: datetime | None
) -> Comparison:
    """Compare what happened from ``start`` (the first order) to before ``end`` (now).

    An order counts where either side has it in that time; the statement is fetched with a margin, outside any
    transaction, so that an order at its edge is found on both sides. Raises ``ProviderUnavailable``.
    """
    now = clock.now()
    end = end or now + MARGIN
    with CampaignUnitOfWork(engine, clock) as uow:
        start = start or first_order_at(uow, provider.name) or now - MARGIN
    wide = list(provider.statement(start - MARGIN, end + MARGIN))
    with CampaignUnitOfWork(engine, clock) as uow:
        ours = lines_between(uow, provider.name, start, end)
        numbers = {line.number for line in ours}
        theirs = [line for line in wide if start <= line.at < end or line.number in numbers]
        ours += lines_of(uow, provider.name, {line.number for line in theirs} - numbers)
    return compare(ours, theirs, now)
