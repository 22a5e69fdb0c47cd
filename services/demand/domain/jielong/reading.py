"""From pasted text to a chain. The grammar is in JIELONG.md."""

from dataclasses import replace
from hashlib import sha256

from services.demand.domain.jielong import words
from services.demand.domain.jielong.context import Context, context_of
from services.demand.domain.jielong.entry import confidence_of, read_entry
from services.demand.domain.jielong.layout import Layout, Line, posts_of
from services.demand.domain.jielong.model import Chain, Question, Row
from services.demand.domain.jielong.people import key_of
from services.demand.domain.jielong.questions import ask

_GAPS_SHOWN = 20


def read_chain(text: str) -> Chain:
    """Read a pasted chain; of several posts the last one, because every post is a complete snapshot."""
    posts = posts_of(text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = [post for post in posts if post.rows or not post.quoted] or posts
    last, older = kept[-1], [post for post in posts if post is not kept[-1]]
    chain = chain_of(last)
    warnings, ignored = list(chain.warnings), []
    for post in older:
        ignored += post.source
        earlier = chain_of(post)
        if post.rows and not _replaces(chain, earlier):
            warnings.append(ask("several_chains", earlier.title))
    if any(post.quoted for post in posts):
        warnings.append(ask("quoted_reply"))
    return replace(chain, warnings=tuple(warnings), ignored=(*ignored, *chain.ignored))


def chain_of(layout: Layout) -> Chain:
    """Read the parts of one post."""
    context = context_of([layout.title, *layout.body], layout.example)
    blocks = _blocks(layout, context)
    rows = [_row(block, context) for block in blocks]
    labels = {item.label for row in rows if not row.questions for item in row.items if item.label and item.quantity}
    if labels:
        known = replace(context, labels=frozenset(words.fold(label) for label in labels))
        blocks = _blocks(layout, known)
        rows = [_row(block, known) for block in blocks]
    rows = _with_repeats(_with_doubts(rows, blocks))
    rows = _without_prose(layout, rows)
    return Chain(
        header=layout.header,
        title=layout.title,
        body=tuple(layout.body),
        example=layout.example,
        rows=tuple(rows),
        tail=tuple(layout.tail),
        ignored=tuple(layout.ignored),
        warnings=tuple(_warnings(rows)),
        options=context.options,
        identity=identity_of(layout.title, rows),
    )


def identity_of(title: str, rows: list[Row]) -> str:
    """Return what stays the same when a chain is posted again: a digest of its first line."""
    first = title or (rows[0].nickname if rows else "")
    return sha256("".join(words.fold(first).split()).encode()).hexdigest()[:32]


class Block(list[Line]):
    """The lines of one row; ``doubtful`` if it has no number although others have."""

    doubtful = False


def _blocks(layout: Layout, context: Context) -> list[Block]:
    blocks: list[Block] = []
    for line in layout.rows:
        begins = line.mark is not None or not blocks or (not line.hangs and _is_own(line, blocks[-1], layout, context))
        if begins:
            blocks.append(Block())
            blocks[-1].doubtful = layout.numbered and line.mark is None
        blocks[-1].append(line)
    return blocks


def _is_own(line: Line, above: Block, layout: Layout, context: Context) -> bool:
    """Tell whether a line without a number is a row of its own, rather than more of the row above."""
    if not layout.numbered:
        return True
    own = read_entry(line.text.strip(), context, line.text, (line.number,), None)
    text = words.fold(own.nickname)
    if not own.nickname or context.knows(text) or len(own.nickname) > 12 or words.REMARK.search(text):
        return False
    if not _has_content(own):
        return len(own.nickname) <= 8 and not own.remark
    if not _has_content(_row(above, context)):
        return False  # 1. 任某 / 苹果4斤: the name stands alone on its line
    glued = line.text.strip()[len(own.nickname) : len(own.nickname) + 1]
    return not glued or glued in " 　:：，,"


def _has_content(row: Row) -> bool:
    return bool(row.items or row.people is not None or row.choice or row.status != "joined")


def _row(block: Block, context: Context) -> Row:
    first = block[0]
    text = first.text[first.mark.end :] if first.mark else first.text
    whole = "\n".join([text, *(line.text for line in block[1:])]).strip()
    numbers = tuple(line.number for line in block)
    original = "\n".join(line.text for line in block)
    return read_entry(whole, context, original, numbers, first.mark.number if first.mark else None)


def _with_doubts(rows: list[Row], blocks: list[Block]) -> list[Row]:
    return [
        asking(row, ask("no_number", block[0].text.strip())) if block.doubtful else row
        for row, block in zip(rows, blocks, strict=True)
    ]


def _with_repeats(rows: list[Row]) -> list[Row]:
    seen: set[tuple[str, str]] = set()
    found = []
    for row in rows:
        key = key_of(row)
        found.append(
            asking(row, ask("duplicate_person", row.nickname))
            if (row.nickname or row.household) and key in seen
            else row
        )
        seen.add(key)
    return found


def asking(row: Row, question: Question) -> Row:
    """Return the row with one more question."""
    questions = (*row.questions, question)
    return replace(row, questions=questions, confidence=confidence_of(len(questions)))


def _without_prose(layout: Layout, rows: list[Row]) -> list[Row]:
    """Where each line was tried, only those that say who and what are rows; the others are text around them."""
    if not layout.loose:
        return rows
    good = [row for row in rows if _says_something(row)]
    for row in rows:
        if row not in good:
            before = not good or row.line_numbers < good[0].line_numbers
            after = good and row.line_numbers > good[-1].line_numbers
            lines = row.line.split("\n")
            if before and not layout.title:
                layout.title = lines.pop(0).strip()
            (layout.tail if after else layout.body).extend(lines)
    return good


def _says_something(row: Row) -> bool:
    counts = any(item.quantity is not None for item in row.items) or row.people is not None
    counts = counts or row.status != "joined" or (row.household and row.items)
    return bool(counts and (row.nickname or row.household)) and len(row.nickname) <= 20


def _warnings(rows: list[Row]) -> list[Question]:
    numbers = [row.number for row in rows if row.number is not None]
    if not rows:
        return [ask("no_rows")]
    warnings = []
    missing = sorted(set(range(min(numbers), max(numbers))) - set(numbers)) if numbers else []
    if missing:
        shown = ", ".join(map(str, missing[:_GAPS_SHOWN]))
        warnings.append(ask("missing_number", shown + (" …" if len(missing) > _GAPS_SHOWN else "")))
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        warnings.append(ask("duplicate_number", ", ".join(map(str, twice))))
    return warnings


def _replaces(chain: Chain, earlier: Chain) -> bool:
    """Tell whether a later post of the same chain has everybody whom the earlier one has."""
    people = {key_of(row) for row in chain.rows}
    return chain.identity == earlier.identity and all(key_of(row) in people for row in earlier.rows)
