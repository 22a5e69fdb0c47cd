"""The handlers through requests, on fakes: who may do what, what is refused, which events and timers come of it."""

from datetime import timedelta

import pytest

from services.campaign.handlers import TIMERS
from services.kernel.clock import format_time
from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town, cny, match_proposed, news


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    return Town(desk)


@pytest.fixture
def opened(town):
    town.open()
    return town


def code(kind, act):
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


# Drafting and opening


def test_a_match_becomes_a_draft_with_the_terms_of_its_offer(town):
    seen = town.see()
    assert (seen["state"], seen["min_seats"], seen["max_seats"], seen["deadline"]) == ("draft", 10, 30, None)
    assert seen["progress"] == {"zh": "尚未开团", "en": "Not open yet"}


def test_a_repeated_match_changes_nothing(desk, town):
    desk.hear(town.event)
    assert desk.uow.outbox.names() == ["campaign_drafted.v1"]


def test_opening_sets_the_terms_the_timer_and_the_organiser(desk, town):
    seen = town.open(min_seats=12, max_seats=20, hold_minutes=45)
    assert (seen["state"], seen["min_seats"], seen["max_seats"], seen["hold_minutes"]) == ("open", 12, 20, 45)
    assert seen["organiser"]["community_id"] == str(town.a)
    due, command, _ = desk.uow.timers.pending[f"close_campaign:{town.campaign_id}"]
    assert (due, command) == (DEADLINE, "close_campaign")
    (told,) = desk.uow.outbox.data_of("campaign_opened.v1")
    assert told["communities"] == [
        {"community_id": str(one), "people": people} for one, people in sorted({town.a: 10, town.b: 8}.items())
    ]


@pytest.mark.parametrize("role", ["member", "supplier"])
def test_only_those_who_manage_a_community_open(desk, town, role):
    who = {"member": town.member(), "supplier": town.supplier()}[role]
    data = {"campaign_id": town.campaign_id, "deadline": format_time(DEADLINE)}
    with pytest.raises(ForbiddenError):
        desk.do("open_campaign", data, **who)


def test_a_community_that_takes_no_part_finds_nothing_to_open(desk, town):
    data = {"campaign_id": town.campaign_id, "deadline": format_time(DEADLINE)}
    assert code(NotFoundError, lambda: desk.do("open_campaign", data, **town.partner(new_id()))) == "campaign.unknown"
    assert code(
        NotFoundError, lambda: desk.do("open_campaign", {**data, "campaign_id": str(new_id())}, role="node_operator")
    ) == ("campaign.unknown")


def test_the_node_operator_opens_in_the_name_of_the_first_community(desk, town):
    data = {"campaign_id": town.campaign_id, "deadline": format_time(DEADLINE)}
    seen = desk.do("open_campaign", data, role="node_operator")
    assert seen["organiser"] == {"community_id": str(town.a), "member_id": None}


def test_a_campaign_is_opened_once(opened):
    with pytest.raises(ConflictError) as refused:
        opened.open()
    assert refused.value.detail["state"] == "open"


def test_a_proposal_that_is_no_longer_held_cannot_be_opened(desk, town):
    desk.clock.pass_(hours=72)
    assert code(ConflictError, town.open) == "campaign.offer_lapsed"


def test_a_direct_match_has_no_pool_and_can_be_opened(desk):
    town = Town(desk, pool_id=None)
    assert town.open()["state"] == "open"


def test_opening_one_draft_supersedes_the_others_of_the_pool(desk, town):
    pool_id = town.event.data["pool_id"]
    early, late = (match_proposed({town.a: 5}, pool_id=pool_id) for _ in range(2))
    desk.hear(early)
    town.open()
    desk.hear(late)
    for event in (early, late):
        ended = desk.campaign_of_match(event.data["match_id"])
        assert (ended.state, ended.reason) == ("cancelled", "superseded")
    reasons = [data["reason"] for data in desk.uow.outbox.data_of("campaign_cancelled.v1")]
    assert reasons == ["superseded", "superseded"]


def test_a_pool_is_bought_for_once_even_if_a_draft_was_overlooked(desk, town):
    sibling = Town(desk, pool_id=town.event.data["pool_id"])
    town.open()
    rows = desk.uow.campaigns.rows
    mine = desk.campaign_of_match(sibling.match_id)
    # A draft that was written while the other was being opened.
    rows[mine.campaign_id] = type(mine)(**{**{n: getattr(mine, n) for n in mine.__slots__}, "state": "draft"})
    assert code(ConflictError, sibling.open) == "campaign.pool_taken"


