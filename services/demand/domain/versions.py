"""Versions: who edits says which version it read."""

from services.demand.domain.errors import StaleVersionError


def check_version(expected: int | None, current: int) -> None:
    """Raise ``StaleVersionError`` unless the caller edits the current version; None edits whatever is there."""
    if expected is not None and expected != current:
        raise StaleVersionError(
            f"version {expected} is no longer current; it is {current}", version=current, expected=expected
        )
