"""``pinlian serve NAME``."""

import click

from services.chassis.settings import Settings


@click.command()
@click.argument("name")
def serve(name: str) -> None:
    """Run one service on the servers that PINLIAN_* names: demand, supplier, campaign, reputation or gateway.

    运行单个服务（连接已有的数据库与消息队列）。

    SIGTERM stops it after the work under way. PINLIAN_HEALTH_ADDRESS=HOST:PORT serves /health and /metrics.
    """
    from services.chassis import logging as logs
    from services.platform.runner import Running, load

    load(name)
    settings = Settings.from_environment()
    logs.set_up(settings.log_level, process=name)
    running = Running(settings, [name])
    running.stop_on_signals()
    running.start()
    running.wait()
