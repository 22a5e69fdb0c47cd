"""Hours, parts of the day, lengths and repetitions in Chinese, on folded text."""

import re
from typing import Any

from services.demand.domain.understanding import days
from services.demand.domain.understanding.chinese_days import RELATIVE, WEEK, C, H, N, weekday_of
from services.demand.domain.understanding.lexing import rule, words
from services.demand.domain.understanding.model import Frame
from services.demand.domain.understanding.numerals import amount, number
from services.demand.domain.understanding.values import Bare, Clock, Every, Length, Now, Part

# What may follow 早, 晚 or 中午 where it is the beginning of a word for something else.
WORDS = "(?![稻饭餐教安会报婚恋班熟产泳自礼育])"
UNITS = {"年": "Y", "月": "M", "周": "W", "星期": "W", "礼拜": "W", "天": "D", "日": "D", "小时": "H", "钟头": "H"}
UNITS |= {"分钟": "MIN", "分": "MIN", "刻钟": "MIN", "秒": "S", "秒钟": "S", "时": "H", "h": "H", "晚": "D"}
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
_UNIT = "小时|钟头|分钟|刻钟|秒钟?|星期|礼拜|周|天|日|年|晚"
_TO = r"\s*(?:到|至|-|~)\s*"
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
    return _clock(match, frame)


def _bare(match: re.Match[str], frame: Frame) -> Any:
    hour = number(match[0])
    return Bare(hour) if hour is not None and hour <= 24 else None


def _length(match: re.Match[str], frame: Frame) -> Any:
    unit = UNITS[match["u"]]
    if match["half"]:
        count = 0.5
    else:
        count = amount(match["n"]) or 0
        if count == 0:
            return None
    if match["u"] == "刻钟":
        count *= 15
    if match["plus"]:
        count += 0.5
    return Length(count, unit)


