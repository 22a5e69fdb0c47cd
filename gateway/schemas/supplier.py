"""Suppliers and their qualifications."""

from marshmallow import fields

from gateway.schemas.base import Answer, Body, Change, PlaceSchema, Strict, page_of
from gateway.schemas.fields import choice, flag, ident, many, moment, nested, pattern, string, whole

SHARING_MODES = ("none", "named", "all")
STANDINGS = ("registered", "under_review", "probation", "grade_a", "grade_b", "grade_c", "suspended", "removed")
SUPPLIER_STATES = ("active", "suspended")
QUALIFICATION_STATES = ("submitted", "approved", "rejected", "expired", "replaced")
SHA256 = "^[0-9a-fA-F]{64}\\Z"


class Sharing(Strict):
    """Who may see the supplier besides the community that registered it."""

    mode = choice(*SHARING_MODES, required=True)
    community_ids = many(ident(), 0, 1000)


class RegisterSupplier(Body):
    """A supplier; a node operator says for which community."""

    community_id = ident()
    name = string(100, required=True)
    contact = string(200, allow_none=True)
    place = nested(PlaceSchema, required=True)
    sharing = nested(Sharing)


class ChangeSupplier(Change):
    """What may be changed of a supplier."""

    name = string(100)
    contact = string(200, allow_none=True)
    place = nested(PlaceSchema)
    sharing = nested(Sharing)


class SubmitQualification(Body):
    """A licence or certificate; of its number only the end is ever shown."""

    kind = string(60, required=True)
    issuer = string(200, required=True)
    number = string(100, required=True)
    document_sha256 = pattern(SHA256, "64 hexadecimal digits", allow_none=True)
    expires_at = moment(required=True)


class ReviewQualification(Body):
    """What the reviewer decided, and why."""

    decision = choice("approved", "rejected", required=True)
    reason = string(500, required=True)


class Score(Answer):
    """The score of a supplier, as the reputation service told it."""

    score = fields.Float(required=True)
    reviews = whole(0, 2**53, required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class SupplierView(Answer):
    """A supplier, and what the reader's community may do with it.

    The contact is told to those who registered it, to itself, and to others as contact_told says.
    """

    supplier_id = ident(required=True)
    community_id = ident(required=True)
    name = string(100, required=True)
    contact = string(200, required=True, allow_none=True)
    place = nested(PlaceSchema, required=True)
    sharing = nested(Sharing, required=True)
    state = choice(*SUPPLIER_STATES, required=True)
    standing = choice(*STANDINGS, required=True)
    permissions = many(choice("see", "use", "edit", "share_on"), 0, 4, required=True)
    contact_told = choice("never", "when_confirmed", "always", required=True)
    own_prices = flag(required=True)
    score = nested(Score, required=True, allow_none=True)
    version = whole(1, 2**53, required=True)
    created_at = moment(required=True)


class QualificationView(Answer):
    """A qualification, its number masked."""

    qualification_id = ident(required=True)
    supplier_id = ident(required=True)
    kind = string(60, required=True)
    issuer = string(200, required=True)
    number = string(100, required=True)
    document_sha256 = fields.String(required=True, allow_none=True)
    expires_at = moment(required=True)
    state = choice(*QUALIFICATION_STATES, required=True)
    reviewed_by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = moment(required=True)


SupplierPage = page_of(SupplierView)
QualificationPage = page_of(QualificationView)
