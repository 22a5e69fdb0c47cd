import pytest

from services.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PreconditionError,
    Refusal,
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConflictError, "conflict"),
        (ForbiddenError, "forbidden"),
        (NotFoundError, "not_found"),
        (PreconditionError, "precondition"),
    ],
)
def test_the_kind_of_a_refusal_is_that_of_its_class(error, kind):
    refusal = error("no", state="closed")
    assert isinstance(refusal, Refusal)
    assert (refusal.kind, refusal.message, refusal.detail) == (kind, "no", {"state": "closed"})


def test_an_invalid_value_is_named_with_what_would_be_right():
    refusal = InvalidError("seats", "is 0", "a whole number from 1")
    assert str(refusal) == "seats is 0; expected a whole number from 1"
    assert refusal.detail["errors"] == [{"field": "seats", "problem": "is 0", "expected": "a whole number from 1"}]
