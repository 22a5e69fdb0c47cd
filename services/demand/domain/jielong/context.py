"""What the rest of a chain tells about one row: the letters it explains, the words it uses, the form it shows."""

import re
from dataclasses import dataclass, field

from services.demand.domain.jielong.words import HAN, fold

_PEOPLE_EXAMPLE = re.compile(r"(?:大人|成人|大|adults?)\w*\s*\+\s*\w*(?:小孩|儿童|孩子|小|kids?|child)", re.IGNORECASE)
_PHONE_TAILS = re.compile(r"(?:电话|手机|電話|手機)\w{0,3}[后尾末]|[后後][四4]位|尾号")
_SIZES = re.compile(r"[大小](?:箱|份|盒|袋|包|瓶|号|杯|碗|件|桶|罐|串)")
_FAMILIES = re.compile(r"大人|成人|小孩|儿童|孩子|亲子|宝宝|家庭|[\d一二两三]大")
_OPTION = re.compile(
    rf"(?:^|(?<=[\s,;、/|(]))([A-Z])(?![A-Za-z])\s*[.、:=)\]】-]?\s*({HAN}.*?)(?=[\s,;、/|]+[A-Z](?![A-Za-z])|$)"
)


@dataclass(frozen=True)
class Context:
    """``people_example`` says that 2+1 are adults and children, ``phone_tails`` that four digits are of a phone,
    ``sizes`` that 大 and 小 are sizes;
    ``options`` explains letters, ``text`` is all that stands above the rows, ``labels`` what other rows want."""

    options: dict[str, str] = field(default_factory=dict)
    text: str = ""
    labels: frozenset[str] = frozenset()
    people_example: bool = False
    phone_tails: bool = False
    sizes: bool = False

    def knows(self, word: str) -> bool:
        """Tell whether this word names something that the chain is about."""
        word = fold(word)
        return word in self.labels or (len(word) > 1 and word in self.text)


def context_of(lines: list[str], example: str | None) -> Context:
    """Return the context that the lines above the rows make."""
    folded = [fold(line) for line in lines]
    options = {match[1]: match[2].strip() for line in folded for match in _OPTION.finditer(line)}
    above = "\n".join([*folded, fold(example or "")])
    sizes = bool(_SIZES.search(above)) and not _FAMILIES.search(above)
    return Context(
        options, above, frozenset(), bool(_PEOPLE_EXAMPLE.search(above)), bool(_PHONE_TAILS.search(above)), sizes
    )
