"""What is wanted: options with their quantities, on whichever side the labels stand."""

import re
from dataclasses import replace

from services.demand.domain.jielong import words
from services.demand.domain.jielong.context import Context
from services.demand.domain.jielong.draft import Draft
from services.demand.domain.jielong.model import Item
from services.demand.domain.jielong.pieces import Piece, numbers_first, pack_first, pieces_of
from services.demand.domain.jielong.runs import amount_of
from services.demand.domain.jielong.words import fold

_ADDING = re.compile(r"加|另|还有|外加|再")
_EITHER = re.compile(r"(?:或者?|还是|or)")
_EITHER_INSIDE = re.compile(r".(?:或者?|还是).|\bor\b")


def take_goods(draft: Draft, context: Context) -> None:
    """Read the rest of the draft into items and remarks."""
    pieces = pieces_of(draft)
    pieces = [one for one in pieces if one.kind != "household"]
    core = [one for one in pieces if one.kind != "note"]
    if pack_first(core):
        reader = _Reader(draft, context)
        reader.note = draft.text[core[0].start : core[0].end]
        reader.read([one for one in pieces if one is not core[0]])
    elif numbers_first(core, context):
        _read_numbers_first(draft, pieces, context)
    else:
        _Reader(draft, context).read(pieces)


def _read_numbers_first(draft: Draft, pieces: list[Piece], context: Context) -> None:
    items, place = [], 0
    while place < len(pieces):
        piece = pieces[place]
        label = pieces[place + 1] if place + 1 < len(pieces) else None
        if piece.kind == "run" and label is not None and label.kind in ("word", "code"):
            amount = amount_of(piece.tokens, draft.text)
            _ask_all(draft, amount.codes, draft.text[piece.start : label.end])
            items.append(Item(label.text, amount.quantity, amount.unit, amount.note))
            _check_letter(draft, label, context)
            place += 2
        elif piece.kind == "run":  # 2桔1贡3: nobody can say which number is whose
            draft.ask("ambiguous_classes", draft.text[pieces[0].start : pieces[-1].end])
            draft.leftovers.append((pieces[0].start, pieces[-1].end))
            return
        elif piece.kind == "note" and items and items[-1].label and not items[-1].note:
            items[-1] = replace(items[-1], note=piece.text[1:-1].strip())
            place += 1
        else:
            draft.leftovers.append((piece.start, piece.end))
            place += 1
    draft.items += items


def _ask_all(draft: Draft, codes: tuple[str, ...], about: str) -> None:
    for code in codes:
        draft.ask(code, about)


def _check_letter(draft: Draft, piece: Piece, context: Context) -> None:
    if piece.kind == "code" and piece.text not in context.options:
        draft.ask("unknown_option" if context.options else "no_legend", piece.text)


