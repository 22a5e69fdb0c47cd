"""Hours, parts of the day, lengths and repetitions in Chinese, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.chinese_days import RELATIVE, C, H
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import number
from services.demand.domain.understanding.values import Bare, Clock, Now, Part

# What may follow 早, 晚 or 中午 where it is the beginning of a word for something else.
WORDS = "(?![稻饭餐教安会报婚恋班熟产泳自礼育])"
_PARTS = {
    "DA": "凌晨",
    "MO": "清晨 大清早 清早 一早 早晨 早上 早间 上午 午前 早 晨",
    "MI": "中午 正午 午间",
    "AF": "下午 午后",
    "DU": "傍晚 黄昏",
    "EV": "晚上 晚间 夜晚 晚",
    "NI": "夜里 夜间 深夜 半夜 午夜 夜",
    "DT": "白天",
    "ALL": "一整天 整天 全天",
}
PARTS = {name: code for code, names in _PARTS.items() for name in names.split()}
_LONG_PARTS = "|".join(sorted((name for name in PARTS if len(name) > 1), key=len, reverse=True))
_TO = r"\s*(?:到|至|-|~)\s*"
_OTHER_HOUR = re.compile("(?<![周期拜月])[一二两三四五六七八九]$")
# After these a bare 一点 is an hour, and not "a little".
_LEADS = "从在到至早晚午晨夜天日号六五四三二一末于~-间"


def _clock(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match["h"])
    if hour is None or hour > 24:
        return None
    rest = match.groupdict()
    minute = number(rest["m"]) if rest.get("m") else None
    if rest.get("q"):
        minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "整": 0}.get(rest["q"], 0)
    second = number(rest["s"]) if rest.get("s") else None
    if (minute or 0) > 59 or (second or 0) > 59 or (hour == 24 and (minute or second)):
        return None
    return Clock(hour, minute, second)


def _point(match: re.Match[str], frame: Frame) -> Any:
    """Read N点; 一点 and 两点 are also "a little" and "two things", so these need a neighbour that is a time."""
    before = match.string[: match.start()].rstrip()[-1:]
    alone = not match["q"] and not match["m"] and "钟" not in match[0]
    if alone and match["h"] in ("一", "两") and before not in _LEADS:
        return None
    if before in ("第", ".", "有", "这", "几", "快") and alone:
        return None
    if _OTHER_HOUR.search(match.string[: match.start()]):
        # 五六点 is neither five nor six.
        return None
    return _clock(match, frame)


def _bare(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match[0])
    return Bare(hour) if hour is not None and hour <= 24 else None


def _tonight(match: re.Match[str], frame: Frame) -> Any:
    return days.relative(frame, RELATIVE[match["d"]]), Part(PARTS[match["p"]])


def _minutes_to(match: re.Match[str], frame: Frame) -> Any:
    """Read 差五分八点 and 八点差五分."""
    hour = number(match["h"] or match["h2"])
    minute = {"一刻": 15, "1刻": 15}.get(match["m"] or match["m2"]) or number(
        (match["m"] or match["m2"]).rstrip("分钟")
    )
    if not hour or not minute or hour > 24 or minute > 30:
        return None
    return Clock(hour - 1, 60 - minute)


_MIN = rf"[0-5]?\d分钟?|[{C}]{{1,3}}分钟?|[一1]刻"

RULES = (
    rule(
        rf"(?P<h>{H})[点时]钟?过?(?:(?P<q>半|整|[一三13]刻)|(?P<m>[0-5]?\d|[{C}]{{1,3}})分?(?:(?P<s>[0-5]?\d)秒)?)?"
        r"(?!\d|[建意要原说评心子赞水])",
        _point,
    ),
    rule(rf"差(?P<m>{_MIN})(?P<h>{H})点钟?|(?P<h2>{H})点差(?P<m2>{_MIN})", _minutes_to),
    rule(rf"{H}(?={_TO}(?:{H}|[凌早上下中晚夜]\S{{1,2}}{H})(?:[点时]|:\d\d))", _bare),
    rule(f"(?:{_LONG_PARTS}){WORDS}(?!茶)", lambda match, frame: Part(PARTS[match[0].strip()])),
    rule(
        rf"(?P<d>[今明昨当])(?P<p>[早晚晨夜]){WORDS}(?![上间晨])",
        lambda m, f: _tonight(m, f) if m["d"] != "当" else None,
    ),
    rule(rf"(?<=[日号天六五四三二一末节])[早晚夜]{WORDS}", lambda match, frame: Part(PARTS[match[0]])),
    rule(rf"[早晚夜](?={H}(?:[点时]|:\d\d|{_TO}))", lambda match, frame: Part(PARTS[match[0]])),
    rule("现在|此刻|目前|这会儿|这时候?|马上|立刻|立即|刚才|刚刚", lambda match, frame: Now()),
    rule("最近|近期|近来|尽快|尽早|近日", lambda match, frame: Now(vague=True)),
    words("到|至|直到", "t"),
    words("之间|期间|间(?!隔)", "k"),
    words("和|与|跟", "j"),
    words("或者?|还是", "v"),
    words("从|自", "f"),
    words("大约|大概|约|左右|差不多|上下|前后", "a"),
    words("以后|之后|过后|后(?![天面来悔期勤])|开始", "m"),
    words("以前|之前|前(?![天面年台进门])", "b"),
    words("的|在|于", "x"),
    words("又|零|加上?|外加", "p"),
)
