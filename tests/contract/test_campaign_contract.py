"""What campaign writes is what its golden examples show, and it reads the golden examples of those it listens to."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.campaign import contract, handlers, inbound, outbound
from services.campaign.contract import delivery, inviting
from services.campaign.domain import errors
from services.chassis.envelope import Envelope
from services.kernel.clock import format_time
from services.kernel.errors import InvalidError, Refusal
from services.kernel.ids import new_id
from services.kernel.money import Money
from tests.builders_asking import AskedTown, missed, pair
from tests.builders_campaign import DEADLINE, READERS, SLOT_START, Desk, Town, news
from tests.builders_delivery import Course
from tests.builders_inviting import InvitingTown
from tests.contract.disputes import OF_DISPUTES, disputed
from tests.fakes.chassis import request

SERVICES = Path(__file__).resolve().parents[2] / "services"
EXAMPLES = SERVICES / "campaign" / "contract" / "examples"


def shape(value):
    """What a consumer relies on: the fields and their types, not the values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def written():
    """Play campaigns through all endings and return every event as (name, data)."""
    desk = Desk()
    happy, missed, called_off = Town(desk), Town(desk), Town(desk)
    happy.open()
    happy.leave(happy.join(10))
    desk.with_bank()
    happy.start_payment(happy.reserve(2), later=True)
    desk.work()
    happy.reserve(1)
    desk.clock.pass_(minutes=30)
    desk.fire_due_timers()
    happy.join(10)
    happy.join(2, happy.b)
    happy.leave(happy.join(1))
    desk.do("change_seats", {"commitment_id": happy.reserve(2)["commitment_id"], "seats": 1}, **happy.organiser())
    missed.open()
    missed.join(1)
    waits = Town(desk, seats=10)
    waits.open(on_missed={"action": "extend", "extend_hours": 24, "extend_times": 1})
    waits.leave(waits.join(9))
    full = waits.reserve(10)
    desk.do("reserve_seats", {"campaign_id": waits.campaign_id, "seats": 2, "wait": True}, **waits.member())
    waits.leave(full)
    called_off.act("cancel_campaign", reason="场地临时关闭")
    course = Course(desk, 3)
    course.form(2)
    desk.clock.time = DEADLINE
    desk.fire_due_timers()
    desk.work()
    desk.clock.time = SLOT_START
    happy.act("deliver_campaign")
    course.go(1)
    course.hold(1)
    course.cancel(2)
    course.go(3)
    course.deliver()
    desk.clock.pass_(days=3)
    desk.fire_due_timers()
    desk.work()
    return [(name, data) for name, _, data in (*desk.uow.outbox.events, *asked())]


def asked():
    """Play what is put to the members: a merge, two replacements, a move; return the events."""
    desk = Desk()
    source, town = pair(desk)[0], AskedTown(desk)
    town.open(deadline=format_time(DEADLINE + timedelta(days=1)))
    mover, one = source.join(1), town.join(10)
    town.act("close_campaign")
    missed(desk)
    source.answer(mover)
    town.withdraw()
    for answer in ("refund", "accept"):
        town.propose()
        town.answer(one, answer)
    town.move()
    town.answer(one)
    return desk.uow.outbox.events


def invited():
    """Ask members to join and settle a campaign; return the events."""
    desk = Desk()
    town = InvitingTown(desk)
    town.decide(town.invite(0, 1)["round_id"])
    town.reserve(1, town.member_at(0))
    town.invite(2)
    earned = outbound.earned(desk.campaign_of_match(town.match_id), Money(3000, "CNY"))
    return [(name, data) for name, _, data in desk.uow.outbox.events] + [("organiser_earned.v1", earned)]


EVENTS = [*written(), *disputed(), *invited()]


