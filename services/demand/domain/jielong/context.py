"""What the rest of a chain tells about one row: the letters it explains, the words it uses, the form it shows."""

import re
from dataclasses import dataclass, field

from services.demand.domain.jielong.words import HAN, fold

_PEOPLE_EXAMPLE = re.compile(r"(?:大人|成人|大|adults?)\w*\s*\+\s*\w*(?:小孩|儿童|孩子|小|kids?|child)", re.IGNORECASE)
_OPTION = re.compile(
    rf"(?:^|(?<=[\s,;、/|(]))([A-Z])(?![A-Za-z])\s*[.、:=)\]】-]?\s*({HAN}.*?)(?=[\s,;、/|]+[A-Z](?![A-Za-z])|$)"
)


@dataclass(frozen=True)
class Context:
    """``options`` explains letters, ``text`` is all that stands above the rows, ``labels`` what other rows want."""

    options: dict[str, str] = field(default_factory=dict)
    text: str = ""
    labels: frozenset[str] = frozenset()
    people_example: bool = False

    def knows(self, word: str) -> bool:
        """Tell whether this word names something that the chain is about."""
        word = fold(word)
        return word in self.labels or (len(word) > 1 and word in self.text)


def context_of(lines: list[str], example: str | None) -> Context:
    """Return the context that the lines above the rows make."""
    folded = [fold(line) for line in lines]
    options = {match[1]: match[2].strip() for line in folded for match in _OPTION.finditer(line)}
    above = "\n".join([*folded, fold(example or "")])
    return Context(options, above, frozenset(), bool(_PEOPLE_EXAMPLE.search(above)))
