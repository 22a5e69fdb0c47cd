"""The handlers with a unit of work in memory."""

from datetime import timedelta

import pytest

from services.kernel.caller import Role
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from services.supplier import handlers
from services.supplier.domain import commands
from services.supplier.domain.errors import (
    CommunityUnknownError,
    MatchNotFoundError,
    OfferNotFoundError,
    OfferWithdrawnError,
    SlotFullError,
    SlotNotFoundError,
    SlotStartedError,
    SupplierNotFoundError,
)
from services.supplier.domain.matching import Reason
from services.supplier.domain.model import QualificationState, Score, Sharing
from services.supplier.domain.offers import OfferState
from services.supplier.domain.pools import PoolState
from services.supplier.domain.standing import MatchState
from tests.builders_supplier import (
    ALL,
    HOME,
    caller,
    named,
    offer,
    qualification,
    ready_pool,
    slot,
    span,
    supplier,
)
from tests.fakes.supplier import FakeSupplierUnitOfWork

HOME_ID, OTHER_ID = new_id(), new_id()
ORGANISER = caller(community_id=HOME_ID)


@pytest.fixture
def uow():
    unit = FakeSupplierUnitOfWork()
    unit.communities.known |= {HOME_ID, OTHER_ID}
    return unit


@pytest.fixture
def studio(uow):
    made = supplier(community_id=HOME_ID, sharing=named(OTHER_ID))
    uow.suppliers.add(made)
    return made


def on_sale(uow, studio, capacity=30, **changes):
    made = offer(studio.supplier_id, **changes)
    seats = slot(made.offer_id, capacity=capacity)
    uow.offers.add(made)
    uow.slots.add(seats)
    return made, seats


def become_ready(uow, *people, version=1, **changes):
    ids = changes.pop("community_ids", [HOME_ID, OTHER_ID][: len(people)])
    pool = ready_pool(*people, community_ids=ids, **changes)
    handlers.match_ready_pool(commands.MatchReadyPool(pool, version), uow)
    return pool


def propose(uow, made, seats, number=12, who=ORGANISER, community_ids=None):
    command = commands.ProposeMatch(who, made.offer_id, seats.slot_id, number, community_ids)
    return handlers.propose_match(command, uow).match


def campaign_of(match):
    return {"match_id": match.match_id, "campaign_id": new_id()}


def register(uow, who=ORGANISER, community_id=None, sharing=Sharing()):
    command = commands.RegisterSupplier(who, community_id, "泥巴工坊", None, HOME, sharing)
    return handlers.register_supplier(command, uow).supplier


def test_a_registered_supplier_belongs_to_the_community_of_who_registers_it(uow):
    made = register(uow)
    assert (made.community_id, made.version) == (HOME_ID, 1)
    assert uow.outbox.names() == ["supplier_registered.v1", "supplier_standing_changed.v1"]


def test_a_node_operator_has_to_say_for_which_community(uow):
    with pytest.raises(InvalidError, match="community_id"):
        register(uow, caller(Role.NODE_OPERATOR))
    assert register(uow, caller(Role.NODE_OPERATOR), OTHER_ID).community_id == OTHER_ID


def test_nobody_registers_for_another_community(uow):
    with pytest.raises(SupplierNotFoundError):
        register(uow, community_id=OTHER_ID)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.PARTNER, Role.SUPPLIER])
def test_a_role_that_runs_no_suppliers_registers_none(uow, role):
    with pytest.raises(ForbiddenError):
        register(uow, caller(role, community_id=HOME_ID))


def test_a_supplier_is_not_shared_with_who_is_unknown(uow):
    with pytest.raises(CommunityUnknownError):
        register(uow, sharing=named(new_id()))
    assert uow.outbox.names() == []


def test_a_change_that_changes_nothing_is_no_event(uow, studio):
    command = commands.ChangeSupplier(ORGANISER, studio.supplier_id, None, {"name": studio.name})
    assert handlers.change_supplier(command, uow).supplier.version == 1
    assert uow.outbox.names() == []


