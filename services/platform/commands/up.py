"""``pinlian up``."""

from dataclasses import replace
from pathlib import Path

import click

from services.chassis import logging as logs
from services.chassis.errors import StartupError
from services.chassis.settings import Settings
from services.platform import databases
from services.platform.commands.common import console, data_option, http_option, json_option, print_json, read_address
from services.platform.embedded import Embedded
from services.platform.folder import DEFAULT
from services.platform.runner import SERVICES, Running, free_port

# What the environment says also of an embedded platform; its servers are its own.
KEPT = (
    *("log_level", "workers", "rpc_timeout", "rate_limit", "body_limit", "policy", "health_address"),
    *("public_url", "sandbox"),
)


@click.command()
@data_option
@http_option("")
@json_option
def up(data: Path | None, http: str, as_json: bool) -> None:
    """Run everything in this process.

    在一个进程里运行整个平台。

    Without PINLIAN_* URLs on embedded PostgreSQL, Redis and broker, in a data folder that survives restarts; with
    PINLIAN_DATABASE_URL (or one per service) and PINLIAN_AMQP_URL on those servers, which have to be migrated.
    """
    if data is not None and databases.has_urls():
        raise StartupError("--data names embedded servers and PINLIAN_* URLs name others; give one of the two")
    if databases.has_urls():
        _on_servers(http, as_json)
    else:
        _embedded(data or DEFAULT, http, as_json)


def _embedded(data: Path, http: str, as_json: bool) -> None:
    settings = databases.settings_from_environment()
    logs.set_up(settings.log_level, process="pinlian")
    address = read_address(http) if http else settings.http_address
    more = {name: getattr(settings, name) for name in KEPT}
    with Embedded(data, http=address, stop_on_signals=True, **more) as platform:
        platform.operator_token()
        _announce(platform.url, as_json, platform.folder.token_file)
        platform.running.wait()


def _on_servers(http: str, as_json: bool) -> None:
    settings = Settings.from_environment()
    logs.set_up(settings.log_level, process="pinlian")
    host, port = read_address(http) if http else settings.http_address
    settings = replace(settings, http_address=(host, port or free_port()))
    running = Running(settings, SERVICES)
    running.stop_on_signals()
    running.start()
    host, port = settings.http_address
    _announce(f"http://{host}:{port}", as_json, None)
    running.wait()


def _announce(url: str, as_json: bool, token_file: Path | None) -> None:
    if as_json:
        print_json({"url": url, "docs": f"{url}/docs", "token_file": str(token_file) if token_file else None})
        return
    token = str(token_file) if token_file else "make one with: pinlian tokens create --role node_operator"
    console().print(
        f"Pinlian is up. 拼联已启动。\n  API    {url}/v1\n  docs   {url}/docs\n  token  {token}\nCtrl-C stops it."
    )
