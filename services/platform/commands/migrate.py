"""``pinlian migrate``."""

import click

from services.platform import databases, provision, queues
from services.platform.commands.common import json_option, print_json, print_table


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Make a role and a schema per service and bring them to the newest version.

    建立各服务的数据库角色与模式，并升级到最新版本。

    Needs PINLIAN_ADMIN_DATABASE_URL (a role that may create roles and schemas) and the URL of each service:
    PINLIAN_DEMAND_DATABASE_URL and so on, or PINLIAN_DATABASE_URL for all. Where PINLIAN_AMQP_URL is set, the queues of
    all services are made too, so that no event is lost before its consumer's first start. May be repeated at any time.
    """
    settings = databases.settings_from_environment()
    done = provision.migrate(settings)
    queues.declare(settings.amqp_url)
    if as_json:
        print_json([{**{name: getattr(each, name) for name in each.__slots__}} for each in done])
        return
    rows = [
        (
            each.owner,
            f"{each.role} ({'created' if each.role_made else 'there'})",
            "created" if each.schema_made else "there",
            ", ".join(each.revisions) or "up to date",
        )
        for each in done
    ]
    print_table(("service", "role", "schema", "migrations"), rows, empty="nothing to do")
