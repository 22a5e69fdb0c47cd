"""``pinlian log verify`` on files, as somebody runs it who keeps copies and heads."""

import json

import pytest
from click.testing import CliRunner

from services.chassis.errors import StartupError
from services.platform.commands.log import log
from services.platform.logs import Copy, from_file, write
from services.reputation.domain.notes import new_key
from tests.fakes.chassis import MONDAY
from tests.unit.reputation.test_log_audit import KEY, entries, entry, head, heads, numbered_anew


def run(*arguments):
    done = CliRunner().invoke(log, [*map(str, arguments)])
    if isinstance(done.exception, StartupError):
        raise done.exception
    return done


def kept(path, copied, notes=None):
    with path.open("w") as out:
        write(Copy([KEY.verifier], heads(copied) if notes is None else notes, copied), out)
    return path


def verify(*arguments):
    done = run("verify", *arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_good_copy_is_said_to_be_good_and_to_be_compared_with_nothing(tmp_path):
    done = run("verify", kept(tmp_path / "log", entries(25)))
    assert done.exit_code == 0
    assert "25 entries and 2 signed heads agree / 条目与签名根一致" in done.stdout
    assert "not compared with an earlier head" in done.stdout


def test_a_copy_comes_back_from_its_file(tmp_path):
    copy = from_file(kept(tmp_path / "log", entries(12)))
    assert (copy.keys, copy.notes, list(copy.entries)) == ([KEY.verifier], heads(entries(12)), entries(12))


def test_a_rewritten_entry_is_named_in_both_languages_and_the_exit_code_is_1(tmp_path):
    copied = entries(25)
    copied[7] = entry(7, 99)
    path, before = kept(tmp_path / "now", copied), kept(tmp_path / "before", entries(20))
    done = run("verify", path, "--from-head", before)
    assert done.exit_code == 1
    assert "entry 7 was rewritten" in done.stdout
    assert "第 7 条被改写" in done.stdout


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda copied: copied.pop(3), "removed"),
        (lambda copied: copied.insert(9, copied.pop(3)), "reordered"),
        (lambda copied: copied.__setitem__(3, entry(3, 99)), "rewritten"),
    ],
)
def test_a_log_that_is_signed_again_fails_against_a_kept_copy(tmp_path, spoil, code):
    copied = entries(25)
    spoil(copied)
    path, before = kept(tmp_path / "now", numbered_anew(copied)), kept(tmp_path / "before", entries(20))
    assert verify(path)[0] == 0
    exit_code, seen = verify(path, "--from-head", before)
    assert (exit_code, seen["ok"], seen["counts"][code]) == (1, False, 1)


def test_a_head_is_saved_when_all_is_well_and_compared_the_next_time(tmp_path):
    saved = tmp_path / "head"
    assert verify(kept(tmp_path / "one", entries(20)), "--save-head", saved)[0] == 0
    assert saved.read_text() == head(entries(20))
    exit_code, seen = verify(kept(tmp_path / "two", entries(30)), "--from-head", saved)
    assert (exit_code, seen["compared"], seen["signed_size"]) == (0, True, 30)
    forged = [entry(0, 99), *entries(30)[1:]]
    exit_code, seen = verify(kept(tmp_path / "three", forged), "--from-head", saved, "--save-head", saved)
    assert (exit_code, seen["counts"]) == (1, {"changed_since": 1})
    assert saved.read_text() == head(entries(20))


def test_a_log_under_another_key_than_the_one_that_is_trusted_is_none(tmp_path):
    path = kept(tmp_path / "log", entries(20))
    assert verify(path, "--key", KEY.verifier)[0] == 0
    exit_code, seen = verify(path, "--key", new_key("pinlian/test", MONDAY).verifier)
    assert (exit_code, seen["counts"]) == (1, {"bad_head": 2})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no copy of a log"),
        ("hello\n", "no copy of a log"),
        ('{"format": "other"}\n', "no copy of a log"),
        ('{"format": "pinlian-log/1", "keys": ["x"]}\n', "key that cannot be read"),
        ('{"format": "pinlian-log/1", "keys": []}\n{"index": 0}\n', "line 2 is no entry"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path, text, complaint):
    path = tmp_path / "log"
    path.write_text(text)
    with pytest.raises(StartupError, match=complaint):
        run("verify", path)


def test_what_is_not_there_or_makes_no_sense_is_one_line(tmp_path):
    for arguments, complaint in (
        (["verify", tmp_path / "none"], "cannot be read"),
        (["verify", kept(tmp_path / "log", entries(3)), "--from-head", tmp_path / "none"], "--from-head"),
        (["verify", tmp_path / "log", "--url", "http://x"], "only one of them"),
        (["verify", tmp_path / "log", "--key", "x"], "--key"),
    ):
        with pytest.raises(StartupError, match=complaint):
            run(*arguments)
