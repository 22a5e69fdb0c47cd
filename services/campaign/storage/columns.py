"""What all tables are made of: the schema, and columns of the usual kinds."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Uuid

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="campaign")
chassis = ChassisTables(metadata)


def identity(name: str, *args: object, **options: object) -> Column:
    """Return a column for an id."""
    return Column(name, Uuid, *args, **{"nullable": False, **options})


def count(name: str) -> Column:
    """Return a column for a count from zero."""
    return Column(name, Integer, nullable=False, server_default="0")


def minor(name: str, **options: object) -> Column:
    """Return a column for an amount in minor units."""
    return Column(name, BigInteger, **{"nullable": False, "server_default": "0", **options})


def moment(name: str, **options: object) -> Column:
    """Return a column for a time."""
    return Column(name, DateTime(timezone=True), **options)
