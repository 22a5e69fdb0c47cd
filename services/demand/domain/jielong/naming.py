"""Whose row it is: nicknames hold digits, spaces, dots and emoji, and run into what is wanted."""

import re

from services.demand.domain.jielong import words
from services.demand.domain.jielong.context import Context
from services.demand.domain.jielong.draft import Draft
from services.demand.domain.jielong.lexer import Token
from services.demand.domain.jielong.words import fold

_LATIN = re.compile(r"^[A-Z][A-Za-z'.\-]*$")
_AMOUNTS = ("quantity", "number", "times", "spec", "each")
_COUNTED = ("quantity", "times", "plus", "code", "fraction", "each")


def take_name(draft: Draft, context: Context) -> None:
    """Move the nickname from the front of the draft's rest to its place."""
    place = _first(draft.rest)
    if place is None:
        return _only_household(draft, None)
    token = draft.rest[place]
    if token.kind == "note":  # [玫瑰]小美 is a name; (代) 王五 is a name with a remark
        follower = draft.rest[place + 1] if place + 1 < len(draft.rest) else None
        if fold(token.text)[0] == "[" and follower and follower.kind == "word" and follower.start == token.end:
            draft.rest[place] = Token("word", token.start, follower.end, draft.text[token.start : follower.end])
            del draft.rest[place + 1]
        else:
            draft.keep(token)
            token.kind = "gap"
        return take_name(draft, context)
    if token.kind == "household":
        follower = place + 1 < len(draft.rest) and draft.rest[place + 1]
        if follower and follower.kind == "word" and follower.start == token.end and follower.text[0] in "-_—":
            return _joined_to_household(draft, place)  # 12栋-小林 is how the member calls himself
        draft.rest[place] = Token("gap", token.start, token.end, token.text)
        return take_name(draft, context)
    if (
        token.kind == "quantity"
        and fold(token.text)[0] in "一二三四五六七八九十"
        and _has_goods(draft.rest[place + 1 :])
    ):
        token.kind = "word"  # 二副 苹果4斤: the second mate, not two pairs
    if token.kind != "word":
        return _only_household(draft, token)
    return _from_word(draft, place, context)


def _first(tokens: list[Token]) -> int | None:
    return next((place for place, one in enumerate(tokens) if one.kind != "gap"), None)


