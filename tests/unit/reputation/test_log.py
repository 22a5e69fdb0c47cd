"""What is recorded, the places that it gets, and the heads that are signed."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.reputation import handlers
from services.reputation.domain import notes
from services.reputation.domain.log_entries import EntryError, check, commitment_of, entry_of
from services.reputation.domain.merkle import leaf_hash, root_of
from services.reputation.domain.notes import Checkpoint, VerifierKey, open_note, read_key, signed
from services.reputation.handlers.log import SIGN_AFTER, SIGN_EVERY, record
from tests.fakes.chassis import MONDAY
from tests.fakes.reputation import FakeReputationUnitOfWork


@pytest.fixture
def uow():
    return FakeReputationUnitOfWork()


def grade(**changes):
    return {
        "supplier_id": str(new_id()),
        "grade": "b",
        "before": "probation",
        "reason": "promoted",
        "policy_version": 1,
        "score": 4.4,
        **changes,
    }


def put(uow, count):
    for _ in range(count):
        record(uow, "grade", new_id(), grade())
    handlers.sequence_log({}, uow)


class TestEntries:
    def test_the_record_is_canonical_and_the_leaf_commits_to_it_with_the_salt(self):
        subject, body = new_id(), grade()
        entry = entry_of("grade", subject, body, MONDAY)
        said = json.loads(entry.record)
        assert (said["kind"], said["subject"], said["body"]) == ("grade", str(subject), body)
        assert entry.record == json.dumps(said, sort_keys=True, separators=(",", ":"))
        assert entry.commitment == sha256(entry.salt + entry.record.encode()).digest()

    def test_the_same_said_twice_has_different_leaves_so_that_none_can_be_guessed(self):
        subject, body = new_id(), grade()
        first, second = (entry_of("grade", subject, body, MONDAY) for _ in range(2))
        assert first.record == second.record
        assert first.commitment != second.commitment
        assert len(first.salt) == 32

    @pytest.mark.parametrize(
        "wrong",
        [
            {"member_id": str(new_id())},
            {"text": "王小明迟到了"},
            {"reason": "王小明迟到了"},
            {"reason": "Called 13800138000"},
            {"supplier_id": "13800138000"},
            {"supplier_id": None},
            {"score": float("nan")},
            {"score": True},
            {"policy_version": "1"},
        ],
    )
    def test_an_entry_says_only_what_its_kind_allows(self, wrong):
        with pytest.raises(EntryError):
            check("grade", grade(**wrong))

    def test_what_may_be_away_may_be_away(self):
        check("grade", grade(before=None, score=None))

    def test_a_kind_that_is_not_known_is_refused(self, uow):
        with pytest.raises(EntryError, match="no kind"):
            record(uow, "gossip", new_id(), {})
        assert uow.log.waiting == []


class TestPlaces:
    def test_a_transaction_records_much_and_sets_one_timer(self, uow):
        for _ in range(3):
            record(uow, "grade", new_id(), grade())
        assert [command for _, command, _ in uow.timers.pending.values()] == ["sequence_log"]

    def test_the_timer_gives_places_in_order_and_lets_the_tree_be_signed_within_a_minute(self, uow):
        put(uow, 3)
        assert uow.log.waiting == []
        assert [entry.entry_id for entry in uow.log.entries] == sorted(entry.entry_id for entry in uow.log.entries)
        assert uow.timers.pending["sign_log"][0] == MONDAY + SIGN_AFTER
        assert uow.log.heads == {}
        handlers.sign_log({}, uow)
        expected = root_of([leaf_hash(entry.commitment) for entry in uow.log.entries])
        assert uow.log.latest_head()["root"] == expected
        assert open_note(uow.log.latest_head()["note"], [uow.log.all_keys()[0].verifier]) == Checkpoint(
            uow.log.all_keys()[0].origin, 3, expected
        )

    def test_a_second_timer_for_the_same_entries_does_nothing(self, uow):
        put(uow, 2)
        handlers.sequence_log({}, uow)
        handlers.sign_log({}, uow)
        handlers.sign_log({}, uow)
        assert uow.log.size() == 2
        assert list(uow.log.heads) == [2]

    def test_many_entries_are_signed_at_once(self, uow):
        put(uow, SIGN_EVERY - 1)
        assert uow.log.heads == {}
        put(uow, 1)
        assert list(uow.log.heads) == [SIGN_EVERY]

    def test_more_than_fit_into_one_transaction_are_left_to_the_next(self, uow, monkeypatch):
        monkeypatch.setattr("services.reputation.handlers.log.AT_ONCE", 4)
        put(uow, 6)
        uow.timers.pending = {key: timer for key, timer in uow.timers.pending.items() if timer[1] == "sequence_log"}
        assert (uow.log.size(), len(uow.log.waiting)) == (4, 2)
        assert len(uow.timers.pending) == 2
        handlers.sequence_log({}, uow)
        assert (uow.log.size(), len(uow.log.waiting)) == (6, 0)

    def test_the_head_of_the_empty_log_is_signed_when_somebody_asks(self, uow):
        assert handlers.get_log_head(None, uow)["size"] == 0
        assert handlers.get_log_head(None, uow) == uow.log.heads[0]

    def test_a_new_key_signs_for_the_same_log_and_heads_before_it_still_verify(self, uow):
        put(uow, SIGN_EVERY)
        handlers.rotate_log_key(uow)
        put(uow, SIGN_EVERY)
        old, new = (key.verifier for key in handlers.list_log_keys(None, uow))
        assert old.name == new.name
        assert open_note(uow.log.heads[SIGN_EVERY]["note"], [old, new]).size == SIGN_EVERY
        assert open_note(uow.log.heads[2 * SIGN_EVERY]["note"], [old, new]).size == 2 * SIGN_EVERY
        with pytest.raises(InvalidError, match="no known key"):
            open_note(uow.log.heads[2 * SIGN_EVERY]["note"], [old])


class TestNotes:
    key = notes.new_key("example.org/log", MONDAY)
    head = Checkpoint("example.org/log", 7, sha256(b"root").digest())

    def test_a_head_is_a_checkpoint_in_a_signed_note(self):
        lines = signed(self.head, self.key).split("\n")
        assert lines[:4] == ["example.org/log", "7", b64encode(self.head.root).decode(), ""]
        assert lines[4].startswith("— example.org/log ")
        assert lines[5:] == [""]

    def test_a_head_of_a_public_log_verifies_by_the_key_that_every_go_tool_carries(self):
        """sum.golang.org at 63 million entries; one changed digit and it does not."""
        key = read_key("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
        note = (
            "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n"
            "— sum.golang.org "
            "Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n"
        )
        assert str(key).startswith("sum.golang.org+033de0ae+")
        assert open_note(note, [key]).size == 63096908
        with pytest.raises(InvalidError, match="does not verify"):
            open_note(note.replace("63096908", "63096909"), [key])

    def test_a_signed_head_is_opened_by_its_key_among_others(self):
        other = notes.new_key("example.org/witness", MONDAY).verifier
        assert open_note(signed(self.head, self.key), [other, self.key.verifier]) == self.head

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda note: note.replace("\n7\n", "\n8\n"),
            lambda note: note.replace("example.org/log\n7", "example.com/log\n7"),
            lambda note: note.replace("\n\n", "\n"),
            lambda note: note[:-1],
            lambda note: note[:-9] + "AAAA" + note[-5:],
            lambda note: note.replace("\n7\n", "\n7\x07\n"),
            lambda note: note + "— nobody\n",
            lambda note: "",
        ],
    )
    def test_a_spoiled_head_is_not_opened(self, spoil):
        with pytest.raises(InvalidError):
            open_note(spoil(signed(self.head, self.key)), [self.key.verifier])

    def test_text_that_is_signed_and_no_head_is_not_opened(self):
        text = "good evening\n"
        signature = self.key.verifier.key_id + self.key.sign(text.encode())
        with pytest.raises(InvalidError, match="no head"):
            open_note(f"{text}\n— example.org/log {b64encode(signature).decode()}\n", [self.key.verifier])

    def test_a_key_comes_back_from_its_text_and_a_changed_one_does_not(self):
        text = str(self.key.verifier)
        assert read_key(text) == self.key.verifier
        for wrong in ("", "x", text[:-4], text.replace("example.org", "example.com"), text.replace("+", "-")):
            with pytest.raises(InvalidError):
                read_key(wrong)

    def test_the_private_part_of_a_key_is_in_no_repr(self):
        assert "private" not in repr(self.key)
        assert VerifierKey("x", b"\x00" * 32).verifies(b"", b"") is False


def test_a_commitment_is_bound_to_salt_and_record():
    assert commitment_of(b"a", "b") != commitment_of(b"b", "a")
