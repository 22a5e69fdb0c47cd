"""A missed minimum: members are asked to move to another campaign, and silence means refund."""

from datetime import timedelta

import pytest

from services.campaign.domain.errors import (
    CommitmentUnknownError,
    FullError,
    InquiryClosedError,
    InquiryUnknownError,
    NotAskedError,
    PausedError,
    WrongStateError,
)
from services.campaign.domain.ledger import escrow_account, member_account
from services.kernel.clock import format_time
from services.kernel.errors import ForbiddenError, InvalidError
from services.kernel.ids import new_id
from tests.builders_asking import DEADLINE, MERGE, SLOT_START, AskedTown, know_supplier, missed, pair
from tests.builders_campaign import Desk, cny
from tests.fakes.chassis import MONDAY


@pytest.fixture
def desk():
    return Desk()


def books_add_up(desk):
    ledger = desk.uow.ledger
    assert set(ledger.sums().values()) <= {0}
    for campaign in desk.uow.campaigns.rows.values():
        assert ledger.balance(escrow_account(campaign.campaign_id)) == campaign.escrow.minor
        parts = desk.uow.campaigns.parts[campaign.campaign_id].values()
        assert campaign.paid_seats == sum(part.paid_seats for part in parts)
        if campaign.state in ("failed", "cancelled"):
            assert not campaign.escrow
    return True


def newcomer(desk, town, seats):
    """The commitment of so many seats in a town."""
    found = (one for one in desk.uow.commitments.rows.values() if str(one.campaign_id) == town.campaign_id)
    return next(one for one in found if one.seats == seats)


def test_at_a_missed_minimum_members_are_asked_and_room_is_held(desk):
    source, target = pair(desk)
    paid, held, other = source.join(3), source.reserve(2), target.join(8)
    missed(desk)
    seen, inquiry = source.see(), source.inquiry()
    assert (seen["state"], seen["pause"]) == ("open", {"about": "merge", "until": inquiry["term"]})
    assert seen["decision"]["action"] == "merge"
    assert "询问成员" in seen["progress"]["zh"]
    assert inquiry["term"] == format_time(DEADLINE + timedelta(hours=24))
    assert inquiry["proposal"]["campaign_id"] == target.campaign_id
    assert inquiry["proposal"]["price"] == cny("128.00")
    assert inquiry["seats"] == {"asked": 3, "accepted": 0, "refunded": 0, "silent": 3}
    assert (target.see()["paid_seats"], target.see()["reserved_seats"]) == (8, 3)
    assert source.commitment(held)["state"] == "expired"
    assert source.told("merge_asked") == [paid["commitment_id"]]
    assert target.commitment(other)["state"] == "paid"
    assert source.outlook()["action"] == "merge"
    assert books_add_up(desk)


def test_who_accepts_moves_with_its_money_and_who_does_not_is_refunded(desk):
    source, target = pair(desk)
    yes, no, silent = source.join(3), source.join(2), source.join(1)
    target.join(8)
    missed(desk)
    source.answer(yes)
    source.answer(no, "refund")
    assert source.see()["state"] == "open"
    desk.clock.pass_(hours=24)
    assert "close_inquiry" in desk.fire_due_timers()
    assert (source.see()["state"], source.see()["reason"], source.see()["pause"]) == ("failed", "merged", None)
    assert [source.commitment(one)["state"] for one in (yes, no, silent)] == ["moved", "refunded", "refunded"]
    seen = target.see()
    assert (seen["state"], seen["paid_seats"], seen["reserved_seats"]) == ("tipped", 11, 0)
    assert seen["money"]["escrow"] == cny("1408.00")
    assert source.see()["money"]["moved"] == cny("384.00")
    assert source.inquiry()["conclusion"] == "merged"
    assert (len(source.told("merged")), len(source.told("group_called_off"))) == (1, 2)
    assert books_add_up(desk)


def test_who_moves_pays_the_quote_of_the_target_and_gets_the_difference(desk):
    source, target = pair(desk)
    one = source.join(4)
    target.join(16)
    missed(desk)
    source.answer(one)
    (moved,) = [
        c for c in desk.uow.commitments.rows.values() if str(c.campaign_id) == target.campaign_id and c.seats == 4
    ]
    assert moved.price.amount == "118.00"  # twenty together
    assert source.commitment(one)["refunded"] == cny("40.00")
    assert (moved.paid.amount, moved.member_id) == ("472.00", desk.uow.commitments.find(moved.commitment_id).member_id)
    (transfer,) = desk.uow.ledger.of("moved")
    assert transfer.key == f"moved:{one['commitment_id']}"
    assert desk.uow.ledger.balance(member_account(moved.member_id)) == -47200
    assert books_add_up(desk)


