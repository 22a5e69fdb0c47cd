"""``pinlian keys`` and ``pinlian check-in``: a key that changes, and codes that are verified without a network."""

import json
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.chassis.database import make_engine
from services.platform import provision
from tests.builders_campaign import RealDesk
from tests.builders_delivery import Course


@pytest.fixture
def desk(migrated):
    return RealDesk(migrated("campaign"))


@pytest.fixture
def node(pinlian, database_url):
    """The command line with the database of ``desk``."""
    return partial(pinlian, PINLIAN_DATABASE_URL=database_url)


@pytest.fixture
def keys_file(desk, tmp_path):
    def write():
        path = tmp_path / "keys.json"
        path.write_text(json.dumps(desk.do("list_check_in_keys", {}, role="node_operator")))
        return path

    return write


def test_a_rotated_key_signs_new_codes_and_old_codes_are_still_verified_offline(desk, node, pinlian, keys_file):
    course = Course(desk, 1)
    one, other = course.form(3, 1)
    old = course.code(one)
    done = node("keys", "rotate", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    new = course.code(other)
    assert "private" not in done.stdout
    verified = pinlian("check-in", "verify", old, new, "--keys", keys_file(), "--json")
    assert verified.returncode == 0, verified.stderr
    items = json.loads(verified.stdout)["items"]
    assert [(item["valid"], item["seats"], item["campaign_id"]) for item in items] == [
        (True, 3, course.campaign_id),
        (True, 1, course.campaign_id),
    ]
    assert [item["commitment_id"] for item in items] == [one["commitment_id"], other["commitment_id"]]
    assert items[0]["key_id"] != items[1]["key_id"] == made["key_id"]
    listed = json.loads(node("keys", "list", "--json").stdout)["keys"]
    assert [key["key_id"] for key in listed if key["retired_at"] is None] == [made["key_id"]]


def test_a_code_that_is_not_ours_is_told_and_ends_in_1(desk, pinlian, keys_file):
    course = Course(desk, 1)
    (one,) = course.form(2)
    code = course.code(one)
    seen = pinlian("check-in", "verify", code, "https://example.com", code[:-3] + "AAA", "--keys", keys_file())
    assert seen.returncode == 1
    assert one["commitment_id"] in seen.stdout
    assert "unreadable" in seen.stdout
    assert "bad_signature" in seen.stdout


def test_keys_that_cannot_be_had_are_one_line(pinlian):
    seen = pinlian("check-in", "verify", "x", "--keys", "keys.json")
    assert seen.returncode == 2
    assert seen.stderr.strip() == "pinlian: --keys keys.json cannot be read (No such file or directory)"


def test_no_other_service_can_read_a_private_key(own_database):
    provision.migrate(own_database)
    for owner in own_database.database_urls:
        engine = make_engine(own_database.url_of(owner), pool_size=1)
        with engine.connect() as connection:
            if owner == "campaign":
                assert connection.execute(text("SELECT count(*) FROM campaign.signing_keys")).scalar_one() == 0
            else:
                with pytest.raises(ProgrammingError, match="permission denied"):
                    connection.execute(text("SELECT private FROM campaign.signing_keys"))
        engine.dispose()
