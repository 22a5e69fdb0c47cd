"""Terms: templates are versions, a campaign has one document, its digest is what everybody accepts."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.rules import DisputeTerms
from services.campaign.domain.terms_document import canonical, digest_of, document_of, fix_terms
from services.campaign.domain.terms_texts import STANDARD_TERMS
from services.kernel.clock import format_time
from services.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.kernel.ids import new_id
from tests.builders_asking import know_supplier
from tests.builders_campaign import DEADLINE, Desk, Town
from tests.builders_disputes import STANDARD, Court, operator

BOTH = {"zh": "甲", "en": "A"}
TEXTS = dict.fromkeys(("title", "organiser", "supplier", "participant"), BOTH)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def town(desk):
    town = Town(desk)
    town.open(terms="standard")
    return town


def terms_of(town, who=None):
    return town.desk.ask("get_campaign_terms", {"campaign_id": town.campaign_id}, **(who or {"role": "node_operator"}))


def code(kind, act):
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


def digest_by_hand(document):
    """As DISPUTES.md tells anybody to do it."""
    return hashlib.sha256(
        json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


# The document


def test_anybody_can_recompute_the_digest_from_the_document_that_is_shown(town):
    shown = terms_of(town, town.member())
    received = json.loads(json.dumps(shown))  # as a client has it
    assert digest_by_hand(received["document"]) == shown["digest"] == town.see()["rules"]["terms_digest"]


def test_a_document_that_is_changed_by_one_fen_has_another_digest(town):
    shown = terms_of(town)
    shown["document"]["facts"]["tiers"][0]["price"] = "128.01"
    assert digest_by_hand(shown["document"]) != shown["digest"]


def test_the_document_holds_no_number_that_languages_write_differently(town):
    def floats(value):
        if isinstance(value, dict):
            return [one for inner in value.values() for one in floats(inner)]
        if isinstance(value, list):
            return [one for inner in value for one in floats(inner)]
        return [value] if isinstance(value, float) else []

    assert floats(terms_of(town)["document"]) == []


def test_the_document_says_what_the_rules_fix_and_names_nobody(desk):
    shares = {"supplier_bp": 9000, "organiser_bp": 1000, "community_bp": 0, "platform_bp": 0}
    town = Town(desk, fallback_tiers=[(5, "138.00")], shares=shares)
    town.open(
        terms="standard",
        min_seats=12,
        on_missed={"action": "smaller_tier"},
        tier_loss={"bearer": "dropouts", "deposit_bp": 1500},
        limits={"per_member": 4},
        disputes={"answer_hours": 12.5},
    )
    document = terms_of(town)["document"]
    facts = document["facts"]
    assert facts["tiers"][0] == {"seats": 10, "price": "128.00"}
    assert facts["fallback_tiers"] == [{"seats": 5, "price": "138.00"}]
    assert facts["seats"] == {"minimum": 12, "maximum": 30}
    assert facts["on_missed"]["action"] == "smaller_tier"
    assert facts["cancellation"]["steps"] == [
        {"hours_before": "72", "refund_bp": 10000},
        {"hours_before": "24", "refund_bp": 5000},
    ]
    assert facts["tier_loss"] == {"bearer": "dropouts", "deposit_bp": 1500}
    assert facts["shares"]["organiser_bp"] == 1000
    assert [one["share_bp"] for one in facts["release"]] == [3000, 5000, 2000]
    assert facts["limits"] == {"per_member": 4, "per_household": None}
    assert facts["disputes"] == {
        "answer_hours": "12.5",
        "consent_hours": "48",
        "mediation_hours": "72",
        "appeal_hours": "48",
    }
    assert facts["deadline"] == format_time(DEADLINE)
    for whose in (town.supplier_id, "泥巴工坊", str(town.a), str(town.b)):
        assert whose not in json.dumps(document, ensure_ascii=False)


def test_the_document_is_in_both_languages_and_says_that_it_is_no_legal_advice(town):
    document = terms_of(town)["document"]
    for part in ("organiser", "supplier", "participant", "no_legal_advice"):
        assert document[part]["zh"]
        assert document[part]["en"]
        assert document[part]["en"].isascii()
    assert "不是法律意见" in document["no_legal_advice"]["zh"]
    assert "no legal advice" in document["no_legal_advice"]["en"]
    words = document["in_words"]
    assert len(words["zh"]) == len(words["en"])
    assert "满 20 席每席 118.00 元" in words["zh"][0]
    assert "118.00 CNY each from 20 seats" in words["en"][0]
    assert "成团最低：已付款 10 席。" in words["zh"]


@pytest.mark.parametrize("action", ["fail", "extend", "merge"])
@pytest.mark.parametrize("bearer", ["supplier", "dropouts", "fund"])
def test_every_policy_has_its_words(desk, action, bearer):
    town = Town(desk)
    missed = {"action": action, "extend_hours": 24, "extend_times": 2}
    town.open(
        terms="standard",
        on_missed=missed,
        tier_loss={"bearer": bearer, "deposit_bp": 0},
        limits={"per_member": 2, "per_household": 3},
    )
    words = terms_of(town)["document"]["in_words"]
    assert len(words["zh"]) == len(words["en"]) == 9


@given(st.floats(0, 10_000, allow_nan=False))
def test_hours_are_written_exactly(hours):
    desk = Desk()
    campaign = desk.campaign_of_match(Town(desk).match_id)
    rules = replace(campaign.rules, disputes=DisputeTerms(answer_hours=hours))
    written = document_of(replace(campaign, rules=rules), STANDARD_TERMS)["facts"]["disputes"]["answer_hours"]
    assert float(Decimal(written)) == hours
    assert "e" not in written.lower()


def test_the_canonical_form_does_not_depend_on_the_order_of_the_fields(town):
    document = terms_of(town)["document"]
    backwards = dict(reversed(list(document.items())))
    assert canonical(backwards) == canonical(document)
    assert digest_by_hand(backwards) == digest_of(canonical(document))


# Acceptance


def test_nobody_pays_without_accepting_and_when_is_kept_with_the_commitment(desk, town):
    digest = terms_of(town)["digest"]
    held = town.reserve(1)
    assert (held["terms_digest"], held["terms_accepted_at"]) == (None, None)
    assert code(ConflictError, lambda: town.pay(held)) == "campaign.terms_not_accepted"
    assert code(ConflictError, lambda: town.pay(held, terms_digest="0" * 64)) == "campaign.terms_not_accepted"
    desk.clock.pass_(minutes=5)
    paid = town.pay(held, terms_digest=digest)
    assert (paid["terms_digest"], paid["terms_accepted_at"]) == (digest, format_time(desk.clock.now()))


def test_what_was_accepted_when_joining_keeps_its_time(desk, town):
    data = {"campaign_id": town.campaign_id, "seats": 1, "terms_digest": terms_of(town)["digest"]}
    held = desk.do("reserve_seats", data, **town.member())
    at = held["terms_accepted_at"]
    assert at == format_time(desk.clock.now())
    desk.clock.pass_(minutes=5)
    assert town.pay(held)["terms_accepted_at"] == at


def test_seats_that_are_handed_over_are_not_accepted_for_by_who_had_them(desk, town):
    data = {"campaign_id": town.campaign_id, "seats": 1, "terms_digest": terms_of(town)["digest"]}
    held, to = desk.do("reserve_seats", data, **town.member()), new_id()
    town.know(to, town.a)
    handed = desk.do("hand_over", {"commitment_id": held["commitment_id"], "member_id": str(to)}, **town.organiser())
    assert (handed["terms_digest"], handed["terms_accepted_at"]) == (None, None)
    assert code(ConflictError, lambda: town.pay(handed)) == "campaign.terms_not_accepted"


def test_a_campaign_without_terms_asks_nobody_to_accept(desk):
    town = Town(desk)
    town.open()
    assert town.join(1)["terms_digest"] is None
    assert code(NotFoundError, lambda: terms_of(town)) == "campaign.terms_unknown"


def test_opening_is_the_organisers_acceptance(desk, town):
    shown = terms_of(town, town.organiser())["accepted_by_organiser"]
    assert shown["community_id"] == str(town.a)
    assert shown["member_id"] is not None
    assert shown["accepted_at"] == format_time(desk.clock.now())
    assert terms_of(town, town.organiser(town.b))["accepted_by_organiser"]["member_id"] is None


def accept(town, who, digest=None):
    data = {"campaign_id": town.campaign_id, "terms_digest": digest or terms_of(town)["digest"]}
    return town.desk.do("accept_terms", data, **who)


def test_the_supplier_accepts_once_and_the_view_says_so(desk, town):
    assert terms_of(town)["accepted_by_supplier"] == {"accepted": False, "by": None, "accepted_at": None}
    at = format_time(desk.clock.now())
    assert accept(town, town.supplier())["accepted_by_supplier"] == {
        "accepted": True,
        "by": "supplier",
        "accepted_at": at,
    }
    desk.clock.pass_(days=1)
    accept(town, {"role": "node_operator"})
    assert terms_of(town)["accepted_by_supplier"] == {"accepted": True, "by": "supplier", "accepted_at": at}


def test_the_community_that_registered_the_supplier_accepts_for_it(desk, town):
    registrar = new_id()
    assert code(NotFoundError, lambda: accept(town, operator(registrar))) == "campaign.unknown"
    know_supplier(desk, town.supplier_id, registrar, "none")
    assert accept(town, operator(registrar))["accepted_by_supplier"]["by"] == "community"
    assert terms_of(town, operator(registrar))["digest"]


def test_nobody_else_accepts_for_the_supplier(town):
    assert code(ForbiddenError, lambda: accept(town, town.organiser())) == "kernel.forbidden"
    assert code(ForbiddenError, lambda: accept(town, town.member())) == "kernel.forbidden"
    other = {"role": "supplier", "supplier_id": new_id()}
    assert code(NotFoundError, lambda: accept(town, other)) == "campaign.unknown"


def test_other_terms_than_those_of_the_campaign_are_not_accepted(town):
    assert code(ConflictError, lambda: accept(town, town.supplier(), "f" * 64)) == "campaign.terms_not_accepted"
    assert not terms_of(town)["accepted_by_supplier"]["accepted"]


def test_strangers_do_not_read_the_terms_of_a_campaign(town):
    for who in (operator(new_id()), {"role": "supplier", "supplier_id": new_id()}):
        assert code(NotFoundError, lambda who=who: terms_of(town, who)) == "campaign.unknown"


# Templates


def add(desk, who, name="course", **changes):
    return desk.do("add_terms", {"name": name, **TEXTS, **changes}, **who)


def test_a_change_is_a_new_version_and_the_old_one_stays(desk):
    a, b = operator(new_id()), operator(new_id())
    first, second = add(desk, a), add(desk, a, title={"zh": "乙", "en": "B"})
    assert (first["version"], second["version"], add(desk, b)["version"]) == (1, 2, 1)
    assert add(desk, {"role": "node_operator"})["community_id"] is None
    assert desk.ask("get_terms", {"terms_id": first["terms_id"]}, **a)["title"] == BOTH


def test_templates_of_a_community_are_its_own_and_those_of_the_node_everybodys(desk):
    a, b = operator(new_id()), operator(new_id())
    own, nodes = add(desk, a), add(desk, {"role": "node_operator"}, name="node")
    asked = {"terms_id": own["terms_id"]}
    assert code(NotFoundError, lambda: desk.ask("get_terms", asked, **b)) == "campaign.terms_unknown"
    for who in (a, b, {"role": "supplier", "supplier_id": new_id()}):
        assert desk.ask("get_terms", {"terms_id": nodes["terms_id"]}, **who)["name"] == "node"
        assert desk.ask("get_terms", {"terms_id": STANDARD}, **who)["version"] == 1


def test_only_operators_add_templates(desk):
    for role in ("organiser", "member", "partner"):
        who = {"role": role, "community_id": new_id(), "member_id": new_id()}
        assert code(ForbiddenError, lambda who=who: add(desk, who)) == "kernel.forbidden"


@pytest.mark.parametrize("name", ["standard", "Kurs", "a b", "-x", "x" * 51, ""])
def test_names_of_templates_are_plain_and_the_standard_is_taken(desk, name):
    with pytest.raises(InvalidError, match="name"):
        add(desk, operator(new_id()), name=name)


def test_a_campaign_is_opened_with_a_template_of_its_organiser(desk):
    town = Town(desk)
    own = add(desk, operator(town.a), participant={"zh": "自备工具", "en": "Bring your tools"})
    foreign = add(desk, operator(new_id()))
    assert code(NotFoundError, lambda: town.open(terms_id=foreign["terms_id"])) == "campaign.terms_unknown"
    town.open(terms_id=own["terms_id"])
    shown = terms_of(town)
    assert shown["document"]["participant"]["zh"] == "自备工具"
    assert shown["document"]["template"] == {
        "terms_id": own["terms_id"],
        "name": "course",
        "version": 1,
        "title": BOTH,
    }
    assert str(town.a) not in json.dumps(shown["document"])


def test_terms_are_named_one_way(desk):
    with pytest.raises(InvalidError, match="one of the two"):
        Town(desk).open(terms="standard", terms_id=STANDARD)


@pytest.mark.parametrize(("field", "hours"), [("answer_hours", 0), ("consent_hours", 721), ("appeal_hours", "24")])
def test_terms_of_disputes_are_bounded(desk, field, hours):
    with pytest.raises(InvalidError, match=rf"disputes\.{field}"):
        Town(desk).open(disputes={field: hours})


def test_a_mediator_reads_the_terms_of_its_case_and_only_as_long(desk):
    court = Court(desk)
    campaign = desk.uow.campaigns.find(UUID(court.town.campaign_id))
    desk.uow.terms.keep(fix_terms(campaign, STANDARD_TERMS, desk.clock.now())[1])
    judge, *_ = sorted(court.judges, key=lambda one: one["member_id"])
    assert code(NotFoundError, lambda: terms_of(court.town, judge)) == "campaign.unknown"
    court.to_mediation()
    assert terms_of(court.town, court.judge())["digest"]
    court.withdraw()
    assert code(NotFoundError, lambda: terms_of(court.town, judge)) == "campaign.unknown"
