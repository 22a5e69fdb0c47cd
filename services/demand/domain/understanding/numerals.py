"""Numbers in words, and texts brought to one writing without moving a single character."""

import re
import unicodedata

# The traditional characters of which words of time, number, money and kin are made. Each becomes one character, so
# that a place in the folded text is the same place in the text that was said; a whole conversion would not keep that.
_TRADITIONAL = str.maketrans(
    "後週個點鐘兩號時間節陽國慶誕聖歷曆農當這來裡還總統從單雙數萬億錢塊價預內過幾們圓歲無與"
    "勞動兒親婦師軍級約開會員務學園門媽頭長陰舊禮隨離廠連續結麼將給沒進發補課術畫藝聽說話請問報寶愛場館東車區"
    "際準備貴費擔負淨壓邊廳劃飯預約許論確認變樣條帶電網線餘樓遠近種夠夥夫婦參與孫爺",
    "后周个点钟两号时间节阳国庆诞圣历历农当这来里还总统从单双数万亿钱块价预内过几们圆岁无与"
    "劳动儿亲妇师军级约开会员务学园门妈头长阴旧礼随离厂连续结么将给没进发补课术画艺听说话请问报宝爱场馆东车区"
    "际准备贵费担负净压边厅划饭预约许论确认变样条带电网线余楼远近种够伙夫妇参与孙爷",
)
_SIGNS = str.maketrans({"～": "~", "〜": "~", "—": "-", "–": "-", "−": "-", "：": ":", "〇": "零", "’": "'", "￥": "¥"})
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ENGLISH = {word: value for value, word in enumerate(f"{_ONES} eighteen nineteen".split())}
_COMPOUND = {
    f"{ten}{sign}{one}": value + _ENGLISH[one]
    for ten, value in _TENS.items()
    for one in list(_ENGLISH)[1:10]
    for sign in " -"
}
_ENGLISH |= _TENS | _COMPOUND | {"hundred": 100, "a hundred": 100, "couple": 2, "a couple of": 2, "a couple": 2}
_ENGLISH |= {"a": 1, "an": 1}
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
)
ORDINALS = {
    word: value for value, word in enumerate(f"{_NTH} sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1)
}
ORDINALS |= {
    f"{ten}{sign}{one}": value + ORDINALS[one]
    for ten, value in (("twenty", 20), ("thirty", 30))
    for one in list(ORDINALS)[:9]
    for sign in " -"
    if value + ORDINALS[one] <= 31
} | {"thirtieth": 30}

CHINESE = "零一二两三四五六七八九十百千万"
ENGLISH = "|".join(sorted((word for word in _ENGLISH if word not in ("a", "an", "hundred")), key=len, reverse=True))


def fold(text: str) -> str:
    """Return ``text`` in lower case, half width and simplified characters, of exactly the same length."""
    narrow = (unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign for sign in text)
    return (
        "".join(low if len(low := sign.lower()) == 1 else sign for sign in narrow)
        .translate(_SIGNS)
        .translate(_TRADITIONAL)
    )


def number(words: str) -> int | None:
    """Return the whole number that digits, a Chinese or an English numeral say; None if they say none."""
    words = words.strip()
    if re.fullmatch(r"[0-9]{1,12}", words):
        return int(words)
    if words in _ENGLISH:
        return _ENGLISH[words]
    if words in ("几", "数", "few", "a few"):
        return 3
    if not words or any(sign not in CHINESE and sign not in _DIGITS for sign in words):
        return None
    if not any(sign in _UNITS or sign == "万" for sign in words):
        return int("".join(str(_DIGITS[sign]) for sign in words))
    head, _, tail = words.rpartition("万")
    if head:
        # In 一万二 the last digit stands for thousands.
        rest = _below_ten_thousand(tail) * (1000 if len(tail) == 1 else 1) if tail else 0
        return _below_ten_thousand(head) * 10_000 + rest
    return _below_ten_thousand(words)


def _below_ten_thousand(words: str) -> int:
    total, digit = 0, 0
    smallest = 10
    for sign in words:
        if sign in _UNITS:
            total, digit, smallest = total + (digit or 1) * _UNITS[sign], 0, _UNITS[sign]
        elif sign == "零":
            smallest = 10
        else:
            digit = _DIGITS.get(sign, 0)
    # In 两百五 the last digit stands for tens, in 两百零五 for ones.
    return total + digit * (smallest // 10 if smallest > 10 and digit else 1)


def amount(words: str) -> float | None:
    """Return the number, perhaps with decimals, that ``words`` say."""
    if re.fullmatch(r"[0-9]{1,12}\.[0-9]{1,6}", words.strip()):
        return float(words)
    return number(words)
