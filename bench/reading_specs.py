"""Specs of times in words, and when a reading of them is right: the same measure for every reader.

An expected value and an answer are both reduced to an ``Answer``: a first and a last day, seconds of the day, a length,
a repetition, a part of the day. What is compared is what the kind is about, so that a reader that always adds a date to
an hour, or the last second to a day, loses nothing by it. A range of days may end on its last day or on the day after
it: both conventions are in use. Parts of the day have no agreed hours; the day has to be right and the hours near.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from services.demand.domain.understanding import holidays
from services.demand.domain.understanding.numerals import number

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT.parent / "shared" / "data" / "recognizers_zh_en" / "Specs" / "DateTime"
CHINESE, ENGLISH = SPECS / "Chinese", SPECS / "English"
OWN_ENGLISH = ROOT / "bench" / "data" / "times_en.txt"
# The specs write days of the lunar calendar as if they were of ours (中秋 is their 2017-08-15); they are put right.
LUNAR = re.compile("除夕|春节|端午|中秋|重阳|元宵|七夕|腊八|大年|清明|正月|农历|[冬腊]月|月初[一二三四五六七八九十]")
HOURS = {"MO": (5, 11), "MI": (10, 13), "AF": (11, 15), "EV": (15, 20), "NI": (18, 24), "DA": (0, 5), "DT": (6, 10)}
TRIMMED = re.compile(r"^(?:从|在|于|自|from|between|during|on|at|in|the|\s)+|[\s,，。.]+$", re.I)


@dataclass(frozen=True)
class Answer:
    """What was read: ``start`` and ``end`` are places in the text, the rest is what it means."""

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    begin: float | None = None
    until: float | None = None
    length: float | None = None
    repeats: str | None = None
    part: str | None = None


@dataclass(frozen=True)
class Expected:
    """A place in a text and the values that are right there; none if only the place is known."""

    kind: str
    start: int
    end: int
    values: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Sample:
    """A text, when it was said, and all that is to be read in it."""

    text: str
    now: datetime
    language: str
    kind: str
    expected: tuple[Expected, ...] = field(default=())

    @property
    def half(self) -> str:
        """Return develop or judge, by a hash of the text: the same text is always on the same side."""
        return ("develop", "judge")[hashlib.sha256(self.text.encode()).digest()[0] % 2]


def day(words):
    return date.fromisoformat(words)


def seconds(words):
    hours, minutes, *rest = words.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest[0] if rest else 0)


def value_of(kind, words, start=0, end=0):
    """Return the answer that ``2017-03-22 10:00/2017-03-22 12:00`` and the like stand for."""
    part = re.fullmatch(r"(\d{4}-\d\d-\d\d)?T(MO|MI|AF|EV|NI|DA|DT)", words)
    if kind == "set":
        return Answer(start, end, repeats=words)
    if kind == "duration":
        return Answer(start, end, length=float(words))
    if part:
        at = day(part[1]) if part[1] else None
        return Answer(start, end, at, at, part=part[2])
    ends = [one.split(" ") for one in words.split("/")]
    dates = [day(one[0]) for one in ends if "-" in one[0]]
    clocks = [seconds(one[-1]) for one in ends if ":" in one[-1]]
    return Answer(
        start, end, *(dates or [None]) * (1 if len(dates) == 2 else 2), *clocks[:1], *(clocks[1:2] if clocks else [])
    )


def same(expected, kind, answer, language="zh"):
    """Tell whether an answer says what is expected, in what the kind is about."""
    if kind == "set":
        return answer.repeats == expected.repeats
    if kind == "duration":
        return answer.length is not None and abs(answer.length - expected.length) < 0.5
    if expected.part:
        low, high = HOURS[expected.part]
        begins = answer.begin is not None and low <= answer.begin / 3600 <= high
        near = answer.part == expected.part or (begins and answer.until is not None)
        return near and expected.first in (None, answer.first) and answer.last == answer.first
    if expected.first is not None and answer.first != expected.first:
        return False
    if kind in ("date", "holiday"):
        return answer.last == answer.first
    if kind == "daterange":
        one_day = (expected.last - expected.first).days <= 1
        return (
            answer.last is not None
            and ends_alike(expected.last, answer.last)
            and (one_day or answer.first != answer.last)
        )
    if expected.until is not None and expected.last is not None and answer.last != expected.last:
        return False
    begins = answer.begin is not None and abs(answer.begin % 86400 - expected.begin % 86400) < 1
    if expected.until is None:
        return begins
    return begins and answer.until is not None and abs(answer.until % 86400 - expected.until % 86400) <= 1


def ends_alike(expected, last):
    """A range ends on its last day or the day after; one of months (1月到3月) may end where its last month begins."""
    whole = expected.day == 1 and last.day >= 28 and (last.year, last.month) == (expected.year, expected.month)
    return abs((last - expected).days) <= 1 or (whole and (last + timedelta(days=1)).day == 1)


def outcome(sample, answers):
    """Return (kind, right | wrong | refused) for each expectation, and how many answers are about nothing expected."""
    results = []
    for one in sample.expected:
        touching = [answer for answer in answers if answer.start < one.end and one.start < answer.end]
        if not touching:
            results.append((one.kind, "refused"))
        elif not one.values:
            results.append((one.kind, "right" if any(covers(sample.text, one, got) for got in touching) else "wrong"))
        else:
            fits = any(same(value, one.kind, got) for value in one.values for got in touching)
            results.append((one.kind, "right" if fits else "wrong"))
    extra = sum(not any(got.start < one.end and one.start < got.end for one in sample.expected) for got in answers)
    if not sample.expected:
        results.append(("nothing", "wrong" if answers else "right"))
    return results, extra if sample.expected else 0


def covers(text, expected, answer):
    """Tell whether two places are the same up to half of what they cover, prepositions and blanks left out."""
    (low, high), (begin, end) = (trimmed(text, one.start, one.end) for one in (expected, answer))
    common = min(high, end) - max(low, begin)
    return common / max(1, max(high, end) - min(low, begin)) >= 0.5


def trimmed(text, start, end):
    inside = text[start:end]
    lead = TRIMMED.match(inside)
    start += lead.end() if lead and lead.end() < len(inside) else 0
    return start, start + len(re.sub(r"[\s,，。.]+$", "", text[start:end]))


def chinese():
    """Yield the samples of the specs in Chinese."""
    return specs_in(CHINESE, "zh")


def english():
    """Yield the samples of the specs in English, if they are beside the project."""
    return specs_in(ENGLISH, "en")


def specs_in(folder, language):
    """Yield the samples of a folder of specs: what parsers say has values, what extractors say has places only."""
    for path in sorted(folder.glob("*.json")):
        name = path.stem.replace("Parser", "").replace("Extractor", "")
        for spec in json.loads(path.read_text(encoding="utf-8-sig")):
            now = datetime.fromisoformat(spec.get("Context", {}).get("ReferenceDateTime", "2017-03-22T00:00:00")[:19])
            expected, after = [], 0
            for result in spec["Results"]:
                start = result.get("Start", spec["Input"].find(result["Text"], after))
                after = start + len(result["Text"])
                kind = kind_of(name, result)
                values = values_of(kind, result, now) if result.get("Value") else ()
                if values is not None:
                    expected.append(Expected(kind, start, after, values))
            where = "value" if path.stem.endswith("Parser") else "place"
            yield Sample(spec["Input"], now, language, where, tuple(expected))


def kind_of(name, result):
    kind = result["Type"].replace("datetimeV2.", "") if result.get("Type") else name.lower()
    return "holiday" if name == "Holiday" else {"dateperiod": "daterange"}.get(kind, kind)


def values_of(kind, result, now):
    """Return the values that are right, ahead and back; None if the spec says that there is no such day."""
    value = result["Value"]
    if "values" in value:
        return tuple(value_of("time", one["start"]) for one in value["values"])
    timex = value.get("Timex", "")
    if kind == "set":
        return (value_of("set", timex),)
    if re.search(r"T(MO|MI|AF|EV|NI|DA|DT)$", timex):
        code = timex[-2:]
        dates = {one["startDateTime"][:10] for one in resolutions(value) if "startDateTime" in one}
        return tuple(value_of(kind, f"{at}T{code}") for at in dates) or (value_of(kind, f"T{code}"),)
    if re.fullmatch(r"\d{4}-SU", timex):
        return (value_of("daterange", f"{timex[:4]}-06-01/{timex[:4]}-09-01"),)
    if kind in ("date", "holiday") and LUNAR.search(result["Text"]):
        return lunar_values(result["Text"], now)
    found = []
    for one in resolutions(value):
        if any(words.startswith("0001") for words in one.values()):
            return None
        found.append(value_of(kind, "/".join(one.values())))
    if kind == "datetime" and LUNAR.search(result["Text"]):
        # The hour is right, the day is not.
        return tuple(replace(found[0], first=one.first, last=one.last) for one in lunar_values(result["Text"], now))
    return tuple(found)


def resolutions(value):
    return [value[name] for name in ("FutureResolution", "PastResolution") if value.get(name)]


def lunar_values(text, now):
    """Return the true days of a festival or a date of the lunar calendar, the next one and the last."""
    name = next((one for one in holidays.NAMES if one in text), None)
    said = re.search(r"(\d{4}|[零一二三四五六七八九两千]{4,5})年", text)
    years = [number(said[1])] if said else range(now.year - 1, now.year + 3)
    found = [at for year in years if (at := holidays.day_in(name, year) if name else lunar_date(text, year))]
    ahead, back = [at for at in found if at >= now.date()][:1], [at for at in found if at < now.date()][-1:]
    return tuple(Answer(0, 0, at, at) for at in ahead + back)


def lunar_date(text, year):
    month, day = re.search(r"([正冬腊\d一二三四五六七八九十]+)月([初廿\d一二三四五六七八九十]+)", text).groups()
    month = {"正": 1, "冬": 11, "腊": 12}.get(month) or number(month)
    return holidays.lunar_day(year, month, number(day.removeprefix("初").replace("廿", "二十")) or 0)


def own_english():
    """Yield the samples of our own in English."""
    kind, now = "", datetime.min
    for line in OWN_ENGLISH.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            _, kind, at = line.split(" ")
            now = datetime.fromisoformat(at)
        elif not line.startswith("#") and "\t" in line:
            marked, values = line.split("\t")
            text = marked.replace("[", "").replace("]", "")
            wanted = tuple(value_of(kind, one.strip()) for one in values.split(" | "))
            places = [
                (one.start() - 2 * n, one.end() - 2 * n - 2) for n, one in enumerate(re.finditer(r"\[.*?\]", marked))
            ]
            expected = tuple(Expected(kind, start, end, wanted) for start, end in places)
            yield Sample(text, now, "en", "own", expected)