def test_a_price_that_rose_meanwhile_is_not_the_newcomers_loss(desk):
    source, target = pair(desk, source={"tiers": ((10, "118.00"),)})
    one = source.join(4)
    others = target.join(16)
    missed(desk)
    target.leave(others)  # twenty would have been 118, the four alone are 128
    source.answer(one)
    (moved,) = [
        c for c in desk.uow.commitments.rows.values() if str(c.campaign_id) == target.campaign_id and c.seats == 4
    ]
    assert moved.price.amount == "118.00"
    assert source.commitment(one)["refunded"] == cny("0.00")
    assert books_add_up(desk)


def test_the_communities_of_who_moves_take_part_in_the_target(desk):
    source, target = pair(desk)
    one, two = source.join(3), source.join(2, source.b)
    missed(desk)
    source.answer(one)
    source.answer(two, "refund")
    seen = target.see(target.organiser())
    assert {part["community_id"] for part in seen["communities"]} == {str(c) for c in (target.a, target.b, source.a)}
    newcomer = source.organiser(source.a)
    assert target.see(newcomer)["state"] == "open"
    target.desk.do("reserve_seats", {"campaign_id": target.campaign_id, "seats": 1}, **source.member(source.a))
    target.reserve(1)
    assert books_add_up(desk)


def test_the_last_answer_closes_the_inquiry_once(desk):
    source, target = pair(desk)
    one, two = source.join(1), source.join(1)
    missed(desk)
    source.answer(one, "refund")
    source.answer(one)  # may be changed
    assert source.answer(two)["state"] == "closed"
    with pytest.raises(InquiryClosedError):
        source.answer(two, "refund")
    desk.clock.pass_(hours=24)
    desk.fire_due_timers()
    assert target.see()["paid_seats"] == 2
    assert len(desk.uow.outbox.data_of("inquiry_closed.v1")) == 1
    assert books_add_up(desk)


def test_moving_people_can_fill_and_confirm_the_target(desk):
    source, target = pair(desk, target={"seats": 12})
    one = source.join(4)
    target.join(8)
    missed(desk)
    with pytest.raises(FullError):
        target.reserve(1)  # the room is held
    waiting = target.wait(1)
    source.answer(one)
    assert target.see()["state"] == "confirmed"
    assert target.commitment(waiting)["state"] == "waiting"
    assert books_add_up(desk)


def test_room_that_is_not_taken_is_offered_to_who_waits_meanwhile(desk):
    source, target = pair(desk, target={"seats": 12})
    one = source.join(4)
    target.join(8)
    missed(desk)
    waiting = target.wait(2)
    source.answer(one, "refund")
    assert target.commitment(waiting)["state"] == "reserved"
    assert source.see()["reason"] == "minimum_missed"
    assert source.inquiry()["conclusion"] == "too_few"
    assert books_add_up(desk)


def test_a_target_that_is_cancelled_refunds_everybody(desk):
    source, target = pair(desk)
    one = source.join(3)
    target.join(2)
    missed(desk)
    target.act("cancel_campaign", reason="场地没了")
    desk.fire_due_timers()
    assert (source.see()["state"], source.see()["reason"]) == ("failed", "minimum_missed")
    assert source.commitment(one)["state"] == "refunded"
    assert source.inquiry()["conclusion"] == "gone"
    assert books_add_up(desk)


def test_a_target_that_is_closed_early_takes_those_who_have_accepted(desk):
    source, target = pair(desk)
    yes, undecided = source.join(3), source.join(2)
    target.join(10)
    missed(desk)
    source.answer(yes)
    target.act("close_campaign")
    seen = target.see()
    assert (seen["state"], seen["paid_seats"], seen["reserved_seats"]) == ("confirmed", 13, 0)
    assert source.commitment(yes)["state"] == "moved"
    assert source.commitment(undecided)["state"] == "refunded"
    assert books_add_up(desk)


def test_a_deadline_that_is_handled_late_still_counts_those_who_have_accepted(desk):
    source, target = pair(desk)
    yes = source.join(3)
    silent = source.join(1)
    target.join(8)
    missed(desk)
    source.answer(yes)
    for key in [key for key in desk.uow.timers.pending if key.startswith("close_inquiry")]:
        desk.uow.timers.cancel(key)  # as if its scheduler were slower
    missed(desk, DEADLINE + timedelta(days=3))
    assert (target.see()["state"], target.see()["paid_seats"]) == ("confirmed", 11)
    assert source.commitment(silent)["state"] == "refunded"
    assert books_add_up(desk)


