"""Disputes through requests, on fakes: who may do what when, what is refused, what everybody is told."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.campaign.contract import EVENTS
from services.campaign.domain.dispute_lifecycle import DISPUTE_GUARDS, DISPUTE_TRANSITIONS, Act, step
from services.campaign.domain.disputes import DisputeState
from services.campaign.domain.errors import DisputeStateError
from services.kernel.clock import format_time
from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import SLOT_START, Desk, Town, cny
from tests.builders_disputes import Court

PAGE = Path(__file__).resolve().parents[3] / "services" / "campaign" / "DISPUTES.md"
NODE = {"role": "node_operator"}


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def court(desk):
    return Court(desk)


def code(kind, act):
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


# The table


def a_dispute(state, **changes):
    court = Court(Desk())
    court.open()
    return replace(court.stored(), state=state, **changes)


ILLEGAL = [(state, act) for state in DisputeState for act in Act if (state, act) not in DISPUTE_TRANSITIONS]


def test_what_the_table_does_not_have_is_refused_with_the_current_state():
    dispute = a_dispute(DisputeState.OPENED)
    for state, act in ILLEGAL:
        with pytest.raises(DisputeStateError) as refused:
            step(replace(dispute, state=state), act, SLOT_START)
        assert refused.value.detail["state"] == state
        assert all((state, Act(allowed)) in DISPUTE_TRANSITIONS for allowed in refused.value.detail["allowed"])


PASSES_BEFORE = {"in_answer_term", "in_term"}
PASSES_AFTER = {"answer_over", "consent_over", "term_over"}


@pytest.mark.parametrize(("line", "transition"), DISPUTE_TRANSITIONS.items())
def test_every_transition_passes_its_guard_to_the_microsecond_and_leads_to_its_state(line, transition):
    state, act = line
    edge = SLOT_START + timedelta(hours=24)
    dispute = a_dispute(state, answer_until=edge, consent_until=edge, due_at=edge)
    if state in (DisputeState.MEDIATION, DisputeState.APPEALED):
        dispute = replace(dispute, mediator=(new_id(), new_id()))
    just_before = edge - timedelta(microseconds=1)
    early, late = transition.guard in PASSES_BEFORE, transition.guard in PASSES_AFTER
    if not late:
        assert step(dispute, act, just_before).state is transition.next
    if not early:
        assert step(dispute, act, edge).state is transition.next
    if early or late:
        with pytest.raises(ConflictError) as refused:
            step(dispute, act, edge if early else just_before)
        assert refused.value.detail["state"] == state


def test_guards_and_events_of_the_table_exist():
    assert {line.guard for line in DISPUTE_TRANSITIONS.values()} == set(DISPUTE_GUARDS)
    assert {line.event for line in DISPUTE_TRANSITIONS.values() if line.event} <= set(EVENTS)
    assert {state for state, _ in DISPUTE_TRANSITIONS} == set(DisputeState) - {DisputeState.CLOSED}


def test_the_page_shows_the_table():
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\w+) \| (\w+) \| ([^|]+?) \| ([^|]+?) \|$", PAGE.read_text(), re.M)
    shown = {(state, act): rest for state, act, *rest in rows if state in list(DisputeState)}
    table = {
        (str(state), str(act)): [str(line.next), line.guard, line.actor, line.event or "-"]
        for (state, act), line in DISPUTE_TRANSITIONS.items()
    }
    assert shown == table


# Opening


def test_opening_freezes_the_commitment_and_tells_everybody(desk, court):
    seen = court.open()
    now = desk.clock.now()
    assert (seen["state"], seen["claim"], seen["you"]) == ("opened", cny("200.00"), "claimant")
    assert seen["answer_until"] == seen["due_at"] == format_time(now + timedelta(hours=24))
    assert seen["consent_until"] == format_time(now + timedelta(hours=48))
    assert court.town.commitment(court.mine)["frozen"]
    assert not court.town.commitment(court.other)["frozen"]
    assert [one["kind"] for one in seen["statements"]] == ["claim"]
    (told,) = desk.uow.outbox.data_of("dispute_opened.v1")
    assert told["claim"] == cny("200.00")
    assert desk.uow.notices.of("dispute_opened")[0].member_id == court.member["member_id"]


def test_a_manager_opens_for_the_member_and_nobody_else_does(court):
    town = court.town
    assert code(NotFoundError, lambda: court.open(who=town.member())) == "campaign.commitment_unknown"
    assert code(NotFoundError, lambda: court.open(who=town.organiser(town.b))) == "campaign.commitment_unknown"
    assert code(ForbiddenError, lambda: court.open(who=town.supplier())) == "kernel.forbidden"
    assert code(ForbiddenError, lambda: court.open(who=NODE)) == "campaign.not_party"
    assert court.open(who=town.partner())["member_id"] == str(court.member["member_id"])


@pytest.mark.parametrize("claim", ["0.00", "256.01", "1000000.00"])
def test_no_more_is_claimed_than_is_left_of_the_price(court, claim):
    with pytest.raises(InvalidError) as refused:
        court.open(claim)
    assert refused.value.detail["errors"][0]["field"] == "claim"
    assert "256.00" in refused.value.detail["errors"][0]["expected"]


def test_a_claim_is_in_the_currency_of_the_campaign(court):
    data = {"commitment_id": court.mine["commitment_id"], "reason": "quality", "text": "x"}
    with pytest.raises(InvalidError, match=r"at most 256\.00 CNY"):
        court.desk.do("open_dispute", {**data, "claim": {"amount": "5.00", "currency": "EUR"}}, **court.member)


def test_one_dispute_at_a_time_per_commitment(court):
    court.open()
    assert code(ConflictError, court.open) == "campaign.disputed"
    court.withdraw()
    assert court.open()["state"] == "opened"


def test_what_was_decided_is_not_disputed_again_for_the_same_reason(desk):
    court = Court(desk, acceptance_hours=500)
    court.to_mediation()
    court.decide(amount="10.00")
    court.pass_(hours=48)
    assert code(ConflictError, court.open) == "campaign.dispute_over"
    assert court.open(reason="safety")["state"] == "opened"


def test_a_dispute_is_opened_from_the_confirmation_to_the_end_of_the_acceptance_window(desk):
    early = Court(desk, delivered=False)
    assert early.open()["state"] == "opened"
    late = Court(desk)
    desk.clock.time = SLOT_START + timedelta(hours=48) - timedelta(microseconds=1)
    assert late.open()["state"] == "opened"
    later = Court(Desk())
    later.desk.clock.time = SLOT_START + timedelta(hours=48)
    assert code(ConflictError, later.open) == "campaign.too_late"
    later.desk.fire_due_timers()
    assert code(ConflictError, later.open) == "campaign.wrong_state"


def test_a_campaign_that_is_not_formed_has_no_disputes():
    court = Court(Desk(), delivered=False)
    town = Town(court.desk)
    town.open()
    paid = town.join(2)
    assert (
        code(ConflictError, lambda: court.open("1.00", who=town.organiser(), commitment=paid)) == "campaign.wrong_state"
    )


def test_the_fee_of_one_who_left_can_be_disputed(desk):
    court = Court(desk, delivered=False)
    desk.clock.time = SLOT_START - timedelta(hours=30)
    left = court.town.leave(court.mine)
    assert (left["state"], left["kept"]) == ("refunded", cny("128.00"))
    court.open("128.00", reason="fee")
    court.answer()
    offered = court.offer(court.town.supplier(), "100.00")
    court.accept(court.member, offered["offers"][0]["offer_id"])
    seen = court.town.commitment(court.mine)
    assert (seen["refunded"], seen["kept"]) == (cny("228.00"), cny("28.00"))


def test_a_deposit_that_waits_for_the_reckoning_is_nobodys_yet(desk):
    rule = {"tier_loss": {"bearer": "dropouts", "deposit_bp": 2000}}
    court = Court(desk, delivered=False, opening=rule)
    left = court.town.leave(court.mine)
    assert (left["refunded"], left["withheld"]) == (cny("204.80"), cny("51.20"))
    assert code(ConflictError, lambda: court.open("1.00", reason="fee")) == "campaign.commitment_state"


# Answer, evidence, consent


def test_the_supplier_answers_once_and_in_its_term(desk, court):
    court.open()
    seen = court.answer()
    assert (seen["state"], seen["due_at"]) == ("answered", seen["consent_until"])
    assert code(ConflictError, court.answer) == "campaign.dispute_state"
    other = Court(Desk())
    other.open()
    other.desk.clock.pass_(hours=24)
    assert code(ConflictError, other.answer) == "campaign.too_late"


def test_the_member_does_not_answer_for_the_supplier_but_the_node_operator_may(court):
    court.open()
    for who in (court.member, court.town.organiser()):
        assert code(ForbiddenError, lambda who=who: court.do("answer_dispute", who, text="x")) == "campaign.not_party"
    assert court.do("answer_dispute", NODE, text="供应商来电说明")["state"] == "answered"


def test_a_silent_supplier_loses_its_turn_and_the_member_is_told(desk, court):
    court.open()
    assert court.pass_(hours=24) == ["advance_dispute"]
    seen = court.see()
    assert (seen["state"], seen["due_at"]) == ("opened", seen["consent_until"])
    assert [one.kind for one in desk.uow.notices.told][-1] == "dispute_unanswered"
    assert court.ask()["state"] == "mediation"


def test_both_sides_bring_evidence_until_a_decision(court):
    court.open()
    file = {"name": "窑.jpg", "sha256": "a" * 64, "size": 12345}
    court.do("add_evidence", court.member, text="照片", files=[file])
    seen = court.do("add_evidence", court.town.supplier(), text="说明")
    assert [(one["kind"], one["by"], one["files"]) for one in seen["statements"]][1:] == [
        ("evidence", "claimant", [file]),
        ("evidence", "supplier", []),
    ]
    court.answer()
    court.ask()
    court.do("add_evidence", court.member, text="还有")
    court.decide(amount="1.00")
    act = lambda: court.do("add_evidence", court.member, text="太晚")  # noqa: E731
    assert code(ConflictError, act) == "campaign.dispute_state"


def test_a_side_does_not_flood_the_file_of_a_case(desk, court, monkeypatch):
    monkeypatch.setattr("services.campaign.handlers.disputes.MOST_STATEMENTS", 3)
    court.open()
    for number in range(2):
        court.do("add_evidence", court.member, text=str(number))
    for act in (lambda: court.do("add_evidence", court.member, text="3"), lambda: court.offer(court.member)):
        assert code(ConflictError, act) == "campaign.statement_limit"
    assert court.do("add_evidence", court.town.supplier(), text="1")["state"] == "opened"


def test_consent_settles_at_once_whoever_offers(desk, court):
    court.open()
    offered = court.offer(court.town.supplier(), "37.50")
    assert desk.uow.notices.of("settlement_offered")[0].member_id == court.member["member_id"]
    seen = court.accept(court.member, offered["offers"][0]["offer_id"])
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "settled", cny("37.50"))
    assert not court.town.commitment(court.mine)["frozen"]
    other = Court(Desk())
    other.open()
    offered = other.offer(other.member, "10.00")
    assert other.accept(other.town.supplier(), offered["offers"][0]["offer_id"])["refunded"] == cny("10.00")


def test_only_the_newest_offer_of_the_other_side_can_be_accepted(court):
    court.open()
    supplier = court.town.supplier()
    first = court.offer(supplier, "10.00")["offers"][0]["offer_id"]
    second = court.offer(supplier, "20.00")["offers"][0]["offer_id"]
    own = court.offer(court.member, "90.00")["offers"][1]["offer_id"]
    assert code(NotFoundError, lambda: court.accept(court.member, first)) == "campaign.offer_unknown"
    assert code(NotFoundError, lambda: court.accept(court.member, own)) == "campaign.offer_unknown"
    assert code(NotFoundError, lambda: court.accept(supplier, second)) == "campaign.offer_unknown"
    assert court.accept(court.member, second)["refunded"] == cny("20.00")


def test_an_offer_is_within_the_claim(court):
    court.open("100.00")
    with pytest.raises(InvalidError, match="amount"):
        court.offer(court.member, "100.01")
    assert court.offer(court.member, "0.00")["offers"][0]["amount"] == cny("0.00")


def test_consent_is_possible_in_mediation_and_on_appeal_too_and_the_mediator_is_told(desk, court):
    court.to_mediation()
    offered = court.offer(court.town.supplier(), "60.00")
    court.accept(court.member, offered["offers"][0]["offer_id"])
    assert desk.uow.notices.of("mediator_discharged")[0].member_id in {one["member_id"] for one in court.judges}
    other = Court(Desk())
    other.to_mediation()
    other.decide(amount="0.00")
    assert code(ConflictError, lambda: other.offer(other.member)) == "campaign.dispute_state"
    other.appeal()
    offered = other.offer(other.town.supplier(), "5.00")
    assert other.accept(other.member, offered["offers"][0]["offer_id"])["outcome"] == "settled"


def test_a_claim_is_given_up_before_a_decision_only(court):
    court.to_mediation()
    assert code(ForbiddenError, lambda: court.withdraw(court.town.supplier())) == "campaign.not_party"
    court.decide(amount="0.00")
    assert code(ConflictError, court.withdraw) == "campaign.dispute_state"


def test_what_is_withdrawn_goes_its_way(court):
    court.open()
    seen = court.withdraw()
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "withdrawn", cny("0.00"))
    assert court.money() == (25600, 20480, 5120)


# Mediation


def test_a_mediator_is_asked_for_after_the_answer_or_its_term(desk, court):
    court.open()
    assert code(ConflictError, court.ask) == "campaign.too_early"
    desk.clock.pass_(hours=24)
    assert court.ask(court.town.supplier())["state"] == "mediation"
    other = Court(Desk())
    other.open()
    other.answer()
    assert other.ask()["decided_by"] == "mediator"


def test_a_mediator_comes_by_itself_when_consent_was_not_found(desk, court):
    court.open()
    court.pass_(hours=24)
    court.pass_(hours=24)
    seen = court.see()
    assert (seen["state"], seen["due_at"]) == ("mediation", format_time(desk.clock.now() + timedelta(hours=72)))


def test_after_days_of_downtime_one_look_is_enough(desk, court):
    court.open()
    assert court.pass_(days=9).count("advance_dispute") == 1
    assert court.see()["state"] == "mediation"


def test_the_mediator_is_told_and_the_parties_learn_only_that_there_is_one(desk, court):
    court.to_mediation()
    (told,) = desk.uow.outbox.data_of("mediator_notified.v1")
    assert told["member_id"] == str(court.judge()["member_id"])
    assert told["kind"] == "mediator_assigned"
    assert [one["action"] for one in told["options"]] == ["decide_dispute", "decline_case"]
    for who in (court.member, court.town.supplier()):
        assert told["member_id"] not in str(court.see(who))


def test_a_mediator_whose_term_is_over_loses_the_case_to_the_next(desk, court):
    court.to_mediation()
    first = court.judge()
    court.pass_(hours=72)
    second = court.judge()
    assert second != first
    assert code(NotFoundError, lambda: court.see(first)) == "campaign.dispute_unknown"
    assert code(NotFoundError, lambda: court.decide(first, amount="1.00")) == "campaign.dispute_unknown"
    assert desk.uow.notices.of("mediator_discharged")[0].member_id == first["member_id"]
    assert court.decide(second, amount="1.00")["state"] == "decided"


def test_the_term_of_a_mediator_is_that_of_the_clock_and_not_of_its_timer(desk, court):
    court.to_mediation()
    desk.clock.pass_(hours=72)
    assert code(ConflictError, lambda: court.decide(amount="1.00")) == "campaign.too_late"


def test_the_node_operator_decides_where_no_mediator_is_left(desk, court):
    court.to_mediation()
    court.pass_(hours=72)
    assert code(ForbiddenError, lambda: court.decide(NODE, amount="1.00")) == "campaign.not_party"
    court.pass_(hours=72)
    assert court.stored().mediator is None
    assert court.see(court.member)["decided_by"] == "node_operator"
    told = len(desk.uow.notices.told)
    court.pass_(hours=72)
    assert len(desk.uow.notices.told) == told
    desk.clock.pass_(hours=80)
    assert court.decide(NODE, amount="1.00")["state"] == "decided"


def test_a_mediator_that_is_named_later_takes_the_case_over_from_the_operator(desk):
    empty = Court(desk, mediators=0)
    empty.to_mediation()
    assert empty.stored().mediator is None
    fresh = empty.name()
    empty.pass_(hours=72)
    assert empty.judge() == fresh


def test_a_mediator_declines_a_case_in_which_it_has_an_interest(desk, court):
    court.to_mediation()
    first = court.judge()
    seen = court.do("decline_case", first, text="我认识其中一方")
    assert (seen["you"], seen["options"], seen["member_id"]) == (None, [], None)
    assert court.judge() != first
    assert code(ForbiddenError, lambda: court.do("decline_case", court.member)) == "campaign.not_party"


# Decision and appeal


def test_a_decision_waits_for_an_appeal_and_is_then_executed(desk, court):
    court.to_mediation()
    seen = court.decide(share_bp=3750)
    assert (seen["state"], seen["decisions"][0]["amount"]) == ("decided", cny("75.00"))
    assert court.money() == (25600, 20480, 5120)
    assert "advance_dispute" in court.pass_(hours=48)
    seen = court.see()
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "decided", cny("75.00"))
    (told,) = desk.uow.outbox.data_of("dispute_closed.v1")
    assert (told["outcome"], told["refunded"], told["claim"], told["days"]) == (
        "decided",
        cny("75.00"),
        cny("200.00"),
        2,
    )


def test_an_appeal_goes_to_another_mediator_whose_decision_is_final(desk, court):
    court.to_mediation()
    first = court.judge()
    court.decide(amount="75.00")
    seen = court.appeal(court.town.supplier())
    assert (seen["state"], seen["appealed_by"]) == ("appealed", "supplier")
    second = court.judge()
    assert second != first
    assert code(NotFoundError, lambda: court.decide(first, amount="1.00")) == "campaign.dispute_unknown"
    seen = court.decide(second, amount="80.00")
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "decided_finally", cny("80.00"))
    assert code(ConflictError, court.appeal) == "campaign.dispute_state"
    assert [one["final"] for one in desk.uow.outbox.data_of("dispute_decided.v1")] == [False, True]


def test_an_appeal_is_made_in_its_term_once_and_by_a_party(desk, court):
    court.to_mediation()
    judge = court.judge()
    court.decide(amount="75.00")
    assert code(ForbiddenError, lambda: court.appeal(judge)) == "campaign.not_party"
    desk.clock.pass_(hours=48)
    assert code(ConflictError, court.appeal) == "campaign.too_late"
    desk.fire_due_timers()
    assert code(ConflictError, court.appeal) == "campaign.dispute_state"


def test_a_decision_is_within_the_claim_and_said_one_way(court):
    court.to_mediation()
    with pytest.raises(InvalidError, match="amount"):
        court.decide(amount="200.01")
    for data in ({}, {"amount": cny("1.00"), "share_bp": 1}):
        with pytest.raises(InvalidError, match="one of the two"):
            court.do("decide_dispute", court.judge(), text="x", **data)


def test_only_the_mediator_of_the_case_decides(court):
    court.to_mediation()
    other = next(one for one in court.judges if one != court.judge())
    assert code(NotFoundError, lambda: court.decide(other, amount="1.00")) == "campaign.dispute_unknown"
    assert code(ForbiddenError, lambda: court.decide(court.member, amount="1.00")) == "campaign.not_party"
    assert code(ForbiddenError, lambda: court.decide(court.town.supplier(), amount="1.00")) == "kernel.forbidden"


# What a dispute freezes


def test_nothing_of_a_frozen_commitment_moves_and_everything_of_the_others(desk):
    court = Court(desk, delivered=False)
    court.open()
    for act in (
        lambda: court.town.leave(court.mine),
        lambda: desk.do("change_seats", {"commitment_id": court.mine["commitment_id"], "seats": 1}, **court.member),
    ):
        assert code(ConflictError, act) == "campaign.disputed"
    to = new_id()
    court.town.know(to, court.town.a)
    data = {"commitment_id": court.mine["commitment_id"], "member_id": str(to)}
    assert code(ConflictError, lambda: desk.do("hand_over", data, **court.town.organiser())) == "campaign.disputed"
    court.deliver()
    assert court.money() == (25600, 7680, 17920)
    assert court.money(court.other) == (128000, 102400, 25600)


def test_a_campaign_is_settled_when_its_last_dispute_is_closed(desk, court):
    case = court.open()
    other = court.open("1.00", who=court.town.organiser(court.town.b), commitment=court.other)
    court.pass_(hours=48)
    assert court.town.see()["state"] == "delivered"
    assert court.money(court.other) == (128000, 102400, 25600)
    court.do("withdraw_dispute", court.town.organiser(court.town.b), case=other)
    assert court.town.see()["state"] == "delivered"
    assert court.money(court.other) == (128000, 128000, 0)  # it waits for no other dispute
    assert court.money() == (25600, 20480, 5120)
    court.case = case
    court.decide(amount="100.00")
    court.appeal()
    court.decide(amount="120.00")
    seen = court.town.see()
    assert seen["state"] == "settled"
    assert seen["money"]["escrow"] == cny("0.00")
    assert court.money() == (13600, 13600, 0)
    assert desk.uow.outbox.names().count("campaign_settled.v1") == 1
    told = {one["commitment_id"]: one for one in desk.uow.outbox.data_of("campaign_settled.v1")[0]["commitments"]}
    assert [one["outcome"] for one in told[court.other["commitment_id"]]["disputes"]] == ["withdrawn"]
    mine = told[court.mine["commitment_id"]]
    assert (mine["refunded"], mine["released"]) == (cny("120.00"), cny("136.00"))
    assert [(one["outcome"], one["refunded"]) for one in mine["disputes"]] == [("decided_finally", cny("120.00"))]


def test_others_are_settled_in_time_while_a_dispute_is_open(desk, court):
    court.open()
    desk.clock.pass_(hours=48)
    desk.fire_due_timers()
    assert court.money(court.other) == (128000, 128000, 0)
    assert court.money() == (25600, 20480, 5120)
    assert court.town.see()["state"] == "delivered"


def test_a_dispute_that_ends_before_the_delivery_lets_the_plan_go_on(desk):
    court = Court(desk, delivered=False)
    court.open("56.00")
    court.accept(court.member, court.offer(court.town.supplier(), "56.00")["offers"][0]["offer_id"])
    assert court.money() == (20000, 7680, 12320)
    court.deliver()
    assert court.money() == (20000, 16000, 4000)
    court.pass_(hours=48)
    assert court.money() == (20000, 20000, 0)
    assert court.town.see()["state"] == "settled"


def test_after_a_part_came_back_no_seat_given_up_brings_more_than_is_left(desk):
    court = Court(desk, delivered=False)
    court.open("200.00")
    court.accept(court.member, court.offer(court.town.supplier(), "200.00")["offers"][0]["offer_id"])
    seen = desk.do("change_seats", {"commitment_id": court.mine["commitment_id"], "seats": 1}, **court.member)
    assert (seen["seats"], seen["refunded"]) == (1, cny("256.00"))
    assert court.money() == (0, 0, 0)


def test_a_campaign_that_is_called_off_gives_everything_back_and_closes_its_disputes(desk):
    court = Court(desk, delivered=False)
    court.to_mediation()
    court.town.act("cancel_campaign", reason="暴雨", cause="weather")
    seen = court.see()
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "called_off", cny("0.00"))
    found = court.town.commitment(court.mine)
    assert (found["state"], found["refunded"], found["frozen"]) == ("refunded", cny("256.00"), False)
    assert desk.uow.notices.of("mediator_discharged")
    court.pass_(days=30)
    assert court.see()["outcome"] == "called_off"


# Mediators


def test_an_operator_names_members_of_its_own_community(desk, court):
    community, member = new_id(), new_id()
    data = {"community_id": str(community), "member_id": str(member)}
    who = {"role": "community_operator", "community_id": community}
    assert code(NotFoundError, lambda: desk.do("name_mediator", data, **who)) == "campaign.member_unknown"
    court.town.know(member, community)
    stranger = {"role": "community_operator", "community_id": new_id()}
    assert code(NotFoundError, lambda: desk.do("name_mediator", data, **stranger)) == "campaign.member_unknown"
    assert code(ForbiddenError, lambda: desk.do("name_mediator", data, **court.town.organiser())) == "kernel.forbidden"
    named = desk.do("name_mediator", data, **who)
    assert (named["member_id"], named["ended_at"], named["open_cases"]) == (str(member), None, 0)
    desk.clock.pass_(days=1)
    assert desk.do("name_mediator", data, **who)["named_at"] == named["named_at"]
    assert code(NotFoundError, lambda: desk.do("end_mediator", data, **stranger)) == "campaign.mediator_unknown"
    ended = desk.do("end_mediator", data, **who)
    assert ended["ended_at"] == format_time(desk.clock.now())
    assert desk.do("name_mediator", data, **who)["ended_at"] is None


def test_one_who_is_ended_loses_its_cases_at_once(desk, court):
    court.to_mediation()
    first = court.judge()
    data = {"community_id": str(first["community_id"]), "member_id": str(first["member_id"])}
    assert (
        desk.do("end_mediator", data, role="community_operator", community_id=first["community_id"])["open_cases"] == 1
    )
    assert code(ForbiddenError, lambda: court.decide(first, amount="1.00")) == "campaign.not_party"
    assert desk.fire_due_timers() == ["advance_dispute"]
    assert court.judge() != first
    assert court.see()["state"] == "mediation"
