"""Bad luck: as often as the profile says, the same for the same orders, and never more than it says."""

import json
from datetime import timedelta

import pytest

from services.chassis.errors import StartupError
from services.kernel.clock import parse_time
from services.sandbox.callbacks import Callback
from services.sandbox.mischief import Mischief, Trouble
from services.sandbox.model import Kind
from services.sandbox.profile import NAMES, load_profile, read_profile
from tests.builders_sandbox import AT_ONCE, Merchant
from tests.fakes.chassis import MONDAY

DAY = timedelta(days=1)
URL = "http://merchant/callback"


def mischief(seed=1, **profile):
    return Mischief(seed, read_profile(profile))


def callbacks_of(profile, count=1, **more):
    """Return the callbacks of ``count`` charges, all paid."""
    merchant = Merchant(profile)
    for number in range(count):
        merchant.charge(f"c{number}", notify_url=URL, **more)
    merchant.wait(minutes=5)
    found = merchant.callbacks()
    merchant.close()
    return found


# Draws


@pytest.mark.parametrize("rate", [0, 0.1, 0.5, 1])
def test_things_happen_as_often_as_the_profile_says(rate):
    draws = mischief(decline={"refund": rate})
    declined = sum(draws.fate(Kind.REFUND, f"r{n}", MONDAY, None).reason is not None for n in range(2_000))
    assert abs(declined - 2_000 * rate) < 80 * (0 < rate < 1) + 1e-9


def test_the_same_seed_gives_the_same_luck_and_another_seed_another():
    def run(seed):
        draws = Mischief(seed, load_profile("heavy"))
        fates = [draws.fate(Kind.SPLIT, f"s{n}", MONDAY, None) for n in range(50)]
        notices = [draws.notices(f"s{n}", 2) for n in range(50)]
        troubles = [draws.trouble("POST", f"s{n}", attempt) for n in range(50) for attempt in (1, 2, 3)]
        return fates, notices, troubles

    assert run(7) == run(7)
    assert all(one != other for one, other in zip(run(7), run(8), strict=True))


def test_a_run_with_the_same_orders_ends_the_same():
    def run(seed):
        merchant = Merchant({"decline": {"charge": 0.5}, "delay": {"charge": [0, 60]}}, seed=seed)
        for number in range(30):
            merchant.charge(f"c{number}")
        merchant.wait(minutes=2)
        return merchant.statement(MONDAY, MONDAY + DAY)

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_one_trouble_does_not_follow_an_order_for_ever():
    draws = Mischief(1, load_profile("heavy"))
    for number in range(200):
        assert None in [draws.trouble("POST", f"c{number}", attempt) for attempt in range(1, 30)]


# Callbacks


def test_a_callback_tells_of_an_order_that_ended():
    (callback,) = callbacks_of({})
    body = json.loads(callback["body"])
    assert (callback["url"], body["type"], body["order"]["number"]) == (URL, "charge.succeeded", "c0")
    assert body["order"]["sequence"] == 2
    assert body["id"] == f"{body['order']['reference']}-2"


def test_without_an_address_there_is_no_callback():
    merchant = Merchant()
    merchant.paid()
    assert merchant.callbacks() == []


def test_a_duplicate_is_the_same_twice():
    first, second = callbacks_of({"callback": {"duplicate": 1}})
    assert first["body"] == second["body"]


def test_a_late_callback_comes_later():
    (callback,) = callbacks_of({"callback": {"late": 1, "late_seconds": [20, 30]}})
    after = parse_time(callback["due_at"], "due_at") - MONDAY
    assert timedelta(seconds=21) <= after <= timedelta(seconds=31)


def test_a_lost_callback_is_never_sent():
    assert callbacks_of({"callback": {"lost": 1, "duplicate": 1}}) == []


def test_of_reordered_callbacks_the_older_news_comes_later():
    newer, older = callbacks_of({"callback": {"reordered": 1}})
    assert (newer["sequence"], older["sequence"]) == (2, 1)
    assert '"status":"pending"' in older["body"]
    assert parse_time(older["due_at"], "due_at") > parse_time(newer["due_at"], "due_at")


