"""Marks from 1 to 5 for people, shares from 0 to 1 inside: share = (mark - 1) / 4."""

DIMENSIONS = ("quality", "punctuality", "communication", "value")
LEAST, MOST = 1, 5
PLACES = 4

# An overall mark is the mean of one to four whole marks. In twelfths it is a whole number, so that sums are exact.
TWELFTHS = 12


def share_of(mark: float) -> float:
    """Return a mark as a share from 0 to 1."""
    return (mark - LEAST) / (MOST - LEAST)


def mark_of(share: float) -> float:
    """Return a share from 0 to 1 as a mark, rounded to ``PLACES``."""
    return round(LEAST + (MOST - LEAST) * min(max(share, 0.0), 1.0), PLACES)
