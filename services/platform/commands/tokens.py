"""``pinlian tokens create | list | revoke``."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from services.kernel.caller import Role
from services.kernel.clock import SystemClock
from services.kernel.ids import parse_id
from services.platform import databases
from services.platform.commands.common import data_option, json_option, print_json, print_table

COLUMNS = ("token_id", "role", "label", "community_id", "member_id", "supplier_id", "expires_at", "revoked_at")


@click.group()
def tokens() -> None:
    """Create, list and revoke access tokens.

    管理访问令牌。
    """


@tokens.command()
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True, help="What it may do.")
@click.option("--community", help="Id of the community that it is bound to.")
@click.option("--member", help="Id of the member that it is bound to.")
@click.option("--supplier", help="Id of the supplier that it is bound to.")
@click.option("--label", default="", help="For whom or what it is.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="Days until it expires; without, it does not.")
@data_option
@json_option
def create(
    role: str,
    community: str | None,
    member: str | None,
    supplier: str | None,
    label: str,
    days: float | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Create a token. Its secret is shown once and stored hashed.

    新建令牌；密文只显示一次。
    """
    from gateway import tokens as store

    clock = SystemClock()
    bound = {"community_id": community, "member_id": member, "supplier_id": supplier}
    with databases.settings_of(data) as settings, databases.engine_of(settings, "gateway") as engine:
        view, secret = store.create_token(
            engine,
            clock,
            role=role,
            label=label,
            expires_at=clock.now() + timedelta(days=days) if days else None,
            created_by="pinlian",
            **{name: parse_id(value, name) if value else None for name, value in bound.items()},
        )
    if as_json:
        print_json({**view, "secret": secret})
    else:
        click.echo(f"token   {view['token_id']}\nsecret  {secret}\nIt is not shown again.")


@tokens.command("list")
@data_option
@json_option
def list_(data: Path | None, as_json: bool) -> None:
    """List tokens, without their secrets.

    列出令牌。
    """
    from gateway import tokens as store

    with databases.settings_of(data) as settings, databases.engine_of(settings, "gateway") as engine:
        found: Any = store.list_tokens(engine)
    items = found["items"] if isinstance(found, dict) else found
    if as_json:
        print_json({"items": items})
        return
    shown = [name for name in COLUMNS if name in ("token_id", "role") or any(item.get(name) for item in items)]
    print_table(shown, [[item.get(name) for name in shown] for item in items], empty="there are no tokens")


@tokens.command()
@click.argument("token_id")
@data_option
def revoke(token_id: str, data: Path | None) -> None:
    """Revoke a token: from now on it opens nothing.

    作废令牌。
    """
    from gateway import tokens as store

    with databases.settings_of(data) as settings, databases.engine_of(settings, "gateway") as engine:
        store.revoke_token(engine, SystemClock(), token_id)
    click.echo(f"revoked {token_id}")
