import pytest

from services.kernel.errors import InvalidError
from services.kernel.quantity import MAX_SEATS, require_count


@pytest.mark.parametrize("value", [1, 7, MAX_SEATS])
def test_a_possible_number_is_returned(value):
    assert require_count(value, "seats") == value


@pytest.mark.parametrize("value", [0, -1, MAX_SEATS + 1, 1.0, "1", None, True])
def test_an_impossible_number_is_refused_by_the_name_of_its_field(value):
    with pytest.raises(InvalidError) as refused:
        require_count(value, "seats")
    assert refused.value.detail["errors"][0]["field"] == "seats"


def test_the_bounds_can_be_set():
    assert require_count(0, "held", least=0, most=3) == 0
    with pytest.raises(InvalidError):
        require_count(4, "held", least=0, most=3)
