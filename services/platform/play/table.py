"""The closing table: what became of each campaign and of its money."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from services.platform.play.phrases import state, word
from services.platform.play.values import look_up

COLUMNS = ("campaigns", "communities", "seats", "price", "paid", "refunded", "released", "state")
NUMBERS = COLUMNS[2:7]


def row(campaign: dict[str, Any], communities: dict[str, str]) -> dict[str, Any]:
    """Return one campaign for programs; ``communities`` are names by id."""
    names = [
        {
            "name": communities.get(each["community_id"], "…"),
            "seats": each.get("paid_seats"),
        }
        for each in campaign["communities"]
    ]
    price = campaign.get("price") or campaign.get("current_price")
    money = campaign.get("money") or {}
    return {
        "campaign_id": campaign["campaign_id"],
        "campaign": campaign["title"],
        "communities": names,
        "seats": campaign["paid_seats"],
        "price": look_up(price, "amount"),
        "currency": look_up(price, "currency"),
        **{name: look_up(money, f"{name}.amount") for name in ("paid", "refunded", "released")},
        "state": campaign["state"],
    }


def print_rows(console: Console, rows: list[dict[str, Any]], language: str) -> None:
    """Print the table for people."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in COLUMNS:
        justify = "right" if column in NUMBERS else "left"
        table.add_column(word(column, language), justify=justify, no_wrap=column in NUMBERS)
    for each in rows:
        names = ", ".join(
            f"{one['name']} {one['seats'] if one['seats'] else ''}".strip() for one in each["communities"]
        )
        money = [each[name] or "–" for name in ("price", "paid", "refunded", "released")]
        table.add_row(each["campaign"], names, str(each["seats"]), *money, state(each["state"], language))
    console.print(table)