def test_a_ready_pool_holds_the_best_offers_and_sets_their_timers(uow, studio):
    made, seats = on_sale(uow, studio)
    pool = become_ready(uow, 10, 8)
    (match,) = uow.matches.all()
    assert (match.pool_id, match.offer, match.seats) == (pool.pool_id, made.snapshot, 30)
    assert uow.slots.find(seats.slot_id).free == 0
    due_at, command, _ = uow.timers.pending[f"hold/{match.match_id}"]
    assert (due_at, command) == (uow.clock.now() + timedelta(hours=72), "expire_match")
    assert uow.pools.find(pool.pool_id).state is PoolState.MATCHED


def test_a_hold_does_not_outlast_the_start_of_its_slot(uow, studio):
    on_sale(uow, studio)
    uow.clock.pass_(days=4)
    become_ready(uow, 12)
    (match,) = uow.matches.all()
    assert match.held_until == span().start


def test_only_the_communities_that_see_the_supplier_are_told(uow, studio):
    on_sale(uow, studio)
    become_ready(uow, 12, 5, 40, community_ids=[HOME_ID, OTHER_ID, new_id()])
    (told,) = uow.outbox.data_of("match_proposed.v1")
    assert [share["community_id"] for share in told["communities"]] == [str(HOME_ID), str(OTHER_ID)]
    assert told["people"] == 17


def test_an_unmatched_pool_says_the_same_only_once(uow, studio):
    become_ready(uow, 12)
    handlers.publish_offer(publish(studio, category="cleaning"), uow)
    handlers.publish_offer(publish(studio, min_group=13), uow)
    assert uow.fire_due(handlers.TIMERS) == ["match_pool"]
    handlers.add_slot(commands.AddSlot(ORGANISER, uow.offers.published_in("pottery")[0].offer_id, new_slot(day=1)), uow)
    uow.fire_due(handlers.TIMERS)
    reasons = [data["reasons"] for data in uow.outbox.data_of("pool_unmatched.v1")]
    assert reasons == [{"no_offer": 1}, {"group_too_small": 1}]


def new_slot(capacity=30, **when):
    return commands.NewSlot(span(**when), (span(**when),), capacity)


def publish(studio, *slots, **changes):
    made = offer(studio.supplier_id, **changes)
    terms = {name: getattr(made.terms, name) for name in made.terms.__dataclass_fields__ if name != "place"}
    return commands.PublishOffer(ORGANISER, studio.supplier_id, None, terms, slots or (new_slot(),))


def test_a_published_offer_wakes_the_pools_of_its_category_and_no_others(uow, studio):
    one, _ = become_ready(uow, 12), become_ready(uow, 12, category="cleaning")
    handlers.publish_offer(publish(studio), uow)
    assert uow.fire_due(handlers.TIMERS) == ["match_pool"]
    assert [match.pool_id for match in uow.matches.all()] == [one.pool_id]


def test_the_place_of_an_offer_is_that_of_its_supplier_unless_it_says_otherwise(uow, studio):
    assert handlers.publish_offer(publish(studio), uow).offer.terms.place == studio.place


def test_an_offer_with_a_slot_in_the_past_is_refused_by_the_number_of_the_slot(uow, studio):
    with pytest.raises(InvalidError) as refused:
        handlers.publish_offer(publish(studio, new_slot(), new_slot(day=-6)), uow)
    assert refused.value.detail["errors"][0]["field"] == "slots.1.start"
    assert uow.offers.rows == {}


def test_a_timer_of_a_pool_that_is_matched_or_gone_does_nothing(uow, studio):
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    handlers.match_pool({"pool_id": str(pool.pool_id)}, uow)
    handlers.match_pool({"pool_id": str(new_id())}, uow)
    assert len(uow.matches.all()) == 1


