"""The entry of every process: ``pinlian`` and ``python -m services.platform.cli``."""

import os
import sys
import warnings


def prepare() -> None:
    """Let everything that waits cooperate: before anything else is imported, or it would keep what waits alone."""
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import eventlet
    eventlet.monkey_patch()


def main() -> None:
    """Run one command; a mistake of the operator is one line on stderr, never a traceback."""
    prepare()
    from services.platform.commands import run

    sys.exit(run())


if __name__ == "__main__":
    main()
