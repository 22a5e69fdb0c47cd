"""``pinlian log verify | export | rotate-key``: the tamper-evident log, looked at without trusting who keeps it."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from services.chassis.errors import StartupError
from services.kernel.clock import SystemClock
from services.kernel.errors import InvalidError
from services.platform import databases
from services.platform.commands.common import data_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from services.platform.logs import Copy
    from services.reputation.domain.log_audit import CopiedEntry, Report
    from services.reputation.storage.unit_of_work import ReputationUnitOfWork

EVERY, QUIET = 1.0, 2.0  # seconds between two tellings of how far it is, and before the first
SAMPLES = 16  # entries whose proofs are asked for

_url = click.option("--url", help="A node that is asked over its API, instead of the database.")
_token = click.option("--token", envvar="PINLIAN_TOKEN", help="A token of that node (or PINLIAN_TOKEN).")


@click.group()
def log() -> None:
    """The tamper-evident log of receipts, grades and decisions.

    防篡改日志：回执、评级与裁决。
    """


@log.command()
@click.argument("file", required=False)
@_url
@_token
@click.option("--key", help="The public key that you trust, name+id+base64 (default: those that come with the log).")
@click.option("--from-head", help="A head, or a whole copy, that you kept: is this still the same log?")
@click.option("--save-head", type=click.Path(dir_okay=False), help="Keep the newest head in this file if all is well.")
@data_option
@json_option
def verify(
    file: str | None,
    url: str | None,
    token: str | None,
    key: str | None,
    from_head: str | None,
    save_head: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Compute the log anew and say what was rewritten, removed or reordered; exit with 1 if anything was.

    重新计算整个日志，指出被改写、删除或换序的条目；有问题时退出码为 1。

    The log is that of FILE (from log export), of --url, or of the database. Without --from-head it can only be wrong in
    itself; a log that was rewritten throughout and signed again is found out by a head that you kept before.
    """
    from services.platform.logs import read_kept

    notes, commitments = read_kept(from_head) if from_head else ([], None)
    with _copy(file, url, token, data) as copy:
        if key:
            copy.keys = [_trusted(key)]
        report = _audited(copy, notes, commitments)
    if save_head and not report.findings and report.note:
        Path(save_head).write_text(report.note, encoding="utf-8")
    _tell(report, kept=bool(from_head), as_json=as_json)
    if report.findings:
        raise click.exceptions.Exit(1)


@log.command()
@click.argument("file", type=click.Path(allow_dash=True), default="-")
@_url
@_token
@data_option
def export(file: str, url: str | None, token: str | None, data: Path | None) -> None:
    """Write a copy of the log, lines of JSON, to FILE (- for stdout): heads, leaves, and what you may read.

    导出日志副本，供自行保存与核对。
    """
    from services.platform.logs import write

    with _copy(None, url, token, data) as copy:
        copy.entries = _counted(copy.entries)
        if file == "-":
            count = write(copy, sys.stdout)
        else:
            try:
                with open(file, "w", encoding="utf-8") as out:
                    count = write(copy, out)
            except OSError as error:
                raise StartupError(f"{file} cannot be written ({error.strerror})") from None
    click.echo(f"{count} entries, {len(copy.notes)} heads / {count} 条，{len(copy.notes)} 个签名根", err=True)


@log.command("rotate-key")
@data_option
@json_option
def rotate_key(data: Path | None, as_json: bool) -> None:
    """Let a new key sign heads from now on; heads that older keys signed stay valid.

    换用新密钥签名；旧密钥签过的根仍然有效。
    """
    from services.reputation import handlers

    with _book(data) as uow:
        made = handlers.rotate_log_key(uow).verifier
        uow.commit()
    if as_json:
        print_json({"key": str(made)})
    else:
        click.echo(f"{made} signs from now on; heads of older keys still verify")


def _audited(copy: "Copy", notes: list[str], commitments: list[bytes] | None) -> "Report":
    from services.reputation.domain.log_audit import audit

    copy.entries = _counted(copy.entries)
    leaves: list[bytes] = []
    report = audit(copy.keys, copy.notes, _keep(copy.entries, leaves), kept_notes=notes, kept_commitments=commitments)
    _ask_for_proofs(copy, notes, leaves, report)
    return report


