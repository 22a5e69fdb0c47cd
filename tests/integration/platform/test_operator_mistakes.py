"""What an operator does wrong is one readable line on stderr and a code other than zero, never a traceback."""

import contextlib
import socket

import pytest
from sqlalchemy import make_url

from services.platform import provision
from tests import servers

NOBODY = "127.0.0.1:1"  # no server listens at port 1


def the_line(done, *words):
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0], lines[0]
    return lines[0]


@pytest.fixture
def variables(own_database):
    """A migrated database and a broker, as variables for ``serve``."""
    provision.migrate(own_database)
    urls = {f"PINLIAN_{owner.upper()}_DATABASE_URL": url for owner, url in own_database.database_urls.items()}
    return {**urls, "PINLIAN_AMQP_URL": servers.need("rabbitmq")}


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_service_that_is_not_there(pinlian):
    the_line(pinlian("serve", "payments"), "there is no service 'payments'", "demand, supplier, campaign")


def test_a_command_that_is_not_there(pinlian):
    done = pinlian("fly")
    assert done.returncode == 2
    assert "No such command 'fly'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_url(pinlian):
    the_line(
        pinlian("serve", "demand", PINLIAN_DATABASE_URL="mysql://x/y", PINLIAN_AMQP_URL="amqp://x"),
        "PINLIAN_DATABASE_URL",
        "postgresql",
    )


def test_a_url_that_is_missing(pinlian):
    the_line(pinlian("serve", "demand"), "PINLIAN_AMQP_URL is not set")


def test_a_variable_that_is_misspelt(pinlian):
    line = the_line(
        pinlian("serve", "demand", PINLIAN_AMQP_UR="amqp://x", PINLIAN_AMQP_URL="amqp://x"), "PINLIAN_AMQP_UR"
    )
    assert "did you mean PINLIAN_AMQP_URL" in line


def test_a_variable_with_a_wrong_value(pinlian):
    the_line(pinlian("up", PINLIAN_WORKERS="many"), "PINLIAN_WORKERS", "whole number")


def test_a_password_in_a_wrong_url_is_not_shown(pinlian):
    done = pinlian("migrate", PINLIAN_ADMIN_DATABASE_URL=f"postgresql://me:hunter2@{NOBODY}/x", PINLIAN_DATABASE_URL="")
    assert "hunter2" not in done.stderr
    assert done.returncode == 2


def test_a_database_that_is_down(pinlian):
    url = f"postgresql://me:hunter2@{NOBODY}/x"
    for command in (("serve", "demand"), ("migrate",), ("tokens", "list"), ("dead-letters", "list")):
        line = the_line(
            pinlian(*command, PINLIAN_DATABASE_URL=url, PINLIAN_AMQP_URL="amqp://guest@127.0.0.1:1/"), NOBODY
        )
        assert "hunter2" not in line


def test_a_broker_that_is_down(pinlian, variables):
    variables["PINLIAN_AMQP_URL"] = f"amqp://me:hunter2@{NOBODY}/"
    line = the_line(pinlian("serve", "reputation", **variables), "broker", "127.0.0.1:1")
    assert "hunter2" not in line


def test_a_schema_that_is_not_migrated(pinlian, own_database):
    url = make_url(own_database.admin_database_url).render_as_string(hide_password=False)
    variables = {"PINLIAN_DATABASE_URL": url, "PINLIAN_AMQP_URL": servers.need("rabbitmq")}
    the_line(pinlian("serve", "campaign", **variables), "campaign", "run: pinlian migrate")


def test_a_port_that_is_taken(pinlian, variables, taken_port):
    variables["PINLIAN_HTTP_ADDRESS"] = f"127.0.0.1:{taken_port}"
    the_line(pinlian("serve", "gateway", **variables), f"127.0.0.1:{taken_port}", "PINLIAN_HTTP_ADDRESS")


def test_a_port_for_health_that_is_taken(pinlian, variables, taken_port):
    variables["PINLIAN_HEALTH_ADDRESS"] = f"127.0.0.1:{taken_port}"
    the_line(pinlian("serve", "demand", **variables), f"127.0.0.1:{taken_port}", "PINLIAN_HEALTH_ADDRESS")


def test_a_port_that_is_taken_for_everything_embedded(pinlian, taken_port):
    the_line(pinlian("up", "--http", f"127.0.0.1:{taken_port}"), f"127.0.0.1:{taken_port}")


def test_an_address_that_is_none(pinlian):
    the_line(pinlian("up", "--http", "8080"), "--http '8080' is not an address")


def test_a_data_folder_that_is_not_there(pinlian):
    the_line(pinlian("tokens", "list"), "there is no data folder", "pinlian up")


def test_a_data_folder_that_cannot_be_written(pinlian, tmp_path):
    (tmp_path / "file").write_text("")
    done = pinlian("up", "--data", tmp_path / "file")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_migrate_without_an_administrator(pinlian):
    the_line(pinlian("migrate"), "PINLIAN_ADMIN_DATABASE_URL is not set")


def test_a_scenario_that_is_not_there(pinlian):
    the_line(pinlian("play", "nowhere.yaml"), "nowhere.yaml cannot be read")


def test_a_deployment_that_does_not_answer(pinlian, tmp_path):
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "title: {zh: a, en: b}\nstart: '2026-05-11T09:00:00Z'\ncommunities: [{as: c, name: c}]\nsteps: [{say: x}]\n"
    )
    the_line(
        pinlian("play", scenario, "--url", f"http://{NOBODY}", "--token", "t", "--patience", "1"), "does not answer"
    )
    the_line(pinlian("play", scenario, "--url", f"http://{NOBODY}"), "--token")


def test_a_scenario_that_would_have_to_jump(pinlian, tmp_path):
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "title: {zh: a, en: b}\nstart: '2026-05-11T09:00:00Z'\ntimes: {later: 3d}\n"
        "communities: [{as: c, name: c}]\nsteps: [{at: later, say: x}]\n"
    )
    the_line(pinlian("play", scenario, "--url", f"http://{NOBODY}", "--token", "t"), "would have to jump to later")


def test_help_says_everything_in_both_languages(pinlian):
    for command in ("up", "serve", "play", "demo", "migrate", "tokens", "dead-letters", "sandbox"):
        done = pinlian(command, "--help")
        assert done.returncode == 0
        with contextlib.suppress(UnicodeEncodeError):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout), command
