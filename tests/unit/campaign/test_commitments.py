"""Commitments: tolerance, limits, the waiting list, leaving by the rules, changing and handing over."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.tolerance import allocate
from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town, cny, spend_the_fund


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    town = Town(desk)
    town.open()
    return town


def code(kind, act):
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


def tolerant(town, seats, upto, who=None):
    data = {"campaign_id": town.campaign_id, "seats": seats, "upto_seats": upto}
    return town.pay(town.desk.do("reserve_seats", data, **(who or town.member())))


# Tolerance


def test_all_that_may_be_taken_is_paid_and_what_is_not_taken_comes_back(desk, town):
    first = tolerant(town, 3, 5)
    assert (first["paid"], first["amount"]) == (cny("640.00"), cny("640.00"))
    town.join(15)
    second = tolerant(town, 1, 4)
    seen = town.outlook()
    assert (seen["seats"], seen["added_by_tolerance"], seen["price"]) == (20, 1, cny("118.00"))
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    first, second = town.commitment(first), town.commitment(second)
    assert (first["seats"], first["refunded"], first["final_price"]) == (4, cny("168.00"), cny("118.00"))
    assert (second["seats"], second["refunded"]) == (1, cny("394.00"))
    assert town.see()["paid_seats"] == 20


def test_tolerance_also_reaches_the_minimum(desk, town):
    town.join(8)
    tolerant(town, 1, 2)
    assert town.see()["state"] == "open"
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    assert (town.see()["state"], town.see()["paid_seats"]) == ("confirmed", 10)
    assert [name for name in desk.uow.outbox.names() if name.startswith("campaign_")][-2:] == [
        "campaign_tipped.v1",
        "campaign_confirmed.v1",
    ]


def test_nothing_is_added_where_no_tier_can_be_reached(desk, town):
    town.join(12)
    one = tolerant(town, 1, 3)
    town.act("close_campaign")
    assert town.commitment(one)["seats"] == 1


def test_tolerance_is_refused_where_it_means_nothing(town):
    with pytest.raises(InvalidError, match="upto_seats"):
        tolerant(town, 3, 2)
    money = Town(Desk())
    money.open(threshold={"measure": "amount", "minimum": cny("100.00")})
    with pytest.raises(InvalidError, match="upto_seats"):
        tolerant(money, 1, 2)


class Wish:
    def __init__(self, number, seats, extra):
        self.commitment_id, self.created_at, self.seats, self.upto_seats = number, number, seats, seats + extra


@given(st.lists(st.integers(0, 5), max_size=8), st.integers(0, 30), st.integers(0, 20), st.sets(st.integers(1, 50)))
def test_extra_seats_reach_the_highest_goal_exactly_and_in_order(extras, paid, room, goals):
    wishes = [Wish(number, 1, extra) for number, extra in enumerate(extras)]
    given_ = allocate(reversed(wishes), paid, room, sorted(goals))
    reach = paid + min(room, sum(extras))
    assert paid + given_.seats == max([goal for goal in goals if paid < goal <= reach], default=paid)
    left = given_.seats
    for wish, extra in zip(wishes, extras, strict=True):  # who came first is served first
        assert given_.of(wish.commitment_id) == min(left, extra)
        left -= min(left, extra)
    assert left == 0


# Limits


def test_a_member_has_no_more_seats_than_the_limit(desk):
    town, member = Town(desk), {"role": "member", "community_id": None, "member_id": new_id()}
    member["community_id"] = town.a
    town.open(limits={"per_member": 3})
    held = town.reserve(2, member)
    assert code(ConflictError, lambda: town.reserve(2, member)) == "campaign.limit"
    town.reserve(1, member)
    assert code(ConflictError, lambda: resize(town, held, 3)) == "campaign.limit"
    assert town.reserve(3)["seats"] == 3


def test_a_household_has_no_more_seats_than_the_limit_whoever_joins(desk):
    town, home = Town(desk), new_id()
    town.open(limits={"per_household": 3})
    members = [town.member(), town.member()]
    for member in members:
        town.know(member["member_id"], household=home)
    town.pay(town.reserve(2, members[0]))
    assert code(ConflictError, lambda: town.reserve(2, members[1])) == "campaign.limit"
    town.reserve(1, members[1])


def test_a_party_is_as_many_as_its_seats(desk, town):
    data = {"campaign_id": town.campaign_id, "seats": 3, "party": {"大": 1, "小": 2}}
    assert desk.do("reserve_seats", data, **town.member())["party"] == {"大": 1, "小": 2}
    with pytest.raises(InvalidError, match="party"):
        desk.do("reserve_seats", {**data, "seats": 2}, **town.member())


# The waiting list


@pytest.fixture
def full(desk):
    town = Town(desk)
    town.open()
    town.held = [town.reserve(10) for _ in range(3)]
    return town


def test_who_waits_gets_freed_seats_as_an_offer_with_a_time_limit(desk, full):
    waits = full.wait(2)
    assert (waits["state"], full.see()["waiting"]) == ("waiting", 1)
    full.leave(full.held[0])
    offered = full.commitment(waits)
    assert (offered["state"], full.see()["waiting"]) == ("reserved", 0)
    assert desk.uow.outbox.data_of("seats_offered.v1")[0]["until"] == offered["hold_until"]
    (told,) = desk.uow.notices.of("seats_offered")
    assert [option.action for option in told.options] == ["pay_commitment", "cancel_commitment"]
    full.pay(offered)
    assert full.commitment(waits)["state"] == "paid"


def test_an_offer_that_is_not_taken_passes_to_the_next(desk, full):
    first, second = full.wait(10), full.wait(10)
    full.leave(full.held[0])
    desk.clock.pass_(minutes=60)
    desk.fire_due_timers()
    assert (full.commitment(first)["state"], full.commitment(second)["state"]) == ("expired", "reserved")


def test_who_is_offered_seats_of_a_formed_group_pays_for_its_own_seats_and_no_tolerance(desk, full):
    """Tolerances are settled when a group is formed; what somebody pays for more afterwards would never come back."""
    for one in full.held:
        full.pay(one)
    data = {"campaign_id": full.campaign_id, "seats": 1, "upto_seats": 3, "wait": True}
    waits = desk.do("reserve_seats", data, **full.member())
    assert full.see()["state"] == "confirmed"
    full.leave(full.held[0])
    offered = full.commitment(waits)
    assert (offered["state"], offered["seats"], offered["upto_seats"]) == ("reserved", 1, 1)
    assert offered["amount"] == offered["price"]


def test_nobody_passes_a_waiting_list(full):
    full.wait(10)
    full.leave(full.held[0])
    full.wait(3)
    full.leave(full.held[1])
    assert full.see()["waiting"] == 0
    assert full.reserve(1)["state"] == "reserved"


def test_seats_are_kept_for_the_party_at_the_head_until_there_are_enough(desk, full):
    family, single = full.wait(15), full.wait(1)
    full.leave(full.held[0])
    assert (full.commitment(family)["state"], full.commitment(single)["state"]) == ("waiting", "waiting")
    assert code(ConflictError, lambda: full.reserve(1)) == "campaign.waiting_list"
    full.leave(full.held[1])
    assert (full.commitment(family)["state"], full.commitment(single)["state"]) == ("reserved", "reserved")


def test_in_the_last_hours_a_smaller_party_passes_one_that_does_not_fit(desk):
    town = Town(desk)
    town.open(hold_minutes=60 * 24 * 20, queue={"pass_hours": 24})
    first, _ = town.reserve(10), town.reserve(20)
    family, single = town.wait(11), town.wait(1)
    town.leave(first)
    assert town.commitment(single)["state"] == "waiting"
    desk.clock.time = DEADLINE - timedelta(hours=24)
    assert desk.fire_due_timers() == ["serve_queue"]
    assert (town.commitment(family)["state"], town.commitment(single)["state"]) == ("waiting", "reserved")


def test_there_is_no_waiting_where_seats_are_free(town):
    town.reserve(29)
    waits = town.wait(1)
    assert waits["state"] == "reserved"
    assert town.wait(2)["state"] == "waiting"
    assert code(ConflictError, lambda: town.wait(31)) == "campaign.full"


def test_the_list_lives_on_after_the_confirmation(desk, full):
    waits = full.wait(2)
    paid = [full.pay(one) for one in full.held]
    assert full.see()["state"] == "confirmed"
    assert full.commitment(waits)["state"] == "waiting"
    full.leave(paid[0])
    offered = full.commitment(waits)
    assert (offered["state"], offered["price"]) == ("reserved", cny("108.00"))
    served = full.pay(offered)
    assert (served["state"], served["final_price"]) == ("paid", cny("108.00"))
    desk.clock.time = SLOT_START
    full.act("deliver_campaign")
    assert full.commitment(waits)["state"] == "delivered"


def test_who_waits_can_stop_waiting(full):
    waits = full.wait(2)
    assert full.leave(waits)["state"] == "cancelled"
    assert full.see()["waiting"] == 0


# Leaving a group that was formed


@pytest.fixture
def formed(desk):
    town = Town(desk)
    town.open()
    town.one, _ = town.join(2), town.join(28)
    assert town.see()["state"] == "confirmed"
    return town


@pytest.mark.parametrize(
    ("hours", "cause", "refunded", "kept"),
    [
        (72, "own", "256.00", "0.00"),
        (71, "own", "148.00", "108.00"),
        (24, "own", "148.00", "108.00"),
        (23, "own", "40.00", "216.00"),
        (23, "illness", "148.00", "108.00"),
        (80, "illness", "256.00", "0.00"),
        (1, "weather", "256.00", "0.00"),
        (1, "supplier", "256.00", "0.00"),
    ],
)
def test_what_comes_back_goes_by_time_and_cause(desk, formed, hours, cause, refunded, kept):
    desk.clock.time = SLOT_START - timedelta(hours=hours)
    left = formed.leave(formed.one, cause=cause)
    # Forty of it is the difference to the tier that came back at the confirmation.
    assert (left["refunded"], left["kept"]) == (cny(refunded), cny(kept))
    assert formed.see()["state"] == "confirmed"


def test_what_was_released_of_it_comes_back_first(desk, formed):
    before = desk.uow.ledger.balance(f"supplier:{formed.supplier_id}")
    assert before == 30 * 10800 * 30 // 100
    formed.leave(formed.one)
    assert desk.uow.ledger.balance(f"supplier:{formed.supplier_id}") == before - 2 * 10800 * 30 // 100
    assert [t.amount.minor for t in desk.uow.ledger.of("return")] == [2 * 10800 * 30 // 100]


def test_a_fee_goes_to_the_supplier_with_the_rest(desk, formed):
    desk.clock.time = SLOT_START - timedelta(hours=2)
    formed.leave(formed.one)
    desk.clock.time = SLOT_START
    formed.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    assert formed.see()["state"] == "settled"
    assert desk.uow.ledger.balance(f"supplier:{formed.supplier_id}") == 30 * 10800


def test_a_member_cannot_name_a_cause_that_is_not_its_own(desk, formed):
    member = {"role": "member", "community_id": formed.a, "member_id": formed.one["member_id"]}
    data = {"commitment_id": formed.one["commitment_id"], "cause": "illness"}
    with pytest.raises(ForbiddenError):
        desk.do("cancel_commitment", data, **member)


def test_nobody_leaves_once_it_has_begun(desk, formed):
    desk.clock.time = SLOT_START
    assert code(ConflictError, lambda: formed.leave(formed.one)) == "campaign.too_late"


def test_weather_calls_a_formed_group_off_and_refunds_everything(desk, formed):
    seen = formed.act("cancel_campaign", reason="台风", cause="weather")
    assert (seen["state"], seen["reason"]) == ("cancelled", "weather")
    assert seen["money"]["refunded"] == seen["money"]["paid"]
    assert desk.uow.ledger.balance(f"supplier:{formed.supplier_id}") == 0


# Changing seats, handing over


def resize(town, commitment, seats):
    who = town.organiser()
    return town.desk.do("change_seats", {"commitment_id": commitment["commitment_id"], "seats": seats}, **who)


def test_unpaid_seats_change_and_the_quote_only_falls(town):
    held = town.reserve(2)
    town.reserve(14)
    more = resize(town, held, 6)
    assert (more["seats"], more["price"]) == (6, cny("118.00"))
    fewer = resize(town, held, 1)
    assert (fewer["seats"], fewer["price"]) == (1, cny("118.00"))
    assert town.see()["reserved_seats"] == 15
    assert code(ConflictError, lambda: resize(town, held, 17)) == "campaign.full"


def test_paid_seats_become_fewer_and_their_money_comes_back(desk, town):
    paid = town.join(10)
    fewer = resize(town, paid, 7)
    assert (fewer["state"], fewer["seats"], fewer["refunded"]) == ("paid", 7, cny("384.00"))
    assert (town.see()["state"], town.see()["paid_seats"]) == ("open", 7)
    assert resize(town, paid, 6)["refunded"] == cny("512.00")
    assert code(ConflictError, lambda: resize(town, paid, 8)) == "campaign.commitment_state"
    assert town.leave(paid)["refunded"] == cny("1280.00")


def test_the_price_of_fewer_seats_is_reckoned_right_at_the_close(desk, town):
    paid = resize(town, town.join(10), 8)
    town.join(12, town.b)
    town.act("close_campaign")
    after = town.commitment(paid)
    assert (after["final_price"], after["refunded"]) == (cny("118.00"), cny("336.00"))


def test_seats_are_handed_over_with_what_was_paid_for_them(desk, town):
    paid, to = town.join(3), new_id()
    data = {"commitment_id": paid["commitment_id"], "member_id": str(to)}
    assert code(NotFoundError, lambda: desk.do("hand_over", data, **town.organiser())) == "campaign.member_unknown"
    town.know(to, town.b)
    handed = desk.do("hand_over", data, **town.organiser())
    assert (handed["member_id"], handed["community_id"]) == (str(to), str(town.b))
    assert desk.uow.ledger.balance(f"member:{paid['member_id']}") == 0
    assert desk.uow.ledger.balance(f"member:{to}") == -38400
    assert {one["community_id"]: one["paid_seats"] for one in town.see()["communities"]}[str(town.b)] == 3
    town.leave(handed)
    assert desk.uow.ledger.balance(f"member:{to}") == 0


def test_a_hand_over_keeps_the_limits(desk):
    town, to = Town(desk), new_id()
    town.open(limits={"per_member": 3})
    town.know(to)
    town.reserve(2, {"role": "member", "community_id": town.a, "member_id": to})
    data = {"commitment_id": town.join(2)["commitment_id"], "member_id": str(to)}
    assert code(ConflictError, lambda: desk.do("hand_over", data, **town.organiser())) == "campaign.limit"


# Shares


def test_a_release_is_divided_to_the_fen(desk):
    shares = {"supplier_bp": 8000, "organiser_bp": 1000, "community_bp": 667, "platform_bp": 333}
    town = Town(desk, shares=shares, tiers=((10, "33.33"),))
    town.open()
    town.join(13)
    town.join(17, town.b)
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    kinds = {}
    for (account, _), minor in desk.uow.ledger.balances().items():
        kind = account.partition(":")[0]
        kinds[kind] = kinds.get(kind, 0) + minor
    assert sum(kinds[kind] for kind in ("supplier", "organiser", "fund", "platform")) == 30 * 3333
    assert kinds["escrow"] == 0
    assert abs(kinds["organiser"] - 30 * 3333 // 10) <= 3
    assert desk.uow.ledger.balance(f"fund:{town.b}") > desk.uow.ledger.balance(f"fund:{town.a}") > 0


def test_terms_have_to_be_accepted_before_anything_is_paid(desk, town):
    from dataclasses import replace

    rows = desk.uow.campaigns.rows
    campaign = desk.campaign_of_match(town.match_id)
    rows[campaign.campaign_id] = replace(campaign, rules=replace(campaign.rules, terms_digest="d" * 64))
    held = town.reserve(1)
    assert code(ConflictError, lambda: town.pay(held)) == "campaign.terms_not_accepted"
    assert town.pay(held, terms_digest="d" * 64)["terms_digest"] == "d" * 64


# Corrections and common funds


def undo(town, paid, who=None):
    data = {"commitment_id": paid["commitment_id"], "reason": "收据登错"}
    return town.desk.do("undo_payment", data, **(who or town.organiser()))


def test_a_payment_recorded_by_mistake_is_taken_back_by_a_correction(desk, town):
    paid = town.join(10)
    held = undo(town, paid)
    assert (held["state"], held["paid"], town.see()["state"]) == ("reserved", None, "open")
    assert [t.kind for t in desk.uow.ledger.transfers] == ["payment", "correction"]
    assert town.see()["money"]["paid"] == cny("0.00")
    assert town.pay(held)["state"] == "paid"


def test_what_is_settled_by_rules_is_not_taken_back_by_hand(desk, town):
    paid = town.join(10)
    resize(town, paid, 9)
    assert code(ConflictError, lambda: undo(town, paid)) == "campaign.commitment_state"
    assert code(NotFoundError, lambda: undo(town, paid, town.organiser(town.b))) == "campaign.commitment_unknown"
    other = town.join(5)
    town.act("close_campaign")
    with pytest.raises(ConflictError):
        desk.do("undo_payment", {"commitment_id": other["commitment_id"], "reason": "x"}, **town.organiser())


def test_a_contribution_counts_once_and_for_the_own_community(desk, town):
    data = {"community_id": str(town.a), "receipt": "JJ-1", "amount": cny("50.00")}
    desk.do("contribute_to_fund", data, **town.organiser())
    assert desk.uow.ledger.balance(f"fund:{town.a}") == 5000
    assert code(ConflictError, lambda: desk.do("contribute_to_fund", data, **town.organiser())) == (
        "campaign.receipt_used"
    )
    stranger = town.organiser(town.b)
    assert code(NotFoundError, lambda: desk.do("contribute_to_fund", data, **stranger)) == "campaign.fund_unknown"
    with pytest.raises(InvalidError, match="amount"):
        desk.do("contribute_to_fund", {**data, "receipt": "2", "amount": cny("0.00")}, **town.organiser())


def test_what_a_common_fund_has_spent_the_supplier_returns_to_one_who_leaves(desk):
    shares = {"supplier_bp": 8000, "organiser_bp": 0, "community_bp": 2000, "platform_bp": 0}
    town = Town(desk, release=(("confirmed", 10000),), shares=shares)
    town.open()
    one = town.join(10)
    town.act("close_campaign")
    spend_the_fund(desk, town.a)
    assert town.leave(one, cause="supplier")["refunded"] == cny("1280.00")
    assert {t.debit for t in desk.uow.ledger.of("return")} == {f"supplier:{town.supplier_id}"}


def test_who_waits_for_a_formed_group_is_offered_the_seats_of_one_who_leaves(desk):
    town = Town(desk, seats=10)
    town.open()
    last = [town.join(9), town.join(1)][-1]
    assert town.see()["state"] == "confirmed"
    waits = town.wait(1)
    assert waits["state"] == "waiting"
    assert code(ConflictError, lambda: town.reserve(1)) == "campaign.wrong_state"
    town.leave(last)
    assert town.commitment(waits)["state"] == "reserved"
