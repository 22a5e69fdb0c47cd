"""How well needs are found in the labelled chats: a need by its first line, a voice by need and sender."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from services.demand.domain.chat import mine, read_chat

HERE = Path(__file__).parent
LABELS = yaml.safe_load((HERE / "labels.yaml").read_text(encoding="utf-8"))


@dataclass
class Count:
    """Right, false and missed; precision and recall are shares."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self):
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self):
        return self.right / max(1, self.right + self.missed)


@dataclass
class Measured:
    needs: Count = field(default_factory=Count)
    voices: Count = field(default_factory=Count)
    category: Count = field(default_factory=Count)


def chat_named(name):
    path = next((HERE / "samples").glob(f"{name}.*"))
    return read_chat(path.read_text(encoding="utf-8"))


def measured(part, ear):
    """Return the counts over the chats whose names begin with ``part``: dev or test."""
    total = Measured()
    for name in sorted(one for one in LABELS if one.startswith(part)):
        found = list(mine(chat_named(name), ear))
        for need in LABELS[name]:
            hit = next((one for one in found if need["begins"] in one.evidence[0].text), None)
            if hit is None:
                total.needs.missed += 1
                total.voices.missed += len(need["who"])
                continue
            found.remove(hit)
            count(total, need, hit)
        total.needs.false += len(found)
        total.voices.false += sum(len(one.voices) for one in found)
    return total


def count(total, need, hit):
    """Count a need that was found."""
    total.needs.right += 1
    said, heard = set(need["who"]), {one.sender for one in hit.voices}
    total.voices.right += len(said & heard)
    total.voices.false += len(heard - said)
    total.voices.missed += len(said - heard)
    categories = need["category"] if isinstance(need["category"], list) else [need["category"]]
    total.category.right += hit.category in categories
    total.category.false += hit.category is not None and hit.category not in categories
    total.category.missed += hit.category is None
