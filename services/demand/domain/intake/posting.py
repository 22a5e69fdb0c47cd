"""A pool as a chain to post in the chat of one community: its own people by name, others as counts."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.demand.domain.jielong import Chain, Row, render
from services.kernel.timespan import Timespan

# More windows than these are not told in a chat: whoever wants to know all of them looks at the pool.
MOST_WINDOWS = 3
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def post(
    title: str,
    rows: Sequence[tuple[str, int]],
    windows: Sequence[Timespan],
    people: int,
    exact: bool,
    zone: ZoneInfo,
    locale: str,
) -> str:
    """Return the text of a chain with ``rows`` (name, people); what is rendered is read back exactly.

    ``people`` are all that may be told of the pool, at least so many where they are not ``exact``.
    """
    english = locale == "en"
    own = sum(count for _, count in rows)
    body = [_times(windows, zone, english)] if windows else []
    if english:
        body.append(f"Ours: {own}; all communities together: {'' if exact else 'at least '}{people}")
    else:
        body.append(f"本群{own}人，各社群合计{'' if exact else '至少'}{people}人")
    chain = Chain(
        header="#Group Note" if english else "#接龙",
        title=title,
        body=tuple(body),
        rows=tuple(
            Row(line="", line_numbers=(), number=number, nickname=name, people=count)
            for number, (name, count) in enumerate(rows, 1)
        ),
    )
    return render(chain)


def _times(windows: Sequence[Timespan], zone: ZoneInfo, english: bool) -> str:
    said = [_time(one, zone, english) for one in windows[:MOST_WINDOWS]]
    more = " …" if len(windows) > MOST_WINDOWS else ""
    return ("When: " if english else "时间：") + (", " if english else "、").join(said) + more


def _time(window: Timespan, zone: ZoneInfo, english: bool) -> str:
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    day = f"{start:%a %d %b}" if english else f"{start.month}月{start.day}日 {_WEEKDAYS[start.weekday()]}"
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{day} {start:%H:%M}-{until}"
