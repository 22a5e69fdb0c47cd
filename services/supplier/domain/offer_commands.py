"""What suppliers and communities ask of offers beyond publishing them, already read and checked for shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.kernel.caller import Caller
from services.kernel.ids import OfferId


@dataclass(frozen=True, slots=True)
class ReviseOffer:
    """Promise other terms: set the ``changes`` of the terms if the version is still ``if_match`` (None: any)."""

    caller: Caller
    offer_id: OfferId
    if_match: str | None
    changes: Mapping[str, Any]