def test_a_target_whose_supplier_withdraws_refunds_everybody(desk):
    source, target = pair(desk)
    one = source.join(3)
    target.join(2)
    missed(desk)
    target.withdraw()
    desk.fire_due_timers()
    assert source.commitment(one)["state"] == "refunded"
    assert target.see()["reserved_seats"] == 0
    assert source.inquiry()["conclusion"] == "gone"
    assert books_add_up(desk)


def test_a_source_that_is_cancelled_gives_the_room_back(desk):
    source, target = pair(desk)
    one = source.join(3)
    missed(desk)
    source.act("cancel_campaign", reason="不办了")
    assert source.commitment(one)["state"] == "refunded"
    with pytest.raises(NotAskedError):
        source.answer(one)
    desk.fire_due_timers()
    assert target.see()["reserved_seats"] == 0
    assert source.inquiry()["conclusion"] == "called_off"
    assert books_add_up(desk)


def test_while_members_are_asked_nobody_joins_pays_or_closes(desk):
    source, _ = pair(desk)
    source.join(3)
    missed(desk)
    for act in (lambda: source.reserve(1), lambda: source.wait(1), lambda: source.act("close_campaign")):
        with pytest.raises((PausedError, WrongStateError)) as refused:
            act()
        assert refused.value.detail["state"] == "open"


def test_who_does_not_fit_is_refunded_at_once(desk):
    source, target = pair(desk, target={"seats": 10})
    first, party = source.join(2), source.join(3)
    target.join(6)
    missed(desk)
    assert [source.commitment(one)["state"] for one in (first, party)] == ["paid", "refunded"]
    assert source.inquiry()["seats"]["asked"] == 2
    assert (source.see()["paid_seats"], target.see()["reserved_seats"]) == (2, 2)
    assert books_add_up(desk)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ({"category": "painting"}, "another category"),
        ({"slot_start": SLOT_START + timedelta(days=1)}, "another day"),
        ({"slot_start": SLOT_START + timedelta(hours=14)}, "it ends on the next day"),
        ({"place": {"lat": 31.33, "lon": 121.4737}}, "eleven kilometres away"),
        ({"tiers": ((10, "128.01"),)}, "dearer by a fen"),
        ({"currency": "USD", "tiers": ((10, "1.00"),)}, "another currency"),
    ],
)
def test_a_campaign_that_does_not_fit_is_not_asked_about(desk, target, why):
    source, _ = pair(desk, target=matched(**target))
    one = source.join(3)
    missed(desk)
    assert source.see()["state"] == "failed", why
    assert source.commitment(one)["state"] == "refunded"
    assert source.inquiry() is None


@pytest.mark.parametrize(
    "target",
    [
        {"slot_start": SLOT_START + timedelta(hours=13)},
        {"slot_start": SLOT_START - timedelta(hours=9)},
        {"place": {"lat": 31.31, "lon": 121.4737}},
        {"tiers": ((10, "128.00"),)},
    ],
)
def test_a_campaign_at_the_border_of_what_fits_is_asked_about(desk, target):
    source, other = pair(desk, target=matched(**target))
    source.join(3)
    missed(desk)
    assert source.inquiry()["proposal"]["campaign_id"] == other.campaign_id


def matched(**changes):
    """Changes of a match: what belongs to its offer and its slot goes there."""
    from tests.builders_campaign import match_proposed

    start = changes.pop("slot_start", None)
    place, category = changes.pop("place", None), changes.pop("category", None)
    if start is None and place is None and category is None:
        return changes
    event = match_proposed({new_id(): 1}, **changes)
    offer, slot = event.data["offer"], event.data["slot"]
    if place:
        offer["place"] = place
    if category:
        offer["category"] = category
    if start:
        slot |= {"start": format_time(start), "end": format_time(start + timedelta(hours=2))}
    return {**changes, "offer": offer, "slot": slot}


def test_the_same_offer_may_be_at_any_time_and_place(desk):
    far = matched(slot_start=SLOT_START + timedelta(days=20), place={"lat": 40.0, "lon": 116.0}, category="painting")
    source, target = AskedTown(desk), None
    offer = {**far["offer"], "offer_id": source.event.data["offer"]["offer_id"], "category": "pottery"}
    target = AskedTown(desk, **{**far, "offer": offer})
    know_supplier(desk, target.supplier_id)
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    source.join(2)
    missed(desk)
    assert source.inquiry()["proposal"]["campaign_id"] == target.campaign_id


