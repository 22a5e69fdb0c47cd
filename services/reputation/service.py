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
    def list_receipts(self, request):
        """Return a page of the receipts of a supplier, newest first."""
        return self.bus.query(request, inbound.list_receipts, views.list_receipts)

    @rpc
    def get_receipt(self, request):
        """Return one receipt."""
        return self.bus.query(request, inbound.by_id("receipt_id"), views.get_receipt)

    @rpc
    def list_receipt_keys(self, request):
        """Return the public keys that verify the receipts of this node."""
        return self.bus.execute(request, inbound.log.ask_log, handlers.list_receipt_keys, dict)

    @rpc
    def verify_receipt(self, request):
        """Tell whether a receipt is valid, or why it is not."""
        return self.bus.execute(request, inbound.verify_receipt, handlers.verify_receipt, outbound.verdict)

    @rpc
    def get_reputation_weights(self, request):
        """Return under which weights a community reads evidence."""
        return self.bus.query(request, inbound.by_id("community_id"), views.get_reputation_weights)

    @rpc
    def set_reputation_weights(self, request):
        """Say under which weights a community reads evidence."""
        read, answer = inbound.set_reputation_weights, outbound.community_weights
        return self.bus.execute(request, read, handlers.set_weights, answer)

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

    @rpc
    def get_supplier_grade(self, request):
        """Return the grade of a supplier, why it is so, and what the next one takes."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.grades.get_supplier_grade)

    @rpc
    def get_grade_policy(self, request):
        """Return the policy by which grades are decided."""
        return self.bus.query(request, inbound.log.ask_log, views.grades.get_grade_policy)

    @rpc
    def set_grade_policy(self, request):
        """Replace the policy by which grades are decided."""
        read, write = inbound.grades.set_grade_policy, outbound.grades.policy
        return self.bus.execute(request, read, handlers.set_grade_policy, write)

    @rpc
    def appeal_grade(self, request):
        """Let a supplier appeal its grade."""
        return self.bus.execute(request, inbound.grades.appeal_grade, handlers.file_appeal, outbound.grades.appeal)

    @rpc
    def list_grade_appeals(self, request):
        """Return the appeals of a supplier."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.grades.list_grade_appeals)

    @rpc
    def decide_grade_appeal(self, request):
        """Uphold a grade that was appealed, or correct it."""
        read, write = inbound.grades.decide_grade_appeal, outbound.grades.appeal
        return self.bus.execute(request, read, handlers.decide_appeal, write)

    @subscribe("supplier", "supplier_withdrew.v1")
    def on_supplier_supplier_withdrew_v1(self, event):
        """Note who let a campaign down."""
        self.bus.consume(event, inbound.grades.supplier_withdrew, handlers.note_withdrawal)

    @subscribe("supplier", "supplier_standing_changed.v1")
    def on_supplier_supplier_standing_changed_v1(self, event):
        """Let a supplier that was renewed start on probation again."""
        self.bus.consume(event, inbound.grades.standing_changed, handlers.note_standing)

    @subscribe("reputation", "review_written.v1")
    def on_reputation_review_written_v1(self, event):
        """Decide on the grade apart from the review, which waits for nobody."""
        self.bus.consume(event, inbound.grades.said_of_supplier, handlers.look_at_grade)

    @subscribe("reputation", "score_changed.v1")
    def on_reputation_score_changed_v1(self, event):
        """Decide on the grade by the new score."""
        self.bus.consume(event, inbound.grades.said_of_supplier, handlers.look_at_grade)

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

    @rpc
    def get_member_points(self, request):
        """Return the points and the level of a member."""
        return self.bus.query(request, inbound.of_member, views.get_member_points)

    @rpc
    def list_organisers(self, request):
        """Return what the organisers of a community carry and have done, with their honours."""
        return self.bus.query(request, inbound.of_community, views.list_organisers)

    @rpc
    def get_rota(self, request):
        """Return who is on duty in a community, who comes next and who was."""
        return self.bus.query(request, inbound.of_community, views.get_rota)

    @rpc
    def set_rota(self, request):
        """Set who takes turns of duty."""
        return self.bus.execute(request, inbound.set_rota, handlers.set_rota, outbound.roster)

    @rpc
    def hand_over_duty(self, request):
        """Offer the duty to the next one, with a note."""
        return self.bus.execute(request, inbound.hand_over, handlers.hand_over, outbound.roster)

    @rpc
    def take_over_duty(self, request):
        """Take the duty over."""
        return self.bus.execute(request, inbound.take_over, handlers.take_over, outbound.roster)

    @rpc
    def swap_turns(self, request):
        """Exchange two turns ahead."""
        return self.bus.execute(request, inbound.swap_turns, handlers.swap_turns, outbound.roster)

    @rpc
    def get_fatigue_policy(self, request):
        """Return how often the members of a community may be asked."""
        return self.bus.query(request, inbound.of_community, views.get_fatigue_policy)

    @rpc
    def set_fatigue_policy(self, request):
        """Change how often the members of a community may be asked."""
        return self.bus.execute(
            request, inbound.set_fatigue_policy, handlers.set_fatigue_policy, outbound.fatigue_policy
        )

    @rpc
    def list_fatigue(self, request):
        """Return how often members were asked and answered, and whether each may be asked now."""
        return self.bus.query(request, inbound.list_fatigue, views.list_fatigue)

    @rpc
    def set_quiet(self, request):
        """Leave a member in peace until a time."""
        return self.bus.execute(request, inbound.set_quiet, handlers.set_quiet, outbound.quiet)

    @subscribe("campaign", "invitations_asked.v1")
    def on_campaign_invitations_asked_v1(self, event):
        """Decide whom a campaign may ask to join."""
        self.bus.consume(event, inbound.invitations_asked, handlers.decide_invitations)

    @subscribe("campaign", "campaign_opened.v1")
    def on_campaign_campaign_opened_v1(self, event):
        """Note who organises a campaign."""
        self.bus.consume(event, inbound.campaign_opened, handlers.note_campaign)

    @subscribe("campaign", "campaign_failed.v1")
    def on_campaign_campaign_failed_v1(self, event):
        """Note that a campaign is over without a group."""
        self.bus.consume(event, inbound.campaign_ended, handlers.note_campaign)

    @subscribe("campaign", "campaign_cancelled.v1")
    def on_campaign_campaign_cancelled_v1(self, event):
        """Note that a campaign was called off."""
        self.bus.consume(event, inbound.campaign_ended, handlers.note_campaign)

    @subscribe("campaign", "campaign_settled.v1")
    def on_campaign_campaign_settled_v1(self, event):
        """Note how it ended: for each commitment it is evidence now, and for the organiser it counts."""
        self.bus.consume(event, inbound.settlement, handlers.record_settlement)

    @subscribe("campaign", "organiser_earned.v1")
    def on_campaign_organiser_earned_v1(self, event):
        """Note what the organiser's part was."""
        self.bus.consume(event, inbound.organiser_earned, handlers.note_campaign)

    @subscribe("demand", "community_registered.v1")
    def on_demand_community_registered_v1(self, event):
        """Keep a copy of a community's clock on the wall."""
        self.bus.consume(event, inbound.community_known, handlers.know_community)

    @subscribe("demand", "community_changed.v1")
    def on_demand_community_changed_v1(self, event):
        """Keep a copy of a community's clock on the wall."""
        self.bus.consume(event, inbound.community_known, handlers.know_community)

    @subscribe("demand", "member_joined.v1")
    def on_demand_member_joined_v1(self, event):
        """Keep a copy of who belongs where."""
        self.bus.consume(event, inbound.member_known, handlers.know_member)

    @subscribe("demand", "member_changed.v1")
    def on_demand_member_changed_v1(self, event):
        """Keep a copy of who belongs where."""
        self.bus.consume(event, inbound.member_known, handlers.know_member)

    @rpc
    def answer_review(self, request):
        """Let the supplier answer a review."""
        return self.bus.execute(request, inbound.answer_review, handlers.answer_review, outbound.foreign_review)

    @rpc
    def hide_passage(self, request):
        """Hide a passage of a review."""
        return self.bus.execute(request, inbound.hide_passage, handlers.hide_passage, outbound.foreign_review)

    @rpc
    def show_passages(self, request):
        """Show again what was hidden by mistake."""
        return self.bus.execute(request, inbound.show_passages, handlers.show_passages, outbound.foreign_review)

    @rpc
    def set_abuse_words(self, request):
        """Say which words a community does not want to read."""
        return self.bus.execute(request, inbound.set_abuse_words, handlers.set_abuse_words, outbound.abuse_words)

    @rpc
    def get_review_summary(self, request):
        """Return what is said of a supplier in each phase and by whom."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.get_review_summary)

    @subscribe("campaign", "campaign_confirmed.v1")
    def on_campaign_campaign_confirmed_v1(self, event):
        """Note who takes part in a group that was formed."""
        self.bus.consume(event, inbound.campaign_confirmed, handlers.note_engagement)

    @subscribe("campaign", "campaign_begun.v1")
    def on_campaign_campaign_begun_v1(self, event):
        """Note that a service has begun."""
        self.bus.consume(event, inbound.campaign_begun, handlers.note_engagement)
