"""One form of a text for comparing: one width, one script, one case, single spaces."""

import unicodedata
from functools import cache
from typing import Any


@cache
def _simplifier() -> Any:
    import opencc  # imported when the first text comes: not every process reads texts

    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Fold full width to half width (NFKC), traditional to simplified script, and upper to lower case."""
    return " ".join(_simplifier().convert(unicodedata.normalize("NFKC", text)).lower().split())
