"""What a row's tokens say by themselves, before names and goods are told apart."""

import re
from dataclasses import dataclass, field

from services.demand.domain.jielong.context import Context
from services.demand.domain.jielong.lexer import CONTACT_KEY, Token
from services.demand.domain.jielong.model import Contact, Item, Question, Status
from services.demand.domain.jielong.numerals import CHINESE, number_of
from services.demand.domain.jielong.questions import ask
from services.demand.domain.jielong.words import ADULT, CHILD, MEASURES, fold

MARKS = {"paid", "unpaid", "cancelled", "waiting", "changed", "same", "unclear", "undecided", "phrase", "gap"}
_DOUBTS = {
    **{"same": "same_as_above", "unclear": "unclear_mark", "undecided": "unclear_status"},
    **{"returned": "part_returned", "added": "part_added"},
}
STATES = {"cancelled": Status.CANCELLED, "waiting": Status.WAITING, "changed": Status.CHANGED}
MANY = 100  # people on one line: then the number is more likely something else
COUNTING = ("quantity", "number", "times", "plus", "fraction", "people", "persons", "sum", "code")
_KEY = re.compile(rf"({CONTACT_KEY})\s*:\s*(.*)", re.DOTALL)
_COUNT = rf"(\d+|{CHINESE})"
_NUMBER_FIRST = re.compile(rf"{_COUNT}\s*(?:个|個|位|名)?\s*(?:({ADULT})|{CHILD})")
_CLASS_FIRST = re.compile(rf"(?:({ADULT})|{CHILD})\s*[:x×*]?\s*{_COUNT}")
_FAMILY = {"three": 3, "four": 4, "five": 5, "six": 6}


