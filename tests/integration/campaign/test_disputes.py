"""Terms, mediators and disputes on a real PostgreSQL: what unit tests cannot see is SQL, locks, CHECKs and lists."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.campaign import views
from services.campaign.domain.ledger import fund_account
from services.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import Town, cny
from tests.builders_disputes import STANDARD, Court, ids, operator

NODE = {"role": "node_operator"}
TEXT = {"zh": "甲", "en": "A"}


def verify(desk):
    with desk.new_uow() as uow:
        return views.verify_ledger(uow)


def events_of(desk, dispute_id):
    outbox = desk.new_uow().tables.outbox
    with desk.new_uow() as uow:
        rows = uow.connection.execute(outbox.select().order_by(outbox.c.position))
        return [row.routing_key for row in rows if row.subject == dispute_id]


def listed(desk, who, view="list_disputes", /, **asked):
    return desk.ask(view, asked, **who)["items"]


@pytest.fixture
def alone(engine):
    """Let the mediators of earlier tests have ended, so that who gets a case is known."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE campaign.mediators SET ended_at = now() WHERE ended_at IS NULL"))


@pytest.fixture
def court(desk, alone):
    return Court(desk)


def test_a_dispute_lives_from_the_claim_to_the_final_decision(desk, court):
    town = court.town
    court.open("200.00")
    court.answer()
    court.do("add_evidence", court.member, text="照片", files=[{"name": "窑.jpg", "sha256": "a" * 64, "size": 9}])
    court.offer(town.supplier(), "20.00")
    court.offer(court.member, "150.00")
    court.ask()
    first = court.judge()
    court.decide(share_bp=3750)
    court.pass_(hours=47)
    assert town.see()["state"] == "delivered"
    court.appeal(town.supplier())
    assert court.judge() != first
    court.pass_(hours=1)
    assert town.commitment(court.other)["frozen"] is False
    seen = court.decide(amount="75.00")
    assert (seen["state"], seen["outcome"], seen["refunded"]) == ("closed", "decided_finally", cny("75.00"))
    assert [one["amount"] for one in seen["decisions"]] == [cny("75.00"), cny("75.00")]
    whole = court.see()
    assert [one["kind"] for one in whole["statements"]] == [
        *("claim", "answer", "evidence", "offer", "offer", "decision", "appeal", "decision"),
    ]
    campaign = town.see()
    assert campaign["state"] == "settled"
    assert campaign["money"]["refunded"] == cny("75.00")
    assert campaign["money"]["escrow"] == cny("0.00")
    assert events_of(desk, court.case["dispute_id"]) == [
        "dispute_opened.v1",
        "dispute_answered.v1",
        "mediator_notified.v1",
        "dispute_decided.v1",
        "dispute_appealed.v1",
        "mediator_notified.v1",
        "mediator_notified.v1",
        "dispute_decided.v1",
        "dispute_closed.v1",
    ]
    assert verify(desk) == []


def test_a_settlement_after_everything_was_released_comes_back_from_its_receivers(desk, alone):
    court = Court(desk, release=(("confirmed", 3333), ("delivered", 6667), ("accepted", 0)))
    court.open("199.99")
    court.accept(court.member, court.offer(court.town.supplier(), "199.99")["offers"][0]["offer_id"])
    assert court.town.commitment(court.mine)["refunded"] == cny("199.99")
    assert verify(desk) == []


def test_a_fund_that_was_spent_does_not_keep_a_decision_from_being_executed(desk, alone):
    court = Court(desk, release=(("confirmed", 3000), ("delivered", 7000), ("accepted", 0)))
    with desk.new_uow() as uow:
        spend = """
            INSERT INTO campaign.transfers
                (transfer_id, key, kind, debit_account, credit_account, amount_minor, currency, created_at)
            SELECT gen_random_uuid(), 'spent:' || account, 'correction', account, 'platform', balance, currency, now()
            FROM campaign.accounts WHERE account = :fund
        """
        uow.connection.execute(text(spend), {"fund": fund_account(court.town.a)})
        uow.commit()
    court.open("256.00")
    court.accept(court.member, court.offer(court.town.supplier(), "256.00")["offers"][0]["offer_id"])
    assert court.town.commitment(court.mine)["refunded"] == cny("256.00")
    assert verify(desk) == []


def test_a_campaign_that_is_called_off_closes_its_disputes(desk, alone):
    court = Court(desk, delivered=False)
    court.to_mediation()
    court.town.act("cancel_campaign", reason="暴雨", cause="weather")
    assert court.see()["outcome"] == "called_off"
    assert verify(desk) == []


def test_a_frozen_commitment_without_a_dispute_is_found(desk, court, engine):
    court.open()
    with desk.new_uow() as uow:
        freeze = text("UPDATE campaign.commitments SET frozen = NOT frozen WHERE campaign_id = :id")
        uow.connection.execute(freeze, {"id": court.town.campaign_id})
        subjects = {line["subject"] for line in views.verify_ledger(uow)}
        uow.rollback()
    assert subjects == {f"dispute of commitment {one['commitment_id']}" for one in (court.mine, court.other)}


