"""Route sheets and calendars: in which order, in which words, and what they keep to themselves."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from icalendar import Calendar

from services.supplier.domain.visits.model import Break, Plan, Stop, Tour
from services.supplier.domain.visits.sheet import sheets
from services.supplier.outbound.visit_calendar import calendar
from services.supplier.outbound.visit_sheet import WORDS, sheet_page
from tests.builders_visits import MORNING, at, crew, day, flat, home, span

ZONE = "Asia/Shanghai"
EVIL = "<script>alert('x')</script>&\"王\""


def visits(*homes, rest=False):
    """A plan that visits homes in this order, one an hour."""
    stops = [Stop(one.home_id, span(hour, hour + 0.5), 100) for hour, one in enumerate(homes, 1)]
    if rest:
        stops.insert(1, Stop(None, span(1.5, 2), 0))
    who = crew(rest=Break(span(1, 4), 30) if rest else None)
    return day(homes, [who]), Plan((Tour(who.crew_id, span(0.5, 9), 12_345, tuple(stops)),), {})


class Text(HTMLParser):
    """The texts of the cells of a page, row by row."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.tags = [], set()
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        self._inside = tag == "td"
        if self._inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.rows[-1][-1] += data


def test_a_sheet_is_by_building_floor_and_room_and_tells_the_order_of_the_visits():
    asked = [
        flat("a", 2, 12, "1201"),
        flat("b", 1, 6, "606"),
        flat("c", 2, 6, "1006"),
        flat("d", 2, 6, "606"),
        flat("e", 1, -1, "B1"),
    ]
    (sheet,) = sheets(*visits(*asked))
    seen = [(house.building, [(line.number, line.home.home_id) for line in house.lines]) for house in sheet.houses]
    assert seen == [("2号楼", [(4, "d"), (3, "c"), (1, "a")]), ("1号楼", [(5, "e"), (2, "b")])]


def test_homes_without_a_building_are_not_mixed_up():
    (sheet,) = sheets(*visits(home("a", room="1"), home("b", room="1")))
    assert [len(house.lines) for house in sheet.houses] == [1, 1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_escapes_whatever_people_wrote(language):
    evil = flat("a", 1, 1, "1", label=EVIL, notes=EVIL, contact=EVIL)
    of, plan = visits(replace(evil, building=EVIL, room=EVIL), rest=True)
    of = replace(of, crews=(replace(of.crews[0], name=EVIL),))
    page = sheet_page(of, plan, zone=ZONE, language=language, contacts=True)
    read = Text(page)
    assert "script" not in read.tags
    assert "<script" not in page
    assert [EVIL in cell for cell in read.rows[-1]].count(True) == 4
    assert WORDS[language]["rest"] in page


def test_the_page_has_times_of_its_zone_and_prints_on_a4():
    of, plan = visits(flat("a", 1, 3, "302", promised=span(1, 2), label="王家", notes="带梯子"))
    page = sheet_page(of, plan, zone=ZONE)
    (row,) = Text(page).rows[1:]
    assert row == ["1", "3", "302", "王家", "09:00–10:00", "09:00", "30", "带梯子", ""]
    assert "@page { size: A4" in page
    assert "12.3 km" in page


def test_a_phone_number_is_told_only_when_it_is_asked_for():
    of, plan = visits(flat("a", 1, 3, "302", label="王家", contact="138 0000 0000"))
    assert "138 0000" not in sheet_page(of, plan, zone=ZONE)
    assert "138 0000" in sheet_page(of, plan, zone=ZONE, contacts=True)
    made = calendar(of, plan, MORNING, zone=ZONE, name="x").decode()
    assert "138" not in made.replace(" ", "")
    assert "王家" not in made
    asked = Calendar.from_ical(calendar(of, plan, MORNING, zone=ZONE, name="x", contacts=True))
    assert "138 0000 0000" in asked.walk("VEVENT")[0].decoded("description")


def test_the_calendar_has_an_event_a_visit_that_other_programs_read():
    homes = [flat("a", 1, 3, "302", promised=span(1, 2), notes="带梯子; 药水\n两瓶"), flat("b", 2, 1, "101")]
    read = Calendar.from_ical(calendar(*visits(*homes), MORNING, zone=ZONE, name="plan7", language="en"))
    first, second = read.walk("VEVENT")
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (at(1), at(1) + timedelta(minutes=30))
    assert str(first["uid"]) == "a@plan7.pinlian"
    assert str(first["description"]) == "promised 09:00–10:00\n带梯子; 药水\n两瓶"
    assert str(second["location"]) == "2号楼 floor 1 101"
    assert read["prodid"]
    assert re.search(r"GEO:31\.\d+;121\.\d+", read.to_ical().decode())