def _later(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    if length is None:
        return None
    sign = -1 if "前" in match["dir"] else 1
    if not length.whole_days:
        return Now(length, sign)
    return days.relative(frame, (days.shift(frame.today, length, sign) - frame.today).days)


def _around(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    if length is None:
        return None
    sign = -1 if any(sign in match["dir"] for sign in "过近前上") else 1
    return days.stretch(frame, length, sign)


def _within(match: re.Match[str], frame: Frame) -> Any:
    length = _length(match, frame)
    return length and days.stretch(frame, length, 1)


def _tonight(match: re.Match[str], frame: Frame) -> Any:
    return days.relative(frame, RELATIVE[match["d"]]), Part(PARTS[match["p"]])


def _every(match: re.Match[str], frame: Frame) -> Any:
    said = match.groupdict()
    count = amount(said["n"]) if said.get("n") else 1
    return Every(Length(count or 1, {"月": "M", "年": "Y"}.get(match["u"]) or UNITS[match["u"]]))


def _every_weekday(match: re.Match[str], frame: Frame) -> Any:
    listed = re.findall("[一二三四五六日天末]", re.sub(f"每个?|{WEEK}的?", "", match["d"]))
    numbers = {weekday_of(one) for one in listed} | ({7} if "末" in match["d"] else set())
    return Every(Length(2 if match["skip"] else 1, "W"), tuple(sorted(numbers)))


def _weekday_range(match: re.Match[str], frame: Frame) -> Any:
    first, last = weekday_of(match["a"]), weekday_of(match["b"])
    return Every(Length(1, "W"), tuple(range(first, last + 1))) if first < last else None


def _workdays(match: re.Match[str], frame: Frame) -> Any:
    return Every(Length(1, "W"), (1, 2, 3, 4, 5))


_N = rf"(?:(?P<half>半)|(?P<n>{N}))\s*(?P<plus>个半)?个?\s*(?P<u>{_UNIT})"
_MONTHS = rf"(?:(?P<half>半)个|(?P<n>{N})个(?P<plus>半)?)(?P<u>月)"
_PLUS = "(?P<plus>(?!))?"
_AHEAD = "(?P<dir>未来|今后|之后|以后|接下来|往后|过去|最近|近|之前|上|下)"

RULES = (
    rule(
        rf"(?P<h>{H})[点时]钟?(?:(?P<q>半|整|[一三13]刻)|(?P<m>[0-5]?\d|[{C}]{{1,3}})分?(?:(?P<s>[0-5]?\d)秒)?)?"
        r"(?!\d|[建意要原说评心子赞])",
        _point,
    ),
    rule(rf"{H}(?={_TO}(?:{H}|[凌早上下中晚夜]\S{{1,2}}{H})(?:[点时]|:\d\d))", _bare),
    rule(f"(?:{_LONG_PARTS}){WORDS}(?!茶)", lambda match, frame: Part(PARTS[match[0].strip()])),
    rule(
        rf"(?P<d>[今明昨当])(?P<p>[早晚晨夜]){WORDS}(?![上间晨])",
        lambda m, f: _tonight(m, f) if m["d"] != "当" else None,
    ),
    rule(rf"(?<=[日号天六五四三二一末节])[早晚夜]{WORDS}", lambda match, frame: Part(PARTS[match[0]])),
    rule(rf"[早晚夜](?={H}(?:[点时]|:\d\d|{_TO}))", lambda match, frame: Part(PARTS[match[0]])),
    rule(rf"(?P<n>{N})(?P<half>(?!))?\s*(?P<u>年|天|小时|分钟)(?P<plus>半)", _length),
    rule(_N + "(?!前|后|之后|以后|以前|之前|内|级)", _length),
    rule(_MONTHS, _length),
    rule(rf"(?<=[天日周月年])(?P<half>(?!))?(?P<n>{N})(?P<u>时){_PLUS}", _length),
    rule(
        rf"(?:{_N}|{_MONTHS.replace('half', 'h2').replace('<n>', '<n2>').replace('plus', 'p2').replace('<u>', '<u2>')})"
        r"(?P<dir>之?后|以后|之?前|以前)",
        lambda m, f: _later(_Named(m), f),
    ),
    rule(rf"{_AHEAD}的?{_N}", _around),
    rule(rf"{_AHEAD}的?{_MONTHS}", _around),
    rule(
        r"(?P<dir>上|下)(?:一?个)(?P<u>小时|钟头|分钟)(?P<half>(?!))?(?P<plus>(?!))?(?P<n>(?!))?",
        lambda m, f: days.stretch(f, Length(1, UNITS[m["u"]]), -1 if m["dir"] == "上" else 1),
    ),
    rule(rf"(?:{_N})(?:之内|以内|内)", _within),
    rule(r"(?:每个?|天(?=天)|日(?=日))(?P<u>天|日|周|星期|礼拜|月|年|小时)(?![一二三四五六日末天\d])", _every),
    rule(rf"每隔?(?P<n>{N})个?(?P<u>天|周|星期|礼拜|月|年|小时)", _every),
    rule(
        rf"(?P<d>每个?{WEEK}的?[一二三四五六日天末](?:(?:[、，,和]?{WEEK}?)[一二三四五六日天])*)(?!次)(?P<skip>(?!))?",
        _every_weekday,
    ),
    rule(rf"(?P<skip>隔周|双周|单周)的?(?P<d>{WEEK}[一二三四五六日天末])", _every_weekday),
    rule(rf"(?:每个?)?{WEEK}(?P<a>[一二三四五])(?:到|至|-|~){WEEK}?(?P<b>[二三四五六日天])", _weekday_range),
    rule("(?:每个?)?(?:工作日|上班日)|平日(?:里|的)?", _workdays),
    rule("现在|此刻|目前|这会儿|这时候?|马上", lambda match, frame: Now()),
    rule("最近|近期|近来", lambda match, frame: Now(vague=True)),
    words("到|至|直到", "t"),
    words("之间|期间|间(?!隔)", "k"),
    words("和|与|跟", "j"),
    words("或者?|还是", "v"),
    words("从|自", "f"),
    words("大约|大概|约|左右|差不多|上下|前后", "a"),
    words("以后|之后|过后|后(?![天面来悔期勤])|开始", "m"),
    words("以前|之前|前(?![天面年台进门])", "b"),
    words("的|在|于", "x"),
    words("又|零", "p"),
)


class _Named:
    """A match of one of two forms of a length, under the names of the first."""

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    def __getitem__(self, name: str) -> Any:
        other = {"half": "h2", "n": "n2", "plus": "p2", "u": "u2"}.get(name)
        return self._match[name] or (self._match[other] if other else None)
