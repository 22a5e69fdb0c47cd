"""Chains as plain values, for JSON."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def as_wire(value: Any) -> Any:
    """Return a chain, a row or anything of them as plain dicts and lists; decimals and times become text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_wire(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): as_wire(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_wire(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
