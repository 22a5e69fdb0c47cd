"""``pinlian keys list | rotate``: the keys that sign check-in codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from services.campaign import handlers, outbound
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.clock import SystemClock
from services.platform import databases
from services.platform.commands.common import data_option, json_option, print_json, print_table

COLUMNS = ("key_id", "public_key", "created_at", "retired_at")


@click.group()
def keys() -> None:
    """The keys that sign check-in codes; their private parts stay in the database.

    签到码的签名密钥；私钥只在数据库中。
    """


@keys.command("list")
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    """List the public keys, as GET /v1/check-in-keys does.

    列出公钥。
    """
    with _books(data) as uow:
        found = outbound.keys(uow.signing_keys.all())
    if as_json:
        print_json(found)
        return
    rows = [[one[name] for name in COLUMNS] for one in found["keys"]]
    print_table(COLUMNS, rows, empty="there are no keys yet: the first code makes one")


@keys.command()
@data_option
@json_option
def rotate(data: Path | None, as_json: bool) -> None:
    """Let a new key sign from now on; codes that older keys signed stay valid.

    换用新密钥签名；旧密钥签过的码仍然有效。
    """
    with _books(data) as uow:
        key = handlers.rotate_key(uow)
        uow.commit()
    if as_json:
        print_json(outbound.keys([key])["keys"][0])
    else:
        click.echo(f"the key {key.key_id} signs from now on; older ones still verify")


@contextmanager
def _books(data: Path | None) -> Iterator[CampaignUnitOfWork]:
    with (
        databases.settings_of(data) as settings,
        databases.engine_of(settings, "campaign") as engine,
        CampaignUnitOfWork(engine, SystemClock()) as uow,
    ):
        yield uow
