"""Words, letters, runs of numbers and notes: what the labels and quantities of a row are put together from."""

from dataclasses import dataclass

from services.demand.domain.jielong import words
from services.demand.domain.jielong.context import Context
from services.demand.domain.jielong.draft import Draft
from services.demand.domain.jielong.lexer import Token
from services.demand.domain.jielong.runs import QUANTITIES, unit_of
from services.demand.domain.jielong.words import fold


@dataclass
class Piece:
    """A word, a letter, a run of numbers or a note between gaps."""

    kind: str
    tokens: list[Token]

    @property
    def text(self) -> str:
        """The original words of a piece of one token."""
        return self.tokens[0].text

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.tokens[-1].end


def pieces_of(draft: Draft) -> list[Piece]:
    """Return the pieces of the draft's rest; numbers that nothing but space parts are one run."""
    pieces: list[Piece] = []
    broken = False
    for token in draft.rest:
        kind = "run" if token.kind in QUANTITIES else token.kind
        if kind == "gap":
            broken = broken or bool(set(fold(token.text)) & set(",;、/&|\n"))
            continue
        if kind == "run" and pieces and pieces[-1].kind == "run" and not broken:
            pieces[-1].tokens.append(token)
        else:
            pieces.append(Piece(kind, [token]))
        broken = False
    return pieces


def pack_first(core: list[Piece]) -> bool:
    """Tell whether the size of a pack stands before the label: 500g带鱼段1袋."""
    if len(core) < 3 or [one.kind for one in core[:3]] != ["run", "word", "run"] or core[0].end != core[1].start:
        return False
    size = core[0].tokens[-1]
    return size.kind == "spec" or (unit_of(size) or "").lower() in words.MEASURES - {"斤"}


def numbers_first(core: list[Piece], context: Context) -> bool:
    """Tell whether the labels stand behind the numbers: 2桔1贡, 2斤苹果, 2A1B, 2份 苹果 (where 苹果 is known)."""
    if any(one.kind in ("each", "vague") for one in core):
        return False
    if len(core) < 2 or core[0].kind != "run" or core[1].kind not in ("word", "code"):
        return False
    number, label = core[0], core[1]
    glued = number.end == label.start
    remark = words.POLITE if number.tokens[-1].kind == "number" else words.REMARK
    if glued and remark.search(label.text) and not context.knows(label.text):
        return False
    latin = number.tokens[-1].kind == "number" and label.text.isascii() and label.text.islower()  # 2 flats
    return glued or latin or (label.kind == "code" and core[-1].kind != "run") or context.knows(label.text)
