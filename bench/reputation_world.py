"""Worlds of raters, suppliers and attackers for reputation.py: five operators of forty raters, a hundred suppliers, of
which twenty are attacked. Marks of honest raters scatter around what a supplier is worth (beta-binomial, unbiased)."""

from dataclasses import dataclass, field

import numpy as np

OPERATORS, RATERS, SUPPLIERS, ATTACKED = 5, 40, 100, 20
TRIES = 0.17  # which part of the suppliers a rater tries
SCATTER = 2.0  # the smaller, the wider marks scatter
PAID, FREE = 3, 7  # how often an attacker speaks of a target: with a settled order, and without any


@dataclass(frozen=True)
class Rating:
    rater: str
    operator: int
    supplier: int
    share: float
    settled: bool = True


@dataclass
class World:
    worth: np.ndarray
    targets: list
    ratings: list = field(default_factory=list)
    bad: set = field(default_factory=set)
    honest: set = field(default_factory=set)

    def of(self, supplier):
        return [one for one in self.ratings if one.supplier == supplier]


@dataclass(frozen=True)
class Attack:
    """``part`` of the raters collude. ``aim`` is what they do; ``camouflaged`` ones also rate honestly elsewhere."""

    part: float = 0.0
    aim: str = "both"  # push, smear, both: away from what the supplier is worth
    camouflaged: bool = False
    reach: float = 1.0  # which part of the targets each of them attacks
    washed: bool = False  # a new name for each rating
    mint: int = 0  # one operator is hostile, and has this many times its raters


@dataclass(frozen=True)
class Honesty:
    """What honest raters are like; all of it is no attack, and nobody is to be taken for a ring."""

    worth: tuple = (0.1, 0.9)
    together: float = 0.0  # which part of what a community tries it tries as one group, on the same day
    mood: float = 0.0  # how much a day of a group shifts what all of it say
    lenient: float = 0.0  # which part of the raters give the best mark whatever they get


def world(seed, attack=Attack(), honesty=Honesty()):
    rng = np.random.default_rng(seed)
    worth = rng.uniform(*honesty.worth, SUPPLIERS)
    made = World(worth, sorted(rng.choice(SUPPLIERS, ATTACKED, replace=False).tolist()))
    raters = [(f"r{number}", number // RATERS) for number in range(OPERATORS * RATERS)]
    bad = set(rng.choice(len(raters), round(attack.part * len(raters)), replace=False).tolist())
    _honest(rng, made, [one for number, one in enumerate(raters) if number not in bad], honesty)
    if attack.camouflaged:
        _honest(rng, made, [raters[number] for number in sorted(bad)], honesty, spared=set(made.targets))
    made.bad = {raters[number][0] for number in bad}
    made.honest = {rater for rater, _ in raters} - made.bad
    for number in sorted(bad):
        _strike(rng, made, *raters[number], attack)
    if attack.mint:
        _mint(rng, made, attack)
    return made


def _honest(rng, made, raters, honesty, spared=frozenset()):
    shared = rng.random((OPERATORS, SUPPLIERS)) < TRIES
    shift = rng.normal(0, honesty.mood, (OPERATORS, SUPPLIERS)) if honesty.mood else np.zeros((OPERATORS, SUPPLIERS))
    lenient = rng.random(len(raters)) < honesty.lenient
    for number, (rater, operator) in enumerate(raters):
        along = rng.random() < honesty.together
        tried = shared[operator] & (rng.random(SUPPLIERS) < 0.8) if along else rng.random(SUPPLIERS) < TRIES
        for supplier in np.flatnonzero(tried).tolist():
            if supplier in spared:
                continue
            worth = float(np.clip(made.worth[supplier] + shift[operator, supplier], 0.02, 0.98))
            said = rng.binomial(4, rng.beta(worth * SCATTER, (1 - worth) * SCATTER)) / 4
            made.ratings.append(Rating(rater, operator, supplier, 1.0 if lenient[number] else said))


def lie(made, supplier):
    return 1.0 if made.worth[supplier] < 0.5 else 0.0


def _strike(rng, made, rater, operator, attack):
    for supplier in made.targets:
        said = lie(made, supplier)
        wanted = {"push": said == 1.0, "smear": said == 0.0, "both": True}[attack.aim]
        if not wanted or rng.random() >= attack.reach:
            continue
        for time in range(PAID + FREE):
            name = f"{rater}/{supplier}/{time}" if attack.washed else rater
            made.ratings.append(Rating(name, operator, supplier, said, settled=time < PAID))


def _mint(rng, made, attack):
    """The first operator's honest raters fall silent; it invents others, with orders that it says were settled."""
    made.ratings = [one for one in made.ratings if one.operator != 0]
    for number in range(RATERS * attack.mint):
        for supplier in made.targets:
            if rng.random() < TRIES:
                made.ratings.append(Rating(f"m{number}", 0, supplier, lie(made, supplier)))