@pytest.mark.parametrize("name", contract.EVENTS)
def test_every_event_has_the_shape_of_its_golden_example(name):
    golden = json.loads((EXAMPLES / "events" / f"{name}.json").read_text())
    assert Envelope.from_wire(golden).name == name
    shapes = [shape(data) for event, data in EVENTS if event == name]
    assert shape(golden["data"]) in shapes


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in contract.RPCS
        if name not in (*OF_DISPUTES, *delivery.RPCS, *inviting.RPCS)
        and not name.startswith(("get_ledger", "get_fund", "list_", "reserve_many"))
    ],
)
def test_every_answer_has_the_fields_of_its_golden_example(name):
    golden = json.loads((EXAMPLES / "rpc" / f"{name}.json").read_text())["response"]
    desk = Desk()
    town = Town(desk)
    answers = {"open_campaign": town.open(), "get_campaign": town.see()}
    answers["reserve_seats"] = held = town.reserve(10)
    answers["pay_commitment"] = town.pay(held)
    answers["get_commitment"] = town.commitment(held)
    answers["get_outlook"] = desk.ask("get_outlook", {"campaign_id": town.campaign_id}, **town.organiser())
    more = town.reserve(1)
    answers["change_seats"] = desk.do(
        "change_seats", {"commitment_id": more["commitment_id"], "seats": 2}, **town.organiser()
    )
    known = {"member_id": str(new_id()), "community_id": str(town.a), "roles": []}
    desk.hear(news("demand", "member_joined.v1", known["member_id"], known))
    handed = {"commitment_id": more["commitment_id"], "member_id": known["member_id"]}
    answers["hand_over"] = desk.do("hand_over", handed, **town.organiser(UUID(more["community_id"])))
    answers["cancel_commitment"] = town.leave(town.join(1))
    undone = {"commitment_id": town.join(1)["commitment_id"], "reason": "x"}
    answers["undo_payment"] = desk.do("undo_payment", undone, **town.organiser())
    gift = {"community_id": str(town.a), "receipt": "R", "amount": {"amount": "5.00", "currency": "CNY"}}
    answers["contribute_to_fund"] = desk.do("contribute_to_fund", gift, **town.organiser())
    desk.with_bank()
    answers["start_payment"] = town.start_payment(town.reserve(1))
    answers["retry_refund"], answers["take_callback"] = owed_again(town), {"taken": True}
    answers["close_campaign"] = town.act("close_campaign")
    group = AskedTown(desk)
    group.open(deadline=format_time(SLOT_START - timedelta(days=1)))
    first, _ = group.join(10), group.join(2)
    group.act("close_campaign")
    answers["move_campaign"] = group.move()
    answers["answer_inquiry"] = group.answer(first)
    desk.clock.time = SLOT_START
    answers["deliver_campaign"] = town.act("deliver_campaign")
    answers["cancel_campaign"] = Town(desk).act("cancel_campaign", reason="weather")
    if name != "get_campaign_ledger":  # that one is SQL: tests/integration
        assert set(answers[name]) == set(golden)
        assert list(answers[name]) == list(golden)


def owed_again(town):
    """Let a refund fail at the provider, and try it again."""
    held = town.reserve(1)
    town.start_payment(held)
    town.desk.work()
    town.leave(held)
    town.desk.refuse_refunds()
    return town.desk.do("retry_refund", {"commitment_id": held["commitment_id"]}, **town.organiser())


@pytest.mark.parametrize("name", [name for name in contract.RPCS if name != "take_callback"])
def test_every_golden_request_is_read(name):
    golden = json.loads((EXAMPLES / "rpc" / f"{name}.json").read_text())["request"]
    read = getattr(inbound, READERS.get(name, name))
    for one in golden.get("requests", [golden]):
        assert str(read(one).caller.community_id) == str(one["caller"]["community_id"])


@pytest.mark.parametrize(
    ("source", "name", "read"),
    [
        ("supplier", "match_proposed.v1", inbound.match_proposed),
        ("supplier", "match_expired.v1", inbound.match_expired),
        ("supplier", "slot_confirmed.v1", inbound.slot_confirmed),
        ("supplier", "supplier_withdrew.v1", inbound.supplier_withdrew),
        ("supplier", "replacement_missing.v1", inbound.replacement_missing),
        ("supplier", "offer_paused.v1", inbound.offer_paused),
        ("supplier", "offer_resumed.v1", inbound.offer_resumed),
        ("supplier", "supplier_registered.v1", inbound.supplier_known),
        ("supplier", "supplier_changed.v1", inbound.supplier_known),
        ("demand", "member_joined.v1", inbound.member_known),
        ("demand", "member_changed.v1", inbound.member_known),
    ],
)
def test_the_golden_events_of_others_are_read(source, name, read):
    golden = SERVICES / source / "contract" / "examples" / "events" / f"{name}.json"
    event = Envelope.from_wire(json.loads(golden.read_text()))
    command = read(event)
    widened = Envelope(**{**vars_of(event), "data": {**event.data, "added_later": {"x": 1}}})
    assert read(widened) == command


def vars_of(event):
    return {name: getattr(event, name) for name in event.__slots__}


