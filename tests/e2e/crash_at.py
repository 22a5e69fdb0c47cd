"""Runs a pinlian command that kills itself with SIGKILL at one exact point, for tests of crashes.

    python -m tests.e2e.crash_at MODULE:QUALNAME before|after N [SERVICE=name] [LEASE=seconds] -- serve campaign

The N-th call of the function ends the process, before the call or after its return. Nothing in the product knows of
this: the function is wrapped from outside. ``SERVICE=name`` counts only the calls on objects of that service;
``LEASE=seconds`` is how long others wait before they take up the payment orders that this process dies with.
"""

# ruff: noqa: E402 - the patch has to come before everything that it is to reach
import eventlet

eventlet.monkey_patch()

import functools
import importlib
import os
import signal
import sys
from datetime import timedelta


def service_of(thing):
    """The service that an object of the chassis belongs to, as far as it tells."""
    for name in ("service", "_service"):
        if isinstance(getattr(thing, name, None), str):
            return getattr(thing, name)
    container = getattr(thing, "container", None)
    return getattr(container, "service_name", None)


def arm(target, when, number, only=None):
    module, _, path = target.partition(":")
    owner = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), []

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(original)
    def wrapped(*args, **kwargs):
        counts = only is None or (args and service_of(args[0]) == only)
        if counts:
            calls.append(1)
        hit = counts and len(calls) == number
        if hit and when == "before":
            die()
        result = original(*args, **kwargs)
        if hit and when == "after":
            die()
        return result

    setattr(owner, name, wrapped)


def main():
    split = sys.argv.index("--")
    target, when, number, *rest = sys.argv[1:split]
    options = dict(option.split("=", 1) for option in rest)
    arm(target, when, int(number), options.get("SERVICE"))
    if "LEASE" in options:
        orders = importlib.import_module("services.campaign.domain.orders")
        orders.LEASE = timedelta(seconds=float(options["LEASE"]))
    from services.platform.cli import main as cli

    sys.argv = ["pinlian", *sys.argv[split + 1 :]]
    cli()


if __name__ == "__main__":
    main()
