"""Rows whose truth is known, written in many ways: each is read as it was meant, or asked about; never guessed."""

import random
from dataclasses import dataclass

from services.demand.domain.jielong import read_chain

NAMES = [
    "朵朵妈",
    "张三",
    "赵六",
    "王五",
    "Leo爸爸🚗",
    "小鱼儿88",
    "Tom Lee",
    "12栋-小林",
    "阿宁",
    "老七",
    "陈姐",
    "🌸小美",
    "大鹏",
]
HOUSES = ["", "", "", "3栋1201", "12-3-502", "168弄10号606", "5号楼2单元301室", "2M06"]
GOODS = ["苹果", "香蕉", "矿泉水", "排骨", "空调", "原味", "A套餐", "袜子", "四件套", "牛奶"]
UNITS = ["份", "斤", "箱", "台", "盒", "双", ""]
HAN = {
    1: "一",
    2: "两",
    3: "三",
    4: "四",
    5: "五",
    6: "六",
    7: "七",
    8: "八",
    9: "九",
    10: "十",
    12: "十二",
    15: "十五",
    20: "二十",
}
NOISE = [
    "",
    "",
    "",
    " 谢谢",
    " 13800000000",
    " 老二3岁",
    " 已付",
    "（未付）",
    " 放门口",
    " 128元",
    " 周六上午",
    " 7:20-8:35",
]
MARKERS = ["{}. ", "{}、", "{}，", "（{}）", "{}) ", "{}.", "{}: "]


@dataclass
class Truth:
    name: str
    house: str
    goods: dict
    adults: int | None = None
    children: int | None = None


def amount(rng, number, unit):
    forms = [str(number)]
    if unit and number in HAN:
        forms.append(HAN[number])
    return rng.choice(forms) + unit


def goods_row(rng):
    """Return what is wanted and how it may be written, labels before or behind the numbers, spaced or glued."""
    labels = rng.sample(GOODS, rng.choice([1, 1, 2, 3]))
    wanted = {label: (rng.choice([1, 2, 3, 4, 10, 12, 15, 20]), rng.choice(UNITS)) for label in labels}
    between, form = rng.choice([" ", "，", "+", "、", ""]), rng.randrange(4)
    if any(not unit for _, unit in wanted.values()) and between == "":
        between = " "
    spec = {0: "", 1: "", 2: "500ml*24瓶", 3: "（大）"}[form]
    parts = []
    for label, (number, unit) in wanted.items():
        pack = spec if unit == "箱" and spec else ""
        parts.append(f"{label}{pack}{rng.choice(['', ' ']) if between else ''}{amount(rng, number, unit)}")
    return wanted, between.join(parts)


def people_row(rng):
    adults, children = rng.randint(1, 4), rng.randint(1, 3)
    forms = [f"{adults}大{children}小", f"大{adults}小{children}", f"{adults}大+{children}小"]
    forms += [f"{HAN[adults]}大{HAN[children]}小", f"{adults}个大人{children}个小孩", f"成人{adults}儿童{children}"]
    return adults, children, rng.choice(forms)


def written(rng, number):
    name, house = rng.choice(NAMES), rng.choice(HOUSES)
    house = "" if "栋" in name else house
    if rng.random() < 0.3:
        adults, children, said = people_row(rng)
        truth = Truth(name, house, {}, adults, children)
        glue = rng.choice([" ", " ", ""])
    else:
        wanted, said = goods_row(rng)
        truth, glue = Truth(name, house, wanted), rng.choice([" ", " ", "："])
    front = rng.choice([f"{house} {name}", f"{name} {house}"]) if house else name
    glue = " " if front == f"{name} {house}" else glue
    return truth, f"{rng.choice(MARKERS).format(number)}{front}{glue}{said}{rng.choice(NOISE)}"


def is_meant(truth, row):
    house = "12栋" if "栋" in truth.name else truth.house or None
    goods = {item.label: (item.quantity, item.unit or "") for item in row.items}
    people = (row.adults, row.children) == (truth.adults, truth.children)
    return (row.nickname, row.household) == (truth.name, house) and goods == truth.goods and people


def test_rows_are_read_as_meant_or_asked_about():
    rng = random.Random(20261124)
    rows = asked = 0
    for _ in range(120):
        truths, lines = zip(*(written(rng, number) for number in range(1, 6)), strict=True)
        chain = read_chain("#接龙\n团购\n\n" + "\n".join(lines))
        assert len(chain.rows) == 5, lines
        for truth, line, row in zip(truths, lines, chain.rows, strict=True):
            codes = {one.code for one in row.questions} - {"duplicate_person"}
            rows, asked = rows + 1, asked + bool(codes)
            assert is_meant(truth, row) or codes, f"guessed: {line}"
    assert asked <= 0.05 * rows, f"{asked} of {rows} rows were asked about"