# Joining


def test_a_member_holds_seats_at_the_price_that_counts_them(desk, opened):
    held = opened.reserve(20)
    assert (held["state"], held["price"], held["paid"]) == ("reserved", cny("118.00"), None)
    assert held["hold_until"] == format_time(desk.clock.now() + timedelta(minutes=30))
    assert f"expire_commitment:{held['commitment_id']}" in desk.uow.timers.pending


def test_a_member_acts_for_itself_only(desk, opened):
    data = {"campaign_id": opened.campaign_id, "seats": 1, "member_id": str(new_id())}
    with pytest.raises(ForbiddenError):
        desk.do("reserve_seats", data, **opened.member())
    paid = {"campaign_id": opened.campaign_id, "seats": 1, "payment": {"method": "offline", "receipt": "R"}}
    with pytest.raises(ForbiddenError):
        desk.do("reserve_seats", paid, **opened.member())


def test_a_manager_names_a_member_of_its_own_community(desk, opened):
    member_id, data = new_id(), {"campaign_id": opened.campaign_id, "seats": 1}
    with pytest.raises(InvalidError):
        desk.do("reserve_seats", data, **opened.partner())
    data["member_id"] = str(member_id)
    assert code(NotFoundError, lambda: desk.do("reserve_seats", data, **opened.partner())) == "campaign.member_unknown"
    known = {"member_id": str(member_id), "community_id": str(opened.a), "roles": []}
    desk.hear(news("demand", "member_joined.v1", member_id, known))
    assert desk.do("reserve_seats", data, **opened.partner())["member_id"] == str(member_id)
    assert desk.do("reserve_seats", data, role="node_operator")["community_id"] == str(opened.a)
    refused = code(NotFoundError, lambda: desk.do("reserve_seats", data, **opened.partner(opened.b)))
    assert refused == "campaign.member_unknown"


def test_a_member_of_another_place_cannot_join(desk, opened):
    member_id, elsewhere = new_id(), new_id()
    known = {"member_id": str(member_id), "community_id": str(elsewhere), "roles": []}
    desk.hear(news("demand", "member_joined.v1", member_id, known))
    data = {"campaign_id": opened.campaign_id, "seats": 1, "member_id": str(member_id)}
    assert code(NotFoundError, lambda: desk.do("reserve_seats", data, role="node_operator")) == "campaign.unknown"
    assert code(NotFoundError, lambda: opened.reserve(1, opened.member(elsewhere))) == "campaign.unknown"


def test_reserving_and_paying_in_one_step_tells_the_payment_only(desk, opened):
    data = {"campaign_id": opened.campaign_id, "seats": 2, "payment": {"method": "offline", "receipt": "R-1"}}
    paid = desk.do("reserve_seats", data, **opened.organiser())
    assert (paid["state"], paid["paid"]) == ("paid", cny("256.00"))
    names = [name for name in desk.uow.outbox.names() if name.startswith("commitment")]
    assert names == ["commitment_paid.v1"]
    assert not any(key.startswith("expire") for key in desk.uow.timers.pending)


def test_a_draft_cannot_be_joined(town):
    assert code(ConflictError, town.reserve) == "campaign.wrong_state"


def test_nobody_joins_at_the_deadline_even_if_its_timer_is_late(desk, opened):
    held = opened.reserve(1)
    desk.clock.time = DEADLINE
    assert code(ConflictError, opened.reserve) == "campaign.closed"
    assert code(ConflictError, lambda: opened.pay(held)) == "campaign.closed"
    assert code(ConflictError, lambda: opened.leave(held)) == "campaign.closed"


def test_seats_that_are_held_are_not_sold_again(opened):
    opened.reserve(30)
    assert code(ConflictError, opened.reserve) == "campaign.full"


# Paying


def test_payment_puts_the_quoted_amount_into_escrow(desk, opened):
    paid = opened.join(3)
    assert (paid["state"], paid["paid"], paid["hold_until"]) == ("paid", cny("384.00"), None)
    assert desk.uow.ledger.balance(f"escrow:{opened.campaign_id}") == 38400
    assert desk.uow.ledger.balance(f"member:{paid['member_id']}") == -38400
    assert not any(key.startswith("expire") for key in desk.uow.timers.pending)


