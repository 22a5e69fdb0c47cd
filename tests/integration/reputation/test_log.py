"""The log on a real PostgreSQL: places without a gap under many writers, a killed sequencer, borders, proofs."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import func, select, text

from services.kernel.errors import InvalidError
from services.kernel.ids import new_id
from services.platform import logs
from services.platform.play.client import Answer
from services.reputation import handlers, inbound, outbound, views
from services.reputation.domain import merkle
from services.reputation.domain.log_audit import audit
from services.reputation.domain.notes import open_note, read_key
from services.reputation.handlers.log import record
from services.reputation.storage.log_tables import log_entries, log_queue
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
from tests.fakes.chassis import FakeClock, request
from tests.unit.reputation.builders import supplier_event

ROOT = Path(__file__).resolve().parents[3]
# Takes what waits, as the timer does, and dies before the commit.
DYING = """
import sys, time
from services.chassis.database import make_engine
from services.kernel.clock import SystemClock
from services.reputation.handlers import sequence_log
from services.reputation.storage.unit_of_work import ReputationUnitOfWork
with ReputationUnitOfWork(make_engine(sys.argv[1]), SystemClock()) as uow:
    sequence_log({}, uow)
    print("taken", flush=True)
    time.sleep(60)
"""


def grade(supplier_id):
    return {"supplier_id": str(supplier_id), "grade": "b", "before": "c", "reason": "promoted", "policy_version": 1}


def receipt(community_id, supplier_id):
    ids = {"community_id": str(community_id), "supplier_id": str(supplier_id)}
    return {**ids, "event": "delivered", "digest": "ab" * 32}


SWAP = "UPDATE {t} SET index ="


class Book:
    """The log of the service, without its entrypoints."""

    def __init__(self, engine, reputation):
        self.engine, self.reputation = engine, reputation

    def uow(self):
        return ReputationUnitOfWork(self.engine, FakeClock())

    def put(self, *said, commit=True):
        """Record in one transaction; return the subjects."""
        subjects = [new_id() for _ in said]
        with self.uow() as uow:
            for subject, (kind, body) in zip(subjects, said, strict=True):
                record(uow, kind, subject, body)
            if commit:
                uow.commit()
        return subjects

    def run(self, handler, payload=None):
        with self.uow() as uow:
            handler({} if payload is None else payload, uow)
            uow.commit()

    def settle(self):
        while self.waiting():
            self.run(handlers.sequence_log)
        self.run(handlers.sign_log)

    def waiting(self):
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(log_queue)).scalar_one()

    def rows(self):
        with self.engine.connect() as connection:
            return connection.execute(select(log_entries).order_by(log_entries.c.index)).all()

    def ask(self, name, caller=None, **data):
        read = getattr(inbound.log, name)
        asked = request(data, **(caller or {"role": "node_operator"}))
        return self.reputation.bus.query(asked, read, getattr(views.log, name))

    def head(self):
        asked = request(role="member", community_id=new_id(), member_id=new_id(), key=None)
        return self.reputation.bus.execute(asked, inbound.log.ask_log, handlers.get_log_head, outbound.log.head)

    def audit(self, **kept):
        with self.uow() as uow:
            copy = logs.from_database(uow)
            return audit(copy.keys, copy.notes, copy.entries, **kept)


@pytest.fixture
def book(migrated, reputation):
    return Book(migrated("reputation"), reputation)


def test_many_writers_and_sequencers_at_once_leave_no_gap_and_no_double(book):
    def write(number):
        kept = number % 5 != 0
        said = [("grade", grade(new_id())) for _ in range(1 + number % 3)]
        subjects = book.put(*said, commit=kept)
        return subjects if kept else []

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(write, number) for number in range(60)]
        sequencing = [pool.submit(book.run, handlers.sequence_log) for _ in range(20)]
        for one in sequencing:
            one.result()
        written = [subject for one in writing for subject in one.result()]
    book.settle()
    rows = book.rows()
    assert [row.index for row in rows] == list(range(len(rows)))
    ours = [row.subject for row in rows if row.subject in set(written)]
    assert sorted(ours) == sorted(written)
    assert book.audit().findings == []


def test_a_sequencer_that_is_killed_before_its_commit_loses_and_doubles_nothing(book, database_url):
    subjects = book.put(*[("grade", grade(new_id())) for _ in range(5)])
    before = len(book.rows())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    dying = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", DYING, database_url], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert dying.stdout.readline() == "taken\n"
    assert (len(book.rows()), book.waiting() >= 5) == (before, True)
    dying.send_signal(signal.SIGKILL)
    dying.wait()
    book.settle()
    assert [row.subject for row in book.rows()[before:]] == subjects
    assert book.audit().findings == []


def test_what_was_recorded_sets_a_timer_that_survives_with_it(book):
    (subject,) = book.put(("grade", grade(new_id())))
    book.put(("grade", grade(new_id())), commit=False)
    with book.engine.connect() as connection:
        entry = connection.execute(select(log_queue.c.entry_id).where(log_queue.c.subject == subject)).scalar_one()
        timers = ReputationUnitOfWork.tables.timers
        command = select(timers.c.command).where(timers.c.key == f"sequence_log:{entry}")
        assert connection.execute(command).scalar_one() == "sequence_log"


def test_every_proof_of_the_api_holds_under_the_signed_head(book):
    book.put(*[("grade", grade(new_id())) for _ in range(300)])
    book.settle()
    head = book.head()
    with book.uow() as uow:
        keys = [read_key(str(key.verifier)) for key in uow.log.all_keys()]
    signed = open_note(head["note"], keys)
    for index in (0, 1, 255, 256, signed.size - 1):
        found = book.ask("get_inclusion_proof", index=index)
        assert found["size"] == signed.size
        item = book.ask("list_log_entries", **{"from": index, "to": index + 1})["items"][0]
        leaf = merkle.leaf_hash(bytes.fromhex(item["commitment"]))
        assert merkle.includes(signed.root, signed.size, index, leaf, [bytes.fromhex(one) for one in found["hashes"]])
    for first in (0, 1, 200, 256, signed.size):
        found = book.ask("get_consistency_proof", **{"from": first})
        proof = [bytes.fromhex(one) for one in found["hashes"]]
        assert merkle.extends(first, bytes.fromhex(found["from_root"]), signed.size, signed.root, proof)


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("get_inclusion_proof", {"index": 10**9}, "index"),
        ("get_inclusion_proof", {"index": 0, "size": 10**9}, "size"),
        ("get_consistency_proof", {"from": 10**9}, "from"),
        ("get_consistency_proof", {"from": 0, "to": 10**9}, "to"),
        ("list_log_entries", {"from": -1}, "from"),
    ],
)
def test_what_is_not_in_the_tree_is_refused_with_what_would_be_right(book, name, data, field):
    with pytest.raises(InvalidError) as refused:
        book.ask(name, **data)
    assert refused.value.detail["errors"][0]["field"] == field
    assert "whole number" in refused.value.message or "entry first" in refused.value.message


class TestWhoReadsWhat:
    @pytest.fixture
    def told(self, book, reputation):
        """A supplier of ours that nobody else sees, what is said about it, and who may read which of it."""
        self.ours, self.supplier = new_id(), new_id()
        reputation.tell(supplier_event("supplier_registered.v1", self.supplier, self.ours))
        book.put(("receipt", receipt(self.ours, self.supplier)), ("grade", grade(self.supplier)))
        book.settle()
        return len(book.rows()) - 2

    def seen(self, book, first, **caller):
        """What a caller reads of the two entries: the kinds; the leaves are told to all."""
        items = book.ask("list_log_entries", caller, **{"from": first, "to": first + 2})["items"]
        assert all(len(one["commitment"]) == 64 for one in items)
        assert all((one["record"] is None) == (one["salt"] is None) for one in items)
        return [one["record"] is not None for one in items]

    def test_those_who_manage_the_community_and_the_node_read_both(self, book, told):
        for role in ("organiser", "community_operator", "quality_supervisor"):
            assert self.seen(book, told, role=role, community_id=self.ours) == [True, True]
        assert self.seen(book, told, role="node_operator") == [True, True]

    def test_a_member_and_the_supplier_read_of_the_supplier_and_not_whose_receipt_it_is(self, book, told):
        assert self.seen(book, told, role="member", community_id=self.ours, member_id=new_id()) == [False, True]
        assert self.seen(book, told, role="supplier", supplier_id=self.supplier) == [False, True]
        assert self.seen(book, told, role="quality_supervisor") == [False, True]

    def test_other_communities_and_suppliers_see_leaves_only(self, book, told):
        for role in ("organiser", "community_operator", "member", "partner", "quality_supervisor"):
            assert self.seen(book, told, role=role, community_id=new_id(), member_id=new_id()) == [False, False]
        assert self.seen(book, told, role="supplier", supplier_id=new_id()) == [False, False]


def test_a_copy_over_the_api_is_the_copy_of_the_database_as_the_caller_may_read_it(book, monkeypatch):
    book.put(*[("grade", grade(new_id())) for _ in range(3)])
    book.settle()
    stranger = {"role": "organiser", "community_id": new_id(), "member_id": new_id()}
    monkeypatch.setattr("services.platform.logs.Api", lambda url, patience: LikeApi(book, stranger))
    copy = logs.from_api("http://node", "token")
    head = open_note(copy.notes[-1], copy.keys)
    entries = list(copy.entries)
    report = audit(copy.keys, copy.notes, entries)
    assert (report.findings, report.latest) == ([], head)
    # Other tests set policies, which are for everybody; what is about suppliers is not.
    assert all(json.loads(one.record)["kind"] == "grade_policy" for one in entries if one.record)
    leaf = merkle.leaf_hash(entries[1].commitment)
    assert merkle.includes(head.root, head.size, 1, leaf, copy.inclusion(1, head.size))
    first = open_note(copy.notes[0], copy.keys)
    assert merkle.extends(first.size, first.root, head.size, head.root, copy.consistency(first.size, head.size))


class LikeApi:
    """The API as a client has it, without a gateway in between."""

    NAMES: ClassVar = {
        "heads": "list_log_heads",
        "entries": "list_log_entries",
        "proofs/inclusion": "get_inclusion_proof",
        "proofs/consistency": "get_consistency_proof",
    }

    def __init__(self, book, caller):
        self.book, self.caller = book, caller

    def send(self, method, path, token, query):
        name = path.removeprefix("/v1/log/")
        if name == "head":
            return Answer(200, self.book.head())
        if name == "key":
            with self.book.uow() as uow:
                return Answer(200, outbound.log.keys(handlers.list_log_keys(None, uow)))
        return Answer(200, self.book.ask(self.NAMES[name], self.caller, **query))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("UPDATE {t} SET record = record || ' ' WHERE index = 2", "rewritten"),
        ("UPDATE {t} SET commitment = sha256(commitment) WHERE index = 2", "changed"),
        ("DELETE FROM {t} WHERE index = 2", "gap"),
        (f"{SWAP} -index WHERE index IN (2, 3); {SWAP} 5 + index WHERE index < 0", "changed"),
        ("DELETE FROM {t} WHERE index = (SELECT max(index) FROM {t})", "removed_end"),
    ],
)
def test_what_is_done_to_the_tables_is_found_by_who_has_nothing_but_the_database(book, spoil, code):
    book.put(*[("grade", grade(new_id())) for _ in range(4)])
    book.settle()
    with book.engine.connect() as connection, connection.begin() as transaction:
        for statement in spoil.format(t="reputation.log_entries").split(";"):
            connection.execute(text(statement))
        uow = book.uow()
        uow.connection = connection
        copy = logs.from_database(uow)
        assert code in [one.code for one in audit(copy.keys, copy.notes, copy.entries).findings]
        transaction.rollback()
    assert book.audit().findings == []
