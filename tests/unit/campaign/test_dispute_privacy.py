"""Who sees what of a dispute: each border is crossed once and found closed."""

import json

import pytest

from services.kernel.errors import NotFoundError
from services.kernel.ids import new_id
from tests.builders_campaign import Desk
from tests.builders_disputes import Court, operator

NODE = {"role": "node_operator"}


@pytest.fixture
def court():
    court = Court(Desk())
    court.to_mediation()
    return court


def personal(court):
    """Everything by which somebody could tell who the member is."""
    return [court.mine["commitment_id"], str(court.member["member_id"]), str(court.town.a)]


def text_of(seen):
    return json.dumps(seen, ensure_ascii=False)


def test_the_member_and_who_manages_its_community_see_it_whole(court):
    for who in (court.member, court.town.organiser(), court.town.partner(), operator(court.town.a), NODE):
        seen = court.see(who)
        assert [seen["commitment_id"], seen["member_id"], seen["community_id"]] == personal(court)
        assert seen["supplier_id"] == court.town.supplier_id


def test_the_supplier_sees_a_case_and_not_whose_it_is(court):
    seen = court.see(court.town.supplier())
    assert (seen["you"], seen["supplier_id"]) == ("supplier", court.town.supplier_id)
    assert (seen["commitment_id"], seen["member_id"], seen["community_id"]) == (None, None, None)
    assert not [one for one in personal(court) if one in text_of(seen)]


def test_the_mediator_sees_neither_side(court):
    seen = court.see(court.judge())
    assert (seen["you"], seen["supplier_id"], seen["member_id"]) == ("mediator", None, None)
    hidden = [*personal(court), court.town.supplier_id, "泥巴工坊", str(court.registrar)]
    assert not [one for one in hidden if one in text_of(seen)]
    assert [one["text"] for one in seen["statements"]] == ["窑坏了", "已补课"]


def test_neither_side_learns_who_mediates_or_has_mediated(court):
    first = court.judge()
    court.pass_(hours=72)
    names = [str(one[name]) for one in (first, court.judge()) for name in ("member_id", "community_id")]
    for who in (court.member, court.town.organiser(), court.town.supplier()):
        assert not [one for one in names if one in text_of(court.see(who))]


def stranger(kind, court):
    town, judge = court.town, court.judge()
    return {
        "another member of the community": town.member(),
        "the other community of the campaign": town.organiser(town.b),
        "its operator": operator(town.b),
        "another member of the other community": town.member(town.b),
        "another supplier": {"role": "supplier", "supplier_id": new_id()},
        "the community that registered the supplier": operator(court.registrar),
        "the operator of the mediator": operator(judge["community_id"]),
        "an organiser of the mediator's community": {**judge, "role": "organiser", "member_id": new_id()},
        "a partner of the mediator's community": {"role": "partner", "community_id": judge["community_id"]},
        "another mediator": next(one for one in court.judges if one != judge),
        "the mediator's member in another community": {**judge, "community_id": new_id()},
    }[kind]


KINDS = [
    "another member of the community",
    "the other community of the campaign",
    "its operator",
    "another member of the other community",
    "another supplier",
    "the community that registered the supplier",
    "the operator of the mediator",
    "an organiser of the mediator's community",
    "a partner of the mediator's community",
    "another mediator",
    "the mediator's member in another community",
]


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_do_not_learn_that_there_is_a_dispute(court, kind):
    who = stranger(kind, court)
    acts = [lambda: court.see(who)]
    if who["role"] != "community_operator":
        acts.append(lambda: court.do("add_evidence", who, text="x"))
    for act in acts:
        with pytest.raises(NotFoundError) as refused:
            act()
        assert refused.value.code == "campaign.dispute_unknown"


def test_no_other_dispute_is_found_than_ones_own(court):
    other = Court(Desk())
    other.open()
    assert other.see(other.member)["you"] == "claimant"
    with pytest.raises(NotFoundError):
        other.see(court.member)


def test_events_hold_nothing_personal(court):
    court.decide(amount="10.00")
    court.appeal()
    court.decide(amount="20.00")
    told = [data for name, _, data in court.uow.outbox.events if name.startswith("dispute_")]
    assert len(told) == 6
    judges = [str(one["member_id"]) for one in court.judges]
    for data in told:
        assert not [one for one in [*personal(court), *judges, "窑坏了"] if one in text_of(data)]


def test_a_mediator_is_told_of_a_case_and_not_whose_it_is(court):
    told = court.uow.outbox.data_of("mediator_notified.v1")
    notices = [one for one in court.uow.notices.told if one.kind.startswith("mediator_")]
    assert len(told) == len(notices) == 1
    assert notices[0].commitment_id is None
    assert not [one for one in [*personal(court), court.town.supplier_id] if one in text_of(told)]


def test_notices_of_disputes_are_in_both_languages_and_name_nobody():
    court = Court(Desk(), mediators=3)
    supplier = court.town.supplier()
    court.open()
    court.pass_(hours=24)
    court.offer(supplier)
    court.pass_(hours=24)
    court.pass_(hours=72)
    court.decide(amount="10.00")
    court.appeal(supplier)
    court.decide(amount="20.00")
    told = [one for one in court.uow.notices.told if one.dispute_id is not None]
    kinds = {one.kind for one in told}
    assert kinds == {
        *("dispute_opened", "dispute_unanswered", "settlement_offered", "dispute_in_mediation", "dispute_decided"),
        *("dispute_appealed", "dispute_closed", "mediator_assigned", "mediator_discharged"),
    }
    for one in told:
        assert "亲子陶艺课" in one.zh
        assert one.zh != one.en
        assert one.en.replace("亲子陶艺课", "").replace("“", "").replace("”", "").isascii()
        assert not [each for each in personal(court) if each in one.zh + one.en]
