"""``pinlian ledger verify`` and ``reconcile``: recompute the ledger, compare it with a provider; list differences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from services.campaign import views
from services.campaign.domain.reconciling import Comparison
from services.campaign.providers.port import PaymentProvider, ProviderRefused, ProviderUnavailable
from services.campaign.providers.registry import make_providers
from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.chassis.errors import StartupError
from services.kernel.clock import SystemClock, parse_time
from services.kernel.errors import InvalidError
from services.platform import databases, reconciling
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


@ledger.command()
@click.option("--provider", required=True, help="Whose statement, such as sandbox.")
@click.option("--from", "start", help="From when on, RFC 3339 (default: the first order).")
@click.option("--to", "end", help="Before when, RFC 3339 (default: now).")
@data_option
@json_option
def reconcile(provider: str, start: str | None, end: str | None, data: Path | None, as_json: bool) -> None:
    """Compare a provider's statement with the ledger; exit with 1 if anything differs.

    逐笔比对支付机构的对账单与账本，列出每一处差异，有差异时退出码为 1。
    """
    span = [None if text is None else _time(text, option) for option, text in (("--from", start), ("--to", end))]
    with databases.settings_of(data) as settings, databases.engine_of(settings, "campaign") as engine:
        known = make_providers(replace(settings, sandbox=databases.settings_from_environment().sandbox))
        if provider not in known or not known[provider].traits.has_statement:
            raise StartupError(f"there is no provider {provider!r} with statements here; expected {_names(known)}")
        try:
            found = reconciling.reconcile(engine, known[provider], SystemClock(), *span)
        except (ProviderUnavailable, ProviderRefused) as failure:
            raise StartupError(f"{provider} gives no statement: {failure}") from None
    if as_json:
        print_json({**asdict(found), "agreed": found.agreed})
    else:
        _show_comparison(found)
    if found.differences:
        raise click.exceptions.Exit(1)


def _show_comparison(found: Comparison) -> None:
    rows = [[one.number, one.fault, one.ledger, one.provider, one.zh] for one in found.differences]
    columns = ("number", "fault", "ledger", "provider", "说明")
    print_table(columns, rows, empty="the statement and the ledger agree / 对账单与账本一致")
    click.echo(f"{found.agreed} orders agree, {len(found.open)} are under way, {len(found.differences)} differ")


def _time(text: str, option: str) -> datetime:
    try:
        return parse_time(text, option)
    except InvalidError as error:
        wrong = error.detail["errors"][0]
        raise StartupError(f"{option}: {wrong['problem']}; expected {wrong['expected']}") from None


def _names(known: Mapping[str, PaymentProvider]) -> str:
    return ", ".join(name for name, one in known.items() if one.traits.has_statement) or (
        "none: name one with PINLIAN_SANDBOX_URL, PINLIAN_SANDBOX_KEY and PINLIAN_SANDBOX_PUBLIC_KEY"
    )


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