def test_the_golden_match_becomes_a_draft():
    golden = SERVICES / "supplier" / "contract" / "examples" / "events" / "match_proposed.v1.json"
    desk = Desk()
    event = Envelope.from_wire(json.loads(golden.read_text()))
    desk.hear(event)
    assert desk.campaign_of_match(event.data["match_id"]).state == "draft"


def test_every_refusal_has_its_code_in_the_contract():
    codes = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)}
    own = {code for code in codes if code.startswith("campaign.")}
    assert own == set(contract.ERRORS)


OPEN = {"campaign_id": "0196c1a0-0000-7000-8000-000000000051", "deadline": "2026-05-20T12:00:00Z"}
PAY = {"commitment_id": "0196c1a0-0000-7000-8000-000000000061", "method": "offline", "receipt": "R"}
RESERVE = {"campaign_id": OPEN["campaign_id"], "seats": 1}


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("open_campaign", {**OPEN, "campaign_id": "51"}, "campaign_id"),
        ("open_campaign", {"campaign_id": OPEN["campaign_id"]}, "deadline"),
        ("open_campaign", {**OPEN, "deadline": "tomorrow"}, "deadline"),
        ("open_campaign", {**OPEN, "deadline": "2026-05-20T12:00:00"}, "deadline"),
        ("open_campaign", {**OPEN, "min_seats": 0}, "min_seats"),
        ("open_campaign", {**OPEN, "max_seats": True}, "max_seats"),
        ("open_campaign", {**OPEN, "hold_minutes": 43201}, "hold_minutes"),
        ("cancel_campaign", {"campaign_id": OPEN["campaign_id"], "reason": "  "}, "reason"),
        ("cancel_campaign", {"campaign_id": OPEN["campaign_id"], "reason": "a\x00b"}, "reason"),
        ("reserve_seats", {**RESERVE, "seats": 1.5}, "seats"),
        ("reserve_seats", {**RESERVE, "seats": -1}, "seats"),
        ("reserve_seats", {**RESERVE, "seats": "2"}, "seats"),
        ("reserve_seats", {**RESERVE, "payment": {"method": "wechat", "receipt": "R"}}, "payment.method"),
        ("reserve_seats", {**RESERVE, "payment": {"method": "offline"}}, "payment.receipt"),
        ("reserve_seats", {**RESERVE, "payment": "paid"}, "payment"),
        ("pay_commitment", {**PAY, "receipt": "x" * 101}, "receipt"),
        ("pay_commitment", {**PAY, "amount": {"amount": "1.001", "currency": "CNY"}}, "amount"),
        ("pay_commitment", {**PAY, "amount": {"amount": 1, "currency": "CNY"}}, "amount"),
        ("pay_commitment", {**PAY, "amount": "98"}, "amount"),
        ("list_campaigns", {"state": "formed"}, "state"),
        ("list_campaigns", {"limit": 101}, "limit"),
        ("list_campaigns", {"cursor": "!"}, "cursor"),
    ],
)
def test_a_bad_value_is_refused_by_name(name, data, field):
    with pytest.raises(InvalidError) as refused:
        getattr(inbound, name)(request(data))
    assert refused.value.detail["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("seats",), 0, "seats"),
        (("communities",), [], "communities"),
        (("communities",), [{"community_id": "x", "people": 1}], "communities.0.community_id"),
        (("offer", "tiers"), [{"seats": 1, "price": {"amount": "x", "currency": "CNY"}}], "offer.tiers.0.price"),
        (("offer", "where"), "moon", "offer.where"),
        (("offer", "acceptance_hours"), -1, "offer.acceptance_hours"),
        (("offer", "acceptance_hours"), float("nan"), "offer.acceptance_hours"),
        (("slot", "end"), "2020-01-01T00:00:00Z", "slot.end"),
    ],
)
def test_a_broken_match_is_refused_by_name(path, value, field):
    golden = SERVICES / "supplier" / "contract" / "examples" / "events" / "match_proposed.v1.json"
    data = json.loads(golden.read_text())["data"]
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(InvalidError) as refused:
        inbound.match_proposed(news("supplier", "match_proposed.v1", "x", data))
    assert refused.value.detail["errors"][0]["field"] == field


def test_every_timer_that_is_set_has_a_handler():
    ours = {"close_campaign", "settle_campaign", "expire_commitment", "serve_queue", "advance_dispute"}
    assert set(handlers.TIMERS) == ours | {"remind_session", "close_inquiry", "end_vacancy", "ask_invitations_again"}