@dataclass
class Draft:
    """A row in the making; ``rest`` is what names and goods are read from, ``leftovers`` are places of remarks."""

    text: str
    rest: list[Token] = field(default_factory=list)
    nickname: str = ""
    household: Token | None = None
    items: list[Item] = field(default_factory=list)
    adults: int | None = None
    children: int | None = None
    people: int | None = None
    choice: str | None = None
    status: Status = Status.JOINED
    paid: bool | None = None
    contact: Contact = field(default_factory=Contact)
    leftovers: list[tuple[int, int]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unsure: bool = False
    said: str = ""

    def ask(self, code: str, about: str = "") -> None:
        """Note a question, once."""
        if all(one.code != code or one.about != about for one in self.questions):
            self.questions.append(ask(code, about.strip()))

    def keep(self, token: Token) -> None:
        """Keep a token's words as a remark."""
        self.leftovers.append((token.start, token.end))

    def remark(self) -> str:
        """Return the remarks in the order and the words of the line."""
        if self.said:
            return self.said
        merged: list[list[int]] = []
        for start, end in sorted(self.leftovers):
            if merged and not self.text[merged[-1][1] : start].strip(" \n\t　,，、和及与"):
                merged[-1][1] = max(end, merged[-1][1])
            else:
                merged.append([start, end])
        parts = (" ".join(self.text[start:end].split()).strip(" ,，;；、:：~～") for start, end in merged)
        return " ".join(part for part in parts if part)


def gather(text: str, tokens: list[Token], context: Context) -> Draft:
    """Take out of the tokens whatever needs no neighbours to be understood."""
    draft = Draft(text)
    for place, token in enumerate(tokens):
        _take(draft, token, tokens[place + 1 :], context)
    return draft


def _take(draft: Draft, token: Token, after: list[Token], context: Context) -> None:
    kind = token.kind
    if kind in STATES:
        _change(draft, STATES[kind])
    elif kind in ("paid", "unpaid"):
        draft.paid = kind == "paid" and draft.paid is not False
    elif kind in ("phone", "contact", "address"):
        _contact(draft, token)
    elif kind == "people":
        _people(draft, token, after, context)
    elif kind in ("persons", "family", "sum"):
        _persons(draft, token, context)
    elif kind == "choice" or (kind == "number" and "." in token.text and fold(token.text) in context.text):
        said = token.text.strip()  # a decimal that the title has too (6.15) is a date
        draft.choice = said if draft.choice is None else f"{draft.choice} {said}"
    elif kind == "household" and draft.household is None:
        draft.household = token
        draft.rest.append(token)
        return
    elif kind == "bracket":
        _bracket(draft, token, after, context)
        return
    elif kind in _DOUBTS:
        _doubt(draft, token)
    elif kind in ("price", "link", "household") or (kind == "number" and context.phone_tails and len(token.text) == 4):
        draft.keep(token)
    elif kind == "phrase":
        pass  # somebody speaks, and does not say who
    else:
        draft.rest.append(token)
        return
    draft.rest.append(Token("gap", token.start, token.end, token.text))


def _change(draft: Draft, status: Status) -> None:
    if status is Status.CHANGED:  # what stood before is no longer true
        name = next((place for place, one in enumerate(draft.rest) if one.kind != "gap"), -1)
        for token in [one for one in draft.rest[name + 1 :] if one.kind != "gap"]:
            draft.rest.remove(token)
            draft.keep(token)
        draft.adults = draft.children = draft.people = None
    if draft.status is not Status.CANCELLED:
        draft.status = status


def _doubt(draft: Draft, token: Token) -> None:
    draft.ask(_DOUBTS[token.kind], token.text)
    draft.keep(token)
    if token.kind in ("returned", "added"):
        draft.status = Status.CHANGED


def _contact(draft: Draft, token: Token) -> None:
    known = draft.contact
    if token.kind != "contact":
        field_, value = token.kind, token.text
    else:
        key, value = _KEY.match(fold(token.text)).groups()
        value = token.text[len(token.text) - len(value) :] if value else ""
        lowered = key.lower()
        phone = re.search("电话|電話|手机|手機|方式|tel|phone|mobile", lowered)
        field_ = "phone" if phone else "address" if re.search("址|addr", lowered) else "consignee"
    values = {name: getattr(known, name) for name in ("consignee", "phone", "address")}
    values[field_] = values[field_] or value.strip() or None
    draft.contact = Contact(**values)


def _people(draft: Draft, token: Token, after: list[Token], context: Context) -> None:
    following = after[0] if after else None
    runs_on = following is not None and following.kind in ("number", "word") and following.start == token.end
    if runs_on and (following.kind == "number" or following.text[0] in "大小"):
        draft.ask("ambiguous_classes", token.text + following.text)
        draft.keep(token)
        draft.keep(following)
        following.kind = "gap"
        return
    counts: dict[str, int] = {}
    text = fold(token.text).strip()
    pairs = _NUMBER_FIRST.findall(text) if re.match(_COUNT, text) else [(n, a) for a, n in _CLASS_FIRST.findall(text)]
    if context.sizes and re.fullmatch(r"[\d大小\s,+、一二两三四五六七八九十]+", text):
        draft.items += [Item("大" if adult else "小", number_of(number)) for number, adult in pairs]
        return
    if any(int(number_of(number)) >= MANY for number, _ in pairs):
        draft.ask("unclear_number", token.text)
        draft.keep(token)
        return
    for number, adult in pairs:
        name = "adults" if adult else "children"
        counts[name] = counts.get(name, 0) + int(number_of(number))
    if draft.adults is not None or draft.children is not None:
        draft.ask("two_quantities", token.text)
        draft.adults = draft.children = draft.people = None
        return
    draft.adults, draft.children = counts.get("adults"), counts.get("children")
    _total(draft, sum(counts.values()), token)


def _persons(draft: Draft, token: Token, context: Context) -> None:
    text = fold(token.text)
    if token.kind == "sum":
        if not context.people_example:
            draft.ask("ambiguous_classes", token.text)
            draft.keep(token)
            return
        draft.adults, draft.children = (int(part) for part in text.split("+"))
        _total(draft, draft.adults + draft.children, token)
        return
    english = next((value for word, value in _FAMILY.items() if word in text.lower()), None)
    found = re.search(rf"\d+|{CHINESE}", text.replace("一家", ""))
    number = english if english is not None else number_of(found[0])
    if number != int(number) or not 0 < number < MANY:
        draft.ask("unclear_number", token.text)
        draft.keep(token)
        return
    _total(draft, int(number), token)


def _total(draft: Draft, people: int, token: Token) -> None:
    if draft.people is not None and draft.people != people:
        draft.ask("two_quantities", token.text)
        draft.keep(token)
        draft.adults = draft.children = draft.people = None
    else:
        draft.people = people


def _bracket(draft: Draft, token: Token, after: list[Token], context: Context) -> None:
    inner, kinds = token.inner, {one.kind for one in token.inner} - {"gap"}
    following = next((one for one in after if one.kind != "gap"), None)
    before_number = following is not None and following.kind in ("quantity", "number", "times", "spec", "each")
    was = re.match(r"原|本来|之前|之前", inner[0].text) if inner else None
    before = draft.rest[-1] if draft.rest else None
    each = before is not None and before.kind == "quantity" and before.end == token.start
    each = each and bool(re.search(rf"(?:{'|'.join(MEASURES)})", fold(token.text)))  # 1个（5斤左右）
    counted = kinds & {*COUNTING, "vague", "each", "returned", "added"}
    if was or each or not inner:
        draft.keep(token)
        draft.rest.append(Token("gap", token.start, token.end, token.text))
    elif (kinds and kinds <= MARKS | {"phone", "contact", "address", "household", "choice"}) or (
        counted and not before_number
    ):
        draft.rest.append(Token("gap", token.start, token.start + 1, token.text[0]))
        for place, one in enumerate(inner):
            _take(draft, one, inner[place + 1 :], context)
        draft.rest.append(Token("gap", token.end - 1, token.end, token.text[-1]))
    else:
        draft.rest.append(Token("note", token.start, token.end, token.text))
