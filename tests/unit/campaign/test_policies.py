"""What happens when the minimum is missed, who bears a lost tier, and what is counted."""

from datetime import timedelta

import pytest

from services.kernel.clock import format_time
from services.kernel.errors import ConflictError, InvalidError
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, SLOT_START, Desk, Town, cny


def code(kind, act):
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


def at_the_deadline(town, when=DEADLINE):
    town.desk.clock.time = when
    town.desk.fire_due_timers()
    return town.see()


# Extension


EXTEND = {"action": "extend", "extend_hours": 24, "extend_times": 2}


def test_an_extension_keeps_every_order_and_moves_the_deadline():
    town = Town(Desk())
    town.open(on_missed=EXTEND)
    paid = town.join(7)
    seen = at_the_deadline(town)
    assert (seen["state"], seen["extensions"]) == ("open", 1)
    assert seen["deadline"] == format_time(DEADLINE + timedelta(hours=24))
    assert town.commitment(paid)["state"] == "paid"
    assert seen["decision"]["action"] == "extend"
    town.join(3)
    assert at_the_deadline(town, DEADLINE + timedelta(hours=24))["state"] == "confirmed"


def test_extensions_are_bounded_and_end_in_a_refund():
    town = Town(Desk())
    town.open(on_missed=EXTEND)
    town.join(7)
    states = [at_the_deadline(town, DEADLINE + timedelta(hours=24 * n))["state"] for n in range(3)]
    assert states == ["open", "open", "failed"]
    assert town.see()["money"]["refunded"] == cny("896.00")


def test_no_extension_reaches_into_the_slot():
    town = Town(Desk())
    town.open(on_missed={"action": "extend", "extend_hours": 24 * 7, "extend_times": 1})
    town.join(7)
    assert at_the_deadline(town)["state"] == "failed"


def test_everybody_is_told_of_an_extension_and_leaves_free_of_a_deposit():
    desk = Desk()
    town = Town(desk)
    town.open(on_missed=EXTEND, tier_loss={"bearer": "dropouts", "deposit_bp": 2000})
    early = town.join(7)
    at_the_deadline(town)
    (told,) = [data for data in desk.uow.outbox.data_of("member_notified.v1") if data["kind"] == "deadline_extended"]
    assert told["member_id"] == early["member_id"]
    assert told["options"] == [{"action": "cancel_commitment", "until": town.see()["deadline"]}]
    desk.clock.pass_(minutes=1)
    late = town.join(2)
    assert town.leave(early)["refunded"] == cny("896.00")
    left = town.leave(late)
    assert (left["refunded"], left["withheld"]) == (cny("204.80"), cny("51.20"))


def test_an_extension_by_nothing_is_refused():
    town = Town(Desk())
    for wrong in ({"action": "extend"}, {"action": "extend", "extend_hours": 5}):
        with pytest.raises(InvalidError, match="on_missed"):
            town.open(on_missed=wrong)


# A smaller tier


SMALL = {"fallback_tiers": ((4, "148.00"), (6, "138.00"))}


def test_a_smaller_group_is_formed_at_the_suppliers_price_for_it():
    town = Town(Desk(), **SMALL)
    town.open(on_missed={"action": "smaller_tier"})
    first = town.join(4)
    assert first["price"] == cny("148.00")
    town.join(3)
    assert town.outlook()["action"] == "smaller_tier"
    seen = at_the_deadline(town)
    assert (seen["state"], seen["reason"], seen["price"]) == ("confirmed", "smaller_tier", cny("138.00"))
    assert town.commitment(first)["refunded"] == cny("40.00")


def test_below_the_smallest_group_everybody_is_refunded():
    town = Town(Desk(), **SMALL)
    town.open(on_missed={"action": "smaller_tier"})
    town.join(3)
    assert at_the_deadline(town)["state"] == "failed"


def test_nobody_pays_more_than_the_quote_even_when_the_group_shrinks():
    town = Town(Desk(), **SMALL)
    town.open(on_missed={"action": "smaller_tier"})
    leaver, stays = town.join(3), town.join(3)
    late = town.join(2)
    town.leave(leaver)
    assert at_the_deadline(town)["price"] == cny("148.00")
    assert town.commitment(stays)["final_price"] == cny("138.00")
    assert town.commitment(late)["final_price"] == cny("138.00")


def test_a_smaller_tier_has_to_be_on_offer():
    with pytest.raises(InvalidError, match="smaller_tier"):
        Town(Desk()).open(on_missed={"action": "smaller_tier"})


# Who bears a lost tier: 20 pay, some of them at the lower tier, and the group shrinks below it.


def shrunk(desk, *, offer=None, **rules):
    town = Town(desk, **(offer or {}))
    town.open(**rules)
    stays = [town.join(9), town.join(1)]
    leaver = town.join(10, town.b)  # quoted at the tier of 20
    low = town.join(2)
    town.leave(leaver)
    return town, stays, leaver, low


