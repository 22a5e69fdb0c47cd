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

    @rpc
    def get_log_head(self, request):
        """Return the head of the log that was signed last."""
        return self.bus.execute(request, inbound.log.ask_log, handlers.get_log_head, outbound.log.head)

    @rpc
    def list_log_heads(self, request):
        """Return the signed heads of the log, the smallest tree first."""
        return self.bus.query(request, inbound.log.list_log_heads, views.log.list_log_heads)

    @rpc
    def get_log_key(self, request):
        """Return the public keys that verify the heads of the log."""
        return self.bus.execute(request, inbound.log.ask_log, handlers.list_log_keys, outbound.log.keys)

    @rpc
    def list_log_entries(self, request):
        """Return entries of the log, each as the caller may read it."""
        return self.bus.query(request, inbound.log.list_log_entries, views.log.list_log_entries)

    @rpc
    def get_inclusion_proof(self, request):
        """Return the proof that an entry is in the log."""
        return self.bus.query(request, inbound.log.get_inclusion_proof, views.log.get_inclusion_proof)

    @rpc
    def get_consistency_proof(self, request):
        """Return the proof that the log only grew."""
        return self.bus.query(request, inbound.log.get_consistency_proof, views.log.get_consistency_proof)

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
