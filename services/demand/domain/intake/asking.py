"""What still has to be asked of a row before it can become a signal."""

from services.demand.domain.intake.model import Change, Intake, Question, Row

_MISSING = {
    "nickname": Question("missing_name", "这一行是谁？", "Who is this?", "nickname"),
    "category": Question("category_unclear", "这是哪一类服务？", "Which kind of service is it?", "category"),
    "people": Question("missing_people", "没有写人数，几个人？", "No number of people is given: how many?", "people"),
    "when": Question("missing_when", "没有写时间，什么时候可以？", "No time is given: when?", "when"),
}


def questions_of(row: Row, intake: Intake) -> tuple[Question, ...]:
    """Return the open questions of a row: those of its readers, and what is missing."""
    if row.is_settled:
        return ()
    if row.change is Change.REMOVED or row.status == "cancelled":
        return row.questions
    want, people = intake.want_of(row), intake.people_of(row)
    missing = {
        "nickname": not row.nickname,
        "category": want.category is None,
        "people": people is None,
        "when": not want.windows,
    }
    # A rule for people answers what the reader asked about quantities; whoever set it knows what a row stands for.
    asked = [one for one in row.questions if not (one.field == "people" and row.people is None and people is not None)]
    fields = {one.field for one in asked}
    return (*asked, *(_MISSING[name] for name, lacks in missing.items() if lacks and name not in fields))


def ready_rows(intake: Intake) -> list[Row]:
    """Return the rows that can be committed: nothing is open about them and something is to be done."""
    return [row for row in intake.rows if not row.is_settled and not questions_of(row, intake)]