def _keep(entries: "Iterable[CopiedEntry]", leaves: list[bytes]) -> "Iterator[CopiedEntry]":
    for entry in entries:
        leaves.append(entry.commitment)
        yield entry


def _ask_for_proofs(copy: "Copy", notes: list[str], leaves: list[bytes], report: "Report") -> None:
    """Ask the holder of a log that is well so far for proofs, as one would who has a head and a receipt only."""
    from services.reputation.domain import merkle
    from services.reputation.domain.notes import open_note

    head = report.latest
    if report.findings or head is None or copy.consistency is None or copy.inclusion is None:
        return
    for note in notes:
        old = open_note(note, copy.keys)
        proof = copy.consistency(old.size, head.size)
        if not merkle.extends(old.size, old.root, head.size, head.root, proof):
            report.find("bad_consistency", first=old.size, second=head.size)
    for at in range(0, head.size, max(1, head.size // SAMPLES)):
        proof = copy.inclusion(at, head.size)
        if not merkle.includes(head.root, head.size, at, merkle.leaf_hash(leaves[at]), proof):
            report.find("bad_inclusion", index=at)


def _tell(report: "Report", *, kept: bool, as_json: bool) -> None:
    head = report.latest
    size, root = (head.size, head.root.hex()) if head else (None, None)
    if as_json:
        found = [{"code": one.code, "zh": one.zh, "en": one.en, **one.data} for one in report.findings]
        counts = {"entries": report.entries, "readable": report.readable, "heads": report.heads}
        signed = {"signed_size": size, "signed_root": root, "root": report.root.hex()}
        print_json({"ok": not found, **counts, **signed, "compared": kept, "counts": report.counts, "findings": found})
        return
    rows = [[one.code, one.en, one.zh] for one in report.findings]
    if rows:
        print_table(("code", "what", "说明"), rows, empty="")
        hidden = sum(report.counts.values()) - len(rows)
        click.echo(f"{hidden} more / 另有 {hidden} 处" if hidden else "", nl=bool(hidden))
        return
    click.echo(f"{report.entries} entries and {report.heads} signed heads agree / 条目与签名根一致")
    click.echo(f"signed up to {size}, root {root}; {report.readable} entries readable / 可读条目")
    if not kept:
        click.echo("not compared with an earlier head: keep one with --save-head / 未与先前的签名根比对")


def _counted(entries: "Iterable[CopiedEntry]") -> "Iterator[CopiedEntry]":
    started = told = time.monotonic()
    for count, entry in enumerate(entries, 1):
        yield entry
        if count % 1_000 == 0 and (now := time.monotonic()) - told > EVERY and now - started > QUIET:
            told = now
            click.echo(f"\r{count} entries / 条", nl=False, err=True)
    if told > started:
        click.echo("", err=True)


def _trusted(text: str) -> Any:
    from services.reputation.domain.notes import read_key

    try:
        return read_key(text)
    except InvalidError as error:
        raise StartupError(f"--key {error.message.removeprefix('key ')}") from None


@contextmanager
def _copy(file: str | None, url: str | None, token: str | None, data: Path | None) -> "Iterator[Copy]":
    from services.platform import logs

    if sum(one is not None for one in (file, url, data)) > 1:
        raise StartupError("give a FILE, --url or --data, only one of them")
    if file is not None:
        yield logs.from_file(file)
    elif url is not None:
        yield logs.from_api(url, token)
    else:
        with _book(data) as uow:
            yield logs.from_database(uow)


@contextmanager
def _book(data: Path | None) -> "Iterator[ReputationUnitOfWork]":
    from services.reputation.storage.unit_of_work import ReputationUnitOfWork

    with (
        databases.settings_of(data) as settings,
        databases.engine_of(settings, "reputation") as engine,
        ReputationUnitOfWork(engine, SystemClock()) as uow,
    ):
        yield uow
