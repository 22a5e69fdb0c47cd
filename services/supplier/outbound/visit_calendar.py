"""The visits of a plan as an iCalendar file (RFC 5545), one event each.

A calendar is copied to phones and clouds: it says where and when and what to bring, and names nobody unless asked.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.supplier.domain.visits.model import Day, Plan
from services.supplier.domain.visits.sheet import CrewSheet, Line, sheets

WORDS = {
    "zh": {"floor": "{floor}层", "promised": "告知时段 {begin}–{end}", "name": "上门服务"},
    "en": {"floor": "floor {floor}", "promised": "promised {begin}–{end}", "name": "Visits"},
}


def calendar(
    day: Day, plan: Plan, made_at: datetime, *, zone: str, name: str, language: str = "zh", contacts: bool = False
) -> bytes:
    """Return the file. ``name`` makes the ids of the events: a new file of the same plan replaces the old events."""
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Pinlian//visits//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", WORDS[language]["name"])
    for sheet in sheets(day, plan):
        for house in sheet.houses:
            for line in house.lines:
                made.add_component(_event(sheet, line, made_at, ZoneInfo(zone), name, language, contacts))
    return made.to_ical()


def _event(
    sheet: CrewSheet, line: Line, made_at: datetime, zone: ZoneInfo, name: str, language: str, contacts: bool
) -> object:
    from icalendar import Event

    home, words = line.home, WORDS[language]
    door = " ".join(filter(None, (home.building, words["floor"].format(floor=home.floor), home.room)))
    event = Event()
    event.add("uid", f"{home.home_id}@{name}.pinlian")
    event.add("dtstamp", made_at)
    event.add("dtstart", line.stop.span.start)
    event.add("dtend", line.stop.span.end)
    event.add("summary", f"{sheet.crew.name} · {line.number} · {door}")
    event.add("location", door)
    event.add("geo", (home.place.lat, home.place.lon))
    event.add("class", "PRIVATE")
    told = [home.notes]
    if home.promised is not None:
        begin, end = (time.astimezone(zone).strftime("%H:%M") for time in (home.promised.start, home.promised.end))
        told.insert(0, words["promised"].format(begin=begin, end=end))
    if contacts:
        told += [home.label, home.contact]
    event.add("description", "\n".join(filter(None, told)))
    return event
