"""By what a person is recognised in another post: the nickname and the household, never the number of the line."""

import re

from services.demand.domain.jielong.model import Row
from services.demand.domain.jielong.words import fold


def key_of(row: Row) -> tuple[str, str]:
    """Return the key of the person whose row it is; a row without a name is known by its household or its words."""
    nickname = _plain(row.nickname)
    household = _plain(row.household or "")
    if not nickname and not household:
        return ("", _plain(row.remark) or _plain(row.line))
    return (nickname, household)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", fold(text)).casefold()


def name_of(row: Row) -> str:
    """Return the nickname as it is compared, empty if there is none."""
    return _plain(row.nickname)
