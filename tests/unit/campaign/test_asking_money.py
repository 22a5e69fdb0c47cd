"""What is asked of members who have paid through a provider, or whose commitment is disputed."""

import pytest

from services.campaign.domain.errors import PausedError
from services.campaign.domain.ledger import balances, escrow_account
from services.campaign.providers.port import Kind
from tests.builders_asking import DEADLINE, AskedTown, missed, pair
from tests.builders_campaign import Desk, cny
from tests.builders_disputes import Court


@pytest.fixture
def desk():
    return Desk().with_bank()


def online(town, seats):
    """Reserve and pay seats through the provider; returns the commitment."""
    held = town.reserve(seats)
    town.start_payment(held)
    town.desk.work()
    return held


def states(town, *commitments):
    return [town.commitment(one)["state"] for one in commitments]


def newcomer(town, left):
    """The commitment that a member has instead of the one that it left."""
    found = [one for one in town.desk.uow.commitments.rows.values() if str(one.campaign_id) == town.campaign_id]
    mine = [str(one.commitment_id) for one in found if str(one.member_id) == left["member_id"]]
    return town.commitment({"commitment_id": next(one for one in mine if one != left["commitment_id"])})


def books_add_up(desk):
    found = balances(desk.transfers())
    assert sum(found.values()) == 0
    for campaign in desk.uow.campaigns.rows.values():
        pending = sum(
            t.amount.minor for t in desk.uow.ledger.pending(campaign.campaign_id) if t.debit.startswith("esc")
        )
        assert found.get((escrow_account(campaign.campaign_id), "CNY"), 0) - pending == campaign.escrow.minor
    return True


def test_who_paid_through_a_provider_moves_by_paying_anew(desk):
    source, target = pair(desk)
    cash, card = source.join(3), online(source, 2)
    target.join(8)
    missed(desk)
    told = next(one for one in desk.told("merge_asked") if str(one.commitment_id) == card["commitment_id"])
    assert "重新付款" in told.zh
    source.answer(cash)
    source.answer(card)
    desk.work()
    assert states(source, cash, card) == ["moved", "refunded"]
    assert source.commitment(card)["refunded"] == cny("256.00")
    seen = target.see()
    assert (seen["paid_seats"], seen["reserved_seats"], seen["state"]) == (11, 2, "tipped")
    held = newcomer(target, card)
    assert target.commitment(held)["hold_until"] is not None
    target.start_payment(held)
    desk.work()
    assert (states(target, held), target.see()["paid_seats"]) == (["paid"], 13)
    assert {order.kind for order in desk.orders()} == {Kind.CHARGE, Kind.REFUND}
    assert books_add_up(desk)


def test_seats_that_are_not_paid_anew_are_free_again(desk):
    source, target = pair(desk)
    card = online(source, 2)
    missed(desk)
    source.answer(card)
    desk.pass_(hours=25)
    assert (target.see()["paid_seats"], target.see()["reserved_seats"]) == (0, 0)
    assert books_add_up(desk)


def test_authorised_money_is_let_go_when_a_merge_begins(desk):
    source, _ = pair(desk)
    source.join(3)
    held = source.reserve(2)
    source.start_payment(held, later=True)
    desk.work()
    assert states(source, held) == ["authorised"]
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    desk.work()
    assert source.see()["pause"]["about"] == "merge"
    assert states(source, held) == ["expired"]
    assert Kind.VOID in {order.kind for order in desk.orders()}
    assert books_add_up(desk)


def formed(desk, *, card=2):
    town = AskedTown(desk)
    town.open(ask_hours=48)
    town.cash = [town.join(4), town.join(4)]
    town.card = online(town, card)
    town.act("close_campaign")
    desk.work()
    return town