def test_a_pool_whose_proposals_have_all_expired_looks_again_when_there_is_more(uow, studio):
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    uow.clock.pass_(hours=72)
    assert uow.fire_due(handlers.TIMERS) == ["expire_match"]
    assert uow.pools.find(pool.pool_id).is_open
    assert uow.fire_due(handlers.TIMERS) == [], "the same offer is not proposed again by itself"
    handlers.publish_offer(publish(studio), uow)
    uow.fire_due(handlers.TIMERS)
    assert [match.state for match in uow.matches.all()].count(MatchState.PROPOSED) == 2


def test_a_pool_that_is_ready_again_before_the_end_of_its_match_is_known_is_matched_again(uow, studio):
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    (match,) = uow.matches.all()
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 2), uow)
    handlers.release_seats(commands.ReleaseSeats(**campaign_of(match)), uow)
    assert uow.pools.find(pool.pool_id).is_open
    uow.clock.pass_(minutes=1)
    assert uow.fire_due(handlers.TIMERS) == ["match_pool"]
    assert [match.state for match in uow.matches.all()].count(MatchState.PROPOSED) == 1


def test_a_timer_that_fires_late_does_not_take_the_seats_of_a_campaign(uow, studio):
    _, seats = on_sale(uow, studio)
    become_ready(uow, 12)
    (match,) = uow.matches.all()
    handlers.hold_for_campaign(commands.HoldForCampaign(**campaign_of(match)), uow)
    assert f"hold/{match.match_id}" not in uow.timers.pending
    handlers.expire_match({"match_id": str(match.match_id)}, uow)
    handlers.expire_match({"match_id": str(new_id())}, uow)
    assert uow.slots.find(seats.slot_id).held == 30


def test_each_end_of_a_campaign_happens_once(uow, studio):
    made, seats = on_sale(uow, studio)
    match = propose(uow, made, seats)
    ids = campaign_of(match)
    for _ in range(2):
        handlers.confirm_seats(commands.ConfirmSeats(**ids, seats=10), uow)
        handlers.hold_for_campaign(commands.HoldForCampaign(**ids), uow)
    after = uow.slots.find(seats.slot_id)
    assert (after.held, after.confirmed) == (0, 10)
    told = ["match_proposed.v1", "slot_confirmed.v1", "slot_released.v1"]
    assert uow.outbox.names() == told
    for _ in range(2):  # a formed group may still be called off
        handlers.release_seats(commands.ReleaseSeats(**ids), uow)
        handlers.confirm_seats(commands.ConfirmSeats(**ids, seats=10), uow)
    after = uow.slots.find(seats.slot_id)
    assert (after.held, after.confirmed) == (0, 0)
    assert uow.outbox.names() == [*told, "slot_released.v1"]


def test_a_released_match_is_not_opened_by_late_news(uow, studio):
    made, seats = on_sale(uow, studio)
    match = propose(uow, made, seats)
    ids = campaign_of(match)
    handlers.release_seats(commands.ReleaseSeats(**ids), uow)
    handlers.hold_for_campaign(commands.HoldForCampaign(**ids), uow)
    assert uow.matches.find(match.match_id).state is MatchState.RELEASED
    assert uow.slots.find(seats.slot_id).held == 0


def test_news_of_a_match_that_is_not_known_is_tried_again(uow):
    with pytest.raises(MatchNotFoundError):
        handlers.release_seats(commands.ReleaseSeats(new_id(), new_id()), uow)


def test_a_sold_out_campaign_releases_nothing(uow, studio):
    made, seats = on_sale(uow, studio)
    match = propose(uow, made, seats)
    handlers.confirm_seats(commands.ConfirmSeats(**campaign_of(match), seats=12), uow)
    assert uow.outbox.names() == ["match_proposed.v1", "slot_confirmed.v1"]