def test_a_member_cannot_say_that_it_paid(desk, opened):
    member = opened.member()
    held = opened.reserve(1, member)
    data = {"commitment_id": held["commitment_id"], "method": "offline", "receipt": "R"}
    with pytest.raises(ForbiddenError):
        desk.do("pay_commitment", data, **member)
    foreign = opened.organiser(opened.b)
    assert code(NotFoundError, lambda: desk.do("pay_commitment", data, **foreign)) == "campaign.commitment_unknown"


def test_another_amount_than_was_quoted_is_refused(opened):
    held = opened.reserve(2)
    for wrong in (cny("255.99"), {"amount": "256.00", "currency": "USD"}):
        with pytest.raises(InvalidError):
            opened.pay(held, amount=wrong)
    assert opened.pay(held, amount=cny("256.00"))["state"] == "paid"


def test_seats_are_paid_once(opened):
    paid = opened.join(1)
    assert code(ConflictError, lambda: opened.pay(paid)) == "campaign.commitment_state"


def test_a_receipt_counts_once_per_community(opened):
    opened.pay(opened.reserve(1), receipt="R-7")
    again = opened.reserve(1)
    assert code(ConflictError, lambda: opened.pay(again, receipt="R-7")) == "campaign.receipt_used"
    assert opened.pay(opened.reserve(1, opened.member(opened.b)), receipt="R-7")["state"] == "paid"


def test_a_hold_that_is_over_cannot_be_paid_even_if_its_timer_is_late(desk, opened):
    held = opened.reserve(1)
    desk.clock.pass_(minutes=30)
    assert code(ConflictError, lambda: opened.pay(held)) == "campaign.hold_expired"


def test_the_minimum_tips_and_a_drop_out_untips(desk, opened):
    opened.join(9)
    assert opened.see()["state"] == "open"
    last = opened.join(1)
    assert opened.see()["state"] == "tipped"
    assert opened.leave(last)["state"] == "refunded"
    assert opened.see()["state"] == "open"
    names = [name for name in desk.uow.outbox.names() if "tipped" in name]
    assert names == ["campaign_tipped.v1", "campaign_untipped.v1"]


def test_the_last_seat_confirms_at_once(desk, opened):
    opened.join(20)
    last = opened.join(10)
    assert last["final_price"] == cny("108.00")
    seen = opened.see()
    assert (seen["state"], seen["price"]) == ("confirmed", cny("108.00"))
    assert desk.uow.outbox.names().count("campaign_confirmed.v1") == 1
    before = desk.uow.outbox.names()
    desk.clock.time = DEADLINE
    assert desk.fire_due_timers() == ["close_campaign"]
    assert desk.uow.outbox.names() == before


def test_who_leaves_is_named_in_the_event(desk, opened):
    member = opened.member()
    held = opened.reserve(1, member)
    desk.do("cancel_commitment", {"commitment_id": held["commitment_id"]}, **member)
    opened.leave(opened.join(2))
    told = desk.uow.outbox.data_of("commitment_cancelled.v1")
    assert [data["reason"] for data in told] == ["member_cancelled", "organiser_cancelled"]
    assert [data["amount"] for data in told] == [None, cny("256.00")]


def test_what_was_given_back_cannot_be_given_back_again(opened):
    paid, held = opened.join(1), opened.reserve(1)
    for commitment in (paid, held):
        opened.leave(commitment)
        assert code(ConflictError, lambda one=commitment: opened.leave(one)) == "campaign.commitment_state"


# Ending


