"""Visit plans: homes, crews, tours."""

from marshmallow import fields

from gateway.schemas.base import (
    Answer,
    Body,
    PageQuery,
    PlaceSchema,
    Query,
    SentenceSchema,
    Strict,
    WindowSchema,
    page_of,
)
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, real, string, whole

STATES = ("draft", "queued", "solving", "done", "failed", "forgotten")
WHY = ("no_window", "too_heavy", "out_of_reach", "no_room", "promise_lost")
MOST_HOMES, MOST_CREWS, MOST_WINDOWS = 500, 50, 6
LONGEST = 12 * 60
TEXT, NOTES = 200, 500


class VisitHome(Strict):
    """Where a visit takes place, for how many minutes, and when somebody is at home."""

    place = nested(PlaceSchema, required=True)
    minutes = whole(1, LONGEST, required=True)
    building = string(TEXT, least=0)
    floor = whole(-200, 200)
    room = string(TEXT, least=0)
    lift = flag()
    windows = many(nested(WindowSchema), 0, MOST_WINDOWS)
    load = whole(0, 1_000_000)
    label = string(TEXT, least=0)
    notes = string(NOTES, least=0)
    contact = string(TEXT, least=0)


class CrewBreak(WindowSchema):
    """A rest of so many minutes that begins in the window; where the day began unless a place is given."""

    minutes = whole(1, LONGEST, required=True)
    place = nested(PlaceSchema, allow_none=True)


class VisitCrew(Strict):
    """Who comes: from start, back to end (null: it ends at the last home), within the shift."""

    id = string(TEXT, required=True)
    name = string(TEXT)
    start = nested(PlaceSchema, required=True)
    end = nested(PlaceSchema, allow_none=True)
    shift = nested(WindowSchema, required=True)
    capacity = whole(0, 10_000_000, allow_none=True)
    # "break" is a word of Python.
    locals()["break"] = nested(CrewBreak, allow_none=True)


class VisitTravel(Strict):
    """How long it takes from door to door; what is left out is as usual."""

    detour = real(1, 10)
    speed_kmh = real(0.5, 150)
    building_minutes = real(0, 120)
    lift_minutes = real(0, 120)
    stairs_minutes = real(0, 120)
    door_minutes = real(0, 120)


class CreateVisitPlan(Body):
    """The homes of a community and the crews of a confirmed match; either may come later."""

    match_id = ident(required=True)
    community_id = ident()
    homes = many(nested(VisitHome), 0, MOST_HOMES)
    crews = many(nested(VisitCrew), 0, MOST_CREWS)
    travel = nested(VisitTravel)
    time_zone = string(60)
    seconds = real(0.1, 60)


class ChangeVisitPlan(Body):
    """Homes that are added or drop out, and the crews as they are now; promised times are kept."""

    community_id = ident()
    add = many(nested(VisitHome), 0, MOST_HOMES)
    drop = many(ident(), 0, MOST_HOMES)
    crews = many(nested(VisitCrew), 1, MOST_CREWS)


class ReleaseVisitPlan(Body):
    """Whose homes the supplier may see; by default those of one's own community."""

    community_id = ident()


class VisitPlanQuery(PageQuery):
    """Which plans."""

    match_id = ident()


class VisitFileQuery(Query):
    """In which language, and whether with names and phone numbers."""

    language = choice("zh", "en")
    contacts = choice("true", "false")


class VisitLeftOut(SentenceSchema):
    """Why nobody comes to a home."""

    code = choice(*WHY, required=True)


class VisitHomeView(Answer):
    """A home, the span that it was promised, and the time that is planned within it."""

    home_id = ident(required=True)
    community_id = ident(required=True)
    place = nested(PlaceSchema, required=True)
    minutes = whole(1, LONGEST, required=True)
    building = fields.String(required=True)
    floor = whole(-200, 200, required=True)
    room = fields.String(required=True)
    lift = flag(required=True)
    windows = fields.List(nested(WindowSchema), required=True)
    load = whole(0, 1_000_000, required=True)
    label = fields.String(required=True)
    notes = fields.String(required=True)
    contact = fields.String(required=True)
    promised = nested(WindowSchema, required=True, allow_none=True)
    planned = moment(required=True, allow_none=True)
    left_out = nested(VisitLeftOut, required=True, allow_none=True)


class VisitStop(Answer):
    """A visit, or the crew's rest where home is null; metres is the way to it."""

    home = ident(required=True, allow_none=True)
    start = moment(required=True)
    end = moment(required=True)
    metres = whole(0, 2**53, required=True)


class VisitTour(Answer):
    """What a crew does; of a crew that also comes to homes of others, the visits to one's own only, without the way."""

    crew = string(TEXT, required=True)
    start = moment(required=True)
    end = moment(required=True)
    metres = whole(0, 2**53, required=True)
    stops = fields.List(nested(VisitStop), required=True)


class VisitPlanView(Answer):
    """A visit plan with the homes that the reader may see."""

    plan_id = ident(required=True)
    match_id = ident(required=True)
    supplier_id = ident(required=True)
    state = choice(*STATES, required=True)
    progress = whole(0, 100, required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    service = nested(WindowSchema, required=True)
    time_zone = string(60, required=True)
    seconds = real(0.1, 60, required=True)
    crews = fields.List(nested(VisitCrew), required=True)
    travel = nested(VisitTravel, required=True)
    homes = fields.List(nested(VisitHomeView), required=True)
    tours = fields.List(nested(VisitTour), required=True)
    moved = fields.List(ident(), required=True)
    released = flag(required=True)
    created_at = moment(required=True)


VisitPlanPage = page_of(VisitPlanView)
