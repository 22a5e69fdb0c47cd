"""What a process makes sure of before it takes work; each failure is one line that says what to do."""

import eventlet
from kombu import Connection
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

import services.chassis.broker  # noqa: F401 - teaches kombu the scheme inproc://
from services.chassis import migrations
from services.chassis.environment import Environment
from services.chassis.errors import StartupError

TICK = 0.01  # seconds
NAP = 0.3  # seconds that the database sleeps for the test
FEWEST_TICKS = 5


def require_ready(environment: Environment, service: str) -> None:
    """Raise ``StartupError`` unless ``service`` can work: driver, database, schema and broker."""
    require_database(environment.engine(service), service)
    require_green_driver(environment.engine(service))
    require_broker(environment.settings.amqp_url)


def require_green_driver(engine: Engine) -> None:
    """Raise ``StartupError`` if waiting for the database stops all other greenthreads of the process."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            eventlet.sleep(TICK)

    with engine.connect() as connection:
        ticker = eventlet.spawn(tick)
        connection.execute(text("SELECT pg_sleep(:nap)"), {"nap": NAP})
        counted = ticks
        ticker.kill()
    if counted < FEWEST_TICKS:
        raise StartupError(
            f"the database driver stalls the process (its hub ticked {counted} times in {NAP} s): "
            "eventlet.monkey_patch() has to come first, and PSYCOPG_WAIT_FUNC has to be wait_select"
        )


def require_database(engine: Engine, schema: str) -> None:
    """Raise ``StartupError`` if the database cannot be reached or its schema is not the one that this code needs."""
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            missing = migrations.pending(schema, connection)
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        raise StartupError(
            f"the database of {schema} at {where} cannot be used ({reason}); start it or correct PINLIAN_DATABASE_URL"
        ) from error
    if missing:
        raise StartupError(f"the schema {schema} at {where} lacks {', '.join(missing)}; run: pinlian migrate")


def require_broker(uri: str) -> None:
    """Raise ``StartupError`` if the broker cannot be reached."""
    try:
        with Connection(uri, connect_timeout=4) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0.2, timeout=6)
    except Exception as error:
        where = Connection(uri).as_uri()  # kombu hides the password
        raise StartupError(
            f"the broker at {where} cannot be reached ({type(error).__name__}); start it or correct PINLIAN_AMQP_URL"
        ) from error