def test_a_community_is_asked_only_if_it_may_see_the_supplier(desk):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id, target.a, "named", [source.b])
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    hidden, seen = source.join(2), source.join(3, source.b)
    missed(desk)
    assert source.commitment(hidden)["state"] == "refunded"
    assert [str(one["commitment_id"]) for one in source.inquiry()["answers"]] == [seen["commitment_id"]]


def test_an_older_word_on_who_sees_a_supplier_changes_nothing(desk):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id, target.a, "none", version=2)
    know_supplier(desk, target.supplier_id, target.a, "all", version=1)
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    source.join(2)
    missed(desk)
    assert source.see()["state"] == "failed"


def test_the_best_campaign_is_the_one_where_most_fit_then_the_cheapest(desk):
    source, small = pair(desk, target={"seats": 10})
    dear, cheap = AskedTown(desk), AskedTown(desk, tiers=((10, "100.00"),))
    for town in (dear, cheap):
        know_supplier(desk, town.supplier_id)
        town.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    small.join(8)
    source.join(3)
    missed(desk)
    assert source.inquiry()["proposal"]["campaign_id"] == cheap.campaign_id
    assert small.see()["reserved_seats"] == dear.see()["reserved_seats"] == 0


def test_the_term_ends_an_hour_before_the_deadline_of_the_target(desk):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id)
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(hours=3)))
    source.join(2)
    missed(desk)
    assert source.inquiry()["term"] == format_time(DEADLINE + timedelta(hours=2))


@pytest.mark.parametrize(("minutes", "asked"), [(60, False), (61, True)])
def test_a_target_that_closes_within_an_hour_is_too_late(desk, minutes, asked):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id)
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(minutes=minutes)))
    source.join(2)
    missed(desk)
    assert (source.inquiry() is not None) is asked


def test_a_target_with_a_waiting_list_is_left_alone(desk):
    source, target = pair(desk, target={"seats": 10})
    target.join(8)
    target.wait(3)
    source.join(1)
    missed(desk)
    assert source.see()["state"] == "failed"


def test_limits_of_the_target_hold_for_newcomers(desk):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id)
    source.open(**MERGE)
    target.open(deadline=format_time(DEADLINE + timedelta(days=2)), limits={"per_member": 2})
    fits, too_many = source.join(2), source.join(3)
    missed(desk)
    assert [source.commitment(one)["state"] for one in (fits, too_many)] == ["paid", "refunded"]
    member = {"role": "organiser", "community_id": source.a, "member_id": fits["member_id"]}
    source.answer(fits, who=member)
    assert target.see()["paid_seats"] == 2


@pytest.mark.parametrize(("before", "state"), [(timedelta(microseconds=1), "moved"), (timedelta(), None)])
def test_the_term_itself_is_too_late(desk, before, state):
    source, _ = pair(desk)
    one = source.join(3)
    missed(desk)
    desk.clock.time = DEADLINE + timedelta(hours=24) - before
    if state is None:
        with pytest.raises(InquiryClosedError) as refused:
            source.answer(one)
        assert refused.value.detail["term"] == format_time(DEADLINE + timedelta(hours=24))
    else:
        source.answer(one)
        assert source.commitment(one)["state"] == state


def test_a_member_answers_for_itself_and_a_manager_for_its_community(desk):
    source, _ = pair(desk)
    one, two = source.join(1), source.join(1)
    missed(desk)
    stranger, partner = source.member(), source.partner(source.b)
    with pytest.raises(CommitmentUnknownError):
        source.answer(one, who=stranger)
    with pytest.raises(CommitmentUnknownError):
        source.answer(one, who=partner)
    with pytest.raises(ForbiddenError):
        source.answer(one, who=source.supplier())
    own = {"role": "member", "community_id": source.a, "member_id": one["member_id"]}
    seen = source.answer(one, who=own)
    assert [line["commitment_id"] for line in seen["answers"]] == [one["commitment_id"]]
    assert source.answer(two, who=source.partner())["state"] == "closed"


def test_an_inquiry_of_others_is_unknown(desk):
    source, target = pair(desk)
    one, other = source.join(1), target.join(1)
    missed(desk)
    with pytest.raises(InquiryUnknownError):
        source.answer(other, who=target.organiser())
    data = {"inquiry_id": str(new_id()), "commitment_id": one["commitment_id"], "answer": "accept"}
    with pytest.raises(InquiryUnknownError):
        desk.do("answer_inquiry", data, **source.organiser())
    with pytest.raises(InvalidError) as refused:
        source.answer(one, "yes")
    assert refused.value.detail["errors"][0]["field"] == "answer"


