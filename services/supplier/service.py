"""The entrypoints of the supplier service: each translates, calls one handler or view, and translates back."""

from services.chassis.dependencies import ErrandCourier, OutboxRelay, ServiceBus, TimerScheduler
from services.chassis.entrypoints import rpc, subscribe
from services.supplier import handlers, inbound, outbound, views
from services.supplier.handlers.errands import make_errands
from services.supplier.storage.unit_of_work import SupplierUnitOfWork


class SupplierService:
    """Suppliers, what they offer, and which offer fits which pool."""

    name = "supplier"
    bus = ServiceBus(SupplierUnitOfWork)
    relay = OutboxRelay(SupplierUnitOfWork)
    scheduler = TimerScheduler(SupplierUnitOfWork, handlers.TIMERS)
    courier = ErrandCourier(SupplierUnitOfWork, make_errands)

    @rpc
    def register_supplier(self, request):
        """Register a supplier."""
        return self.bus.execute(request, inbound.register_supplier, handlers.register_supplier, outbound.supplier)

    @rpc
    def change_supplier(self, request):
        """Change a supplier."""
        return self.bus.execute(request, inbound.change_supplier, handlers.change_supplier, outbound.supplier)

    @rpc
    def submit_qualification(self, request):
        """Show a paper."""
        return self.bus.execute(
            request, inbound.submit_qualification, handlers.submit_qualification, outbound.qualification
        )

    @rpc
    def review_qualification(self, request):
        """Approve or reject a paper."""
        return self.bus.execute(
            request, inbound.review_qualification, handlers.review_qualification, outbound.qualification
        )

    @rpc
    def submit_supplier(self, request):
        """Ask for the review of a supplier."""
        return self.bus.execute(request, inbound.submit_supplier, handlers.submit_supplier, outbound.standing)

    @rpc
    def decide_supplier(self, request):
        """Decide on the review of a supplier."""
        return self.bus.execute(request, inbound.decide_supplier, handlers.decide_supplier, outbound.standing)

    @rpc
    def suspend_supplier(self, request):
        """Suspend a supplier."""
        return self.bus.execute(request, inbound.suspend_supplier, handlers.suspend_supplier, outbound.standing)

    @rpc
    def lift_suspension(self, request):
        """Lift the suspension of a supplier."""
        return self.bus.execute(request, inbound.lift_suspension, handlers.lift_suspension, outbound.standing)

    @rpc
    def remove_supplier(self, request):
        """Remove a supplier from the registry."""
        return self.bus.execute(request, inbound.remove_supplier, handlers.remove_supplier, outbound.standing)

    @rpc
    def renew_supplier(self, request):
        """Ask for the way back of a supplier."""
        return self.bus.execute(request, inbound.renew_supplier, handlers.renew_supplier, outbound.standing)

    @rpc
    def get_standing(self, request):
        """Show where a supplier stands."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.get_standing)

    @rpc
    def list_reminders(self, request):
        """Show what a supplier was reminded of."""
        return self.bus.query(request, inbound.list_reminders, views.list_reminders)

    @rpc
    def set_admission(self, request):
        """Set what a community asks of suppliers."""
        return self.bus.execute(request, inbound.set_admission, handlers.set_admission, outbound.admission)

    @rpc
    def get_admission(self, request):
        """Show what a community asks of suppliers."""
        return self.bus.query(request, inbound.by_id("community_id"), views.get_admission)

    @rpc
    def publish_offer(self, request):
        """Put an offer on the market."""
        return self.bus.execute(request, inbound.publish_offer, handlers.publish_offer, outbound.offer)

    @rpc
    def withdraw_offer(self, request):
        """Take an offer from the market."""
        return self.bus.execute(request, inbound.withdraw_offer, handlers.withdraw_offer, outbound.offer)

    @rpc
    def revise_offer(self, request):
        """Promise other terms from now on."""
        return self.bus.execute(request, inbound.revise_offer, handlers.revise_offer, outbound.offer)

    @rpc
    def add_slot(self, request):
        """Add a time to an offer."""
        return self.bus.execute(request, inbound.add_slot, handlers.add_slot, outbound.slot)

    @rpc
    def propose_match(self, request):
        """Hold seats of a slot without a pool."""
        return self.bus.execute(request, inbound.propose_match, handlers.propose_match, outbound.match)

    @rpc
    def withdraw_match(self, request):
        """Let a supplier out of a match."""
        return self.bus.execute(request, inbound.withdraw_match, handlers.withdraw_match, outbound.match)

    @rpc
    def get_supplier(self, request):
        """Show a supplier."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.get_supplier)

    @rpc
    def list_suppliers(self, request):
        """Show suppliers."""
        return self.bus.query(request, inbound.list_suppliers, views.list_suppliers)

    @rpc
    def list_qualifications(self, request):
        """Show the papers of a supplier."""
        return self.bus.query(request, inbound.list_qualifications, views.list_qualifications)

    @rpc
    def get_offer(self, request):
        """Show an offer."""
        return self.bus.query(request, inbound.by_id("offer_id"), views.get_offer)

    @rpc
    def list_offers(self, request):
        """Show offers."""
        return self.bus.query(request, inbound.list_offers, views.list_offers)

    @rpc
    def get_offer_calendar(self, request):
        """Show when an offer can be had."""
        return self.bus.query(request, inbound.by_id("offer_id"), views.get_offer_calendar)

    @rpc
    def export_calendar(self, request):
        """Show the slots of an offer as a file for the calendars of people."""
        return self.bus.query(request, inbound.by_id("offer_id"), views.export_calendar)

    @rpc
    def preview_calendar(self, request):
        """Show which slots a calendar would give."""
        return self.bus.query(request, inbound.preview_calendar, views.preview_calendar)

    @rpc
    def get_days_off(self, request):
        """Show on which days a supplier works for nobody."""
        return self.bus.query(request, inbound.by_id("supplier_id"), views.get_days_off)

    @rpc
    def set_days_off(self, request):
        """Say on which days a supplier works for nobody."""
        return self.bus.execute(request, inbound.set_days_off, handlers.set_days_off, outbound.days_off)

    @rpc
    def list_offer_versions(self, request):
        """Show the terms that an offer has had."""
        return self.bus.query(request, inbound.list_offer_versions, views.list_offer_versions)

    @rpc
    def get_match(self, request):
        """Show a match."""
        return self.bus.query(request, inbound.by_id("match_id"), views.get_match)

    @rpc
    def list_matches(self, request):
        """Show matches."""
        return self.bus.query(request, inbound.list_matches, views.list_matches)

    @rpc
    def set_procedure(self, request):
        """Set how a community gets suppliers for its pools."""
        return self.bus.execute(request, inbound.set_procedure, handlers.set_procedure, outbound.setting)

    @rpc
    def list_procedures(self, request):
        """Show how a community gets suppliers for its pools."""
        return self.bus.query(request, inbound.list_procedures, views.list_procedures)

    @rpc
    def choose_procedure(self, request):
        """Choose how one pool gets its supplier."""
        return self.bus.execute(request, inbound.choose_procedure, handlers.choose_procedure, outbound.choice)

    @rpc
    def grant_permissions(self, request):
        """Let a community do something with a supplier."""
        return self.bus.execute(request, inbound.grant_permissions, handlers.grant_permissions, outbound.grant)

    @rpc
    def list_supplier_grants(self, request):
        """Show what communities let each other do with a supplier."""
        return self.bus.query(request, inbound.list_supplier_grants, views.list_supplier_grants)

    @rpc
    def list_grants(self, request):
        """Show what a community has given and received."""
        return self.bus.query(request, inbound.list_grants, views.list_grants)

    @rpc
    def end_grant(self, request):
        """Take back, or give up, what a community lets another do."""
        return self.bus.execute(request, inbound.end_grant, handlers.end_grant, outbound.grant)

    @rpc
    def leave_supplier(self, request):
        """End everything between a supplier and a community."""
        return self.bus.execute(request, inbound.leave_supplier, handlers.leave_supplier, outbound.departure)

    @rpc
    def create_visit_plan(self, request):
        """Plan the visits of a confirmed match."""
        return self.bus.execute(request, inbound.create_visit_plan, handlers.create_visit_plan, outbound.visit_plan)

    @rpc
    def change_visit_plan(self, request):
        """Add homes, let homes drop out, set the crews."""
        return self.bus.execute(request, inbound.change_visit_plan, handlers.change_visit_plan, outbound.visit_plan)

    @rpc
    def solve_visit_plan(self, request):
        """Search for a plan again."""
        return self.bus.execute(request, inbound.solve_visit_plan, handlers.solve_visit_plan, outbound.visit_plan)

    @rpc
    def release_visit_plan(self, request):
        """Let the supplier see the homes of a community."""
        return self.bus.execute(request, inbound.release_visit_plan, handlers.release_visit_plan, outbound.visit_plan)

    @rpc
    def get_visit_plan(self, request):
        """Show a visit plan."""
        return self.bus.query(request, inbound.by_id("plan_id"), views.get_visit_plan)

    @rpc
    def list_visit_plans(self, request):
        """Show visit plans."""
        return self.bus.query(request, inbound.list_visit_plans, views.list_visit_plans)

    @rpc
    def get_visit_sheet(self, request):
        """Show route sheets to print."""
        return self.bus.query(request, inbound.get_visit_sheet, views.get_visit_sheet)

    @rpc
    def get_visit_calendar(self, request):
        """Show visits as a calendar."""
        return self.bus.query(request, inbound.get_visit_calendar, views.get_visit_calendar)

    @rpc
    def open_round(self, request):
        """Let the pools of a category that wait be assigned now."""
        return self.bus.execute(request, inbound.open_round, handlers.open_round, outbound.matching_round)

    @rpc
    def get_round(self, request):
        """Show a matching round."""
        return self.bus.query(request, inbound.by_id("round_id"), views.get_round)

    @rpc
    def list_rounds(self, request):
        """Show matching rounds."""
        return self.bus.query(request, inbound.list_rounds, views.list_rounds)

    @rpc
    def get_tender(self, request):
        """Show a tender."""
        return self.bus.query(request, inbound.by_id("tender_id"), views.get_tender)

    @rpc
    def list_tenders(self, request):
        """Show tenders."""
        return self.bus.query(request, inbound.list_tenders, views.list_tenders)

    @rpc
    def submit_bid(self, request):
        """Seal a bid."""
        return self.bus.execute(request, inbound.submit_bid, handlers.submit_bid, outbound.sealed_bid)

    @rpc
    def withdraw_bid(self, request):
        """Take a sealed bid back."""
        return self.bus.execute(request, inbound.withdraw_bid, handlers.withdraw_bid, outbound.sealed_bid)

    @rpc
    def choose_bid(self, request):
        """Agree to a bid."""
        return self.bus.execute(request, inbound.choose_bid, handlers.choose_bid, outbound.tender)

    @rpc
    def close_tender(self, request):
        """End a tender without an agreement."""
        return self.bus.execute(request, inbound.close_tender, handlers.close_tender, outbound.tender)

    @rpc
    def start_negotiation(self, request):
        """Answer a bid with an offer."""
        return self.bus.execute(request, inbound.start_negotiation, handlers.start_negotiation, outbound.negotiation)

    @rpc
    def get_negotiation(self, request):
        """Show a negotiation."""
        return self.bus.query(request, inbound.by_id("negotiation_id"), views.get_negotiation)

    @rpc
    def counter_offer(self, request):
        """Put another offer on the table."""
        return self.bus.execute(request, inbound.counter_offer, handlers.counter_offer, outbound.negotiation)

    @rpc
    def accept_offer(self, request):
        """Agree to the offer of the other side."""
        return self.bus.execute(request, inbound.accept_offer, handlers.accept_offer, outbound.negotiation)

    @rpc
    def leave_negotiation(self, request):
        """Leave a negotiation."""
        return self.bus.execute(request, inbound.leave_negotiation, handlers.leave_negotiation, outbound.negotiation)

    @rpc
    def get_agreement(self, request):
        """Show an agreement."""
        return self.bus.query(request, inbound.by_id("agreement_id"), views.get_agreement)

    @subscribe("demand", "pool_ready.v1")
    def on_demand_pool_ready_v1(self, event):
        """Find suppliers for a pool."""
        self.bus.consume(event, inbound.pool_ready, handlers.match_ready_pool)

    @subscribe("demand", "pool_dissolved.v1")
    def on_demand_pool_dissolved_v1(self, event):
        """Free what is held for a pool."""
        self.bus.consume(event, inbound.pool_dissolved, handlers.dissolve_pool)

    @subscribe("demand", "community_registered.v1")
    def on_demand_community_registered_v1(self, event):
        """Remember a community."""
        self.bus.consume(event, inbound.community_registered, handlers.know_community)

    @subscribe("campaign", "campaign_opened.v1")
    def on_campaign_campaign_opened_v1(self, event):
        """Hold the seats as long as the campaign lasts."""
        self.bus.consume(event, inbound.campaign_opened, handlers.hold_for_campaign)

    @subscribe("campaign", "campaign_confirmed.v1")
    def on_campaign_campaign_confirmed_v1(self, event):
        """Turn held seats into sold ones."""
        self.bus.consume(event, inbound.campaign_confirmed, handlers.confirm_seats)

    @subscribe("campaign", "campaign_rematched.v1")
    def on_campaign_campaign_rematched_v1(self, event):
        """Turn the held seats of a replacement into sold ones."""
        self.bus.consume(event, inbound.campaign_rematched, handlers.take_replacement)

    @subscribe("campaign", "match_declined.v1")
    def on_campaign_match_declined_v1(self, event):
        """Free the seats of a match that a campaign does not want."""
        self.bus.consume(event, inbound.match_declined, handlers.decline_match)

    @subscribe("campaign", "campaign_failed.v1")
    def on_campaign_campaign_failed_v1(self, event):
        """Free the seats of a failed campaign."""
        self.bus.consume(event, inbound.campaign_ended, handlers.release_seats)

    @subscribe("campaign", "campaign_cancelled.v1")
    def on_campaign_campaign_cancelled_v1(self, event):
        """Free the seats of a cancelled campaign."""
        self.bus.consume(event, inbound.campaign_ended, handlers.release_seats)

    @subscribe("reputation", "score_changed.v1")
    def on_reputation_score_changed_v1(self, event):
        """Keep a copy of a score."""
        self.bus.consume(event, inbound.score_changed, handlers.know_score)

    @subscribe("reputation", "supplier_grade_changed.v1")
    def on_reputation_supplier_grade_changed_v1(self, event):
        """Act on the grade of a supplier."""
        self.bus.consume(event, inbound.supplier_grade_changed, handlers.know_grade)

    @rpc
    def preview_price_list(self, request):
        """Read a file of offers and say what would come of it."""
        return self.bus.execute(request, inbound.preview_price_list, handlers.preview_price_list, outbound.price_list)

    @rpc
    def get_price_list(self, request):
        """Return a price list with its preview."""
        return self.bus.query(request, inbound.get_price_list, views.get_price_list)

    @rpc
    def commit_price_list(self, request):
        """Do exactly what the preview showed."""
        return self.bus.execute(request, inbound.commit_price_list, handlers.commit_price_list, outbound.price_list)

    @rpc
    def discard_price_list(self, request):
        """Throw a preview away."""
        return self.bus.execute(request, inbound.discard_price_list, handlers.discard_price_list, outbound.price_list)

    @rpc
    def export_price_list_csv(self, request):
        """Return the offers of a supplier as CSV."""
        return self.bus.query(request, inbound.export_price_list_csv, views.export_price_list)

    @rpc
    def export_price_list_xlsx(self, request):
        """Return the offers of a supplier as a workbook."""
        return self.bus.query(request, inbound.export_price_list_xlsx, views.export_price_list)

    @rpc
    def get_price_list_template_csv(self, request):
        """Return the template of price lists as CSV."""
        return self.bus.query(request, inbound.get_price_list_template_csv, views.price_list_template)

    @rpc
    def get_price_list_template_xlsx(self, request):
        """Return the template of price lists as a workbook."""
        return self.bus.query(request, inbound.get_price_list_template_xlsx, views.price_list_template)

    @rpc
    def get_catalogue(self, request):
        """Return a supplier and its offers as JSON-LD."""
        return self.bus.query(request, inbound.get_catalogue, views.get_catalogue)