def test_early_payers_get_the_difference(desk, opened):
    early, late = opened.join(10), opened.join(10, opened.b)
    opened.act("close_campaign")
    assert (opened.commitment(early)["refunded"], opened.commitment(early)["final_price"]) == (
        cny("100.00"),
        cny("118.00"),
    )
    assert opened.commitment(late)["refunded"] == cny("0.00")
    assert [t.amount.minor for t in desk.uow.ledger.of("tier_difference")] == [10000]
    assert [t.amount.minor for t in desk.uow.ledger.of("release")] == [236000 * 30 // 100]


def test_a_tier_lost_by_drop_outs_is_not_paid_by_those_who_stay(opened):
    leaver = opened.join(10)
    stays = opened.join(10)
    opened.leave(leaver)
    assert opened.act("close_campaign")["price"] == cny("128.00")
    assert opened.commitment(stays)["final_price"] == cny("118.00")
    assert opened.see()["money"]["paid"] == cny("2460.00")


def test_unpaid_seats_expire_when_the_group_is_confirmed(opened):
    opened.join(10)
    held = opened.reserve(5)
    opened.act("close_campaign")
    assert opened.commitment(held)["state"] == "expired"
    assert opened.see()["reserved_seats"] == 0


def test_a_campaign_below_its_minimum_cannot_be_closed(opened):
    opened.join(9)
    assert code(ConflictError, lambda: opened.act("close_campaign")) == "campaign.wrong_state"


def test_only_the_community_that_opened_closes_or_cancels(opened):
    opened.join(10)
    for name, data in (("close_campaign", {}), ("cancel_campaign", {"reason": "no"})):
        act = opened.organiser(opened.b)
        assert code(ForbiddenError, lambda n=name, w=act, d=data: opened.act(n, w, **d)) == "campaign.not_organiser"
        with pytest.raises(ForbiddenError):
            opened.act(name, opened.member(), **data)


def test_the_deadline_confirms_or_fails(desk):
    met, missed = Town(desk), Town(desk)
    for town, count in ((met, 10), (missed, 9)):
        town.open()
        town.join(count)
    desk.clock.time = DEADLINE
    assert desk.fire_due_timers() == ["close_campaign", "close_campaign"]
    assert (met.see()["state"], missed.see()["state"]) == ("confirmed", "failed")
    assert missed.see()["reason"] == "minimum_missed"
    (told,) = desk.uow.outbox.data_of("campaign_failed.v1")
    assert (told["reason"], told["refunded"]) == ("minimum_missed", cny("1152.00"))


def test_a_deadline_timer_that_comes_twice_or_too_early_is_harmless(desk, opened):
    opened.join(9)
    payload = {"campaign_id": opened.campaign_id}
    desk.uow.timers.pending.clear()
    TIMERS["close_campaign"](payload, desk.uow)
    assert opened.see()["state"] == "open"
    assert desk.uow.timers.pending[f"close_campaign:{opened.campaign_id}"][0] == DEADLINE
    desk.clock.time = DEADLINE
    for _ in range(2):
        TIMERS["close_campaign"](payload, desk.uow)
    assert len(desk.uow.ledger.of("refund")) == 1


@pytest.mark.parametrize("command", ["close_campaign", "settle_campaign"])
def test_a_timer_of_an_unknown_campaign_is_harmless(desk, command):
    TIMERS[command]({"campaign_id": str(new_id())}, desk.uow)
    TIMERS["expire_commitment"]({"commitment_id": str(new_id())}, desk.uow)
    assert desk.uow.outbox.events == []


def test_a_hold_timer_frees_only_what_is_still_held(desk, opened):
    held, paid = opened.reserve(2), opened.reserve(3)
    timer = {"commitment_id": held["commitment_id"]}
    TIMERS["expire_commitment"](timer, desk.uow)
    assert opened.commitment(held)["state"] == "reserved"
    opened.pay(paid)
    desk.clock.pass_(minutes=30)
    for one in (held, paid, held):
        TIMERS["expire_commitment"]({"commitment_id": one["commitment_id"]}, desk.uow)
    assert (opened.commitment(held)["state"], opened.commitment(paid)["state"]) == ("expired", "paid")
    assert len(desk.uow.outbox.data_of("commitment_expired.v1")) == 1


def test_cancelling_refunds_everybody_and_says_why(desk, opened):
    paid, held = opened.join(12), opened.reserve(1)
    seen = opened.act("cancel_campaign", reason="暴雨")
    assert (seen["state"], seen["reason"]) == ("cancelled", "organiser_cancelled")
    assert (opened.commitment(paid)["state"], opened.commitment(held)["state"]) == ("refunded", "cancelled")
    assert desk.uow.ledger.balance(f"escrow:{opened.campaign_id}") == 0
    assert code(ConflictError, lambda: opened.act("cancel_campaign", reason="again")) == "campaign.wrong_state"


def test_a_confirmed_campaign_cannot_be_called_off(desk, opened):
    opened.join(30)
    assert code(ConflictError, lambda: opened.act("cancel_campaign", reason="no")) == "campaign.wrong_state"
    gone = {"match_id": opened.match_id, "pool_id": None, "reason": "hold_expired"}
    desk.hear(news("supplier", "match_expired.v1", opened.match_id, gone))
    assert opened.see()["state"] == "confirmed"


@pytest.mark.parametrize("opens", [False, True])
def test_a_match_that_expires_ends_draft_and_open_campaign(desk, town, opens):
    if opens:
        town.open()
        town.join(3)
    gone = {"match_id": town.match_id, "pool_id": None, "reason": "offer_withdrawn"}
    for _ in range(2):
        desk.hear(news("supplier", "match_expired.v1", town.match_id, gone))
    assert (town.see()["state"], town.see()["reason"]) == ("cancelled", "offer_withdrawn")
    assert town.see()["money"]["escrow"] == cny("0.00")


def test_news_of_an_unknown_match_or_campaign_is_tried_again_later(desk):
    gone = {"match_id": str(new_id()), "reason": "hold_expired"}
    assert code(NotFoundError, lambda: desk.hear(news("supplier", "match_expired.v1", "x", gone))) == (
        "campaign.match_unknown"
    )
    booked = {"match_id": "x", "slot_id": "x", "campaign_id": str(new_id()), "seats": 1}
    assert code(NotFoundError, lambda: desk.hear(news("supplier", "slot_confirmed.v1", "x", booked))) == (
        "campaign.unknown"
    )


# Delivering and settling


def test_delivery_waits_for_the_slot_and_settlement_for_the_window(desk, opened):
    opened.join(30)
    assert code(ConflictError, lambda: opened.act("deliver_campaign")) == "campaign.too_early"
    desk.clock.time = SLOT_START
    seen = opened.act("deliver_campaign", opened.supplier())
    assert seen["settles_at"] == format_time(SLOT_START + timedelta(hours=48))
    payload = {"campaign_id": opened.campaign_id}
    desk.uow.timers.pending.clear()
    TIMERS["settle_campaign"](payload, desk.uow)
    assert opened.see()["state"] == "delivered"
    assert len(desk.uow.timers.pending) == 1
    desk.clock.pass_(hours=48)
    assert desk.fire_due_timers() == ["settle_campaign"]
    TIMERS["settle_campaign"](payload, desk.uow)
    assert [t.key.split(":")[2] for t in desk.uow.ledger.of("release")] == ["confirmed", "delivered", "accepted"]
    assert desk.uow.ledger.balance(f"supplier:{opened.supplier_id}") == 30 * 10800


def test_any_community_that_takes_part_may_say_that_it_was_delivered(desk, opened):
    opened.join(30)
    desk.clock.time = SLOT_START
    assert opened.act("deliver_campaign", opened.organiser(opened.b))["state"] == "delivered"
    with pytest.raises(ForbiddenError):
        opened.act("deliver_campaign", opened.member())


@pytest.mark.parametrize(
    ("plan", "released"),
    [
        ((("delivered", 10000),), [0, 324000, 324000]),
        ((("confirmed", 10000),), [324000, 324000, 324000]),
        ((("accepted", 10000),), [0, 0, 324000]),
    ],
)
def test_a_plan_may_leave_stages_out(desk, plan, released):
    town = Town(desk, release=plan, acceptance_hours=0)
    town.open()
    town.join(30)
    seen = [town.see()["money"]["released"]]
    desk.clock.time = SLOT_START
    seen.append(town.act("deliver_campaign")["money"]["released"])
    desk.fire_due_timers()
    seen.append(town.see()["money"]["released"])
    assert [round(float(amount["amount"]) * 100) for amount in seen] == released
    assert town.see()["state"] == "settled"


def test_the_delivery_lists_all_that_a_review_needs(desk, opened):
    paid = [opened.join(20), opened.join(10, opened.b)]
    desk.clock.time = SLOT_START
    opened.act("deliver_campaign")
    (told,) = desk.uow.outbox.data_of("campaign_delivered.v1")
    listed = {one["commitment_id"]: (one["member_id"], one["seats"]) for one in told["commitments"]}
    assert listed == {one["commitment_id"]: (one["member_id"], one["seats"]) for one in paid}
    assert opened.commitment(paid[0])["state"] == "delivered"


def test_an_acceptance_window_need_not_be_whole_hours(desk):
    town = Town(desk, acceptance_hours=0.5)
    town.open()
    town.join(30)
    desk.clock.time = SLOT_START
    assert town.act("deliver_campaign")["settles_at"] == format_time(SLOT_START + timedelta(minutes=30))
