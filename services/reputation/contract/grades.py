"""Writer schemas of the events of grades."""

from marshmallow import Schema, fields, validate

GRADES = ("probation", "a", "b", "c", "suspended", "removed")
_A_GRADE = validate.OneOf(GRADES)


class GradeReasonSchema(Schema):
    """Why the grade changed: a stable code, the same in two languages, and the figures that decided it."""

    code = fields.String(required=True, validate=validate.Length(min=1))
    zh = fields.String(required=True, validate=validate.Length(min=1))
    en = fields.String(required=True, validate=validate.Length(min=1))
    data = fields.Dict(keys=fields.String(), required=True)


class SupplierGradeChangedSchema(Schema):
    """supplier_grade_changed.v1: the grade by the policy of that version, and the score that it rests on."""

    supplier_id = fields.UUID(required=True)
    grade = fields.String(required=True, validate=_A_GRADE)
    before = fields.String(required=True, validate=_A_GRADE)
    reason = fields.Nested(GradeReasonSchema, required=True)
    policy_version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    score = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    reviews = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))


GRADE_EVENTS: dict[str, Schema] = {"supplier_grade_changed.v1": SupplierGradeChangedSchema()}