def test_the_supplier_bears_a_lost_tier_by_default():
    desk = Desk()
    town, _, leaver, low = shrunk(desk)
    assert town.commitment(leaver)["refunded"] == cny("1180.00")
    assert at_the_deadline(town)["price"] == cny("128.00")
    assert town.commitment(low)["final_price"] == cny("118.00")
    assert town.see()["money"]["escrow"] == cny("1061.20")  # 10 x 128 + 2 x 118, less 30 %


def test_those_who_dropped_out_bear_it_up_to_their_deposit_and_get_the_rest_back():
    desk = Desk()
    town, _, leaver, _ = shrunk(desk, tier_loss={"bearer": "dropouts", "deposit_bp": 1000})
    assert town.commitment(leaver)["withheld"] == cny("118.00")
    at_the_deadline(town)
    left = town.commitment(leaver)
    # Two seats were promised at 118 and the tier reached costs 128: twenty are missing.
    assert (left["kept"], left["withheld"], left["refunded"]) == (cny("20.00"), cny("0.00"), cny("1160.00"))
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    assert desk.uow.ledger.balance(f"supplier:{town.supplier_id}") == 10 * 12800 + 2 * 11800 + 2000


def test_who_gives_up_some_of_its_seats_leaves_a_deposit_too_and_is_reckoned_with_like_the_others():
    desk = Desk()
    town = Town(desk)
    town.open(tier_loss={"bearer": "dropouts", "deposit_bp": 1000})
    town.join(10)
    less = town.join(10, town.b)  # quoted at the tier of 20
    fewer = {"commitment_id": less["commitment_id"], "seats": 2}
    left = desk.do("change_seats", fewer, **town.organiser(town.b))
    assert (left["seats"], left["refunded"], left["withheld"]) == (2, cny("849.60"), cny("94.40"))
    at_the_deadline(town)
    # Its own two seats were promised at 118 and the tier reached costs 128: twenty of the deposit are missing.
    seen = town.commitment(less)
    assert (seen["kept"], seen["withheld"], seen["refunded"]) == (cny("20.00"), cny("0.00"), cny("924.00"))
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    assert town.see()["money"]["escrow"] == cny("0.00")
    assert desk.uow.ledger.balance(f"supplier:{town.supplier_id}") == 10 * 12800 + 2 * 11800 + 2000


def test_a_deposit_that_covered_an_early_loss_does_not_cover_a_late_one_again():
    desk = Desk()
    offer = {"min_group": 3, "tiers": ((3, "158.00"), (10, "128.00"), (20, "118.00"))}
    town, stays, early, _ = shrunk(desk, offer=offer, tier_loss={"bearer": "dropouts", "deposit_bp": 1000})
    at_the_deadline(town)
    assert town.commitment(early)["kept"] == cny("20.00")
    desk.clock.time = SLOT_START - timedelta(hours=80)  # leaving still costs no fee, only the deposit
    late = town.leave(stays[0])
    assert (late["kept"], late["withheld"]) == (cny("0.00"), cny("115.20"))
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    # Twelve seats at 128 became three at 158: the supplier misses 30 for each, and the late deposit covers all of it.
    assert town.commitment(late)["kept"] == cny("90.00")


def test_a_deposit_that_is_too_small_leaves_the_rest_to_the_supplier():
    desk = Desk()
    town, _, leaver, _ = shrunk(desk, tier_loss={"bearer": "dropouts", "deposit_bp": 100})
    at_the_deadline(town)
    assert town.commitment(leaver)["kept"] == cny("11.80")
    assert town.see()["money"]["paid"] == cny("2696.00")


def test_a_deposit_comes_back_when_the_group_fails():
    desk = Desk()
    town = Town(desk)
    town.open(tier_loss={"bearer": "dropouts", "deposit_bp": 5000})
    left = town.leave(town.join(2))
    assert (left["refunded"], left["withheld"]) == (cny("128.00"), cny("128.00"))
    assert at_the_deadline(town)["state"] == "failed"
    assert town.commitment(left)["refunded"] == cny("256.00")
    assert town.see()["money"]["escrow"] == cny("0.00")


def test_the_common_fund_of_those_who_left_bears_it_as_far_as_it_can():
    for balance, given in ((5000, 2000), (1500, 1500), (0, 0)):
        desk = Desk()
        town, _, _, _ = shrunk(desk, tier_loss={"bearer": "fund"})
        give(desk, town, balance)
        at_the_deadline(town)
        fund = f"fund:{town.b}"
        assert desk.uow.ledger.balance(fund) == balance  # set aside, and not yet gone
        desk.clock.time = SLOT_START
        town.act("deliver_campaign")
        desk.clock.pass_(days=3)
        desk.fire_due_timers()
        assert desk.uow.ledger.balance(fund) == balance - given
        assert desk.uow.ledger.balance(f"supplier:{town.supplier_id}") == 10 * 12800 + 2 * 11800 + given


