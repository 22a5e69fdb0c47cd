from datetime import timedelta

import pytest

from services.chassis.errors import StartupError
from services.chassis.settings import Settings

NEEDED = {"PINLIAN_DATABASE_URL": "postgresql://u:hush@db/pinlian", "PINLIAN_AMQP_URL": "amqp://u:hush@mq/"}


def settings(**environ):
    return Settings.from_environment({**NEEDED, **environ})


def refusal(**environ):
    with pytest.raises(StartupError) as refused:
        settings(**environ)
    return str(refused.value)


def test_a_new_node_has_the_defaults_of_the_policy():
    made = settings()
    assert made.policy.privacy_k == 5
    assert made.policy.pool_gather == timedelta(hours=48)
    assert made.http_address == ("127.0.0.1", 8080)
    assert made.health_address is None


def test_what_the_operator_sets_is_used():
    made = settings(
        PINLIAN_POOL_GATHER_HOURS="0.5",
        PINLIAN_MATCH_HOLD_HOURS="24",
        PINLIAN_MATCHES_PER_POOL="1",
        PINLIAN_CONSENT_HOURS="6",
        PINLIAN_RELEASE_MINUTES="30",
        PINLIAN_PRIVACY_K="10",
        PINLIAN_ROUND_MINUTES="15",
        PINLIAN_ROUND_SECONDS="2.5",
        PINLIAN_HTTP_ADDRESS="0.0.0.0:80",
        PINLIAN_HEALTH_ADDRESS="[::1]:81",
        PINLIAN_WORKERS="4",
    )
    assert made.policy.pool_gather == timedelta(minutes=30)
    assert made.policy.match_hold == timedelta(hours=24)
    assert made.policy.consent_within == timedelta(hours=6)
    assert made.policy.release_every == timedelta(minutes=30)
    assert (made.policy.round_every, made.policy.round_seconds) == (timedelta(minutes=15), 2.5)
    assert (made.policy.matches_per_pool, made.policy.privacy_k, made.workers) == (1, 10, 4)
    assert (made.http_address, made.health_address) == (("0.0.0.0", 80), ("::1", 81))


def test_a_service_may_have_a_database_url_of_its_own():
    made = settings(PINLIAN_DEMAND_DATABASE_URL="postgresql://demand@db/pinlian")
    assert made.url_of("demand") == "postgresql://demand@db/pinlian"
    assert made.url_of("supplier") == NEEDED["PINLIAN_DATABASE_URL"]


def test_a_database_url_that_is_missing_is_named_when_it_is_needed():
    made = Settings.from_environment({"PINLIAN_AMQP_URL": "inproc://x"})
    with pytest.raises(StartupError, match="PINLIAN_CAMPAIGN_DATABASE_URL is not set"):
        made.url_of("campaign")


def test_a_missing_broker_is_named():
    with pytest.raises(StartupError, match="PINLIAN_AMQP_URL is not set"):
        Settings.from_environment({})


def test_a_secret_may_be_in_a_file(tmp_path):
    secret = tmp_path / "amqp"
    secret.write_text("amqp://u:from-file@mq/\n")
    made = Settings.from_environment({"PINLIAN_AMQP_URL_FILE": str(secret)})
    assert made.amqp_url == "amqp://u:from-file@mq/"


def test_a_secret_that_cannot_be_read_is_an_error_even_where_there_is_a_default(tmp_path):
    text = refusal(PINLIAN_REDIS_URL_FILE=str(tmp_path / "gone"))
    assert text.startswith("PINLIAN_REDIS_URL_FILE ")
    assert "cannot be read (FileNotFoundError)" in text


