"""The entrypoints of campaign: translate, call one handler, translate back."""

from services.campaign import contract, handlers, inbound, outbound, views
from services.campaign.handlers.errands import make_errands
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.dependencies import ErrandCourier, OutboxRelay, ServiceBus, TimerScheduler
from services.chassis.entrypoints import rpc, subscribe


class CampaignService:
    """Group buys, from the draft to the last fen."""

    name = contract.SERVICE
    bus = ServiceBus(CampaignUnitOfWork)
    relay = OutboxRelay(CampaignUnitOfWork)
    scheduler = TimerScheduler(CampaignUnitOfWork, handlers.TIMERS)
    courier = ErrandCourier(CampaignUnitOfWork, make_errands)

    @rpc
    def get_campaign(self, request):
        """Return a campaign as the caller may see it."""
        return self.bus.query(request, inbound.get_campaign, views.get_campaign)

    @rpc
    def list_campaigns(self, request):
        """Return a page of the campaigns that the caller takes part in."""
        return self.bus.query(request, inbound.list_campaigns, views.list_campaigns)

    @rpc
    def open_campaign(self, request):
        """Open a draft for joining."""
        return self.bus.execute(request, inbound.open_campaign, handlers.open_campaign, outbound.campaign)

    @rpc
    def close_campaign(self, request):
        """Confirm a tipped campaign before its deadline."""
        return self.bus.execute(request, inbound.close_campaign, handlers.close_campaign, outbound.campaign)

    @rpc
    def cancel_campaign(self, request):
        """Call a campaign off and refund everybody."""
        return self.bus.execute(request, inbound.cancel_campaign, handlers.cancel_campaign, outbound.campaign)

    @rpc
    def deliver_campaign(self, request):
        """Record that the service took place."""
        return self.bus.execute(request, inbound.deliver_campaign, handlers.deliver_campaign, outbound.campaign)

    @rpc
    def reserve_seats(self, request):
        """Hold seats for a member, or take them paid."""
        return self.bus.execute(request, inbound.reserve_seats, handlers.reserve_seats, outbound.commitment)

    @rpc
    def reserve_many_seats(self, request):
        """Do what reserve_seats does, for requests that travel together."""
        return self.bus.execute_many(
            request,
            inbound.reserve_seats,
            handlers.reserve_many_seats,
            outbound.commitment,
            operation="reserve_seats",
        )

    @rpc
    def pay_commitment(self, request):
        """Record the payment of held seats."""
        return self.bus.execute(request, inbound.pay_commitment, handlers.pay_commitment, outbound.commitment)

    @rpc
    def cancel_commitment(self, request):
        """Give seats back."""
        return self.bus.execute(request, inbound.cancel_commitment, handlers.cancel_commitment, outbound.commitment)

    @rpc
    def change_seats(self, request):
        """Have more or fewer seats."""
        return self.bus.execute(request, inbound.change_seats, handlers.change_seats, outbound.commitment)

    @rpc
    def hand_over(self, request):
        """Let another member have the seats."""
        return self.bus.execute(request, inbound.hand_over, handlers.hand_over, outbound.commitment)

    @rpc
    def undo_payment(self, request):
        """Take back a payment that was recorded by mistake."""
        return self.bus.execute(request, inbound.undo_payment, handlers.undo_payment, outbound.commitment)

    @rpc
    def start_payment(self, request):
        """Ask a provider for the payment of held seats."""
        return self.bus.execute(request, inbound.start_payment, handlers.start_payment, outbound.payment_order)

    @rpc
    def list_payments(self, request):
        """Return a page of what providers were asked to do for a commitment."""
        return self.bus.query(request, inbound.list_payments, views.list_payments)

    @rpc
    def retry_refund(self, request):
        """Give back what is owed."""
        return self.bus.execute(request, inbound.retry_refund, handlers.retry_refund, outbound.commitment)

    @rpc
    def take_callback(self, request):
        """Hear what a provider has to say."""
        return self.bus.execute(request, inbound.take_callback, self.courier.errands.take_callback, outbound.taken)

    @rpc
    def contribute_to_fund(self, request):
        """Record what was given to a common fund."""
        return self.bus.execute(request, inbound.contribute_to_fund, handlers.contribute_to_fund, outbound.gift)

    @rpc
    def get_fund(self, request):
        """Return the common fund of a community."""
        return self.bus.query(request, inbound.get_fund, views.get_fund)

    @rpc
    def get_commitment(self, request):
        """Return a commitment."""
        return self.bus.query(request, inbound.get_commitment, views.get_commitment)

    @rpc
    def list_commitments(self, request):
        """Return a page of the commitments of a campaign."""
        return self.bus.query(request, inbound.list_commitments, views.list_commitments)

    @rpc
    def list_notices(self, request):
        """Return a page of what members were told."""
        return self.bus.query(request, inbound.list_notices, views.list_notices)

    @rpc
    def get_outlook(self, request):
        """Return what would happen if a campaign closed now."""
        return self.bus.query(request, inbound.get_campaign, views.get_outlook)

    @rpc
    def get_campaign_ledger(self, request):
        """Return the money that a campaign moved."""
        return self.bus.query(request, inbound.get_campaign, views.get_campaign_ledger)

    @rpc
    def get_ledger(self, request):
        """Return the totals of the node's ledger."""
        return self.bus.query(request, inbound.get_ledger, views.get_ledger)

    @rpc
    def list_inquiries(self, request):
        """Return a page of what the members of a campaign were asked."""
        return self.bus.query(request, inbound.list_inquiries, views.list_inquiries)

    @rpc
    def answer_inquiry(self, request):
        """Accept a change, or be refunded."""
        return self.bus.execute(request, inbound.answer_inquiry, handlers.answer_inquiry, outbound.inquiry)

    @rpc
    def move_campaign(self, request):
        """Ask the members whether they come at another time or place."""
        return self.bus.execute(request, inbound.move_campaign, handlers.move_campaign, outbound.inquiry)

    @rpc
    def add_terms(self, request):
        """Add a version of a template of terms."""
        return self.bus.execute(request, inbound.add_terms, handlers.add_terms, outbound.terms)

    @rpc
    def list_terms(self, request):
        """Return a page of the templates that the caller may use."""
        return self.bus.query(request, inbound.list_terms, views.list_terms)

    @rpc
    def get_terms(self, request):
        """Return one version of a template."""
        return self.bus.query(request, inbound.get_terms, views.get_terms)

    @rpc
    def get_campaign_terms(self, request):
        """Return the terms of a campaign and their digest."""
        return self.bus.query(request, inbound.get_campaign, views.get_campaign_terms)

    @rpc
    def accept_terms(self, request):
        """Accept the terms of a campaign for its supplier."""
        return self.bus.execute(request, inbound.accept_terms, handlers.accept_terms, outbound.campaign_terms)

    @rpc
    def name_mediator(self, request):
        """Let a member decide disputes of other communities."""
        return self.bus.execute(request, inbound.name_mediator, handlers.name_mediator, outbound.mediator)

    @rpc
    def list_mediators(self, request):
        """Return a page of the mediators of a community."""
        return self.bus.query(request, inbound.list_mediators, views.list_mediators)

    @rpc
    def end_mediator(self, request):
        """Take that back."""
        return self.bus.execute(request, inbound.end_mediator, handlers.end_mediator, outbound.mediator)

    @rpc
    def open_dispute(self, request):
        """Dispute a commitment."""
        return self.bus.execute(request, inbound.open_dispute, handlers.open_dispute, outbound.dispute)

    @rpc
    def list_disputes(self, request):
        """Return a page of the disputes in which the caller has a part."""
        return self.bus.query(request, inbound.list_disputes, views.list_disputes)

    @rpc
    def get_dispute(self, request):
        """Return a dispute with its file."""
        return self.bus.query(request, inbound.get_dispute, views.get_dispute)

    @rpc
    def answer_dispute(self, request):
        """Answer for the supplier."""
        return self.bus.execute(request, inbound.answer_dispute, handlers.answer_dispute, outbound.dispute)

    @rpc
    def add_evidence(self, request):
        """Put evidence on record."""
        return self.bus.execute(request, inbound.add_evidence, handlers.add_evidence, outbound.dispute)

    @rpc
    def offer_settlement(self, request):
        """Offer to settle a dispute."""
        return self.bus.execute(request, inbound.offer_settlement, handlers.offer_settlement, outbound.dispute)

    @rpc
    def accept_settlement(self, request):
        """Accept what the other side offers."""
        return self.bus.execute(request, inbound.accept_settlement, handlers.accept_settlement, outbound.dispute)

    @rpc
    def ask_mediation(self, request):
        """Ask for a mediator."""
        return self.bus.execute(request, inbound.ask_mediation, handlers.ask_mediation, outbound.dispute)

    @rpc
    def withdraw_dispute(self, request):
        """Give a claim up."""
        return self.bus.execute(request, inbound.withdraw_dispute, handlers.withdraw_dispute, outbound.dispute)

    @rpc
    def decide_dispute(self, request):
        """Decide a case."""
        return self.bus.execute(request, inbound.decide_dispute, handlers.decide_dispute, outbound.dispute)

    @rpc
    def decline_case(self, request):
        """Give a case back."""
        return self.bus.execute(request, inbound.decline_case, handlers.decline_case, outbound.dispute)

    @rpc
    def appeal_dispute(self, request):
        """Appeal a decision."""
        return self.bus.execute(request, inbound.appeal_dispute, handlers.appeal_dispute, outbound.dispute)

    @rpc
    def list_sessions(self, request):
        """Return the sessions of a campaign."""
        return self.bus.query(request, inbound.get_campaign, views.list_sessions)

    @rpc
    def hold_session(self, request):
        """Record that a session took place."""
        return self.bus.execute(request, inbound.hold_session, handlers.hold_session, outbound.schedule)

    @rpc
    def cancel_session(self, request):
        """Record that a session does not take place."""
        return self.bus.execute(request, inbound.cancel_session, handlers.cancel_session, outbound.schedule)

    @rpc
    def get_check_in_code(self, request):
        """Return the check-in code of a commitment; the first one makes the key that signs it."""
        return self.bus.execute(request, inbound.get_check_in_code, handlers.get_check_in_code, outbound.ticket)

    @rpc
    def list_check_in_keys(self, request):
        """Return the public keys that verify check-in codes; there is always one."""
        return self.bus.execute(request, inbound.list_check_in_keys, handlers.list_check_in_keys, outbound.keys)

    @rpc
    def upload_check_ins(self, request):
        """Count what a device has scanned."""
        return self.bus.execute(request, inbound.upload_check_ins, handlers.upload_check_ins, outbound.upload)

    @rpc
    def get_attendance(self, request):
        """Return who is expected at a session and who came."""
        return self.bus.query(request, inbound.get_attendance, views.get_attendance)

    @rpc
    def get_commitment_attendance(self, request):
        """Return how a commitment stands in each session."""
        return self.bus.query(request, inbound.get_commitment, views.get_commitment_attendance)

    @rpc
    def correct_attendance(self, request):
        """Say whether the people of a commitment were in a session."""
        return self.bus.execute(request, inbound.correct_attendance, handlers.correct_attendance, outbound.attended)

    @subscribe("supplier", "match_proposed.v1")
    def on_supplier_match_proposed_v1(self, event):
        """Draft a campaign, or ask the members of one that has lost its supplier."""
        return self.bus.consume(event, inbound.match_proposed, handlers.take_match)

    @subscribe("supplier", "match_expired.v1")
    def on_supplier_match_expired_v1(self, event):
        """End the campaign whose seats are gone."""
        return self.bus.consume(event, inbound.match_expired, handlers.lose_match)

    @subscribe("supplier", "slot_confirmed.v1")
    def on_supplier_slot_confirmed_v1(self, event):
        """Remember when the slot was booked."""
        return self.bus.consume(event, inbound.slot_confirmed, handlers.mark_slot_confirmed)

    @subscribe("demand", "member_joined.v1")
    def on_demand_member_joined_v1(self, event):
        """Keep a copy of who belongs to which community."""
        return self.bus.consume(event, inbound.member_known, handlers.know_member)

    @subscribe("demand", "member_changed.v1")
    def on_demand_member_changed_v1(self, event):
        """Keep a copy of who belongs to which community."""
        return self.bus.consume(event, inbound.member_known, handlers.know_member)

    @subscribe("supplier", "supplier_withdrew.v1")
    def on_supplier_supplier_withdrew_v1(self, event):
        """Let a campaign wait for another supplier."""
        return self.bus.consume(event, inbound.supplier_withdrew, handlers.vacate_campaign)

    @subscribe("supplier", "offer_paused.v1")
    def on_supplier_offer_paused_v1(self, event):
        """Tell members that papers of their supplier ran out."""
        return self.bus.consume(event, inbound.offer_paused, handlers.note_papers)

    @subscribe("supplier", "offer_resumed.v1")
    def on_supplier_offer_resumed_v1(self, event):
        """Tell members that the papers are there again."""
        return self.bus.consume(event, inbound.offer_resumed, handlers.note_papers)

    @subscribe("supplier", "replacement_missing.v1")
    def on_supplier_replacement_missing_v1(self, event):
        """Tell members that no other supplier fits now."""
        return self.bus.consume(event, inbound.replacement_missing, handlers.tell_missing)

    @subscribe("supplier", "supplier_registered.v1")
    def on_supplier_supplier_registered_v1(self, event):
        """Keep a copy of who may see a supplier."""
        return self.bus.consume(event, inbound.supplier_known, handlers.know_supplier)

    @subscribe("supplier", "supplier_changed.v1")
    def on_supplier_supplier_changed_v1(self, event):
        """Keep a copy of who may see a supplier."""
        return self.bus.consume(event, inbound.supplier_known, handlers.know_supplier)

    @rpc
    def invite_members(self, request):
        """Ask the guard whether members may be asked to join; those who may are invited."""
        return self.bus.execute(request, inbound.invite_members, handlers.invite_members, outbound.asked)

    @rpc
    def list_invitations(self, request):
        """Return a page of invitations, and why some were not sent."""
        return self.bus.query(request, inbound.list_invitations, views.list_invitations)

    @rpc
    def decline_invitation(self, request):
        """Say no to an invitation."""
        return self.bus.execute(request, inbound.decline_invitation, handlers.decline_invitation, outbound.invitation)

    @subscribe("reputation", "invitations_decided.v1")
    def on_reputation_invitations_decided_v1(self, event):
        """Invite those who may be asked, and keep why the others are not."""
        return self.bus.consume(event, inbound.invitations_decided, handlers.take_decisions)
