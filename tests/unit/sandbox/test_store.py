"""What is kept in the file, and who may have it."""

import stat

import pytest

from services.chassis.errors import StartupError
from services.sandbox.model import Kind, Order, Part, Payment, Stage, Status
from services.sandbox.rows import from_json, micros, moment, to_json
from services.sandbox.store import Store
from tests.builders_sandbox import Merchant
from tests.fakes.chassis import MONDAY, FakeClock


def test_a_value_is_the_same_after_it_was_kept():
    order = Order(
        "s|1", Kind.SPLIT, "c", "c", 5, "CNY", MONDAY, "S1", parts=(Part("merchant:a", 5, Status.DECLINED, "NO_AUTH"),)
    )
    payment = Payment("c", "CNY", Stage.FROZEN, paid=5, unfreezes_at=MONDAY)
    for value in (order, payment):
        again = from_json(type(value), to_json(value))
        assert again == value
        assert [type(getattr(again, name)) for name in value.__slots__] == [
            type(getattr(value, name)) for name in value.__slots__
        ]
    assert moment(micros(MONDAY)) == MONDAY


def test_a_provider_that_starts_again_knows_everything(tmp_path):
    path, clock = tmp_path / "data" / "sandbox.db", FakeClock()
    merchant = Merchant({"pay": "auto"}, path=path, clock=clock, seed=5)
    merchant.charge(notify_url="http://merchant/")
    access, header = merchant.provider.access, merchant.signer.authorization("GET", "/v1/limits", b"", clock.now())
    merchant.ask("GET", "/v1/limits", authorization=header)
    merchant.close()
    clock.pass_(minutes=2)  # it is down when the charge is due
    again = Merchant({"pay": "auto"}, path=path, clock=clock)
    assert again.provider.access == access
    assert again.provider.seed == 5
    again.provider.work()
    charge = again.get("charges", "c1")
    assert (charge["status"], charge["at"]) == ("succeeded", "2026-05-11T09:00:01Z")
    assert len(again.spawned) == 1
    assert again.ask("GET", "/v1/limits", authorization=header)[1]["code"] == "NONCE_USED"
    again.close()


def test_another_seed_than_that_of_the_file_is_refused(tmp_path):
    Merchant(path=tmp_path / "a.db", seed=5).close()
    with pytest.raises(StartupError, match="begun with --seed 5, not 6"):
        Merchant(path=tmp_path / "a.db", seed=6)


def test_a_file_belongs_to_one_process(tmp_path):
    first = Store(tmp_path / "a.db")
    with pytest.raises(StartupError, match="another process has it; choose another file with --data"):
        Store(tmp_path / "a.db")
    first.close()
    Store(tmp_path / "a.db").close()


def test_others_cannot_read_the_keys(tmp_path):
    Store(tmp_path / "a.db").close()
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("make", ["folder", "below a file", "no database"])
def test_a_file_that_cannot_be_used_is_one_line(tmp_path, make):
    path = tmp_path / "a"
    if make == "folder":
        path.mkdir()
    else:
        path.write_text("this is no database, whatever its name says; " * 40)
    with pytest.raises(StartupError, match="cannot keep data in") as refused:
        Store(path / "b" if make == "below a file" else path)
    assert "\n" not in str(refused.value)


def test_what_failed_in_the_middle_left_nothing():
    store = Store(None)

    def fail():
        with store as transaction:
            transaction.save_payment(Payment("c", "CNY"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store as transaction:
        assert transaction.find_payment("c") is None


def test_old_nonces_are_forgotten():
    merchant = Merchant()
    merchant.ask("GET", "/v1/limits")
    merchant.clock.pass_(minutes=20)
    merchant.ask("GET", "/v1/limits")
    with merchant.store:
        assert merchant.store._connection.execute("SELECT count(*) FROM nonces").fetchone() == (1,)