def test_all_that_is_wrong_is_named_in_one_line():
    text = refusal(PINLIAN_WORKERS="many", PINLIAN_HTTP_ADDRESS="8080", PINLIAN_LOG_LEVEL="loud")
    assert "\n" not in text
    for name in ("PINLIAN_WORKERS", "PINLIAN_HTTP_ADDRESS", "PINLIAN_LOG_LEVEL"):
        assert name in text
    assert text.count("expected") == 3


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PINLIAN_WORKERS", "0", "is 0; expected a whole number from 1 to 1000"),
        ("PINLIAN_WORKERS", "1.5", "is not a whole number"),
        ("PINLIAN_RPC_TIMEOUT", "nan", "is not a number; expected a number from 0.1 to 60"),
        ("PINLIAN_PRIVACY_K", "-3", "expected a whole number from 1 to 1000"),
        ("PINLIAN_POOL_GATHER_HOURS", "0", "expected a number from 0.001 to 2160"),
        ("PINLIAN_BODY_LIMIT", "1", "expected a whole number from 1024"),
        ("PINLIAN_RATE_LIMIT", "x", "is not a whole number"),
        ("PINLIAN_HTTP_ADDRESS", "127.0.0.1:99999", "is not an address; expected host:port"),
        ("PINLIAN_AMQP_URL", "http://mq/", "has the scheme 'http'; expected amqp, amqps, inproc"),
        ("PINLIAN_DATABASE_URL", "mysql://db/x", "has the scheme 'mysql'; expected postgresql"),
        ("PINLIAN_REDIS_URL", "nonsense", "is not a URL; expected one such as redis://"),
        ("PINLIAN_LOG_LEVEL", "loud", "is 'loud'; expected one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(name, value, expected):
    text = refusal(**{name: value})
    assert text.startswith(f"{name} ")
    assert expected in text


def test_a_slip_in_a_name_is_found():
    assert refusal(PINLIAN_WORKRES="4") == "PINLIAN_WORKRES is not a setting; did you mean PINLIAN_WORKERS?"


def test_variables_of_others_and_of_the_tests_are_left_alone():
    settings(HOME="/root", PINLIAN_TEST_POSTGRES_URL="postgresql://x/y")


def test_no_password_is_shown():
    assert "hush" not in repr(settings())
    assert "hush" not in refusal(PINLIAN_AMQP_URL="http://u:hush@mq/")
    assert "hush" not in refusal(PINLIAN_DATABASE_URL="postgresql://u:hush@db:port/x")


def test_settings_do_not_change():
    with pytest.raises(AttributeError):
        settings().workers = 5


KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SANDBOX = {
    "PINLIAN_SANDBOX_URL": "http://sandbox:8090/",
    "PINLIAN_SANDBOX_KEY": KEY,
    "PINLIAN_SANDBOX_PUBLIC_KEY": KEY,
    "PINLIAN_PUBLIC_URL": "https://pinlian.example.org/",
}


def test_a_payment_provider_is_named_by_where_it_is_and_by_keys():
    made = settings(**SANDBOX)
    assert (made.sandbox.url, made.sandbox.key, made.public_url) == (
        "http://sandbox:8090",
        KEY,
        "https://pinlian.example.org",
    )
    assert made.sandbox.public_key == KEY
    assert settings().sandbox is None
    assert settings(PINLIAN_PUBLIC_URL="https://x.example.org").sandbox is None


@pytest.mark.parametrize("missing", sorted(SANDBOX))
def test_a_payment_provider_that_is_half_given_is_one_line(missing):
    given = {name: value for name, value in SANDBOX.items() if name != missing}
    assert refusal(**given) == f"{missing} is not set; the sandbox provider needs it"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PINLIAN_SANDBOX_URL", "sandbox:8090", "is not a URL; expected one such as http://127.0.0.1:8090"),
        ("PINLIAN_SANDBOX_KEY", "hush", "is not a key; expected 32 bytes in base64"),
        ("PINLIAN_SANDBOX_KEY", KEY[4:], "is not a key"),
        ("PINLIAN_SANDBOX_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----", "is not a key"),
        ("PINLIAN_PUBLIC_URL", "ftp://x", "has the scheme 'ftp'; expected http, https"),
    ],
)
def test_a_payment_provider_that_is_given_wrongly_is_one_line(name, value, expected):
    text = refusal(**{**SANDBOX, name: value})
    assert text.startswith(f"{name} ")
    assert expected in text
    assert "hush" not in text


def test_the_key_of_a_payment_provider_may_be_in_a_file_and_is_not_shown(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(f"{KEY}\n")
    given = {name: value for name, value in SANDBOX.items() if name != "PINLIAN_SANDBOX_KEY"}
    made = settings(**given, PINLIAN_SANDBOX_KEY_FILE=str(secret))
    assert made.sandbox.key == KEY
    assert "key=" not in repr(made).replace("public_key=", "")
