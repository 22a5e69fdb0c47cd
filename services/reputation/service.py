"""The entrypoints of reputation: translate, call one handler, translate back."""

from services.chassis.dependencies import OutboxRelay, ServiceBus, TimerScheduler
from services.chassis.entrypoints import rpc, subscribe
from services.reputation import handlers, inbound, outbound, views
from services.reputation.storage.unit_of_work import ReputationUnitOfWork


class ReputationService:
    """Reviews and scores, by RPC and by events."""

    name = "reputation"
    bus = ServiceBus(ReputationUnitOfWork)
    relay = OutboxRelay(ReputationUnitOfWork)
    scheduler = TimerScheduler(ReputationUnitOfWork, handlers.TIMERS)
    # A delivery says all of it; ``pinlian migrate`` deletes their queues.
    retired_subscriptions = (("campaign", "commitment_paid.v1"), ("campaign", "commitment_cancelled.v1"))

    @rpc
    def write_review(self, request):
        """Review a paid and delivered commitment, once."""
        return self.bus.execute(request, inbound.write_review, handlers.write_review, outbound.review)

    @rpc
    def get_review(self, request):
        """Return one review."""
        return self.bus.query(request, inbound.by_id("review_id"), views.get_review)

    @rpc
    def list_reviews(self, request):
        """Return a page of reviews, newest first."""
        return self.bus.query(request, inbound.list_reviews, views.list_reviews)

    @rpc
    def get_reputation(self, request):
        """Return the score of a supplier and what it was made of."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.get_reputation)

    @subscribe("campaign", "campaign_delivered.v1")
    def on_campaign_campaign_delivered_v1(self, event):
        """Note who may write a review now."""
        self.bus.consume(event, inbound.campaign_delivered, handlers.record_delivery)

    @subscribe("supplier", "supplier_registered.v1")
    def on_supplier_supplier_registered_v1(self, event):
        """Note who sees a new supplier."""
        self.bus.consume(event, inbound.supplier_seen, handlers.copy_supplier)

    @subscribe("supplier", "supplier_changed.v1")
    def on_supplier_supplier_changed_v1(self, event):
        """Note who sees the supplier now."""
        self.bus.consume(event, inbound.supplier_seen, handlers.copy_supplier)
