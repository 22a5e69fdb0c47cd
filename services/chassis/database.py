"""Connections to PostgreSQL that cooperate with eventlet."""

import os

# psycopg waits in C by default, which would stop every greenthread of the process. ``wait_select`` waits in Python's
# select, which eventlet replaces. It is read when psycopg is first imported, so it is set before that import; the
# self-test in selftest.py refuses to start where it is not in force.
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")

from sqlalchemy import Engine, create_engine, make_url

from services.chassis.fair_pool import FairPool

# A half-dead server must not hold a greenthread for ever (milliseconds).
SESSION_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


def make_engine(url: str, *, pool_size: int = 10, application: str = "pinlian") -> Engine:
    """Return an engine for ``url`` (``postgresql://...``); the driver is always psycopg 3.

    ``pool_size`` is the number of connections at most: a service that waits for its database gains nothing from more.
    """
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=FairPool,
        pool_size=pool_size,
        max_overflow=0,
        # The connection that came back last is lent next: few are used where few are needed, and those have their
        # statements prepared and their catalogue in memory.
        pool_use_lifo=True,
        pool_timeout=10,
        pool_pre_ping=True,
        # The text of a database error goes to the logs; what people wrote does not.
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            # Said by us, because a server with another default would send bytes where we expect text.
            "client_encoding": "utf8",
            "application_name": application,
            "options": SESSION_OPTIONS,
            "tcp_user_timeout": 15000,
            "keepalives_idle": 10,
        },
    )
