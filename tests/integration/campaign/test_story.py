"""The main story and its endings on a real PostgreSQL: what unit tests cannot see is SQL, locks and triggers."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from services.campaign import views
from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import DEADLINE, SLOT_START, Town, cny, match_proposed, news


def verify(desk):
    with desk.new_uow() as uow:
        return views.verify_ledger(uow)


def events_of(desk, campaign_id):
    outbox = desk.new_uow().tables.outbox
    with desk.new_uow() as uow:
        rows = uow.connection.execute(outbox.select().order_by(outbox.c.position))
        return [row.routing_key for row in rows if campaign_id in row.body]


def test_a_campaign_lives_from_draft_to_settled(desk):
    town = Town(desk)
    town.open(min_seats=12)
    early = [town.join(4) for _ in range(3)]
    town.join(8, town.b)
    confirmed = town.act("close_campaign")
    assert confirmed["state"] == "confirmed"
    assert confirmed["price"] == cny("118.00")
    assert town.commitment(early[0])["refunded"] == cny("40.00")
    desk.clock.time = SLOT_START
    assert town.act("deliver_campaign", town.supplier())["state"] == "delivered"
    assert desk.fire_due_timers() == ["close_campaign", "remind_session"]
    desk.clock.pass_(hours=48)
    assert desk.fire_due_timers() == ["settle_campaign"]
    seen = town.see()
    assert seen["state"] == "settled"
    assert seen["money"] == {
        "paid": cny("2480.00"),
        "refunded": cny("120.00"),
        "released": cny("2360.00"),
        "moved": cny("0.00"),
        "owed": cny("0.00"),
        "escrow": cny("0.00"),
    }
    assert verify(desk) == []
    assert [name for name in events_of(desk, town.campaign_id) if name.startswith("campaign_")] == [
        "campaign_drafted.v1",
        "campaign_opened.v1",
        "campaign_tipped.v1",
        "campaign_confirmed.v1",
        "campaign_delivered.v1",
        "campaign_settled.v1",
    ]


def test_a_missed_minimum_refunds_everybody_once(desk):
    town = Town(desk)
    town.open()
    paid, held = town.join(9), town.reserve(1)
    desk.clock.time = DEADLINE
    assert "close_campaign" in desk.fire_due_timers()
    desk.fire_due_timers()
    assert town.see()["state"] == "failed"
    assert town.see()["reason"] == "minimum_missed"
    assert town.commitment(paid)["state"] == "refunded"
    assert town.commitment(held)["state"] == "expired"
    assert town.see()["money"]["escrow"] == cny("0.00")
    assert events_of(desk, town.campaign_id).count("campaign_failed.v1") == 1
    assert verify(desk) == []


def test_the_last_seat_confirms_at_once(desk):
    town = Town(desk, seats=12)
    town.open()
    town.join(10)
    last = town.join(2)
    assert town.see()["state"] == "confirmed"
    assert last["final_price"] == cny("128.00")
    assert verify(desk) == []


def test_a_manager_joins_for_a_member_that_is_known_here(desk):
    town, member_id = Town(desk), new_id()
    town.open()
    data = {"member_id": str(member_id), "campaign_id": town.campaign_id, "seats": 2}
    data["payment"] = {"method": "offline", "receipt": "R-1"}
    with pytest.raises(NotFoundError) as refused:
        desk.do("reserve_seats", data, **town.partner())
    assert refused.value.code == "campaign.member_unknown"
    known = {"member_id": str(member_id), "community_id": str(town.a), "roles": ["member"]}
    desk.hear(news("demand", "member_joined.v1", member_id, known))
    paid = desk.do("reserve_seats", data, **town.partner())
    assert paid["state"] == "paid"
    assert paid["member_id"] == str(member_id)
    with pytest.raises(ConflictError) as again:
        desk.do("reserve_seats", data, **town.partner())
    assert again.value.code == "campaign.receipt_used"
    with pytest.raises(NotFoundError):
        desk.do("reserve_seats", data, **town.partner(town.b))


def test_an_older_word_about_a_member_changes_nothing(desk):
    member_id, old, new = new_id(), new_id(), new_id()
    for version, community in ((2, new), (1, old)):
        data = {"member_id": str(member_id), "community_id": str(community), "roles": []}
        desk.hear(news("demand", "member_changed.v1", member_id, data, version))
    with desk.new_uow() as uow:
        assert uow.members.many([member_id]) == {member_id: (new, member_id)}


def test_opening_one_draft_ends_the_others_of_its_pool(desk):
    town = Town(desk)
    pool_id = town.event.data["pool_id"]
    sibling = match_proposed({town.a: 10}, pool_id=pool_id)
    desk.hear(sibling)
    town.open()
    ended = desk.campaign_of_match(sibling.data["match_id"])
    assert (ended.state, ended.reason) == ("cancelled", "superseded")
    late = match_proposed({town.a: 10}, pool_id=pool_id)
    desk.hear(late)
    assert desk.campaign_of_match(late.data["match_id"]).reason == "superseded"


def test_a_repeated_match_makes_one_draft(desk):
    town = Town(desk)
    desk.hear(town.event)
    desk.hear(news("supplier", "match_proposed.v1", town.match_id, town.event.data))
    mine = desk.ask("list_campaigns", {"match_id": town.match_id}, **town.organiser())
    assert [one["campaign_id"] for one in mine["items"]] == [town.campaign_id]


def test_an_expired_match_ends_its_campaign(desk):
    town = Town(desk)
    town.open()
    paid = town.join(3)
    gone = {"match_id": town.match_id, "pool_id": None, "reason": "hold_expired"}
    desk.hear(news("supplier", "match_expired.v1", town.match_id, gone))
    assert town.see()["reason"] == "hold_expired"
    assert town.commitment(paid)["refunded"] == cny("384.00")
    with pytest.raises(NotFoundError):
        desk.hear(news("supplier", "match_expired.v1", "x", {"match_id": str(new_id()), "reason": "hold_expired"}))


def test_lists_show_what_the_caller_takes_part_in(desk):
    town, other = Town(desk), Town(desk)
    town.open()
    mine, theirs = town.join(2), town.join(1, town.b)
    assert [c["campaign_id"] for c in desk.ask("list_campaigns", {}, **town.organiser())["items"]] == [town.campaign_id]
    assert [c["campaign_id"] for c in desk.ask("list_campaigns", {}, **town.supplier())["items"]] == [town.campaign_id]
    assert desk.ask("list_campaigns", {"state": "draft"}, **town.organiser())["items"] == []
    assert desk.ask("list_campaigns", {"pool_id": str(new_id())}, **town.organiser())["items"] == []
    with pytest.raises(NotFoundError):
        town.see(other.organiser())
    asked = {"campaign_id": town.campaign_id}
    ids = [c["commitment_id"] for c in desk.ask("list_commitments", asked, **town.organiser())["items"]]
    assert ids == [mine["commitment_id"]]
    himself = {"role": "member", "community_id": town.a, "member_id": new_id()}
    assert desk.ask("list_commitments", asked, **himself)["items"] == []
    everything = desk.ask("list_commitments", {**asked, "limit": 1}, role="node_operator")
    rest = desk.ask("list_commitments", {**asked, "cursor": everything["next_cursor"]}, role="node_operator")
    assert [c["commitment_id"] for c in everything["items"] + rest["items"]] == [
        mine["commitment_id"],
        theirs["commitment_id"],
    ]
    with pytest.raises(ForbiddenError):
        desk.ask("list_commitments", asked, **town.supplier())


def test_pages_of_campaigns_follow_each_other(desk):
    town = Town(desk)
    for _ in range(2):
        desk.hear(match_proposed({town.a: 10}))
    first = desk.ask("list_campaigns", {"limit": 2}, **town.organiser())
    second = desk.ask("list_campaigns", {"limit": 2, "cursor": first["next_cursor"]}, **town.organiser())
    ids = [one["campaign_id"] for one in first["items"] + second["items"]]
    assert len(set(ids)) == 3
    assert second["next_cursor"] is None


def test_a_hold_runs_out(desk):
    town = Town(desk, seats=10)
    town.open(hold_minutes=30)
    held = town.reserve(10)
    with pytest.raises(ConflictError):
        town.reserve(1)
    desk.clock.pass_(minutes=30)
    desk.fire_due_timers()
    assert town.commitment(held)["state"] == "expired"
    assert town.reserve(1)["state"] == "reserved"
    assert verify(desk) == []


def test_the_slot_is_marked_when_the_supplier_has_booked_it(desk):
    town = Town(desk)
    data = {"match_id": town.match_id, "slot_id": "x", "campaign_id": town.campaign_id, "seats": 3}
    desk.hear(news("supplier", "slot_confirmed.v1", town.match_id, data))
    assert desk.campaign_of_match(town.match_id).slot_confirmed_at == desk.clock.now()


def test_the_ledger_of_a_campaign_masks_other_communities(desk):
    town = Town(desk)
    town.open()
    mine, theirs = town.join(5), town.join(5, town.b)
    asked = {"campaign_id": town.campaign_id}
    seen = desk.ask("get_campaign_ledger", asked, **town.organiser())
    accounts = {line["account"]: line["balance"]["amount"] for line in seen["accounts"]}
    assert accounts == {
        f"escrow:{town.campaign_id}": "1280.00",
        f"member:{mine['member_id']}": "-640.00",
        "member:other": "-640.00",
    }
    assert seen["sum"] == cny("0.00")
    assert theirs["member_id"] not in str(seen)
    assert theirs["commitment_id"] not in str(seen)
    assert desk.ask("get_campaign_ledger", asked, role="node_operator")["complete"]
    with pytest.raises(ForbiddenError):
        desk.ask("get_campaign_ledger", asked, **town.member())


def test_the_ledger_of_a_campaign_hides_what_would_tell_of_fewer_than_k(desk):
    town = Town(desk)
    town.open()
    mine = town.join(5)
    town.leave(town.join(6, town.b))
    town.join(2, town.b)
    seen = desk.ask("get_campaign_ledger", {"campaign_id": town.campaign_id}, **town.organiser())
    assert not seen["complete"]
    assert [line["account"] for line in seen["accounts"]] == [f"member:{mine['member_id']}"]
    assert [line["commitment_id"] for line in seen["transfers"]] == [mine["commitment_id"]]


def test_the_ledger_of_the_node_sums_to_zero_per_currency(desk):
    cny_town, jpy_town = Town(desk), Town(desk, tiers=((10, "1200"), (20, "1100")), currency="JPY")
    for town in (cny_town, jpy_town):
        town.open()
        town.join(10)
    seen = desk.ask("get_ledger", {}, role="node_operator")
    assert {line["currency"] for line in seen["currencies"]} >= {"CNY", "JPY"}
    for line in seen["currencies"]:
        figures = {name: float(line[name]["amount"]) for name in ("sum", "paid", "refunded", "released", "escrow")}
        assert figures["sum"] == 0
        assert figures["escrow"] == pytest.approx(figures["paid"] - figures["refunded"] - figures["released"])
    assert seen["differences"] == []
    with pytest.raises(ForbiddenError):
        desk.ask("get_ledger", {}, **cny_town.organiser())


def test_a_touched_balance_is_found(desk, engine):
    town = Town(desk)
    town.open()
    town.join(10)
    with desk.new_uow() as uow:
        # Only who owns the table can do it at all: the trigger refuses it.
        uow.connection.execute(text("ALTER TABLE campaign.accounts DISABLE TRIGGER accounts_by_transfers_only"))
        where = {"a": f"escrow:{town.campaign_id}"}
        uow.connection.execute(text("UPDATE campaign.accounts SET balance = balance + 1 WHERE account = :a"), where)
        seats = text("UPDATE campaign.campaigns SET paid_seats = 9 WHERE campaign_id = :id")
        uow.connection.execute(seats, {"id": town.campaign_id})
        subjects = [line["subject"].split()[0] for line in views.verify_ledger(uow)]
        uow.rollback()
    assert subjects == ["communities", "currency", f"escrow:{town.campaign_id}", "seats"]


def test_many_members_are_refunded_in_a_few_statements(desk, engine):
    town = Town(desk, min_group=50, seats=300)
    town.open()
    for number in range(40):
        town.join(1, town.a if number % 2 else town.b)
    seen = []

    def note(connection, cursor, statement, *others):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    desk.clock.time = DEADLINE + timedelta(seconds=1)
    assert desk.fire_due_timers() == ["close_campaign"]
    event.remove(engine, "before_cursor_execute", note)
    assert town.see()["state"] == "failed"
    assert town.see()["money"]["escrow"] == cny("0.00")
    assert len(seen) <= 16  # and as many for any number of members
    assert verify(desk) == []


def test_a_campaign_may_be_free_of_charge(desk):
    town = Town(desk, seats=12, tiers=((1, "10.00"), (12, "0.00")))
    town.open()
    paid, free = town.join(2), town.join(10)
    assert (paid["paid"], free["paid"], free["state"]) == (cny("20.00"), cny("0.00"), "paid")
    assert town.commitment(paid)["refunded"] == cny("20.00")
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    desk.clock.pass_(hours=48)
    desk.fire_due_timers()
    assert town.see()["state"] == "settled"
    assert verify(desk) == []


def test_a_fund_shows_what_came_and_went_and_givers_to_managers_only(desk):
    town, member_id = Town(desk), new_id()
    town.know(member_id, town.b)
    gift = {"community_id": str(town.b), "receipt": "JJ-1", "amount": cny("50.00"), "member_id": str(member_id)}
    desk.do("contribute_to_fund", gift, **town.organiser(town.b))
    with pytest.raises(ConflictError) as again:
        desk.do("contribute_to_fund", gift, **town.organiser(town.b))
    assert again.value.code == "campaign.receipt_used"
    asked = {"community_id": str(town.b)}
    seen = desk.ask("get_fund", asked, **town.organiser(town.b))
    assert seen["balances"] == [{"balance": cny("50.00"), "set_aside": cny("0.00")}]
    assert [line["from"] for line in seen["items"]] == [f"member:{member_id}"]
    assert desk.ask("get_fund", asked, **town.member(town.b))["items"][0]["from"] is None
    with pytest.raises(NotFoundError):
        desk.ask("get_fund", asked, **town.member(town.a))
    assert verify(desk) == []


def test_a_fund_bears_a_lost_tier_and_the_books_add_up(desk):
    town = Town(desk)
    town.open(tier_loss={"bearer": "fund"})
    gift = {"community_id": str(town.b), "receipt": str(new_id()), "amount": cny("15.00")}
    desk.do("contribute_to_fund", gift, **town.organiser(town.b))
    town.join(10)
    leaver = town.join(10, town.b)
    town.join(2)
    town.leave(leaver)
    town.act("close_campaign")
    asked = {"community_id": str(town.b)}
    fund = desk.ask("get_fund", asked, **town.organiser(town.b))
    assert fund["balances"] == [{"balance": cny("15.00"), "set_aside": cny("15.00")}]
    assert verify(desk) == []
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    fund = desk.ask("get_fund", asked, **town.organiser(town.b))
    assert fund["balances"] == [{"balance": cny("0.00"), "set_aside": cny("0.00")}]
    assert town.see()["state"] == "settled"
    assert verify(desk) == []


def test_notices_are_read_by_their_member_and_its_managers(desk):
    town = Town(desk)
    town.open()
    member = town.member()
    paid = town.pay(town.reserve(2, member))
    town.join(1, town.b)
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    asked = {"campaign_id": town.campaign_id}
    (own,) = desk.ask("list_notices", asked, **member)["items"]
    assert (own["kind"], own["commitment_id"]) == ("group_called_off", paid["commitment_id"])
    assert "退回 256.00 元" in own["text"]["zh"]
    assert [one["member_id"] for one in desk.ask("list_notices", asked, **town.organiser())["items"]] == [
        str(member["member_id"])
    ]
    assert desk.ask("list_notices", asked, **town.member())["items"] == []


def test_a_pending_transfer_ends_once_and_by_its_like(desk, engine):
    from dataclasses import replace

    from services.campaign.domain.ledger import Phase, Transfer, ending, fund_account, member_account
    from services.kernel.money import Money

    accounts = (member_account(new_id()), fund_account(new_id()))
    pending = Transfer(new_id(), str(new_id()), "contribution", *accounts, Money(700, "CNY"), None, phase=Phase.PENDING)
    with desk.new_uow() as uow:
        uow.ledger.post([pending])
        uow.commit()
    wrong = replace(ending(pending, Phase.POST), amount=Money(701, "CNY"))
    with desk.new_uow() as uow, pytest.raises(IntegrityError, match="does not end the pending transfer"):
        uow.ledger.post([wrong])
    with desk.new_uow() as uow:
        uow.ledger.post([ending(pending, Phase.POST)])
        uow.commit()
    with desk.new_uow() as uow, pytest.raises(IntegrityError, match="transfers_pending"):
        uow.ledger.post([ending(pending, Phase.VOID)])
    assert verify(desk) == []


def test_a_payment_that_is_taken_back_leaves_the_books_in_order(desk):
    town = Town(desk)
    town.open()
    paid = town.join(10)
    data = {"commitment_id": paid["commitment_id"], "reason": "收据登错"}
    held = desk.do("undo_payment", data, **town.organiser())
    assert town.commitment(paid)["state"] == "cancelled"
    assert verify(desk) == []
    assert town.pay(held)["state"] == "paid"
    assert verify(desk) == []


def test_seats_change_hands_and_numbers_and_the_books_add_up(desk):
    town, to = Town(desk), new_id()
    town.open(queue={"pass_hours": 500})
    town.know(to, town.b)
    paid = town.join(20)
    desk.do("hand_over", {"commitment_id": paid["commitment_id"], "member_id": str(to)}, **town.organiser())
    town.reserve(10)
    waits = town.wait(3)
    fewer = {"commitment_id": paid["commitment_id"], "seats": 16}
    desk.do("change_seats", fewer, **town.organiser(town.b))
    assert town.commitment(waits)["state"] == "reserved"
    assert verify(desk) == []
    town.pay(waits)
    town.act("close_campaign")
    desk.clock.time = SLOT_START - timedelta(hours=30)
    town.leave(town.commitment(paid))
    assert verify(desk) == []