class _Reader:
    """Reads labels before numbers, word by word."""

    def __init__(self, draft: Draft, context: Context) -> None:
        self.draft, self.context = draft, context
        self.pending: list[Piece] = []
        self.note = self.alone = ""

    def read(self, pieces: list[Piece]) -> None:
        previous: Piece | None = None
        for place, piece in enumerate(pieces):
            after = pieces[place + 1] if place + 1 < len(pieces) else None
            getattr(self, f"_{piece.kind}")(piece, previous, after)
            previous = piece
        self._flush()
        if self.alone and len(self.draft.items) == 1:  # 阿 宁 2份: goods, or the rest of the name?
            self.draft.ask("unclear_text", self.alone)

    def _word(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        bare = previous is not None and previous.kind == "run" and previous.tokens[-1].kind == "number"
        counted = after is not None and after.kind == "run"
        if (
            bare
            and not counted
            and previous.end == piece.start
            and not words.REMARK.search(piece.text)
            and self.draft.items
        ):
            self.draft.ask("ambiguous_classes", self.draft.text[previous.start : piece.end])
            self.draft.items[-1] = replace(self.draft.items[-1], quantity=None)
        touching = after is not None and after.start == piece.end
        if self.pending and _ADDING.match(piece.text):
            self._flush()
        if (words.ONLY_EMOJI.match(piece.text) and not (counted and touching)) or (touching and after.kind == "age"):
            self.draft.keep(piece.tokens[0])
        elif _EITHER.fullmatch(piece.text):
            start = self.pending[0].start if self.pending else piece.start
            self._flush()
            self.draft.ask("either_option", self.draft.text[start : after.end if after else piece.end])
        else:
            if self.pending and _separated(self.draft.text, self.pending[-1].end, piece.start):
                self._flush()
            self.pending.append(piece)

    def _code(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        del previous, after
        if any(one.kind == "code" for one in self.pending):
            self._flush()
        self.pending.append(piece)

    def _note(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        labelled = bool(self.draft.items) and self.draft.items[-1].label and not self.draft.items[-1].note
        if self.pending and after is not None and after.kind in ("run", "each", "vague"):
            self.note = piece.text[1:-1].strip()
        elif previous is not None and previous.kind == "run" and labelled and previous.end == piece.start:
            self.draft.items[-1] = replace(self.draft.items[-1], note=piece.text[1:-1].strip())
        else:
            self._flush()
            self.draft.keep(piece.tokens[0])

    def _age(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        del previous, after
        self._flush()
        self.draft.keep(piece.tokens[0])

    def _run(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        del previous, after
        amount = amount_of(piece.tokens, self.draft.text)
        about = self.draft.text[self.pending[0].start if self.pending else piece.start : piece.end]
        _ask_all(self.draft, amount.codes, about)
        self._add(amount.quantity, amount.unit, amount.note, piece)

    def _each(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        del previous, after
        self.draft.ask("each", piece.text)
        self._add(None, None, piece.text.strip(), piece)

    def _vague(self, piece: Piece, previous: Piece | None, after: Piece | None) -> None:
        del previous, after
        self.draft.ask("vague_quantity", piece.text)
        self._add(None, None, piece.text.strip(), piece)

    def _add(self, quantity: object, unit: str | None, note: str, piece: Piece) -> None:
        label = self._label()
        if label is None and re.search(r"[套餐装]$", note):  # 四件套2套
            label, note = note, ""
        if label is None and self.draft.items and self.draft.items[-1].quantity is not None and not self.note:
            last = self.draft.items[-1]
            if quantity is not None:
                self.draft.ask("two_quantities", self.draft.text[piece.start : piece.end])
                self.draft.items[-1] = replace(last, quantity=None)
                self.draft.leftovers.append((piece.start, piece.end))
                return
        notes = " ".join(one for one in (self.note, note) if one)
        self.draft.items.append(Item(label, quantity, unit, notes))
        self.pending, self.note = [], ""

    def _label(self) -> str | None:
        """Return the label that the pending words make, and remember what they ask."""
        if not self.pending:
            return None
        draft, pending = self.draft, self.pending
        if pending[0].kind == "code":
            _check_letter(draft, pending[0], self.context)
            self.note = " ".join([self.note, *(one.text for one in pending[1:])]).strip()
            return pending[0].text
        text = " ".join(draft.text[pending[0].start : pending[-1].end].split())
        if words.POLITE.search(text) and not self.context.knows(text):
            self._keep_pending()
            return None
        self._doubt(text)
        if draft.items and len(text) > 2:  # 苹果2斤和香蕉3斤
            text = re.sub(r"^(?:以及|[和跟及与])", "", text)
        text = words.PHRASE.sub("", text, count=1) if words.PHRASE.match(text) else text
        text = words.VERBS_BEFORE.sub("", text) or None
        return (text and (words.VERBS_AFTER.sub("", text) or text).strip(words.NAME_END)) or None

    def _doubt(self, text: str) -> None:
        draft = self.draft
        if _EITHER_INSIDE.search(text):
            draft.ask("either_option", text)
        if re.search(r"[十百千万零]$", text):
            draft.ask("ambiguous_number", text)
        alone = len(text) == 1 and len(draft.nickname) == 1 and draft.household is None
        if alone and not self.context.knows(text):
            self.alone = f"{draft.nickname} {text}"

    def _keep_pending(self) -> None:
        for piece in self.pending:
            self.draft.keep(piece.tokens[0])
        self.pending = []

    def _flush(self) -> None:
        """Settle words that no quantity follows: something wanted, or a remark."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        if pending[0].kind == "code":
            _check_letter(self.draft, pending[0], self.context)
            self.draft.items.append(Item(pending[0].text, None))
            pending = pending[1:]
            for piece in pending:
                self.draft.keep(piece.tokens[0])
            return
        text = " ".join(self.draft.text[pending[0].start : pending[-1].end].split())
        if _EITHER_INSIDE.search(text):
            self.draft.ask("either_option", text)
        if re.fullmatch(r"同.{1,6}", text):  # 同文文
            self.draft.ask("same_as_above", text)
        if self._is_wanted(text):
            self.draft.items.append(Item(text, None))
        else:
            for piece in pending:
                self.draft.keep(piece.tokens[0])

    def _is_wanted(self, text: str) -> bool:
        draft = self.draft
        if fold(text) in self.context.labels:
            return True
        if words.REMARK.search(text) or not re.search(r"\w", text):
            return False
        if self.context.knows(text):
            return True
        if any(one.label for one in draft.items):
            return len(text) <= 6
        said = draft.items or draft.people is not None or draft.choice or draft.status != "joined"
        return not said and not draft.questions and len(text) <= 12


def _separated(text: str, start: int, end: int) -> bool:
    return bool(set(fold(text[start:end])) & set(",;、/&+|\n"))
