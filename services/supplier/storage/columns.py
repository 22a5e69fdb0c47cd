"""What all tables are made of: the schema, and columns of the usual kinds."""

from sqlalchemy import Column, DateTime, MetaData, Uuid

from services.chassis.tables import ChassisTables

metadata = MetaData(schema="supplier")
chassis = ChassisTables(metadata)


def identity(name: str, *args: object, **options: object) -> Column:
    """Return a column for an id."""
    return Column(name, Uuid, *args, **{"nullable": False, **options})


def moment(name: str, **options: object) -> Column:
    """Return a column for a time."""
    return Column(name, DateTime(timezone=True), **{"nullable": False, **options})
