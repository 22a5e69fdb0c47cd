"""``pinlian jielong FILE|-``: read a pasted chain, say what is unclear, compare and merge posts, write it back."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from services.chassis.errors import StartupError
from services.demand.domain import jielong as chains
from services.demand.domain.jielong import Chain, Changes, Item, Merged, Row
from services.kernel.errors import InvalidError
from services.platform.commands.common import json_option, print_json, print_table

COLUMNS = (
    *("行 no", "昵称 nickname", "户 household", "内容 items", "人 people"),
    *("状态 status", "付 paid", "把握 sure", "问题 question"),
)
STATUS = {"joined": "", "waiting": "候补 waiting", "cancelled": "取消 cancelled", "changed": "改 changed"}
PAID = {True: "已付 paid", False: "未付 unpaid", None: ""}
LARGEST = 800_000  # bytes; a chain of 500 people has less than 100 000


@click.command()
@click.argument("file")
@click.option("--against", metavar="OLD", help="An earlier post of the same chain: show what changed since.")
@click.option("--fork", metavar="OTHER", help="A post that answers the same one: merge both and show the conflicts.")
@click.option("--render", "as_text", is_flag=True, help="Print the chain as text to post again.")
@json_option
def jielong(file: str, against: str | None, fork: str | None, as_text: bool, as_json: bool) -> None:
    """Read a chain (接龙) from FILE, or - for standard input: pasted text or the XML of a message.

    读取接龙：每行是谁、要什么、几个人，看不清的列成问题，从不猜测。

    With --fork, --against names the post that both answered, if it is known. Phones and addresses are masked.
    """
    chain = read(file)
    old = read(against) if against else None
    merged = merge(old, chain, read(fork)) if fork else None
    if merged is not None:
        chain = merged.chain
    changes = chains.compare(old, chain) if old is not None else None
    if as_text and not as_json:
        click.echo(chains.render(chain), nl=False)
    elif as_json:
        print_json(document(chain, changes, merged, as_text))
    else:
        show(chain, changes, merged)


def read(name: str) -> Chain:
    """Read a chain from a file or from standard input; raise ``StartupError`` for what is not a text."""
    what = "standard input" if name == "-" else name
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if name == "-" else _bytes_of(Path(name))
    except OSError as error:
        raise StartupError(f"{what} cannot be read ({error.strerror})") from None
    if len(data) > LARGEST:
        raise StartupError(f"{what} is larger than {LARGEST} bytes; expected the text of one chain")
    text = _decoded(data, what)
    if not text.strip():
        raise StartupError(f"{what} is empty; expected a chain, such as: #接龙 …")
    try:
        return chains.read(text)
    except InvalidError as error:
        wrong = error.detail["errors"][0]
        raise StartupError(f"{what}: {wrong['problem']}; expected {wrong['expected']}") from None


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _decoded(data: bytes, what: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(sign) < 32 and sign not in "\t\n\r\x0b\x0c" for sign in text):
            return text
    raise StartupError(f"{what} is not a text; expected a chain in UTF-8 (or GB 18030)")


def merge(base: Chain | None, one: Chain, other: Chain) -> Merged:
    """Merge two posts; raise ``StartupError`` if they are of different chains."""
    try:
        return chains.merge_forks(base, one, other)
    except InvalidError as error:
        wrong = error.detail["errors"][0]
        raise StartupError(f"--fork {wrong['problem']}; expected {wrong['expected']}") from None


def document(chain: Chain, changes: Changes | None, merged: Merged | None, as_text: bool) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    shown = _shown(chain)
    found = {"chain": shown, "totals": chains.totals(shown)}
    if changes is not None:
        found["changes"] = {
            "added": [_masked(row) for row in changes.added],
            "removed": [_masked(row) for row in changes.removed],
            "changed": [
                {"old": _masked(one.old), "new": _masked(one.new), "fields": one.fields} for one in changes.changed
            ],
            "unchanged": len(changes.unchanged),
        }
    if merged is not None:
        found["conflicts"] = [
            {"fields": one.fields, **{name: _masked(getattr(one, name)) for name in ("base", "a", "b")}}
            for one in merged.conflicts
        ]
        found["removed"] = [_masked(row) for row in merged.removed]
    if as_text:
        found["text"] = chains.render(chain)
    return chains.as_wire(found)


def _shown(chain: Chain) -> Chain:
    """Return the chain without phones and addresses; whoever has the file may see who lives in which flat."""
    return replace(chains.masked(replace(chain, rows=())), rows=tuple(map(_masked, chain.rows)))


def _masked(row: Row | None) -> Row | None:
    if row is None:
        return None
    return replace(chains.masked(replace(row, household=None)), household=row.household)


def show(chain: Chain, changes: Changes | None, merged: Merged | None) -> None:
    """Print the table, the totals, the questions, and what changed."""
    shown = _shown(chain)
    click.echo(f"{shown.title or '(no title / 无标题)'}")
    print_table(COLUMNS, [_cells(row) for row in shown.rows], empty="no rows / 没有接龙的行", numbers=COLUMNS[7:8])
    _show_totals(shown)
    _show_questions(shown)
    if changes is not None:
        _show_changes(changes)
    if merged is not None:
        for one in merged.conflicts:
            sides = [row.line.strip() if row else "—" for row in (_masked(one.a), _masked(one.b))]
            click.echo(f"conflict 冲突: {sides[0]}  ⇄  {sides[1]}  ({', '.join(one.fields)})")
        click.echo(f"merged 合并: {len(merged.conflicts)} conflicts, {len(merged.removed)} left")


def _cells(row: Row) -> list[Any]:
    wanted = [*map(_item, row.items), *([f"〔{row.choice}〕"] if row.choice else [])]
    remark = f"({row.remark})" if row.remark else ""
    codes = ", ".join(dict.fromkeys(one.code for one in row.questions))
    what = " ".join(part for part in ("，".join(wanted), remark) if part)
    place = row.number if row.number is not None else "—"
    marks = (STATUS[row.status], PAID[row.paid], f"{row.confidence:.1f}", codes)
    return [place, row.nickname or "—", row.household, what, _people(row), *marks]


def _item(item: Item) -> str:
    amount = "?" if item.quantity is None else str(item.quantity)
    note = f"({item.note})" if item.note else ""
    return " ".join(part for part in (f"{item.label or ''}{note}", f"{amount}{item.unit or ''}") if part)


def _people(row: Row) -> str:
    if row.adults is None and row.children is None:
        return "" if row.people is None else str(row.people)
    return f"{row.adults or 0}大{row.children or 0}小"


def _show_totals(chain: Chain) -> None:
    table = chains.totals(chain)
    sums = zip(table.options, table.sums, strict=True)
    known = [f"{label or '—'} {total}{unit or ''}" for (label, unit), total in sums if total]
    people = f"{table.people} people 人 ({table.adults} 大, {table.children} 小)"
    marks = f"waiting 候补 {table.waiting}, cancelled 取消 {table.cancelled}"
    click.echo(f"{len(table.rows)} rows 行: {people}; {marks}; with questions 待确认 {table.open_rows}")
    if known:
        click.echo("total 合计: " + "，".join(known))


def _show_questions(chain: Chain) -> None:
    rows = [("—", one.code, one.about, one.zh, one.en) for one in chain.warnings]
    for row in chain.rows:
        place = row.number if row.number is not None else f"line {row.line_numbers[0]}"
        rows += [(place, one.code, " ".join(one.about.split()), one.zh, one.en) for one in row.questions]
    print_table(("行 no", "code", "about", "问题", "question"), rows, empty="no questions / 没有疑问")


def _show_changes(changes: Changes) -> None:
    rows = [("+", row.nickname, row.household, _masked(row).line.strip()) for row in changes.added]
    rows += [("-", row.nickname, row.household, _masked(row).line.strip()) for row in changes.removed]
    for one in changes.changed:
        old, new = (_masked(row).line.strip() for row in (one.old, one.new))
        rows.append(("~", one.new.nickname, one.new.household, f"{old} → {new} ({', '.join(one.fields)})"))
    rows = [(sign, name, house, " ".join(text.split())) for sign, name, house, text in rows]
    print_table(("", "昵称 nickname", "户 household", "变化 change"), rows, empty="nothing changed / 没有变化")
    click.echo(f"{len(changes.unchanged)} unchanged 未变")