def test_a_callback_is_tried_again_after_twice_as_long_and_given_up_in_the_end():
    retries = read_profile({"retry": {"attempts": 5, "first_seconds": 1, "most_seconds": 3}}).retry
    callback, waits = Callback("c1", 2, URL, "{}", MONDAY), []
    while (later := callback.after_failure(callback.due_at, retries)) is not None:
        waits.append((later.due_at - callback.due_at).total_seconds())
        callback = later
    assert (waits, callback.attempts) == ([1, 2, 3, 3], 4)


def test_a_callback_that_is_on_its_way_is_not_sent_twice_at_once():
    merchant = Merchant()
    merchant.paid(notify_url=URL)
    merchant.provider.work()
    merchant.provider.work()
    assert len(merchant.spawned) == 1
    assert not merchant.provider.at_rest()


# Answers


def ask_with(trouble):
    merchant = Merchant({**AT_ONCE, "answer": {trouble: 1, "hang_seconds": 3}})
    return merchant, merchant.charge()


def test_a_refused_request_has_no_effect():
    merchant, (status, answer) = ask_with("refused")
    assert (status, answer["code"]) == (503, "BUSY")
    with merchant.store as transaction:
        assert transaction.find_order("c1") is None


@pytest.mark.parametrize(("trouble", "status"), [("error", 500), ("broken", 200), ("timeout", 200)])
def test_any_other_trouble_has_its_effect(trouble, status):
    merchant, answer = ask_with(trouble)
    assert answer[0] == status
    with merchant.store as transaction:
        assert transaction.find_order("c1").status == "succeeded"
    assert merchant.broken == (trouble != "error")
    assert merchant.paused == ([3] if trouble == "timeout" else [])


def test_troubles_are_drawn_anew_for_each_attempt():
    merchant = Merchant({"answer": {"refused": 0.5}})
    statuses = [merchant.charge()[0] for _ in range(40)]
    assert 5 < statuses.count(503) < 35
    assert merchant.ask("GET", "/v1/limits")[0] == 200  # of no order


def test_the_worst_of_all_troubles_are_shared_out():
    draws = mischief(answer={"refused": 0.25, "error": 0.25, "broken": 0.25, "timeout": 0.25})
    found = [draws.trouble("POST", f"c{number}", 1) for number in range(1_000)]
    assert set(found) == set(Trouble)
    assert min(found.count(trouble) for trouble in Trouble) > 180


# Profiles


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_profiles_are_right(name):
    profile = load_profile(name)
    assert (profile.answer.error > 0) == (name != "none")
    assert profile.delay[Kind.CHARGE][0] <= profile.delay[Kind.CHARGE][1]
    assert set(profile.delay) == set(Kind)


def test_a_file_says_what_differs(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("pay: manual\ncallback: {lost: 0.5}\nlimits: {share_bp: 9000}\n")
    profile = load_profile(str(file))
    assert (profile.pay, profile.callback.lost, profile.callback.late) == ("manual", 0.5, 0)
    assert (profile.limits.share_bp, profile.limits.splits_per_payment) == (9_000, 50)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("callback: {lost: 2}", "callback.lost is 2.0; expected a share from 0 to 1"),
        ("callback: {lots: 0.1}", "callback.lots is not known here"),
        ("pay: later", "pay is 'later'; expected auto or manual"),
        ("delay: {charge: 5}", "delay.charge is 5; expected two numbers of seconds such as [1, 5]"),
        ("delay: {charge: [5, 1]}", "delay.charge is [5, 1]; expected two numbers"),
        ("decline: {void: 0.1}", "decline.void is not known here"),
        ("answer: {broken: 0.6, error: 0.6}", "sum to 1.2; expected 1 at most"),
        ("retry: {attempts: 0}", "retry.attempts is 0; expected a whole number from 1 to 1000"),
        ("limits: 5", "limits is not an object"),
        ("- a", "is no profile; expected YAML such as"),
        ("a: [", "is not YAML"),
        ("", "is no profile"),
    ],
)
def test_what_is_wrong_with_a_profile_is_one_line(tmp_path, text, message):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(StartupError) as refused:
        load_profile(str(file))
    assert message in str(refused.value)
    assert "mine.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_profile_that_is_not_there_is_named():
    with pytest.raises(StartupError, match=r"terrible cannot be read: .*; expected heavy, light, none or a YAML file"):
        load_profile("terrible")
