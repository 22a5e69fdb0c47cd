"""Verifying codes from the command line: what may be wrong with the keys is said in one line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.chassis.errors import StartupError
from services.platform.commands.check_in import check_in

EXAMPLES = Path(__file__).resolve().parents[3] / "services" / "campaign" / "contract" / "examples"
CODE = json.loads((EXAMPLES / "check_in_code.json").read_text())["code"]
KEYS = json.loads((EXAMPLES / "rpc" / "list_check_in_keys.json").read_text())["response"]


def verify(tmp_path, *codes, keys=KEYS):
    path = tmp_path / "keys.json"
    path.write_text(keys if isinstance(keys, str) else json.dumps(keys))
    done = CliRunner().invoke(check_in, ["verify", *codes, "--keys", str(path), "--json"], standalone_mode=False)
    if isinstance(done.exception, StartupError):
        raise done.exception
    return done.return_value or 0, json.loads(done.stdout)["items"]


def test_the_golden_code_is_valid_and_says_what_it_is_for(tmp_path):
    code, (item,) = verify(tmp_path, CODE)
    assert (code, item["valid"], item["seats"]) == (0, True, 3)
    assert item["commitment_id"] == "0196c1a0-0000-7000-8000-000000000061"


def test_one_that_is_not_valid_makes_it_1(tmp_path):
    code, items = verify(tmp_path, CODE, "hello", CODE[:-4] + "AAAA")
    assert code == 1
    assert [item["refused"] for item in items] == [None, "unreadable", "bad_signature"]
    other = {**KEYS, "keys": []}
    assert verify(tmp_path, CODE, keys=other)[1][0]["refused"] == "unknown_key"


KEY = {"key_id": "aa", "public_key": "AAAA"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("x", "is not JSON"),
        ("[]", "holds no keys"),
        ({}, "holds no keys"),
        ({**KEYS, "format": 2}, "format 2"),
        ({**KEYS, "keys": [{"key_id": "aa"}]}, "a key that cannot be read"),
        ({**KEYS, "keys": [{**KEY, "public_key": 5}]}, "a key that cannot be read"),
        ({**KEYS, "keys": [KEY]}, "is not what its id says"),
    ],
)
def test_keys_that_cannot_be_used_are_named(tmp_path, keys, words):
    with pytest.raises(StartupError, match=words):
        verify(tmp_path, CODE, keys=keys)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:1/", "http://127.0.0.1:1/v1/check-in-keys"])
def test_a_node_that_does_not_answer_is_named_with_the_address_that_was_asked(url):
    done = CliRunner().invoke(check_in, ["verify", CODE, "--keys", url], standalone_mode=False)
    assert str(done.exception) == "http://127.0.0.1:1/v1/check-in-keys does not answer (ConnectionError)"
