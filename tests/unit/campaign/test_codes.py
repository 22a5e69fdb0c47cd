"""Check-in codes: what is signed is what is read, and nothing else is accepted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.codes import Fault, issue, mark_of, verify
from services.kernel.ids import new_id
from services.kernel.signing import id_of, key_of, new_key, public_keys
from tests.builders_campaign import Desk, Town
from tests.fakes.chassis import MONDAY

KEY, OTHER = key_of(bytes(range(32)), MONDAY), key_of(bytes(range(1, 33)), MONDAY)
KEYS = public_keys([KEY])


def a_commitment(seats=3):
    desk = Desk()
    town = Town(desk)
    town.open()
    return desk.uow.commitments.rows[UUID(town.join(seats)["commitment_id"])]


COMMITMENT = a_commitment()
CODE = issue(COMMITMENT, KEY)


def bytes_of(code):
    return urlsafe_b64decode(code + "=" * (-len(code) % 4))


def text_of(found):
    return urlsafe_b64encode(found).decode().rstrip("=")


def test_a_code_says_what_it_was_made_for():
    code = verify(CODE, KEYS)
    assert (code.campaign_id, code.commitment_id) == (COMMITMENT.campaign_id, COMMITMENT.commitment_id)
    assert (code.seats, code.mark, code.key_id) == (3, mark_of(COMMITMENT), KEY.key_id)


def test_a_code_fits_a_qr_code_comfortably():
    assert len(CODE) == 156
    assert len(issue(replace(COMMITMENT, seats=100_000), KEY)) == 156
    assert CODE.isascii()


def test_the_same_commitment_has_the_same_code_until_it_changes():
    assert issue(COMMITMENT, KEY) == CODE
    for changed in (replace(COMMITMENT, seats=2), replace(COMMITMENT, member_id=new_id())):
        assert mark_of(changed) != mark_of(COMMITMENT)
    assert mark_of(replace(COMMITMENT, refunded=COMMITMENT.paid)) == mark_of(COMMITMENT)


def test_a_key_that_is_not_known_is_told_apart_from_a_forged_signature():
    assert verify(issue(COMMITMENT, OTHER), KEYS) is Fault.UNKNOWN_KEY
    forged = bytearray(bytes_of(issue(COMMITMENT, OTHER)))
    forged[1:9] = bytes.fromhex(KEY.key_id)
    assert verify(text_of(bytes(forged)), KEYS) is Fault.BAD_SIGNATURE


def test_no_byte_can_be_changed():
    found = bytes_of(CODE)
    for place in range(len(found)):
        changed = bytearray(found)
        changed[place] ^= 1
        expected = {0: Fault.UNREADABLE} | dict.fromkeys(range(1, 9), Fault.UNKNOWN_KEY)
        assert verify(text_of(bytes(changed)), KEYS) is expected.get(place, Fault.BAD_SIGNATURE), place


@pytest.mark.parametrize(
    "text",
    ["", "x", "亲子", CODE[:-1], CODE + "A", CODE + "=", f" {CODE}", CODE.replace("A", "A\n", 1), "A" * 156, "=" * 8],
)
def test_what_is_not_written_as_we_write_it_is_unreadable(text):
    assert verify(text, KEYS) is Fault.UNREADABLE


def test_only_one_text_stands_for_a_code():
    last = CODE[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [CODE[:-1] + letter for letter in alphabet if letter != last]
    assert [text for text in others if not isinstance(verify(text, KEYS), Fault)] == []


@given(text=st.one_of(st.text(max_size=300), st.binary(max_size=200).map(text_of)))
def test_nothing_made_up_is_accepted(text):
    assert isinstance(verify(text, KEYS), Fault)


def test_keys_are_named_by_their_public_part_and_show_no_private_part():
    key = new_key(MONDAY)
    assert id_of(key.public) == key.key_id
    assert len(key.key_id) == 16
    assert key.private.hex() not in repr(key)
    assert repr(key.private) not in repr(key)
    assert key_of(key.private, MONDAY) == key
    assert new_key(MONDAY).private != key.private
