from uuid import uuid4

import pytest

from services.kernel.caller import Caller, Role
from services.kernel.errors import ForbiddenError

MANAGERS = {Role.NODE_OPERATOR, Role.COMMUNITY_OPERATOR, Role.ORGANISER, Role.PARTNER}


def caller(role, community_id=None):
    return Caller("tok", role, community_id)


@pytest.mark.parametrize("role", list(Role))
def test_who_acts_for_others(role):
    assert caller(role).manages == (role in MANAGERS)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NODE_OPERATOR])
def test_a_caller_sees_its_own_community_only(role):
    own = uuid4()
    assert caller(role, own).sees(own)
    assert not caller(role, own).sees(uuid4())
    assert not caller(role, own).sees(None)
    assert not caller(role, None).sees(None)


def test_a_node_operator_sees_everything():
    assert caller(Role.NODE_OPERATOR).sees(uuid4())
    assert caller(Role.NODE_OPERATOR).sees(None)


def test_a_quality_supervisor_watches_one_community_or_the_whole_node_and_nobody_else_does():
    own, other = uuid4(), uuid4()
    bound, free = caller(Role.QUALITY_SUPERVISOR, own), caller(Role.QUALITY_SUPERVISOR)
    assert [bound.supervises(one) for one in (own, other, None)] == [True, False, False]
    assert [free.supervises(one) for one in (own, other, None)] == [True, True, True]
    assert (bound.supervises_node, free.supervises_node) == (False, True)
    assert caller(Role.NODE_OPERATOR).supervises(own)
    others = set(Role) - {Role.NODE_OPERATOR, Role.QUALITY_SUPERVISOR}
    assert not any(caller(role, own).supervises(own) or caller(role).supervises_node for role in others)


def test_a_quality_supervisor_of_the_node_sees_nothing_else_of_a_community():
    assert not caller(Role.QUALITY_SUPERVISOR).sees(uuid4())


def test_the_wrong_role_is_forbidden_and_told_which_would_be_right():
    with pytest.raises(ForbiddenError) as refused:
        caller(Role.MEMBER).require(Role.ORGANISER, Role.PARTNER)
    assert refused.value.detail == {"role": "member", "allowed": ["organiser", "partner"]}


def test_the_right_role_and_a_node_operator_pass():
    caller(Role.ORGANISER).require(Role.ORGANISER)
    caller(Role.NODE_OPERATOR).require(Role.ORGANISER)


def test_a_caller_is_read_from_a_request():
    own = uuid4()
    wire = {"token_id": "tok", "role": "member", "community_id": str(own), "member_id": None, "supplier_id": None}
    assert Caller.from_wire(wire) == Caller("tok", Role.MEMBER, own)


@pytest.mark.parametrize("wire", [{"token_id": "t", "role": "emperor"}, {"token_id": "t"}, {"role": "member"}])
def test_a_request_without_a_known_identity_is_an_error(wire):
    with pytest.raises((ValueError, KeyError)):
        Caller.from_wire(wire)
