"""Rounds and public instances on the command line: one JSON answer, one readable line for what is wrong."""

import json

import pytest
from click.testing import CliRunner

from services.chassis.errors import StartupError
from services.platform.assigning.reading import is_most, read_gap
from services.platform.commands.assign import assign
from services.supplier.domain.assignment import problem_to_wire
from services.supplier.domain.assignment.model import Problem
from tests.builders_assignment import offer, pool

ROUND = problem_to_wire(Problem((pool("p1", 4), pool("p2", 4), pool("p3", 3)), (offer("o"),)))
# Two warehouses of 10 for 5 and 6, two customers of 8 and 4.
CAP = " 2 2 $\n 10 5. $\n 10 6. $\n 8 $\n 1.5 9 $\n 4 $\n 2 8 $\n"
SINGLE = "2 2\n10 5\n10 6\n8. 4.\n1 2\n9 8\n"
GAP = "2\n2 3\n5 4 3\n3 4 5\n1 1 1\n1 1 1\n2 1\n1 2\n7 8\n1 1\n2\n"


def run(text, *arguments, code=0):
    done = CliRunner().invoke(assign, ["-", *arguments], input=text, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    assert (done.return_value or done.exit_code) in (code, None, 0)
    return done


def lines(text, *arguments):
    return [json.loads(line) for line in run(text, "--json", *arguments).stdout.splitlines()]


def test_a_round_is_answered_with_reasons():
    (found,) = lines(json.dumps(ROUND))
    assert (found["objective"], found["bound"], found["gap"], found["optimal"]) == (8, 8, 0, True)
    assert [(one["pool"], one["slot"], one["price"]["amount"]) for one in found["assignment"]] == [
        ("p1", "o-1", "0.80"),
        ("p2", "o-1", "0.80"),
    ]
    assert found["unassigned"][0]["why"]["code"] == "full"
    assert found["seconds"] >= 0


def test_people_get_tables_in_two_languages():
    shown = run(json.dumps(ROUND)).stdout
    assert "2 个需求池共 8 人成团" in shown
    assert "8 people, at most 8 possible (gap 0.00%); cost 6.40 CNY" in shown


def test_warehouses_share_a_customer():
    (found,) = lines(CAP, "--format", "orlib-cap")
    # 8 and 4 do not go into one warehouse of 10: both open, and a quarter of the first goes to the dearer one.
    assert found["objective"] == found["bound"] == 5 + 6 + 1.5 * 0.75 + 9 * 0.25 + 2
    assert found["assignment"] == [[[0, 0.75], [1, 0.25]], [[0, 1.0]]]


def test_a_single_source_is_one_facility():
    (found,) = lines(SINGLE, "--format", "sscflp")
    assert (found["objective"], found["bound"], found["gap"], found["assignment"]) == (20, 20, 0, [0, 1])


def test_each_instance_of_a_file_is_a_line():
    found = lines(GAP, "--format", "gap", "--sense", "max")
    assert [(one["instance"], one["objective"]) for one in found] == [(1, 14), (2, 15)]


def test_one_instance_of_a_file_can_be_chosen():
    (found,) = lines(GAP, "--format", "gap", "--instance", "1")
    assert (found["instance"], found["objective"]) == (1, 10)


def test_a_single_instance_of_gap_needs_no_number_in_front():
    (read,) = read_gap("2 3\n5 4 3\n3 4 5\n1 1 1\n1 1 1\n2 1\n", "stdin", most=False)
    assert (read.capacity, read.cost) == ([2, 1], [[5, 4, 3], [3, 4, 5]])


def test_the_names_of_or_library_tell_the_sense():
    assert [is_most(f"data/{name}.txt") for name in ("gap1", "gap12", "gapa", "gapd", "mine")] == [
        *(True, True, False, False, None)
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("{", (), "stdin, line 1: is no JSON"),
        ('{"pools": []}', (), "stdin: offers is missing"),
        ("2 2\n10 x\n" + "1 " * 12, ("--format", "sscflp"), "stdin, line 2: 'x' is no number; expected the fixed cost"),
        ("2 2\n10", ("--format", "sscflp"), "stdin, line 1: 2 facilities and 2 customers need more numbers"),
        (SINGLE + "7", ("--format", "sscflp"), "stdin, line 7: '7' follows where the file should end"),
        (
            SINGLE.replace("8.", "8.5"),
            ("--format", "sscflp"),
            "stdin, line 4: 8.5 is not possible; expected the demand",
        ),
        (CAP.replace("10 5.", "capacity 5."), ("--format", "orlib-cap"), "line 2: the capacity is left open"),
        ("", ("--format", "gap"), "stdin, line 1: the file ends where the number of problems should follow"),
        (GAP, ("--format", "gap", "--instance", "3"), "stdin has 2 instances"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(text, arguments, said):
    with pytest.raises(StartupError) as refused:
        run(text, *arguments)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_has_no_solution_says_so():
    done = CliRunner().invoke(
        assign, ["-", "--format", "sscflp", "--json"], input=SINGLE.replace("10 6", "3 6"), standalone_mode=False
    )
    assert json.loads(done.stdout.splitlines()[0])["objective"] is None
    assert "no solution was found" in done.stderr