def _has_goods(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[0].kind == "gap" and any(one.kind in ("quantity", "word", "each") for one in tokens)


def _only_household(draft: Draft, token: Token | None) -> None:
    if draft.household is None:
        draft.ask("missing_name", token.text if token else "")


def _joined_to_household(draft: Draft, place: int) -> None:
    house, name = draft.rest[place], draft.rest[place + 1]
    draft.nickname = draft.text[house.start : name.end].rstrip(words.NAME_END)
    del draft.rest[place : place + 2]


def _from_word(draft: Draft, place: int, context: Context) -> None:
    token = draft.rest[place]
    if words.PHRASE.match(fold(token.text)):
        draft.ask("missing_name", token.text)
        rest = words.PHRASE.sub("", fold(token.text), count=1)
        if not words.VERBS_BEFORE.sub("", rest):
            token.kind = "gap"
        else:
            token.start = token.end - len(rest)
            token.text = token.text[len(token.text) - len(rest) :]
        return
    if _is_goods(draft, place, context):
        return _only_household(draft, token)
    end = _extent(draft, place, context)
    start = draft.rest[place].start
    name = draft.text[start : draft.rest[end - 1].end]
    del draft.rest[place:end]
    name = _house_behind(draft, place, name)
    draft.nickname = _without_goods(draft, place, name, start, context)


def _is_goods(draft: Draft, place: int, context: Context) -> bool:
    """Tell whether the first word is what is wanted, and no name at all: 苹果2斤 where others want 苹果."""
    token = draft.rest[place]
    after = draft.rest[place + 1] if place + 1 < len(draft.rest) else None
    plain = fold(token.text)
    if draft.household is not None and re.search("^[再另又]?加|件套$|人[位座]$|[种样]$|.或.", plain):
        return True
    alone = draft.household is not None and _first(draft.rest[place + 1 :]) is None and draft.people is None
    if not alone and (after is None or after.kind not in _AMOUNTS or after.start != token.end):
        return False
    letters = set(plain) <= set(context.options)
    if draft.household is not None and (letters or not words.NAME_LIKE.search(plain)) and not context.knows(plain):
        draft.ask("unclear_text", token.text)  # 12-3-502 洗衣机1台: a name or a machine?
    return context.knows(plain)


def _extent(draft: Draft, place: int, context: Context) -> int:
    """Return the place behind the tokens that are one nickname."""
    rest, end = draft.rest, place + 1
    while end < len(rest):
        token, before = rest[end], rest[end - 1]
        glued = token.start == before.end
        if glued and _belongs(draft, end, context):
            end += 1
            continue
        word = rest[end + 1] if end + 1 < len(rest) else None
        if not (token.kind == "gap" and token.text.strip(" 　") in ("", "&", "+") and word and word.kind == "word"):
            break
        if token.text.strip() == "&" or token.text == "+":
            end += 2
            continue
        latin = _LATIN.match(before.text) and _LATIN.match(word.text) and not context.knows(word.text)
        latin = latin and not set(word.text) <= set(context.options)
        if not (latin or words.KIN.match(word.text) or words.ONLY_EMOJI.match(word.text)):
            break
        draft.unsure = draft.unsure or bool(latin)
        end += 2
    return end


def _belongs(draft: Draft, place: int, context: Context) -> bool:
    """Tell whether a token that touches the name is a part of it: Leo2018, 小鱼儿88, tom_x."""
    token, before = draft.rest[place], draft.rest[place - 1]
    after = draft.rest[place + 1 :]
    if token.kind == "age":  # gooney-3年-17天
        return before.text[-1:] in "-~_"
    if token.kind == "word":
        return before.kind in ("number", "code", "note", "age")
    if token.kind == "note":
        return fold(token.text)[0] == "["
    if token.kind == "code":
        ahead = next((one for one in after if one.kind != "gap"), None)
        glued = ahead is not None and ahead.start == token.end and ahead.kind in ("number", "quantity")
        return not glued and token.text not in context.options and ahead is not None and ahead.kind != "code"
    if token.kind != "number":
        return False
    if after and after[0].start == token.end and after[0].kind not in ("gap", "household"):
        return False  # 王五2桔1贡
    digits = fold(token.text)
    if after and after[0].kind == "gap" and fold(after[0].text).strip()[:1] == ":":
        return True
    said = [one for one in after if one.kind in (*_COUNTED, "number")]
    if draft.people is not None or draft.choice is not None or any(one.kind == "quantity" for one in said):
        return True
    if said or len(digits) > 2 or digits.startswith("0"):
        if said:
            draft.ask("glued_number", before.text + token.text)
        return True
    if re.search(r"[A-Za-z]$", before.text):
        draft.ask("glued_number", before.text + token.text)
        return True
    draft.unsure = True
    return False


def _house_behind(draft: Draft, place: int, name: str) -> str:
    """Take a house number that follows the name; joined by a hyphen it is a part of the nickname."""
    house = draft.rest[place] if place < len(draft.rest) else None
    if house is None or house.kind != "household":
        return name.rstrip(words.NAME_END)
    house.kind = "gap"
    return name + house.text if name[-1] in "-_" else name.rstrip(words.NAME_END)


def _without_goods(draft: Draft, place: int, name: str, start: int, context: Context) -> str:
    """Split what is known to be wanted from the end of the name: 张三苹果2斤 where others want 苹果."""
    plain = words.VERBS_AFTER.sub("", name) or name
    following = draft.rest[place] if place < len(draft.rest) else None
    if following is None or following.kind not in _AMOUNTS:
        return plain
    if following.start != start + len(name):
        return plain
    _doubt_numeral(draft, plain, following)
    for size in range(len(plain) - 1, 0, -1):
        label = plain[-size:]
        inside = label[0].isascii() and plain[-size - 1].isascii()  # BB is no B that wants a B
        if fold(label) in context.labels and not inside and not words.KIN.match(label):
            at = start + len(plain) - size
            draft.rest.insert(place, Token("word", at, at + size, label))
            return plain[:-size].rstrip(words.NAME_END)
    return plain


def _doubt_numeral(draft: Draft, name: str, following: Token) -> None:
    """赵六十份 may be 赵六 with ten or 赵 with sixty; 陈五份 may be 陈 with five or 陈五 with a share."""
    numeral = re.match("[一二三四五六七八九十百零]+", fold(following.text))
    if numeral is None:
        return
    tens = len(numeral[0]) > 1 and numeral[0][0] != "十" and name[-1] in "小老阿一二三四五六七八九"
    if len(name) == 1 or tens or name[-1] in "十百千零":
        draft.ask("ambiguous_number", name + following.text)