def test_a_new_supplier_is_paid_anew_by_who_had_paid_through_a_provider(desk):
    town = formed(desk)
    town.withdraw()
    event = town.propose(tiers=((8, "100.00"),), min_group=8)
    for one in (*town.cash, town.card):
        town.answer(one)
    desk.work()
    seen = town.see()
    assert (seen["paid_seats"], seen["reserved_seats"], seen["max_seats"]) == (8, 2, 10)
    assert seen["price"] == cny("100.00")
    assert states(town, *town.cash, town.card) == ["paid", "paid", "refunded"]
    assert town.commitment(town.card)["refunded"] == cny("256.00")
    held = newcomer(town, town.card)
    assert town.commitment(held)["amount"] == cny("200.00")
    town.start_payment(held)
    desk.work()
    assert town.see()["paid_seats"] == 10
    (told,) = desk.uow.outbox.data_of("campaign_rematched.v1")
    assert (told["seats"], told["match_id"]) == (10, event.data["match_id"])
    assert books_add_up(desk)


def test_without_a_replacement_a_provider_gives_everything_back(desk):
    town = formed(desk)
    town.withdraw()
    desk.pass_(hours=49)
    assert states(town, *town.cash, town.card) == ["refunded"] * 3
    assert town.see()["money"]["escrow"] == cny("0.00")
    assert books_add_up(desk)


def test_a_payment_that_arrives_while_the_campaign_waits_goes_back(desk):
    town = AskedTown(desk)
    town.open()
    town.join(3)
    held = town.reserve(2)
    town.start_payment(held)
    town.withdraw()
    desk.work()
    assert states(town, held) == ["waiting"]
    assert len(desk.told("payment_returned")) == 1
    with pytest.raises(PausedError):
        town.start_payment(held)
    assert books_add_up(desk)


def test_money_that_was_being_taken_when_the_supplier_withdrew_goes_back(desk):
    town = AskedTown(desk)
    town.open()
    town.join(10)
    held = town.reserve(2)
    town.start_payment(held, later=True)
    desk.work()
    town.act("close_campaign")
    assert town.see()["state"] == "tipped"  # the capture is under way
    town.withdraw()
    desk.work()
    assert states(town, held) == ["waiting"]
    assert town.see()["money"]["paid"] == cny("1280.00")
    assert town.see()["pause"]["about"] == "replacement"
    assert books_add_up(desk)


def test_a_move_keeps_every_payment_where_it_is(desk):
    town = formed(desk)
    town.move()
    for one in (*town.cash, town.card):
        town.answer(one)
    assert states(town, *town.cash, town.card) == ["paid"] * 3
    assert {order.kind for order in desk.orders()} == {Kind.CHARGE}


@pytest.fixture
def court():
    """A formed group of twelve, two of whose seats are disputed."""
    court = Court(Desk(), delivered=False)
    court.town.__class__ = AskedTown
    court.open()
    return court


def test_a_disputed_commitment_that_does_not_stay_is_refunded_and_its_dispute_is_over(court):
    town = court.town
    town.move(town.supplier(), even_if_fewer=True)
    town.answer(court.other)
    town.answer(court.mine, "refund")
    assert states(town, court.mine, court.other) == ["refunded", "paid"]
    assert court.stored().outcome == "called_off"
    assert town.commitment(court.mine)["refunded"] == town.commitment(court.mine)["paid"]


def test_a_disputed_commitment_that_stays_keeps_its_dispute(court):
    town = court.town
    town.move(town.supplier(), even_if_fewer=True)
    town.answer(court.other, "refund")
    town.answer(court.mine)
    assert states(town, court.mine, court.other) == ["paid", "refunded"]
    assert court.stored().outcome is None


def test_a_disputed_commitment_is_not_repriced_by_a_new_supplier(court):
    town = court.town
    town.withdraw()
    town.propose(tiers=((2, "100.00"),), min_group=2)
    town.answer(court.other)
    town.answer(court.mine)
    assert (town.commitment(court.other)["final_price"], town.commitment(court.mine)["final_price"]) == (
        cny("100.00"),
        cny("128.00"),
    )
    assert court.stored().outcome is None
    assert books_add_up(court.desk)


def test_when_nobody_takes_over_every_dispute_is_over(court):
    court.town.withdraw()
    court.desk.clock.pass_(hours=48)
    court.desk.fire_due_timers()
    assert court.town.see()["state"] == "cancelled"
    assert court.stored().outcome == "called_off"
    assert books_add_up(court.desk)
