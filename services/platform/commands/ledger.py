"""``pinlian ledger verify``: recompute the whole ledger and list every difference."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from services.campaign import views
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.kernel.clock import SystemClock
from services.platform import databases
from services.platform.commands.common import data_option, json_option, print_json, print_table

COLUMNS = ("currency", "paid", "refunded", "released", "escrow", "pending", "sum")


@click.group()
def ledger() -> None:
    """The ledger of the campaigns: recompute it, compare it with what a provider says.

    账本：重新核算，与支付机构对账。
    """


@ledger.command()
@data_option
@json_option
def verify(data: Path | None, as_json: bool) -> None:
    """Recompute every balance and counter from transfers and commitments; exit with 1 if anything differs.

    由流水与参团记录重新核算每一笔余额与计数，有差异时退出码为 1。
    """
    with _books(data) as uow:
        totals, differences = views.ledger_totals(uow), views.verify_ledger(uow)
    if as_json:
        print_json({**totals, "differences": differences})
    else:
        _show(totals, differences)
    if differences:
        raise click.exceptions.Exit(1)


def _show(totals: dict[str, Any], differences: list[dict[str, Any]]) -> None:
    rows = [[one["currency"], *(one[name]["amount"] for name in COLUMNS[1:])] for one in totals["currencies"]]
    print_table(COLUMNS, rows, empty="the ledger is empty", numbers=COLUMNS[1:])
    columns = ("subject", "kept", "recomputed")
    rows = [[one[name] for name in columns] for one in differences]
    print_table(columns, rows, empty="every figure adds up / 账实相符")
    click.echo(f"{totals['transfers']} transfers of {totals['campaigns']} campaigns")


@contextmanager
def _books(data: Path | None) -> Iterator[CampaignUnitOfWork]:
    """Open one look at the campaign service's database, as it is at one moment."""
    with databases.settings_of(data) as settings, databases.engine_of(settings, "campaign") as engine:
        snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
        with CampaignUnitOfWork(snapshot, SystemClock()) as uow:
            yield uow
