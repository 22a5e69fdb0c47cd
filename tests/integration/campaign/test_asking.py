"""Merge, replacement and move on a real PostgreSQL: what unit tests cannot see is SQL, locks and triggers."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.campaign import views
from services.campaign.storage.asking_tables import inquiries
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_asking import NEW_START, SLOT_START, AskedTown, know_supplier, missed, pair
from tests.builders_campaign import cny, match_proposed


def verify(desk):
    with desk.new_uow() as uow:
        return views.verify_ledger(uow)


@pytest.fixture
def alone(desk, engine):
    """Campaigns of other tests cannot be moved to, because they are of another category."""
    category = f"pottery-{new_id()}"

    def town(**changes):
        offer = {**match_proposed({new_id(): 1}, **changes).data["offer"], "category": category}
        return {**changes, "offer": offer}

    return town


def two(desk, alone, **target):
    return pair(desk, source=alone(), target=alone(**target))


def test_a_merge_moves_people_with_their_money(desk, alone):
    source, target = two(desk, alone)
    yes, no, silent = source.join(3), source.join(2, source.b), source.join(1)
    target.join(8)
    missed(desk)
    assert verify(desk) == []
    assert target.see()["reserved_seats"] == 6
    source.answer(yes)
    source.answer(no, "refund")
    desk.clock.pass_(hours=24)
    assert "close_inquiry" in desk.fire_due_timers()
    assert verify(desk) == []
    assert [source.commitment(one)["state"] for one in (yes, no, silent)] == ["moved", "refunded", "refunded"]
    seen = target.see()
    assert (seen["state"], seen["paid_seats"], seen["reserved_seats"]) == ("tipped", 11, 0)
    assert {part["community_id"] for part in seen["communities"]} == {
        str(one) for one in (target.a, target.b, source.a)
    }
    assert source.see()["reason"] == "merged"
    (inquiry,) = source.inquiries()
    assert inquiry["conclusion"] == "merged"
    assert {line["answer"] for line in inquiry["answers"]} == {"accept", "refund", None}
    desk.do("reserve_seats", {"campaign_id": target.campaign_id, "seats": 1}, **source.member())


def test_both_ledgers_show_what_moved_and_hide_whose_it_was(desk, alone):
    source, target = two(desk, alone)
    yes = source.join(5)
    target.join(8)
    missed(desk)
    source.answer(yes)
    asked = {"campaign_id": source.campaign_id}
    left = desk.ask("get_campaign_ledger", asked, role="node_operator")
    assert [line["kind"] for line in left["transfers"]] == ["payment", "moved"]
    balances = {line["account"]: line["balance"] for line in left["accounts"]}
    assert balances[f"escrow:{source.campaign_id}"] == cny("0.00")
    assert balances[f"escrow:{target.campaign_id}"] == cny("640.00")
    asked = {"campaign_id": target.campaign_id}
    joined = desk.ask("get_campaign_ledger", asked, **target.organiser())
    (moved,) = [line for line in joined["transfers"] if line["kind"] == "moved"]
    assert moved["commitment_id"] is None
    assert joined["sum"] == cny("0.00")
    own = desk.ask("get_campaign_ledger", {"campaign_id": source.campaign_id}, **source.organiser())
    assert [line["kind"] for line in own["transfers"]] == ["payment", "moved"]


def test_room_for_people_to_come_and_seats_of_the_target_add_up(desk, alone, engine):
    source, target = two(desk, alone)
    source.join(4)
    missed(desk)
    assert verify(desk) == []
    with engine.begin() as connection:
        statement = "UPDATE campaign.inquiries SET held_seats = 3 WHERE target_campaign_id = :id"
        connection.execute(text(statement), {"id": target.campaign_id})
    assert [line["subject"].split()[0] for line in verify(desk)] == ["communities", "seats"]
    with engine.begin() as connection:
        connection.execute(text(statement.replace("= 3", "= 4")), {"id": target.campaign_id})
    target.act("cancel_campaign", reason="x")
    assert verify(desk) == []
    desk.fire_due_timers()
    assert verify(desk) == []
    assert source.see()["state"] == "failed"


def test_a_target_that_is_closed_early_takes_who_has_accepted(desk, alone):
    source, target = two(desk, alone)
    yes, undecided = source.join(3), source.join(2)
    target.join(10)
    missed(desk)
    source.answer(yes)
    target.act("close_campaign")
    assert (target.see()["state"], target.see()["paid_seats"]) == ("confirmed", 13)
    assert source.commitment(undecided)["state"] == "refunded"
    assert verify(desk) == []


def test_a_supplier_is_replaced_and_the_new_one_is_paid(desk):
    town = AskedTown(desk)
    town.open()
    yes, no = town.join(8), town.join(4, town.b)
    town.act("close_campaign")
    town.withdraw()
    assert verify(desk) == []
    first = town.propose(tiers=((8, "100.00"),), min_group=12)
    town.answer(yes)
    town.answer(no, "refund")
    assert town.inquiry()["conclusion"] == "too_few"
    second = town.propose(tiers=((8, "100.00"),), min_group=8)
    town.answer(yes)
    town.answer(no, "refund")
    seen = town.see()
    assert (seen["match_id"], seen["paid_seats"], seen["price"]) == (second.data["match_id"], 8, cny("100.00"))
    assert [town.commitment(one)["state"] for one in (yes, no)] == ["paid", "refunded"]
    town.lose(first)
    desk.clock.time = SLOT_START
    town.act("deliver_campaign", {"role": "supplier", "supplier_id": second.data["supplier_id"]})
    desk.clock.pass_(hours=48)
    desk.fire_due_timers()
    assert town.see()["state"] == "settled"
    assert town.see()["money"]["released"] == cny("800.00")
    assert verify(desk) == []


def test_without_a_replacement_everybody_is_refunded_once(desk):
    town = AskedTown(desk)
    town.open()
    one = town.join(10)
    town.act("close_campaign")
    town.withdraw()
    town.propose()
    town.miss()
    desk.clock.pass_(hours=48)
    desk.fire_due_timers()
    desk.fire_due_timers()
    assert (town.see()["state"], town.see()["reason"]) == ("cancelled", "supplier_withdrew")
    assert town.commitment(one)["refunded"] == cny("1280.00")
    assert verify(desk) == []


def test_a_group_moves_and_those_who_do_not_are_refunded(desk):
    town = AskedTown(desk)
    town.open()
    yes, no = town.join(10), town.join(4, town.b)
    town.act("close_campaign")
    town.move(place={"lat": 31.0, "lon": 121.0})
    town.answer(yes)
    town.answer(no, "refund")
    seen = town.see()
    assert (seen["slot"]["start"], seen["place"]) == (format_time(NEW_START), {"lat": 31.0, "lon": 121.0})
    assert [town.commitment(one)["state"] for one in (yes, no)] == ["paid", "refunded"]
    assert verify(desk) == []


def test_inquiries_come_in_pages_and_only_to_who_takes_part(desk):
    town, other = AskedTown(desk), AskedTown(desk)
    town.open()
    town.join(10)
    town.act("close_campaign")
    town.withdraw()
    for _ in range(3):
        town.propose(currency="USD", tiers=((1, "1.00"),))
    asked = {"campaign_id": town.campaign_id, "limit": 2}
    page = desk.ask("list_inquiries", asked, **town.member())
    rest = desk.ask("list_inquiries", {**asked, "cursor": page["next_cursor"]}, **town.member())
    assert [len(page["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    with pytest.raises(Exception, match="no such campaign"):
        desk.ask("list_inquiries", asked, **other.organiser())


def test_a_copy_of_a_supplier_is_kept_by_its_version(desk):
    supplier_id, community, friend = new_id(), new_id(), new_id()
    know_supplier(desk, supplier_id, community, "named", [friend], version=3)
    know_supplier(desk, supplier_id, community, "all", version=2)
    with desk.new_uow() as uow:
        copy = uow.suppliers.many([supplier_id])[supplier_id]
    assert (copy.is_visible_in(friend), copy.is_visible_in(new_id()), copy.is_visible_in(community)) == (
        True,
        False,
        True,
    )


def test_the_database_keeps_one_inquiry_at_a_time_and_ends_each_once(desk, engine):
    town = AskedTown(desk)
    town.open()
    town.join(10)
    town.act("close_campaign")
    town.move()
    with desk.new_uow() as uow:
        row = dict(
            uow.connection.execute(inquiries.select().where(inquiries.c.campaign_id == town.campaign_id))
            .mappings()
            .one()
        )
    with engine.connect() as connection, pytest.raises(IntegrityError, match="inquiries_open"):
        connection.execute(inquiries.insert().values({**row, "inquiry_id": new_id()}))
    with engine.connect() as connection, pytest.raises(IntegrityError, match="inquiries_end_once"):
        connection.execute(inquiries.update().values(conclusion="moved"))