def test_a_superseded_draft_frees_its_seats_while_its_pool_stays_matched(uow, studio):
    on_sale(uow, studio)
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    chosen, other = uow.matches.all()
    handlers.hold_for_campaign(commands.HoldForCampaign(**campaign_of(chosen)), uow)
    handlers.release_seats(commands.ReleaseSeats(**campaign_of(other)), uow)
    assert uow.pools.find(pool.pool_id).state is PoolState.MATCHED
    assert [match.state for match in uow.matches.all()] == [MatchState.PROPOSED, MatchState.RELEASED]


def test_a_campaign_that_took_its_seats_back_makes_its_pool_matched_again(uow, studio):
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    (match,) = uow.matches.all()
    uow.clock.pass_(hours=72)
    uow.fire_due(handlers.TIMERS)
    handlers.hold_for_campaign(commands.HoldForCampaign(**campaign_of(match)), uow)
    assert uow.pools.find(pool.pool_id).state is PoolState.MATCHED


def test_a_dissolved_pool_is_forgotten_and_frees_only_what_no_campaign_holds(uow, studio):
    on_sale(uow, studio)
    on_sale(uow, studio)
    pool = become_ready(uow, 12)
    kept, _ = uow.matches.all()
    handlers.hold_for_campaign(commands.HoldForCampaign(**campaign_of(kept)), uow)
    handlers.dissolve_pool(commands.DissolvePool(pool.pool_id, pool.category, 9), uow)
    assert [match.state for match in uow.matches.all()] == [MatchState.PROPOSED, MatchState.EXPIRED]
    handlers.match_ready_pool(commands.MatchReadyPool(pool, 12), uow)
    assert uow.pools.find(pool.pool_id).state is PoolState.DISSOLVED


def test_a_direct_match_says_what_stands_in_its_way(uow, studio):
    made, seats = on_sale(uow, studio)
    foreign, _ = on_sale(uow, studio)
    with pytest.raises(SlotNotFoundError):
        propose(uow, foreign, seats)
    with pytest.raises(SlotNotFoundError):
        propose(uow, made, slot())
    with pytest.raises(InvalidError, match="seats"):
        propose(uow, made, seats, 31)
    propose(uow, made, seats, 20)
    with pytest.raises(SlotFullError) as refused:
        propose(uow, made, seats, 11)
    assert refused.value.detail["free"] == 10
    uow.clock.pass_(days=6)
    with pytest.raises(SlotStartedError):
        propose(uow, made, seats, 10)
    uow.offers.save(made.withdraw())
    with pytest.raises(OfferWithdrawnError):
        propose(uow, made, seats, 10)


def test_a_direct_match_is_only_for_communities_that_see_the_supplier(uow, studio):
    made, seats = on_sale(uow, studio)
    stranger = new_id()
    with pytest.raises(OfferNotFoundError):
        propose(uow, made, seats, who=caller(community_id=stranger))
    operator = caller(Role.NODE_OPERATOR)
    with pytest.raises(CommunityUnknownError):
        propose(uow, made, seats, who=operator, community_ids=(HOME_ID, stranger))
    uow.communities.add(stranger)
    with pytest.raises(OfferNotFoundError):
        propose(uow, made, seats, who=operator, community_ids=(HOME_ID, stranger))
    with pytest.raises(InvalidError, match="community_ids"):
        propose(uow, made, seats, who=operator)


def test_nobody_finds_out_by_naming_it_whether_another_community_exists(uow, studio):
    made, seats = on_sale(uow, studio)
    messages = set()
    for named_one in (OTHER_ID, new_id()):
        with pytest.raises(CommunityUnknownError) as refused:
            propose(uow, made, seats, community_ids=(named_one,))
        messages.add(refused.value.message.replace(str(named_one), "X"))
    assert len(messages) == 1


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPLIER])
def test_members_and_suppliers_propose_nothing(uow, studio, role):
    made, seats = on_sale(uow, studio)
    with pytest.raises(ForbiddenError):
        propose(uow, made, seats, who=caller(role, community_id=HOME_ID, supplier_id=studio.supplier_id))


