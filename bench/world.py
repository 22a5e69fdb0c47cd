"""Worlds of needs with known truth: who could be served together is planted, and then told apart by hints only.

A group is a topic, a meeting point in a real district, and a time. Its people live where they reach the point, are free
at the time, can pay, and say what they want in one of the texts of the topic: intents of CLINC150, Chinese questions of
one meaning (LCQMC, AFQMC, connected by positive pairs), and the phrases of the built-in taxonomy in both languages.
Groups of one topic are in other cities or on other days, so that no two of them could be served together. Some give no
category, some the words of their own community for it, some a wrong one.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import cos, radians
from pathlib import Path
from random import Random

from services.demand.domain.pooling import Need
from services.demand.domain.taxonomy import builtin
from services.kernel.geo import Place
from services.kernel.money import Money
from services.kernel.timespan import Timespan

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FIRST_DAY = datetime(2026, 6, 6, tzinfo=UTC)
KM = 1 / 111.195  # degrees
SILENT, OWN_WORDS, WRONG = 0.2, 0.15, 0.03


@dataclass(frozen=True)
class World:
    """Needs whose topic is the category as given ("" for none), and for each the number of its group and its topic."""

    needs: list
    groups: list
    topics: list


def districts():
    """Return cities with at least three districts: lists of (lat, lon)."""
    found = defaultdict(list)
    for one in json.loads((DATA / "city_geo" / "data.json").read_text()):
        if one["area"] and one["lat"] and one["lng"]:
            found[one["province"], one["city"]].append((float(one["lat"]), float(one["lng"])))
    return [places for _, places in sorted(found.items()) if len(places) >= 3]


def topic_texts():
    """Return the texts of each topic by a name."""
    found = defaultdict(list)
    for line in (DATA / "clinc150" / "utterances.tsv").read_text().splitlines():
        intent, text = line.split("\t")
        found[intent].append(text)
    for name, file in (("lcqmc", "zh_sts/LCQMC.valid.data"), ("afqmc", "zh_afqmc_xiaobu/AFQMC.dev.txt")):
        for number, texts in enumerate(meanings(DATA / file)):
            if len(texts) >= 4:
                found[f"{name} {number}"] = texts
    for category in builtin().categories:
        found[category.key] = list(category.texts)
    return {name: found[name] for name in sorted(found)}


def meanings(path):
    """Return Chinese texts that positive pairs connect."""
    root = {}

    def find(one):
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    for line in path.read_text().splitlines():
        first, second, label = line.split("\t")
        if label == "1":
            root[find(first)] = find(second)
    found = defaultdict(list)
    for one in root:
        found[find(one)].append(one)
    return [sorted(texts) for _, texts in sorted(found.items())]


def world(seed, topics=40, groups=240, size=(2, 9), loners=0.1, communities=60, texts=None):
    """Return a world: the same for the same seed."""
    random = Random(seed)
    texts = texts or topic_texts()
    names = random.sample(sorted(texts), min(topics, len(texts)))
    cities = random.sample(districts(), min(len(districts()), max(12, groups // len(names) // 2)))
    spots = [(city, day) for city in cities for day in range(4)]
    needs, labels, told = [], [], []
    for name in names:
        share = groups // len(names)
        where = random.sample(spots, min(len(spots), share))
        for number, (city, day) in enumerate(where):
            group = _group(random, random.choice(city), day, 1 if random.random() < loners else random.randint(*size))
            for place, windows, minutes, radius, ceiling in group:
                text = random.choice(texts[name])
                community = f"c{random.randrange(communities)}"
                needs.append(
                    Need(
                        f"s{len(needs)}",
                        community,
                        _category(random, name, names, community),
                        random.choice((1, 1, 2, 3)),
                        place,
                        radius,
                        windows,
                        minutes,
                        ceiling,
                        frozenset(),
                        text,
                        "en" if text.isascii() else "zh",
                    )
                )
                labels.append(f"{name}/{number}")
                told.append(name)
    order = random.sample(range(len(needs)), len(needs))
    return World([needs[i] for i in order], [labels[i] for i in order], [told[i] for i in order])


def _category(random, name, names, community):
    dice = random.random()
    if dice < SILENT:
        return ""
    if dice < SILENT + WRONG:
        return random.choice(names)
    # The words of a community are always the same, and no others use them.
    own = int(community[1:]) % 7 == 0 and dice < SILENT + WRONG + 7 * OWN_WORDS
    return f"{community}: {name}" if own else name


def _group(random, district, day, size):
    """Yield homes, windows, minutes, radii and ceilings of people who all can be at one point at one time."""
    lat, lon = district[0] + random.uniform(-3, 3) * KM, district[1] + random.uniform(-3, 3) * KM
    start = FIRST_DAY + timedelta(days=day, hours=random.choice((1, 2, 6, 7, 11)), minutes=random.choice((0, 30)))
    minutes = random.choice((60, 90, 120))
    for _ in range(size):
        radius = random.choice((2.0, 3.0, 5.0, 8.0))
        away = radius * 0.95 * random.random() ** 0.5
        turn = random.uniform(0, 6.283185)
        place = Place(lat + away * KM * cos(turn), lon + away * KM * cos(turn - 1.570796) / cos(radians(lat)))
        before, after = random.randint(0, 4) * 30, random.randint(0, 4) * 30
        free = Timespan(start - timedelta(minutes=before), start + timedelta(minutes=minutes + after))
        others = (
            [Timespan(free.start + timedelta(days=7), free.end + timedelta(days=7))] if random.random() < 0.2 else []
        )
        ceiling = Money(random.choice((8000, 10000, 15000)), "CNY") if random.random() < 0.5 else None
        yield place, (free, *others), minutes, radius, ceiling


def small(seed, count=28, width_km=15.0, priced=False):
    """Return needs of one topic, so dense that many choices compete; small enough for an integer programme."""
    random = Random(seed)
    lat, lon = random.choice(random.choice(districts()))
    found = []
    for number in range(count):
        place = Place(lat + random.random() * width_km * KM, lon + random.random() * width_km * KM)
        windows = set()
        for _ in range(random.randint(1, 2)):
            start = FIRST_DAY + timedelta(hours=random.randint(0, 60))
            windows.add(Timespan(start, start + timedelta(hours=random.randint(2, 8))))
        ceiling = Money(random.choice((5000, 8000, 10000, 15000)), "CNY") if priced and random.random() < 0.8 else None
        radius, minutes = random.choice((2.0, 3.0, 5.0, 10.0)), random.choice((60, 90, 120))
        found.append(
            Need(
                f"n{number}",
                f"c{random.randrange(5)}",
                "t",
                random.randint(1, 4),
                place,
                radius,
                tuple(sorted(windows)),
                minutes,
                ceiling,
            )
        )
    return found


def with_topics(needs, topics):
    return [replace(need, topic=topic) for need, topic in zip(needs, topics, strict=True)]
