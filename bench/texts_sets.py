"""The public text sets of ../shared/data, cut into a half for choosing and a half for judging, and two measures."""

import zlib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
CHOOSE, JUDGE = 0, 1
PAIRS = {
    "ATEC": "zh_sts/ATEC.valid.data",
    "BQ": "zh_sts/BQ.valid.data",
    "LCQMC": "zh_sts/LCQMC.valid.data",
    "PAWSX": "zh_sts/PAWSX.valid.data",
    "STS-B": "zh_sts/STS-B.valid.data",
    "AFQMC": "zh_afqmc_xiaobu/AFQMC.dev.txt",
    "xiaobu": "zh_afqmc_xiaobu/xiaobu.dev.txt",
}
SUBJECTS, WORDINGS = ("GoogleNews", "StackOverflow", "CLINC150"), ("LCQMC", "BQ", "ATEC", "AFQMC", "xiaobu")


def half(text):
    return zlib.crc32(text.encode()) % 2


def lines(name):
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def pairs(name, part=None):
    """Sentence pairs with their label; ``part`` is one half of the lines by a hash, None is all."""
    rows = (line.split("\t") for line in lines(PAIRS[name]) if part is None or half(line) == part)
    return [(row[0], row[1], float(row[2])) for row in rows if len(row) == 3]


def labelled(name):
    """Texts and their group: as given, or the connected components of the pairs that mean the same."""
    if name == "CLINC150":
        rows = [line.split("\t") for line in lines("clinc150/utterances.tsv")]
        return [(text, label) for label, text in rows]
    if name in SUBJECTS:
        labels = {"GoogleNews": "GoogleNews_LABEL.txt", "StackOverflow": "StackOverflow_gnd.txt"}[name]
        texts = lines(f"short_text_clustering/{name}.txt")
        return list(zip(texts, map(str.strip, lines(f"short_text_clustering/{labels}")), strict=True))
    return components(name)


def components(name):
    from services.demand.domain.texts import fold

    parent = {}

    def root(text):
        while parent.setdefault(text, text) != text:
            text = parent[text]
        return text

    for one, other, label in pairs(name):
        if label == 1:
            parent[root(fold(other))] = root(fold(one))
    return [(text, root(text)) for text in list(parent)]


def groups(name, part):
    """Texts and labels of one half of the groups, so that no group is in both."""
    chosen = [(text, label) for text, label in labelled(name) if half(label) == part]
    return [text for text, _ in chosen], [label for _, label in chosen]


def b_cubed(found, truth):
    """B-cubed F1 (Bagga and Baldwin 1998)."""
    both, mine, yours = defaultdict(int), defaultdict(int), defaultdict(int)
    for pair in zip(found, truth, strict=True):
        both[pair] += 1
        mine[pair[0]] += 1
        yours[pair[1]] += 1
    precision = sum(count * count / mine[one] for (one, _), count in both.items()) / len(truth)
    recall = sum(count * count / yours[other] for (_, other), count in both.items()) / len(truth)
    return 2 * precision * recall / (precision + recall)