def give(desk, town, minor):
    if minor:
        data = {"community_id": str(town.b), "receipt": str(new_id()), "amount": cny(f"{minor / 100:.2f}")}
        desk.do("contribute_to_fund", data, **town.organiser(town.b))


def test_what_a_fund_set_aside_is_its_own_again_when_the_campaign_is_called_off():
    desk = Desk()
    town, _, _, _ = shrunk(desk, tier_loss={"bearer": "fund"})
    give(desk, town, 5000)
    at_the_deadline(town)
    town.act("cancel_campaign", reason="台风", cause="weather")
    assert desk.uow.ledger.pending(desk.campaign_of_match(town.match_id).campaign_id) == []
    assert desk.uow.ledger.balance(f"fund:{town.b}") == 5000


# What is counted


def test_a_threshold_of_households_counts_each_household_once():
    desk = Desk()
    town = Town(desk, min_group=2)
    town.open(threshold={"measure": "households", "minimum": 3})
    home = new_id()
    for household in (home, home, new_id()):
        member = town.member()
        town.know(member["member_id"], household=household)
        town.pay(town.reserve(2, member))
    seen = town.see()
    assert (seen["state"], seen["threshold"]["counted"]) == ("open", 2)
    assert seen["progress"]["zh"].startswith("已参团 6 人，还差 1 户成团")
    third = town.join(1)
    assert town.see()["state"] == "tipped"
    town.leave(third)
    assert (town.see()["state"], town.see()["threshold"]["counted"]) == ("open", 2)


def test_the_maximum_of_households_closes_the_campaign_at_once():
    town = Town(Desk(), min_group=2)
    town.open(threshold={"measure": "households", "minimum": 2, "maximum": 3})
    for _ in range(3):
        town.join(1)
    assert town.see()["state"] == "confirmed"


def test_a_threshold_of_money_counts_the_net_amount_at_the_price_reached():
    town = Town(Desk(), min_group=2)
    town.open(threshold={"measure": "amount", "minimum": cny("2500.00")})
    town.join(19)
    seen = town.see()
    assert (seen["state"], seen["threshold"]["counted"]) == ("open", "2432.00")
    town.join(1)  # the tier of 20: 20 x 118.00, less than before
    assert (town.see()["state"], town.see()["threshold"]["counted"]) == ("open", "2360.00")
    town.join(2)
    assert town.see()["state"] == "tipped"


def test_the_suppliers_least_seats_are_needed_besides_the_threshold():
    town = Town(Desk(), min_group=10)
    town.open(threshold={"measure": "households", "minimum": 1})
    town.join(9)
    seen = town.see()
    assert seen["state"] == "open"
    assert seen["progress"]["zh"].startswith("已参团 9 人，还差 1 人成团")


@pytest.mark.parametrize(
    ("threshold", "field"),
    [
        ({"measure": "households", "minimum": 0}, "threshold.minimum"),
        ({"measure": "households", "minimum": cny("3.00")}, "threshold.minimum"),
        ({"measure": "households", "minimum": 3, "maximum": 2}, "threshold.maximum"),
        ({"measure": "households", "minimum": 3, "maximum": 31}, "threshold.maximum"),
        ({"measure": "amount", "minimum": 100}, "threshold.minimum"),
        ({"measure": "amount", "minimum": {"amount": "5.00", "currency": "USD"}}, "threshold.minimum"),
        ({"measure": "people", "minimum": 3}, "threshold.measure"),
    ],
)
def test_a_threshold_that_means_nothing_is_refused(threshold, field):
    with pytest.raises(InvalidError) as refused:
        Town(Desk()).open(threshold=threshold)
    assert refused.value.detail["errors"][0]["field"] == field


def test_the_outlook_says_what_would_happen_and_changes_nothing():
    desk = Desk()
    town = Town(desk)
    town.open()
    town.join(7)
    before = len(desk.uow.outbox.events)
    seen = town.outlook()
    assert (seen["action"], seen["missing_for_minimum"], seen["missing_for_next_tier"]) == ("fail", 3, 13)
    assert seen["explanation"]["zh"] == "已付 7 席（最低 10 席），还差 3 席：未成团，全额退款"
    town.join(5)
    assert town.outlook()["action"] == "confirm"
    assert len(desk.uow.outbox.events) == before + 3  # the second join: held, paid, tipped
    at_the_deadline(town)
    assert code(ConflictError, town.outlook) == "campaign.wrong_state"


def test_another_community_sees_an_outlook_without_counts():
    town = Town(Desk())
    town.open()
    town.join(3)
    seen = town.outlook(town.organiser(town.b))
    assert (seen["action"], seen["exact"], seen["explanation"], seen["seats"]) == ("fail", False, None, None)