# Lists


def test_each_finds_the_disputes_in_which_it_has_a_part(desk, court):
    town = court.town
    mine = court.open()["dispute_id"]
    theirs = court.open("1.00", who=town.organiser(town.b), commitment=court.other)["dispute_id"]

    def found(who, **asked):
        return [one["dispute_id"] for one in listed(desk, who, campaign_id=town.campaign_id, **asked)]

    assert found(court.member) == found(town.organiser()) == found(operator(town.a)) == [mine]
    assert found(town.organiser(town.b)) == [theirs]
    assert found(town.supplier()) == found(NODE) == [theirs, mine]
    for stranger in (
        town.member(),
        operator(court.registrar),
        court.judges[0],
        {"role": "supplier", "supplier_id": new_id()},
    ):
        assert found(stranger) == []
    court.answer()
    court.ask(town.supplier())
    judge = court.judge()
    assert found(judge) == [theirs]
    assert found(operator(judge["community_id"])) == []
    assert found({**judge, "role": "organiser", "member_id": new_id()}) == []
    assert found({**judge, "community_id": new_id()}) == []
    assert found(NODE, state="mediation") == [theirs]
    assert found(NODE, state="closed") == []


def test_a_list_hides_from_the_supplier_and_the_mediator_whose_a_case_is(desk, court):
    court.to_mediation()
    for who in (court.town.supplier(), court.judge()):
        (one,) = listed(desk, who, campaign_id=court.town.campaign_id)
        assert (one["commitment_id"], one["member_id"], one["community_id"]) == (None, None, None)
        assert str(court.member["member_id"]) not in str(one)


def test_pages_of_disputes_follow_each_other(desk, court):
    court.open()
    court.withdraw()
    court.open()
    asked = {"campaign_id": court.town.campaign_id, "limit": 1}
    first = desk.ask("list_disputes", asked, **court.member)
    second = desk.ask("list_disputes", {**asked, "cursor": first["next_cursor"]}, **court.member)
    assert [one["state"] for one in first["items"] + second["items"]] == ["opened", "closed"]
    assert second["next_cursor"] is None


def test_what_a_mediator_is_told_is_for_it_alone(desk, court):
    court.to_mediation()
    judge = court.judge()
    (told,) = listed(desk, judge, "list_notices")
    assert (told["kind"], told["commitment_id"], told["dispute_id"]) == (
        "mediator_assigned",
        None,
        court.case["dispute_id"],
    )
    assert listed(desk, operator(judge["community_id"]), "list_notices") == []
    kinds = [one["kind"] for one in listed(desk, court.member, "list_notices")]
    assert kinds[:3] == ["dispute_in_mediation", "dispute_answered", "dispute_opened"]
    managers = listed(desk, court.town.organiser(), "list_notices")
    assert {one["kind"] for one in managers} >= set(kinds[:3])
    assert all(one["member_id"] != str(judge["member_id"]) for one in managers)


def test_an_operator_lists_its_own_mediators(desk, court):
    community = court.judges[0]["community_id"]
    court.name(community)
    found = desk.ask("list_mediators", {"community_id": str(community), "limit": 1}, **operator(community))
    rest = desk.ask(
        "list_mediators", {"community_id": str(community), "cursor": found["next_cursor"]}, **operator(community)
    )
    assert len(found["items"] + rest["items"]) == 2
    with pytest.raises(NotFoundError):
        desk.ask("list_mediators", {"community_id": str(community)}, **operator(new_id()))
    with pytest.raises(ForbiddenError):
        desk.ask("list_mediators", {"community_id": str(community)}, **court.judges[0])


# Who gets a case, as SQL finds it


@pytest.mark.parametrize("whose", ["own", "of_the_household", "of_another"])
def test_what_a_mediator_or_its_household_bought_of_the_supplier_counts(desk, alone, whose):
    court = Court(desk, mediators=0, delivered=False)
    community, member, other = new_id(), new_id(), new_id()
    shop = Town(desk, communities={community: 10}, supplier_id=court.town.supplier_id)
    shop.open()
    court.town.know(other, community, household=member if whose == "of_the_household" else None)
    court.name(community, member)
    shop.reserve(1, {"role": "member", "community_id": community, "member_id": member if whose == "own" else other})
    court.to_mediation()
    assert (court.stored().mediator is None) is (whose != "of_another")


@pytest.mark.parametrize(("days", "is_free"), [(170, False), (200, True)])
def test_a_purchase_is_forgotten_after_180_days(desk, alone, engine, days, is_free):
    court = Court(desk, mediators=0, delivered=False)
    community, member = new_id(), new_id()
    shop = Town(desk, communities={community: 10}, supplier_id=court.town.supplier_id)
    shop.open()
    bought = shop.join(10)
    court.name(community, member)
    with engine.begin() as connection:
        made = text(
            "UPDATE campaign.commitments SET member_id = :m, household_id = :m, state = 'delivered', created_at = :t "
            "WHERE commitment_id = :id"
        )
        at = desk.clock.now() - timedelta(days=days)
        connection.execute(made, {"m": member, "t": at, "id": bought["commitment_id"]})
    court.to_mediation()
    assert (court.stored().mediator is not None) is is_free


