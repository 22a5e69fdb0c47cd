"""The supplier withdraws: the campaign waits, and each match that is proposed is put to its members."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.campaign.domain.errors import (
    CampaignUnknownError,
    InquiryClosedError,
    MatchUnknownError,
    NotAskedError,
    PausedError,
)
from services.campaign.domain.ledger import escrow_account, supplier_account
from services.kernel.clock import format_time
from services.kernel.ids import new_id
from tests.builders_asking import DEADLINE, MONDAY, SLOT_START, AskedTown, missed
from tests.builders_campaign import Desk, cny, news

CHEAPER = ((10, "100.00"), (20, "90.00"))


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    """A group of twelve that was formed."""
    town = AskedTown(desk)
    town.open(ask_hours=48)
    town.all = [town.join(4), town.join(4, town.b), town.join(4)]
    town.act("close_campaign")
    return town


def books_add_up(desk):
    ledger = desk.uow.ledger
    assert set(ledger.sums().values()) <= {0}
    for campaign in desk.uow.campaigns.rows.values():
        assert ledger.balance(escrow_account(campaign.campaign_id)) == campaign.escrow.minor
        if campaign.state in ("failed", "cancelled"):
            assert not campaign.escrow
    return True


def states(town):
    return [town.commitment(one)["state"] for one in town.all]


def declined(desk):
    return [(data["match_id"], data["reason"]) for data in desk.uow.outbox.data_of("match_declined.v1")]


def test_a_withdrawal_pauses_the_group_and_brings_back_what_was_released(desk, town):
    supplier = supplier_account(UUID(town.supplier_id))
    assert desk.uow.ledger.balance(supplier) == 46080
    town.withdraw()
    seen = town.see()
    until = format_time(MONDAY + timedelta(hours=48))
    assert (seen["state"], seen["pause"]) == ("confirmed", {"about": "replacement", "until": until})
    assert desk.uow.ledger.balance(supplier) == 0
    assert (seen["money"]["released"], seen["money"]["escrow"]) == (cny("0.00"), cny("1536.00"))
    assert sorted(town.told("supplier_withdrew")) == sorted(one["commitment_id"] for one in town.all)
    assert "寻找替代" in seen["progress"]["zh"]
    assert books_add_up(desk)


def test_a_withdrawal_is_heard_once(desk, town):
    town.withdraw()
    town.withdraw()
    assert len(desk.uow.outbox.data_of("campaign_vacated.v1")) == 1


def test_news_of_campaigns_that_are_not_known_yet_are_tried_again(desk):
    data = {"match_id": str(new_id()), "campaign_id": str(new_id()), "supplier_id": str(new_id()), "reason": "x"}
    with pytest.raises(CampaignUnknownError):
        desk.hear(news("supplier", "supplier_withdrew.v1", data["match_id"], data))


def test_those_who_accept_go_on_and_the_others_are_refunded_in_full(desk, town):
    town.withdraw()
    event = town.propose(tiers=CHEAPER, min_group=8)
    first, second, third = town.all
    inquiry = town.inquiry()
    assert (inquiry["minimum"], inquiry["proposal"]["price"]) == (8, cny("100.00"))
    assert inquiry["term"] == format_time(MONDAY + timedelta(hours=24))
    town.answer(first)
    town.answer(second)
    town.answer(third, "refund")
    seen = town.see()
    assert (seen["state"], seen["pause"], seen["match_id"]) == ("confirmed", None, event.data["match_id"])
    assert (seen["paid_seats"], seen["max_seats"], seen["price"]) == (8, 8, cny("100.00"))
    assert states(town) == ["paid", "paid", "refunded"]
    assert town.commitment(third)["refunded"] == cny("512.00")
    assert town.commitment(first)["refunded"] == cny("112.00")
    assert town.commitment(first)["final_price"] == cny("100.00")
    (told,) = desk.uow.outbox.data_of("campaign_rematched.v1")
    assert (told["match_id"], told["replaces_match_id"], told["seats"], told["formed"]) == (
        *(event.data["match_id"], town.match_id), 8, True,
    )  # fmt: skip
    assert desk.uow.ledger.balance(supplier_account(UUID(event.data["supplier_id"]))) == 24000
    assert desk.uow.ledger.balance(supplier_account(UUID(town.supplier_id))) == 0
    assert books_add_up(desk)


def test_the_group_that_goes_on_is_delivered_and_settled_by_the_new_supplier(desk, town):
    town.withdraw()
    event = town.propose(tiers=CHEAPER, min_group=8)
    for one in town.all:
        town.answer(one)
    desk.clock.time = SLOT_START
    new = {"role": "supplier", "supplier_id": event.data["supplier_id"]}
    town.act("deliver_campaign", new)
    desk.clock.pass_(hours=48)
    desk.fire_due_timers()
    assert town.see()["state"] == "settled"
    assert desk.uow.ledger.balance(supplier_account(UUID(event.data["supplier_id"]))) == 120000
    assert states(town) == ["delivered"] * 3
    assert books_add_up(desk)


def test_too_few_decline_the_match_and_the_next_one_may_come(desk, town):
    town.withdraw()
    first = town.propose(tiers=CHEAPER, min_group=8)
    for one in town.all[1:]:
        town.answer(one, "refund")
    town.answer(town.all[0])
    assert declined(desk) == [(first.data["match_id"], "too_few_accepted")]
    assert states(town) == ["paid"] * 3
    assert town.see()["pause"]["about"] == "replacement"
    second = town.propose(min_group=10)
    assert town.inquiry()["proposal"]["match_id"] == second.data["match_id"]
    for one in town.all:
        town.answer(one)
    assert town.see()["match_id"] == second.data["match_id"]
    assert [one["conclusion"] for one in town.inquiries()] == ["rematched", "too_few"]
    assert books_add_up(desk)


def test_silence_is_a_refusal(desk, town):
    town.withdraw()
    town.propose(tiers=CHEAPER, min_group=8)
    town.answer(town.all[0])
    town.answer(town.all[1])
    desk.clock.pass_(hours=24)
    desk.fire_due_timers()
    assert states(town) == ["paid", "paid", "refunded"]


def test_without_a_replacement_everybody_is_refunded_at_the_stated_time(desk, town):
    town.withdraw()
    desk.clock.pass_(hours=48, microseconds=-1)
    assert desk.fire_due_timers() == []
    desk.clock.pass_(microseconds=1)
    assert desk.fire_due_timers() == ["end_vacancy"]
    seen = town.see()
    assert (seen["state"], seen["reason"], seen["pause"]) == ("cancelled", "supplier_withdrew", None)
    assert states(town) == ["refunded"] * 3
    assert seen["money"]["refunded"] == cny("1536.00")
    assert books_add_up(desk)


def test_the_stated_time_concludes_what_is_being_asked(desk, town):
    town.withdraw()
    desk.clock.pass_(hours=40)
    town.propose(min_group=8)
    assert town.inquiry()["term"] == format_time(MONDAY + timedelta(hours=48))
    town.answer(town.all[0])
    town.answer(town.all[1])
    desk.clock.pass_(hours=100)  # after days of downtime both timers are due, in whichever order
    (vacancy,) = [key for key in desk.uow.timers.pending if key.startswith("end_vacancy")]
    desk.uow.timers.pending = {
        vacancy: desk.uow.timers.pending[vacancy],
        **{key: one for key, one in desk.uow.timers.pending.items() if key.startswith("close_inquiry")},
    }
    desk.fire_due_timers()
    assert states(town) == ["refunded"] * 3  # by then nobody holds its seats any more
    assert [one["conclusion"] for one in town.inquiries()] == ["gone"]
    assert town.see()["reason"] == "supplier_withdrew"
    assert books_add_up(desk)


def test_the_vacancy_timer_may_come_before_that_of_the_inquiry(desk, town):
    town.withdraw()
    desk.clock.pass_(hours=40)
    town.propose(min_group=8)
    town.answer(town.all[0])
    town.answer(town.all[1])
    desk.clock.pass_(hours=8)
    for key in [key for key in desk.uow.timers.pending if key.startswith("close_inquiry")]:
        desk.uow.timers.cancel(key)
    desk.fire_due_timers()
    assert states(town) == ["paid", "paid", "refunded"]
    assert town.see()["state"] == "confirmed"


def test_who_does_not_want_to_wait_leaves_free_of_charge(desk, town):
    desk.clock.time = SLOT_START - timedelta(hours=1)  # when leaving would cost everything
    town.withdraw()
    desk.clock.time = SLOT_START + timedelta(hours=1)  # and even when it would have begun
    town.leave(town.all[0])
    assert town.commitment(town.all[0])["refunded"] == cny("512.00")
    assert town.commitment(town.all[0])["kept"] == cny("0.00")
    assert books_add_up(desk)


def test_one_who_leaves_is_not_waited_for(desk, town):
    town.withdraw()
    town.propose(min_group=8)
    town.answer(town.all[0])
    town.answer(town.all[1])
    town.leave(town.all[2])
    assert town.see()["pause"] is None
    assert states(town) == ["paid", "paid", "refunded"]
    assert books_add_up(desk)


@pytest.mark.parametrize("act", ["reserve", "wait", "pay", "deliver"])
def test_meanwhile_nothing_is_joined_paid_or_delivered(desk, act):
    town = AskedTown(desk)
    town.open()
    town.join(10)
    held = town.reserve(1)
    town.withdraw()
    desk.clock.time = SLOT_START if act == "deliver" else desk.clock.time
    acts = {
        "reserve": lambda: town.reserve(1),
        "wait": lambda: town.wait(1),
        "pay": lambda: town.pay(held),
        "deliver": lambda: formed(desk).act("deliver_campaign"),
    }
    with pytest.raises(PausedError) as refused:
        acts[act]()
    assert refused.value.detail["about"] == "replacement"


def formed(desk):
    town = AskedTown(desk)
    desk.clock.time = MONDAY
    town.open()
    town.join(10)
    town.act("close_campaign")
    desk.clock.time = SLOT_START
    town.withdraw()
    return town


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        ({"tiers": ((10, "128.01"),)}, "too_expensive"),
        ({"min_group": 13}, "group_too_small"),
        ({"tiers": ((10, "140.00"), (13, "100.00"))}, "group_too_small"),
        ({"seats": 11}, "too_few_seats"),
        ({"currency": "USD", "tiers": ((10, "1.00"),)}, "other_currency"),
        ({"held_until": format_time(MONDAY + timedelta(minutes=15))}, "too_late"),
    ],
)
def test_a_match_that_could_not_be_accepted_is_declined_at_once(desk, town, match, reason):
    town.withdraw()
    event = town.propose(**match)
    assert declined(desk) == [(event.data["match_id"], reason)]
    assert (town.inquiry()["conclusion"], town.inquiry()["reason"]) == ("not_asked", reason)
    assert town.told("replacement_asked") == []


def test_a_price_that_only_more_people_reach_needs_so_many(desk, town):
    town.withdraw()
    town.propose(tiers=((4, "140.00"), (8, "120.00")), min_group=4)
    assert town.inquiry()["minimum"] == 8
    town.answer(town.all[0])
    for one in town.all[1:]:
        town.answer(one, "refund")
    assert town.inquiry()["conclusion"] == "too_few"


def test_a_replacement_that_overtakes_the_withdrawal_is_asked_about(desk, town):
    town.propose(min_group=8)
    assert town.see()["pause"]["about"] == "replacement"
    town.withdraw()
    assert len(desk.uow.outbox.data_of("campaign_vacated.v1")) == 1
    for one in town.all:
        town.answer(one)
    town.withdraw()  # comes again, about a match that the campaign no longer has
    assert (town.see()["state"], town.see()["pause"]) == ("confirmed", None)


def test_the_same_proposal_twice_asks_once(desk, town):
    town.withdraw()
    event = town.propose()
    desk.hear(event)
    assert len(town.inquiries()) == 1


def test_of_two_proposals_the_later_one_stands(desk, town):
    town.withdraw()
    first = town.propose(min_group=8)
    town.answer(town.all[0])
    second = town.propose(min_group=8)
    seen = town.inquiries()
    assert [one["conclusion"] for one in seen] == [None, "gone"]
    assert seen[0]["answers"][0]["answer"] is None
    desk.hear(first)  # repeated, it changes nothing
    assert town.inquiry()["proposal"]["match_id"] == second.data["match_id"]


def test_an_older_proposal_that_comes_late_is_declined(desk, town):
    town.withdraw()
    older = str(new_id())
    newer = town.propose()
    town.propose(match_id=older)
    assert declined(desk) == [(older, "outdated")]
    assert [one["conclusion"] for one in town.inquiries() if one["proposal"]["match_id"] == newer.data["match_id"]] == [
        None
    ]


def test_a_replacement_whose_hold_is_over_closes_its_inquiry(desk, town):
    town.withdraw()
    event = town.propose()
    town.answer(town.all[0])
    town.lose(event)
    assert town.inquiry()["conclusion"] == "gone"
    assert sorted(town.told("replacement_not_taken")) == sorted(one["commitment_id"] for one in town.all)
    assert declined(desk) == []
    with pytest.raises(InquiryClosedError):
        town.answer(town.all[1])
    town.lose(event)


def test_the_end_of_the_hold_of_a_replacement_that_was_taken_changes_nothing(desk, town):
    town.withdraw()
    event = town.propose()
    for one in town.all:
        town.answer(one)
    town.lose(event)
    assert town.see()["state"] == "confirmed"


def test_a_match_that_is_not_known_yet_is_tried_again(desk, town):
    with pytest.raises(MatchUnknownError):
        town.lose(news("supplier", "x", "x", {"match_id": str(new_id())}))


def test_the_new_supplier_may_withdraw_too(desk, town):
    town.withdraw()
    first = town.propose(tiers=CHEAPER, min_group=8)
    for one in town.all:
        town.answer(one)
    desk.clock.pass_(hours=1)
    town.withdraw(first.data["match_id"])
    assert town.see()["pause"]["until"] == format_time(MONDAY + timedelta(hours=49))
    second = town.propose(first.data["match_id"], tiers=((4, "80.00"),), min_group=4)
    town.answer(town.all[0])
    for one in town.all[1:]:
        town.answer(one, "refund")
    assert town.see()["match_id"] == second.data["match_id"]
    assert town.commitment(town.all[0])["final_price"] == cny("80.00")
    desk.clock.pass_(hours=100)
    desk.fire_due_timers()
    assert town.see()["state"] == "confirmed"
    assert books_add_up(desk)


def test_that_nobody_is_found_is_told_to_everybody(desk, town):
    town.miss({"no_slot": 2, "too_expensive": 1})  # overtakes the withdrawal
    assert town.see()["pause"]["about"] == "replacement"
    (notice, *others) = desk.uow.notices.of("replacement_missing")
    assert len(others) == 2
    assert "no_slot 2" in notice.zh


def test_a_campaign_that_still_sells_goes_on_selling(desk):
    town = AskedTown(desk)
    town.open()
    yes, no = town.join(3), town.join(2)
    held = town.reserve(4)
    town.withdraw()
    assert town.commitment(held)["state"] == "waiting"
    event = town.propose(tiers=CHEAPER, min_group=8, seats=20)
    town.answer(yes)
    town.answer(no, "refund")
    seen = town.see()
    assert (seen["state"], seen["pause"]) == ("open", None)
    assert (seen["min_seats"], seen["max_seats"], seen["paid_seats"]) == (10, 20, 3)
    assert town.commitment(held)["state"] == "reserved"  # offered again, at the price of the new offer
    assert town.commitment(held)["price"] == cny("100.00")
    (told,) = desk.uow.outbox.data_of("campaign_rematched.v1")
    assert (told["seats"], told["formed"]) == (20, False)
    town.pay(town.commitment(held))
    town.join(3)
    assert town.see()["state"] == "tipped"
    missed(desk)
    assert town.see()["state"] == "confirmed"
    assert town.commitment(yes)["refunded"] == cny("84.00")
    new = {"role": "supplier", "supplier_id": event.data["supplier_id"]}
    desk.clock.time = SLOT_START
    assert town.act("deliver_campaign", new)["state"] == "delivered"
    assert books_add_up(desk)


def test_a_campaign_in_which_nobody_has_paid_goes_on_at_once(desk):
    town = AskedTown(desk)
    town.open()
    town.withdraw()
    event = town.propose()
    assert (town.see()["match_id"], town.see()["pause"]) == (event.data["match_id"], None)
    assert town.inquiry()["conclusion"] == "rematched"


def test_an_open_campaign_in_which_nobody_accepts_waits_on(desk):
    town = AskedTown(desk)
    town.open()
    town.answerless = town.join(3)
    town.withdraw()
    town.propose()
    town.answer(town.answerless, "refund")
    assert town.see()["pause"]["about"] == "replacement"
    assert town.commitment(town.answerless)["state"] == "paid"


def test_a_deadline_that_passes_meanwhile_is_decided_afterwards(desk):
    town = AskedTown(desk)
    town.open(ask_hours=100)
    one = town.join(10)
    desk.clock.time = DEADLINE - timedelta(hours=1)
    town.withdraw()
    assert missed(desk) == ["close_campaign"]
    assert town.see()["state"] == "tipped"
    town.propose()
    town.answer(one)
    assert (town.see()["state"], town.see()["pause"]) == ("tipped", None)
    desk.fire_due_timers()
    assert town.see()["state"] == "confirmed"


def test_an_earlier_start_brings_the_deadline_forward(desk):
    town = AskedTown(desk)
    town.open()
    one = town.join(10)
    town.withdraw()
    start = DEADLINE - timedelta(hours=5)
    slot = {"slot_id": str(new_id()), "start": format_time(start), "end": format_time(start + timedelta(hours=2))}
    town.propose(slot={**slot, "sessions": []})
    town.answer(one)
    assert town.see()["deadline"] == format_time(start - timedelta(hours=1))
    assert town.see()["state"] == "tipped"


def test_a_draft_whose_supplier_withdraws_lapses_and_an_opened_campaign_waits_for_the_word(desk):
    draft, opened = AskedTown(desk), AskedTown(desk)
    opened.open()
    for town in (draft, opened):
        town.lose(town.event, "withdrawn")
    assert (draft.see()["state"], draft.see()["reason"]) == ("cancelled", "withdrawn")
    assert opened.see()["state"] == "open"
    opened.withdraw()
    assert opened.see()["pause"]["about"] == "replacement"


def test_what_is_over_is_neither_paused_nor_asked(desk, town):
    desk.clock.time = SLOT_START
    town.act("deliver_campaign")
    town.withdraw()
    event = town.propose()
    assert town.see()["state"] == "delivered"
    assert declined(desk) == [(event.data["match_id"], "not_needed")]


def test_a_member_that_got_seats_handed_over_answers_anew(desk, town):
    town.withdraw()
    town.propose(min_group=8)
    first = town.all[0]
    town.answer(first)
    new = new_id()
    town.know(new, town.b)
    desk.do("hand_over", {"commitment_id": first["commitment_id"], "member_id": str(new)}, **town.organiser())
    (line,) = [one for one in town.inquiry()["answers"] if one["commitment_id"] == first["commitment_id"]]
    assert (line["member_id"], line["answer"]) == (str(new), None)
    own = {"role": "member", "community_id": town.b, "member_id": new}
    town.answer(first, who=own)
    assert books_add_up(desk)


def test_one_who_left_cannot_answer(desk, town):
    town.withdraw()
    town.propose()
    town.leave(town.all[0])
    with pytest.raises(NotAskedError):
        town.answer(town.all[0])


def test_what_funds_had_set_aside_for_the_old_supplier_is_theirs_again(desk):
    town = AskedTown(desk)
    town.open(tier_loss={"bearer": "fund"})
    gift = {"community_id": str(town.a), "amount": cny("500.00"), "receipt": "F-1"}
    desk.do("contribute_to_fund", gift, **town.organiser())
    stay, quits = town.join(18), town.join(4)
    late = town.join(1)
    town.leave(quits)
    missed(desk)
    (cover,) = desk.uow.ledger.of("cover")
    assert cover.phase == "pending"
    town.withdraw()
    town.propose(tiers=CHEAPER)
    town.answer(stay)
    town.answer(late)
    assert [one.phase for one in desk.uow.ledger.of("cover")] == ["pending", "void"]
    assert books_add_up(desk)