def test_a_withdrawn_offer_lets_its_pool_look_for_another_at_once(uow, studio):
    made, _ = on_sale(uow, studio)
    pool = become_ready(uow, 12)
    handlers.withdraw_offer(commands.WithdrawOffer(ORGANISER, made.offer_id), uow)
    assert uow.offers.find(made.offer_id).state is OfferState.WITHDRAWN
    (expired,) = uow.outbox.data_of("match_expired.v1")
    assert expired["reason"] == "offer_withdrawn"
    uow.fire_due(handlers.TIMERS)
    assert uow.outbox.data_of("pool_unmatched.v1") == [
        {"pool_id": str(pool.pool_id), "reasons": {str(Reason.NO_OFFER): 1}}
    ]


def test_a_paper_runs_out_when_its_timer_fires(uow, studio):
    command = commands.SubmitQualification(
        ORGANISER, studio.supplier_id, "insurance", "i", "12345678", uow.clock.now() + timedelta(days=1)
    )
    paper = handlers.submit_qualification(command, uow).qualification
    review = commands.ReviewQualification(ORGANISER, paper.qualification_id, True, "看过了")
    assert handlers.review_qualification(review, uow).qualification.state is QualificationState.APPROVED
    assert uow.qualifications.valid_kinds([studio.supplier_id], uow.clock.now())
    uow.clock.pass_(days=1)
    assert uow.qualifications.valid_kinds([studio.supplier_id], uow.clock.now()) == {}, "even before the timer fires"
    uow.fire_due(handlers.TIMERS)
    handlers.expire_qualification({"qualification_id": str(paper.qualification_id)}, uow)
    handlers.expire_qualification({"qualification_id": str(new_id())}, uow)
    assert uow.outbox.names() == ["qualification_reviewed.v1", "qualification_expired.v1"]


def test_a_paper_that_has_run_out_already_is_not_taken(uow, studio):
    command = commands.SubmitQualification(ORGANISER, studio.supplier_id, "k", "i", "12345678", uow.clock.now())
    with pytest.raises(InvalidError, match="expires_at"):
        handlers.submit_qualification(command, uow)


def test_an_expired_paper_keeps_an_offer_that_requires_it_from_pools(uow, studio):
    uow.qualifications.add(qualification(supplier_id=studio.supplier_id, state=QualificationState.EXPIRED))
    on_sale(uow, studio, required_qualifications=("business_licence",))
    become_ready(uow, 12)
    assert uow.outbox.data_of("pool_unmatched.v1")[0]["reasons"] == {"not_qualified": 1}


def test_a_narrower_sharing_wakes_no_pools(uow, studio):
    become_ready(uow, 12)
    on_sale(uow, studio, category="pottery")
    handlers.change_supplier(commands.ChangeSupplier(ORGANISER, studio.supplier_id, None, {"sharing": Sharing()}), uow)
    assert uow.fire_due(handlers.TIMERS) == []
    handlers.change_supplier(commands.ChangeSupplier(ORGANISER, studio.supplier_id, None, {"sharing": ALL}), uow)
    assert uow.fire_due(handlers.TIMERS) == ["match_pool"]


def test_the_score_of_a_match_is_that_of_its_time(uow, studio):
    score = Score(studio.supplier_id, 1, 4.3, 9, 3.9, 4.7)
    handlers.know_score(commands.KnowScore(score), uow)
    on_sale(uow, studio)
    become_ready(uow, 12)
    handlers.know_score(commands.KnowScore(Score(studio.supplier_id, 2, 1.0, 10, 0.5, 1.5)), uow)
    (match,) = uow.matches.all()
    assert (match.score, match.score_low) == (4.3, 3.9)


def test_a_community_is_remembered(uow):
    stranger = new_id()
    handlers.know_community(commands.KnowCommunity(stranger), uow)
    handlers.know_community(commands.KnowCommunity(stranger), uow)
    assert uow.communities.unknown_among([stranger]) == []