def test_a_merge_that_leaves_no_time_to_answer_cannot_be_chosen(desk):
    with pytest.raises(InvalidError) as refused:
        AskedTown(desk).open(on_missed={"action": "merge", "ask_hours": 0})
    assert refused.value.detail["errors"][0]["field"] == "on_missed.ask_hours"


def test_deposits_and_tolerance_come_back_when_one_moves(desk):
    source, target = AskedTown(desk), AskedTown(desk)
    know_supplier(desk, target.supplier_id)
    source.open(**MERGE, tier_loss={"bearer": "dropouts", "deposit_bp": 2000})
    target.open(deadline=format_time(DEADLINE + timedelta(days=2)))
    data = {"campaign_id": source.campaign_id, "seats": 3, "upto_seats": 5}
    tolerant = source.pay(desk.do("reserve_seats", data, **source.member()))
    fewer = source.join(3)
    desk.do("change_seats", {"commitment_id": fewer["commitment_id"], "seats": 2}, **source.organiser())
    assert source.commitment(fewer)["withheld"] == cny("25.60")
    missed(desk)
    source.answer(tolerant)
    source.answer(fewer)
    assert [source.commitment(one)["state"] for one in (tolerant, fewer)] == ["moved", "moved"]
    assert source.commitment(tolerant)["refunded"] == cny("256.00")
    assert source.commitment(fewer)["refunded"] == cny("128.00")
    assert target.see()["paid_seats"] == 5
    assert books_add_up(desk)


def test_two_campaigns_may_ask_to_move_to_the_same_one(desk):
    source, target = pair(desk, target={"seats": 10})
    second = AskedTown(desk)
    second.open(**MERGE)
    one, two = source.join(3), second.join(4)
    target.join(2)
    missed(desk)
    assert target.see()["reserved_seats"] == 7
    source.answer(one)
    second.answer(two)
    assert (target.see()["paid_seats"], target.see()["reserved_seats"]) == (9, 0)
    assert books_add_up(desk)


def test_nothing_is_asked_where_nobody_has_paid(desk):
    source, _ = pair(desk)
    source.reserve(2)
    missed(desk)
    assert source.see()["state"] == "failed"


def test_counts_of_another_community_follow_the_rule_of_k(desk):
    source, _ = pair(desk)
    mine = [source.join(1) for _ in range(3)]
    [source.join(1, source.b) for _ in range(5)]
    missed(desk)
    source.answer(mine[0])
    of_b = source.inquiry(source.organiser(source.b))
    hidden = {"asked": None, "accepted": None, "refunded": None, "silent": None}
    by = {part["community_id"]: {key: part[key] for key in hidden} for part in of_b["communities"]}
    assert by[str(source.a)] == hidden
    assert by[str(source.b)] == {"asked": 5, "accepted": 0, "refunded": 0, "silent": 5}
    assert of_b["seats"] == hidden
    assert {line["commitment_id"] for line in of_b["answers"]}.isdisjoint(one["commitment_id"] for one in mine)
    of_a = source.inquiry(source.organiser(source.a))
    assert of_a["seats"] == {"asked": 8, "accepted": 1, "refunded": 0, "silent": 7}
    supplier = source.inquiry(source.supplier())
    assert supplier["seats"]["asked"] == 8
    assert all(part["asked"] is None for part in supplier["communities"])
    assert supplier["answers"] == []


def test_a_timer_that_is_early_or_late_or_repeated_does_no_harm(desk):
    source, target = pair(desk)
    source.join(3)
    missed(desk)
    (key,) = [key for key in desk.uow.timers.pending if key.startswith("close_inquiry")]
    _, command, payload = desk.uow.timers.pending[key]
    from services.campaign.handlers import TIMERS

    desk.uow.timers.cancel(key)
    TIMERS[command](payload, desk.uow)  # too early: it has to come again
    assert key in desk.uow.timers.pending
    desk.clock.pass_(days=30)
    TIMERS[command](payload, desk.uow)
    TIMERS[command](payload, desk.uow)
    TIMERS[command]({"inquiry_id": str(new_id())}, desk.uow)
    assert source.see()["state"] == "failed"
    assert target.see()["reserved_seats"] == 0
    assert desk.clock.now() > MONDAY
