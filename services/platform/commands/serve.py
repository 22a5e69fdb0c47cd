"""``pinlian serve NAME``."""

import click

from services.chassis.settings import Settings


@click.command()
@click.argument("name")
@click.option("--preload", is_flag=True, help="Load now what reads texts (some seconds), not at the first text.")
def serve(name: str, preload: bool) -> None:
    """Run one service on the servers that PINLIAN_* names: demand, supplier, campaign, reputation or gateway.

    运行单个服务（连接已有的数据库与消息队列）。

    SIGTERM stops it after the work under way. PINLIAN_HEALTH_ADDRESS=HOST:PORT serves /health and /metrics.
    """
    from services.chassis import logging as logs
    from services.platform.runner import Running, load

    service = load(name)
    settings = Settings.from_environment()
    logs.set_up(settings.log_level, process=name)
    if preload:
        getattr(service, "preload", lambda: None)()
    running = Running(settings, [name])
    running.stop_on_signals()
    running.start()
    running.wait()
