"""The entrypoints of demand: translate, call one handler, translate back."""

from services.chassis.dependencies import OutboxRelay, ServiceBus, TimerScheduler
from services.chassis.entrypoints import rpc, subscribe
from services.chassis.lanes import subscribe_in_lanes
from services.demand import contract, handlers, inbound, outbound, views
from services.demand.domain.hearing import preload
from services.demand.domain.partition import LANES
from services.demand.storage.unit_of_work import DemandUnitOfWork


class DemandService:
    """What communities want, merged into pools."""

    name = contract.SERVICE
    bus = ServiceBus(DemandUnitOfWork)
    relay = OutboxRelay(DemandUnitOfWork)
    scheduler = TimerScheduler(DemandUnitOfWork, handlers.TIMERS)

    preload = staticmethod(preload)

    @rpc
    def register_community(self, request):
        """Let a community join the node."""
        return self.bus.execute(request, inbound.register_community, handlers.register_community, outbound.community)

    @rpc
    def get_community(self, request):
        """Return a community."""
        return self.bus.query(request, inbound.by_id("community_id"), views.get_community)

    @rpc
    def list_communities(self, request):
        """Return the communities that the caller sees."""
        return self.bus.query(request, inbound.list_communities, views.list_communities)

    @rpc
    def change_community(self, request):
        """Edit a community."""
        return self.bus.execute(request, inbound.change_community, handlers.change_community, outbound.community)

    @rpc
    def add_member(self, request):
        """Add a member to a community."""
        return self.bus.execute(request, inbound.add_member, handlers.add_member, outbound.member)

    @rpc
    def get_member(self, request):
        """Return a member."""
        return self.bus.query(request, inbound.by_id("member_id"), views.get_member)

    @rpc
    def list_members(self, request):
        """Return the members of a community."""
        return self.bus.query(request, inbound.list_members, views.list_members)

    @rpc
    def change_member(self, request):
        """Edit a member."""
        return self.bus.execute(request, inbound.change_member, handlers.change_member, outbound.member)

    @rpc
    def place_signal(self, request):
        """Say what a member wants."""
        return self.bus.execute(request, inbound.place_signal, handlers.place_signal, outbound.signal)

    @rpc
    def get_signal(self, request):
        """Return a signal."""
        return self.bus.query(request, inbound.by_id("signal_id"), views.get_signal)

    @rpc
    def list_signals(self, request):
        """Return the signals of the caller's community."""
        return self.bus.query(request, inbound.list_signals, views.list_signals)

    @rpc
    def change_signal(self, request):
        """Edit a signal that waits."""
        return self.bus.execute(request, inbound.change_signal, handlers.change_signal, outbound.signal)

    @rpc
    def withdraw_signal(self, request):
        """Take a signal back."""
        return self.bus.execute(request, inbound.withdraw_signal, handlers.withdraw_signal, outbound.signal)

    @rpc
    def get_pool(self, request):
        """Return a pool."""
        return self.bus.query(request, inbound.by_id("pool_id"), views.get_pool)

    @rpc
    def list_pools(self, request):
        """Return the pools of the caller's community."""
        return self.bus.query(request, inbound.list_pools, views.list_pools)

    @rpc
    def answer_consent(self, request):
        """Say whether a community shares a pool."""
        return self.bus.execute(request, inbound.answer_consent, handlers.answer_consent, outbound.pool)

    @rpc
    def list_consents(self, request):
        """Return the open questions of consent of the caller's community."""
        return self.bus.query(request, inbound.list_consents, views.list_consents)

    @rpc
    def ready_pool(self, request):
        """End the gathering of a pool."""
        return self.bus.execute(request, inbound.ready_pool, handlers.ready_pool, outbound.pool)

    @rpc
    def split_pool(self, request):
        """Take signals of a community out of a pool, into one of their own."""
        return self.bus.execute(request, inbound.split_pool, handlers.split_pool, outbound.pool)

    @rpc
    def join_pools(self, request):
        """Move signals of a community from one pool into another."""
        return self.bus.execute(request, inbound.join_pools, handlers.join_pools, outbound.pool)

    @rpc
    def get_pool_jielong(self, request):
        """Return a pool as a chain to post."""
        return self.bus.query(request, inbound.get_pool_jielong, views.get_pool_jielong)

    @rpc
    def create_intake(self, request):
        """Read a jielong, a chat or a file, and show what would become of it."""
        return self.bus.execute(request, inbound.create_intake, handlers.create_intake, outbound.intake)

    @rpc
    def get_intake(self, request):
        """Return an intake with its rows and their lines."""
        return self.bus.query(request, inbound.by_id("intake_id"), views.get_intake)

    @rpc
    def list_intakes(self, request):
        """Return the intakes of the caller's community."""
        return self.bus.query(request, inbound.list_intakes, views.list_intakes)

    @rpc
    def change_intake(self, request):
        """Answer questions of an intake, correct and drop rows."""
        return self.bus.execute(request, inbound.change_intake, handlers.change_intake, outbound.intake)

    @rpc
    def commit_intake(self, request):
        """Make signals of the rows that are clear."""
        return self.bus.execute(request, inbound.commit_intake, handlers.commit_intake, outbound.intake)

    @rpc
    def discard_intake(self, request):
        """Throw an intake away."""
        return self.bus.execute(request, inbound.discard_intake, handlers.discard_intake, outbound.intake)

    @rpc
    def list_categories(self, request):
        """Return the taxonomy of a community."""
        return self.bus.query(request, inbound.list_categories, views.list_categories)

    @rpc
    def add_category(self, request):
        """Add a category of a community, or examples of one."""
        return self.bus.execute(request, inbound.add_category, handlers.add_category, outbound.category)

    @rpc
    def remove_category(self, request):
        """Take a community's own category away."""
        return self.bus.execute(request, inbound.remove_category, handlers.remove_category, outbound.category)

    @rpc
    def get_template(self, request):
        """Return the form of a category."""
        return self.bus.query(request, inbound.get_template, views.get_template)

    @rpc
    def set_template(self, request):
        """Set a community's own form of a category."""
        return self.bus.execute(request, inbound.set_template, handlers.set_template, outbound.own_template)

    @rpc
    def understand(self, request):
        """Say how a text is understood."""
        return self.bus.query(request, inbound.understand, views.understand)

    @subscribe_in_lanes("demand", "signals_waiting.v1", lanes=LANES)
    def on_demand_signals_waiting_v1(self, event):
        """Put signals into pools that were left open because others were at work."""
        self.bus.consume(event, inbound.signals_waiting, handlers.gather_waiting)

    @subscribe("supplier", "match_proposed.v1")
    def on_supplier_match_proposed_v1(self, event):
        """Note that suppliers were found."""
        self.bus.consume(event, inbound.match_proposed, handlers.match_pool)

    @subscribe("supplier", "match_expired.v1")
    def on_supplier_match_expired_v1(self, event):
        """Note that a match is gone; without any, suppliers are asked anew."""
        self.bus.consume(event, inbound.match_expired, handlers.expire_match)

    @subscribe("supplier", "pool_unmatched.v1")
    def on_supplier_pool_unmatched_v1(self, event):
        """Note why no supplier was found."""
        self.bus.consume(event, inbound.pool_unmatched, handlers.note_unmatched)

    @subscribe("supplier", "offer_published.v1")
    def on_supplier_offer_published_v1(self, event):
        """Remember what an offer costs."""
        self.bus.consume(event, inbound.offer_published, handlers.note_offer)

    @subscribe("supplier", "offer_revised.v1")
    def on_supplier_offer_revised_v1(self, event):
        """Note what an offer costs now."""
        self.bus.consume(event, inbound.offer_published, handlers.note_offer)

    @subscribe("supplier", "offer_paused.v1")
    def on_supplier_offer_paused_v1(self, event):
        """Count on an offer no more while it waits for papers."""
        self.bus.consume(event, inbound.offer_paused, handlers.note_offer)

    @subscribe("supplier", "offer_resumed.v1")
    def on_supplier_offer_resumed_v1(self, event):
        """Count on an offer again."""
        self.bus.consume(event, inbound.offer_resumed, handlers.note_offer)

    @subscribe("supplier", "offer_withdrawn.v1")
    def on_supplier_offer_withdrawn_v1(self, event):
        """Remember that an offer is gone."""
        self.bus.consume(event, inbound.offer_withdrawn, handlers.note_offer)

    @subscribe("supplier", "supplier_registered.v1")
    def on_supplier_supplier_registered_v1(self, event):
        """Remember who may use a supplier."""
        self.bus.consume(event, inbound.supplier_known, handlers.note_supplier)

    @subscribe("supplier", "supplier_changed.v1")
    def on_supplier_supplier_changed_v1(self, event):
        """Remember who may use a supplier now."""
        self.bus.consume(event, inbound.supplier_known, handlers.note_supplier)

    @subscribe("campaign", "campaign_opened.v1")
    def on_campaign_campaign_opened_v1(self, event):
        """Note that a campaign was opened for a pool."""
        self.bus.consume(event, inbound.campaign_opened, handlers.serve_pool)

    @subscribe("campaign", "campaign_failed.v1")
    def on_campaign_campaign_failed_v1(self, event):
        """Note that a campaign missed its minimum."""
        self.bus.consume(event, inbound.campaign_failed, handlers.release_pool)

    @subscribe("campaign", "campaign_cancelled.v1")
    def on_campaign_campaign_cancelled_v1(self, event):
        """Note that a campaign was cancelled."""
        self.bus.consume(event, inbound.campaign_cancelled, handlers.release_pool)

    @subscribe("campaign", "campaign_settled.v1")
    def on_campaign_campaign_settled_v1(self, event):
        """Note that a campaign was settled."""
        self.bus.consume(event, inbound.campaign_settled, handlers.fulfil_pool)
