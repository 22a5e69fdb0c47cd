"""Suppliers, sharing and papers."""

from datetime import timedelta

import pytest

from services.kernel.caller import Role
from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.supplier.domain.errors import QualificationDecidedError
from services.supplier.domain.model import QualificationState, Sharing, SharingMode, require_future
from tests.builders_supplier import ALL, caller, named, qualification, supplier
from tests.fakes.chassis import MONDAY

OWNER, FRIEND, STRANGER = new_id(), new_id(), new_id()


@pytest.mark.parametrize(
    ("sharing", "visible"),
    [(Sharing(), {OWNER}), (named(FRIEND), {OWNER, FRIEND}), (ALL, {OWNER, FRIEND, STRANGER})],
)
def test_a_supplier_is_seen_by_its_community_and_by_those_it_is_shared_with(sharing, visible):
    studio = supplier(community_id=OWNER, sharing=sharing)
    assert {one for one in (OWNER, FRIEND, STRANGER) if studio.is_visible_in(one)} == visible
    for role in (Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.MEMBER, Role.PARTNER):
        seen = {one for one in (OWNER, FRIEND, STRANGER) if studio.is_visible_to(caller(role, community_id=one))}
        assert seen == visible


def test_nobody_without_a_community_sees_even_a_supplier_shared_with_all():
    assert not supplier(sharing=ALL).is_visible_to(caller(Role.MEMBER))


def test_a_supplier_token_sees_itself_only_even_where_others_are_shared_with_all():
    studio = supplier(sharing=ALL)
    assert studio.is_visible_to(caller(Role.SUPPLIER, supplier_id=studio.supplier_id))
    assert not studio.is_visible_to(caller(Role.SUPPLIER, supplier_id=new_id(), community_id=studio.community_id))


def test_the_node_operator_sees_every_supplier_and_all_of_it():
    studio = supplier()
    assert studio.is_visible_to(caller(Role.NODE_OPERATOR))
    assert studio.is_insider(caller(Role.NODE_OPERATOR))


def test_a_quality_supervisor_sees_the_suppliers_of_its_community_and_that_of_the_node_sees_all():
    studio = supplier(community_id=OWNER)
    assert studio.is_visible_to(caller(Role.QUALITY_SUPERVISOR, community_id=OWNER))
    assert not studio.is_visible_to(caller(Role.QUALITY_SUPERVISOR, community_id=FRIEND))
    assert studio.is_visible_to(caller(Role.QUALITY_SUPERVISOR))
    assert studio.is_insider(caller(Role.QUALITY_SUPERVISOR))
    shared = supplier(community_id=OWNER, sharing=ALL)
    assert shared.is_visible_to(caller(Role.QUALITY_SUPERVISOR, community_id=FRIEND))
    assert not shared.is_insider(caller(Role.QUALITY_SUPERVISOR, community_id=FRIEND))


def test_only_who_owns_a_supplier_is_an_insider():
    studio = supplier(community_id=OWNER, sharing=ALL)
    assert studio.is_insider(caller(community_id=OWNER))
    assert studio.is_insider(caller(Role.SUPPLIER, supplier_id=studio.supplier_id))
    assert not studio.is_insider(caller(community_id=FRIEND))
    assert not studio.is_insider(caller(Role.SUPPLIER, supplier_id=new_id(), community_id=OWNER))


@pytest.mark.parametrize(
    ("mode", "ids"),
    [(SharingMode.NAMED, ()), (SharingMode.NONE, (FRIEND,)), (SharingMode.ALL, (FRIEND,))],
)
def test_communities_are_named_exactly_where_the_mode_is_named(mode, ids):
    with pytest.raises(InvalidError, match=r"sharing\.community_ids"):
        Sharing(mode, frozenset(ids))


@pytest.mark.parametrize(
    ("before", "after", "widens"),
    [
        (Sharing(), ALL, True),
        (Sharing(), named(FRIEND), True),
        (named(FRIEND), named(FRIEND, STRANGER), True),
        (named(FRIEND), named(STRANGER), True),
        (named(FRIEND, STRANGER), named(FRIEND), False),
        (named(FRIEND), Sharing(), False),
        (ALL, named(FRIEND), False),
        (ALL, ALL, False),
    ],
)
def test_sharing_widens_when_somebody_new_sees_the_supplier(before, after, widens):
    assert after.widens(before) is widens


@pytest.mark.parametrize(
    ("number", "shown"), [("91310000MA1K4X7Q", "****4X7Q"), ("12345", "****45"), ("1234", "****34"), ("1", "****")]
)
def test_a_view_shows_at_most_four_characters_of_a_number_and_never_most_of_it(number, shown):
    assert qualification(number=number).masked_number == shown


def review(paper, approved=True, now=MONDAY):
    return paper.review(approved=approved, reviewer="tok", reason="看过了", now=now)


@pytest.mark.parametrize(("approved", "state"), [(True, "approved"), (False, "rejected")])
def test_a_review_decides_with_a_reason(approved, state):
    after = review(qualification(), approved)
    assert (after.state, after.reviewed_by, after.reason) == (state, "tok", "看过了")


@pytest.mark.parametrize("state", [state for state in QualificationState if state != "submitted"])
def test_what_was_decided_or_ran_out_is_not_reviewed_again(state):
    with pytest.raises(QualificationDecidedError) as refused:
        review(qualification(state=state))
    assert refused.value.detail["state"] == str(state)


def test_a_paper_that_has_run_out_is_not_approved_even_before_its_timer_fires():
    paper = qualification(expires_at=MONDAY)
    with pytest.raises(QualificationDecidedError) as refused:
        review(paper)
    assert refused.value.detail["state"] == "expired"


@pytest.mark.parametrize(
    ("state", "possible"), [("submitted", True), ("approved", True), ("rejected", False), ("expired", False)]
)
def test_submitted_and_approved_papers_run_out(state, possible):
    paper = qualification(state=QualificationState(state))
    assert paper.can_expire is possible
    if possible:
        assert paper.expire().state is QualificationState.EXPIRED
    else:
        with pytest.raises(QualificationDecidedError):
            paper.expire()


def test_now_is_not_in_the_future():
    assert require_future(MONDAY + timedelta(seconds=1), MONDAY, "expires_at")
    with pytest.raises(InvalidError, match="expires_at"):
        require_future(MONDAY, MONDAY, "expires_at")