def test_cases_are_spread_by_how_many_are_open(desk, alone):
    first, second = Court(desk, mediators=2, delivered=False), Court(desk, mediators=0, delivered=False)
    order = sorted(judge["member_id"] for judge in first.judges)
    got = []
    for court in (first, second):
        court.to_mediation()
        got.append(court.stored().mediator.member_id)
    assert got == order
    first.withdraw()
    third = Court(desk, mediators=0, delivered=False)
    third.to_mediation()
    assert third.stored().mediator.member_id == order[0]


def test_who_is_ended_loses_its_cases(desk, court):
    court.to_mediation()
    first = court.judge()
    data = ids(community_id=first["community_id"], member_id=first["member_id"])
    assert desk.do("end_mediator", data, **operator(first["community_id"]))["ended_at"] is not None
    assert desk.fire_due_timers() == ["advance_dispute"]
    assert court.judge() != first
    assert verify(desk) == []


def test_an_older_word_about_a_supplier_changes_nothing(desk, court):
    newer = new_id()
    court.hear_of_supplier(newer, version=5)
    court.hear_of_supplier(new_id(), version=4)
    with desk.new_uow() as uow:
        assert uow.suppliers.registered_by(court.town.supplier_id) == newer


# Terms


def test_the_terms_are_stored_as_they_were_hashed(desk, engine):
    town = Town(desk)
    opened = town.open(terms="standard", disputes={"answer_hours": 12.5})
    shown = desk.ask("get_campaign_terms", {"campaign_id": town.campaign_id}, **town.member())
    assert shown["digest"] == opened["rules"]["terms_digest"] == town.see()["rules"]["terms_digest"]
    assert town.see()["rules"]["disputes"]["answer_hours"] == 12.5
    forged = text("UPDATE campaign.campaign_terms SET document = document || ' ' WHERE campaign_id = :id")
    with engine.connect() as connection, pytest.raises(IntegrityError, match="campaign_terms_digest"):
        connection.execute(forged, {"id": town.campaign_id})
    accepted = {"campaign_id": town.campaign_id, "terms_digest": shown["digest"]}
    assert desk.do("accept_terms", accepted, **town.supplier())["accepted_by_supplier"]["by"] == "supplier"
    held = desk.do("reserve_seats", {**accepted, "seats": 1}, **town.member())
    assert town.pay(held)["terms_accepted_at"] == held["terms_accepted_at"]
    with pytest.raises(ConflictError):
        town.join(1)


def test_versions_of_a_template_count_per_owner(desk):
    mine, theirs = operator(new_id()), operator(new_id())
    template = {"name": "course", "title": TEXT, "organiser": TEXT, "supplier": TEXT, "participant": TEXT}
    versions = [desk.do("add_terms", template, **who)["version"] for who in (mine, mine, theirs, mine)]
    assert versions == [1, 2, 1, 3]
    found = listed(desk, mine, "list_terms", name="course")
    assert [one["version"] for one in found] == [1, 2, 3]
    everything = listed(desk, theirs, "list_terms")
    assert everything[0]["terms_id"] == STANDARD
    assert {one["community_id"] for one in everything} == {None, str(theirs["community_id"])}


def test_pages_of_terms_follow_each_other(desk):
    mine = operator(new_id())
    template = {"name": "course", "title": TEXT, "organiser": TEXT, "supplier": TEXT, "participant": TEXT}
    for _ in range(3):
        desk.do("add_terms", template, **mine)
    seen, cursor = [], None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = desk.ask("list_terms", asked, **mine)
        seen += [
            (one["name"], one["version"]) for one in page["items"] if one["community_id"] or one["name"] == "standard"
        ]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [("standard", 1), ("course", 1), ("course", 2), ("course", 3)]


# What the database enforces


def test_one_open_dispute_per_commitment_is_a_matter_of_the_database_too(desk, court, engine):
    court.open()
    again = """
        INSERT INTO campaign.disputes SELECT gen_random_uuid(), campaign_id, commitment_id, community_id, member_id,
        supplier_id, currency, state, reason, claim_minor, offers, decisions, answer_until, consent_until, answered_at,
        due_at, mediator_id, mediator_community_id, past_mediators, appealed_by, outcome, refunded_minor, opened_at,
        closed_at, version FROM campaign.disputes WHERE dispute_id = :id
    """
    with engine.connect() as connection, pytest.raises(IntegrityError, match="disputes_open"):
        connection.execute(text(again), {"id": court.case["dispute_id"]})


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("refunded_minor = claim_minor + 1", "disputes_refund_within_claim"),
        ("state = 'closed'", "disputes_closed"),
    ],
)
def test_disputes_are_guarded_by_the_database(desk, court, engine, change, guard):
    court.open()
    with engine.connect() as connection, pytest.raises(IntegrityError, match=guard):
        connection.execute(
            text(f"UPDATE campaign.disputes SET {change} WHERE dispute_id = :id"), {"id": court.case["dispute_id"]}
        )
