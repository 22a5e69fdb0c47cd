"""The route sheet as a page to print (A4), in Chinese or English. Whatever people wrote is escaped."""

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from services.kernel.timespan import Timespan
from services.supplier.domain.visits.model import Day, Plan
from services.supplier.domain.visits.sheet import sheets

WORDS = {
    "zh": {
        "title": "上门服务路线单",
        "crew": "小组",
        "out": "出发",
        "back": "结束",
        "way": "路程",
        "visits": "户数",
        "rest": "休息",
        "number": "次序",
        "floor": "楼层",
        "room": "房号",
        "home": "住户",
        "promised": "告知时段",
        "planned": "计划",
        "minutes": "分钟",
        "notes": "备注与物料",
        "contact": "联系方式",
        "done": "完成",
        "no_building": "（未写楼号）",
        "private": "含住户信息：仅供当日上门人员使用，用后销毁。",
    },
    "en": {
        "title": "Route sheet",
        "crew": "Crew",
        "out": "Leaves",
        "back": "Done",
        "way": "Way",
        "visits": "Visits",
        "rest": "Rest",
        "number": "Order",
        "floor": "Floor",
        "room": "Room",
        "home": "Home",
        "promised": "Promised",
        "planned": "Planned",
        "minutes": "Minutes",
        "notes": "Notes, materials",
        "contact": "Contact",
        "done": "Done",
        "no_building": "(no building given)",
        "private": "Holds personal data: for the crew of this day only; destroy it afterwards.",
    },
}

PAGE = """<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ w.title }}</title>
<style>
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.4 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #000; margin: 0 auto;
  max-width: 190mm; }
section { break-after: page; }
section:last-of-type { break-after: auto; }
h1 { font-size: 16pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.3mm solid #555; padding: 1mm 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; print-color-adjust: exact; }
.n { text-align: right; white-space: nowrap; }
.t { white-space: nowrap; }
.box { width: 9mm; }
.private { font-size: 9pt; color: #444; margin-top: 4mm; }
</style>
</head>
<body>
{% for sheet in sheets %}
<section>
<h1>{{ w.title }} · {{ sheet.crew.name }}</h1>
<p>{{ sheet.tour.span.start | day }} · {{ w.out }} {{ sheet.tour.span.start | clock }} · {{ w.back }}
{{ sheet.tour.span.end | clock }} · {{ w.visits }} {{ sheet.tour.home_ids | length }} · {{ w.way }}
{{ "%.1f" | format(sheet.tour.metres / 1000) }} km
{%- if sheet.rest %} · {{ w.rest }} {{ sheet.rest.span | span }}{% endif %}</p>
{% for house in sheet.houses %}
<h2>{{ house.building or w.no_building }}</h2>
<table>
<thead><tr><th class="n">{{ w.number }}</th><th>{{ w.floor }}</th><th>{{ w.room }}</th><th>{{ w.home }}</th>
<th>{{ w.promised }}</th><th>{{ w.planned }}</th><th class="n">{{ w.minutes }}</th><th>{{ w.notes }}</th>
{%- if contacts %}<th>{{ w.contact }}</th>{% endif %}<th class="box">{{ w.done }}</th></tr></thead>
<tbody>
{% for line in house.lines %}
<tr><td class="n">{{ line.number }}</td><td class="n">{{ line.home.floor }}</td><td>{{ line.home.room }}</td>
<td>{{ line.home.label }}</td><td class="t">{{ line.home.promised | span if line.home.promised else "" }}</td>
<td class="t">{{ line.stop.span.start | clock }}</td><td class="n">{{ line.home.minutes }}</td>
<td>{{ line.home.notes }}</td>
{%- if contacts %}<td>{{ line.home.contact }}</td>{% endif %}<td></td></tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
<p class="private">{{ w.private }}</p>
</section>
{% endfor %}
</body>
</html>
"""


def sheet_page(day: Day, plan: Plan, *, zone: str, language: str = "zh", contacts: bool = False) -> str:
    """Return the sheets of all crews, one after the other, each on a page of its own; times are of the ``zone``."""
    there = ZoneInfo(zone)
    shown = {
        "clock": lambda time: _clock(time, there),
        "day": lambda time: time.astimezone(there).strftime("%Y-%m-%d"),
        "span": lambda span: _span(span, there),
    }
    environment = _environment().overlay()
    environment.filters = environment.filters | shown
    words = WORDS[language]
    template = environment.from_string(PAGE)
    return template.render(sheets=sheets(day, plan), w=words, language=language, contacts=contacts)


@cache
def _environment() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _clock(time: datetime, zone: ZoneInfo) -> str:
    return time.astimezone(zone).strftime("%H:%M")


def _span(span: Timespan, zone: ZoneInfo) -> str:
    return f"{_clock(span.start, zone)}–{_clock(span.end, zone)}"
