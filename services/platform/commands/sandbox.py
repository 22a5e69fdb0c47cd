"""``pinlian sandbox``."""

import os
import signal
from pathlib import Path

import click
import eventlet

from services.chassis import logging as logs
from services.chassis.errors import StartupError
from services.chassis.settings import SandboxAccess
from services.platform.commands.common import console, json_option, print_json, read_address
from services.platform.folder import DEFAULT


@click.command()
@click.option("--address", default="127.0.0.1:8090", help="Where it answers, HOST:PORT; port 0 takes a free one.")
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    default=DEFAULT / "sandbox.db",
    help="Its file (default: .pinlian/sandbox.db).",
)
@click.option("--seed", type=int, help="What its bad luck is drawn from (default: that of the file, 1 for a new one).")
@click.option("--mischief", default="none", help="none, light, heavy, or a YAML file: services/sandbox/SANDBOX.md")
@click.option("--test-controls", is_flag=True, help="Let anybody decide what payers do: /pay/NUMBER, /v1/test/...")
@json_option
def sandbox(address: str, data: Path, seed: int | None, mischief: str, test_controls: bool, as_json: bool) -> None:
    """Run a payment provider to try things with; no money moves.

    运行沙箱支付服务：签名、异步回调、分账与各种故障，均为模拟，不涉及真实资金。

    What the node needs to know of it is written to FILE.env beside its file.
    """
    from services.sandbox.profile import load_profile
    from services.sandbox.running import Sandbox

    logs.set_up("INFO", process="sandbox")
    provider = Sandbox(
        data,
        address=read_address(address, "--address"),
        seed=seed,
        profile=load_profile(mischief),
        test_controls=test_controls,
    )
    stopping = _on_signals()
    with provider:
        env_file = _keep(data, provider.access)
        _announce(provider, mischief, env_file, as_json)
        while not stopping:
            eventlet.sleep(0.2)


def _on_signals() -> list[int]:
    """Return a list that is filled when SIGTERM or SIGINT comes."""
    came: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: came.append(number))
    return came


def _keep(data: Path, access: SandboxAccess) -> Path:
    """Write what the node needs to know as variables, readable for the owner only: a private key is among them."""
    path = data.with_name(data.name + ".env")
    names = {"PINLIAN_SANDBOX_URL": "url", "PINLIAN_SANDBOX_KEY": "key", "PINLIAN_SANDBOX_PUBLIC_KEY": "public_key"}
    draft = path.with_name(path.name + ".new")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}={getattr(access, attribute)}\n" for name, attribute in names.items())
        draft.replace(path)
    except OSError as error:
        raise StartupError(f"cannot write {path}: {error.strerror}; choose another file with --data") from None
    return path


def _announce(provider: object, mischief: str, env_file: Path, as_json: bool) -> None:
    url, seed = provider.url, provider.seed
    if as_json:
        print_json({"url": url, "env_file": str(env_file.resolve()), "seed": seed, "mischief": mischief})
        return
    console().print(
        f"The sandbox is up. 沙箱支付已启动。\n  API       {url}/v1\n  mischief  {mischief}, seed {seed}\n"
        f"  settings  set -a; . {env_file}; set +a\nCtrl-C stops it."
    )
