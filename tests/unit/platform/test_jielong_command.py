"""Chains on the command line: a table for people, JSON for programs, one line for what is no chain."""

import json

import pytest
from click.testing import CliRunner

from services.chassis.errors import StartupError
from services.platform.commands.jielong import jielong

HEAD = "#接龙\n橙子团购 10元/斤\n\n"
OLD = HEAD + "1. 张三 2份\n2. 李四 1份\n"
NEW = HEAD + "1. 张三 2份\n2. 李四 3份\n3. 王五 同上\n   联系电话：13800000000\n4. [红]赵六[/] 1份 已付\n"


def run(*arguments, text=None):
    done = CliRunner().invoke(jielong, [*arguments], input=text, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.fixture
def post(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_the_table_shows_rows_totals_and_questions():
    shown = run("-", text=NEW)
    assert "same_as_above" in shown
    assert "[红]赵六[/]" in shown
    assert "total 合计: — 6份" in shown
    assert "13800000000" not in shown


def test_json_holds_each_row_with_its_line_and_no_phone():
    found = json.loads(run("-", "--json", text=NEW))
    rows = found["chain"]["rows"]
    assert [row["line_numbers"] for row in rows] == [[4], [5], [6, 7], [8]]
    assert rows[2]["questions"][0]["code"] == "same_as_above"
    assert "13800000000" not in json.dumps(found)


def test_a_chain_in_the_encoding_of_older_windows_is_read(post):
    assert json.loads(run(post("gb.txt", OLD.encode("gb18030")), "--json"))["chain"]["rows"][0]["nickname"] == "张三"


def test_against_an_earlier_post_shows_what_changed(post):
    found = json.loads(run(post("new.txt", NEW), "--against", post("old.txt", OLD), "--json"))["changes"]
    assert [row["nickname"] for row in found["added"]] == ["王五", "[红]赵六[/]"]
    assert [one["fields"] for one in found["changed"]] == [["items"]]
    assert found["unchanged"] == 1
    assert "nothing changed" in run(post("same.txt", OLD), "--against", post("old.txt", OLD))


def test_a_fork_is_merged_and_its_conflict_shown(post):
    one, other = post("a.txt", OLD), post("b.txt", HEAD + "1. 张三 5份\n2. 王五 1份\n")
    assert "conflict 冲突: 1. 张三 2份  ⇄  1. 张三 5份" in run(one, "--fork", other)
    merged = run(one, "--fork", other, "--render")
    assert merged.endswith("1. 张三 2份\n2. 李四 1份\n3. 王五 1份\n")


def test_render_gives_the_text_to_post_again(post):
    assert run(post("old.txt", OLD), "--render") == OLD


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "is empty"), (b" \n", "is empty"), (b"\x00\x01\x02", "not a text"), (b"<msg><appmsg></appmsg>", "not XML")],
)
def test_what_is_no_chain_is_one_line(post, content, problem):
    with pytest.raises(StartupError, match=problem) as refused:
        run(post("x.txt", content))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_and_a_fork_of_another_chain_are_one_line(post):
    with pytest.raises(StartupError, match="cannot be read"):
        run("/nowhere/chain.txt")
    with pytest.raises(StartupError, match="--fork is another chain"):
        run(post("a.txt", OLD), "--fork", post("b.txt", "#接龙\n陶艺\n\n1. 张三 1份\n"))
