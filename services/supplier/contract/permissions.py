"""What the supplier service promises about permissions."""

from marshmallow import Schema, fields, validate

from services.supplier.contract.parts import a_text, a_time_or_none, an_id

RPCS = (
    "grant_permissions",
    "list_supplier_grants",
    "list_grants",
    "end_grant",
    "leave_supplier",
)

PERMISSIONS = ("see", "use", "edit", "share_on")
ENDED_BY = ("granter", "owner", "receiver", "supplier", "node", "time", "replaced", "chain")


class PermissionsChangedSchema(Schema):
    """permissions_changed.v1: a grant was given or ended, or a community left a supplier, whatever it had of it.

    ``receiver_id`` null stands for all communities of the node; ``grant_id`` and ``granter_id`` are null where a
    community left.
    """

    supplier_id = an_id()
    granter_id = an_id(allow_none=True)
    receiver_id = an_id(allow_none=True)
    permissions = fields.List(fields.String(validate=validate.OneOf(PERMISSIONS)), required=True)
    contact = a_text("never", "when_confirmed", "always")
    ends_at = a_time_or_none()
    grant_id = an_id(allow_none=True)
    change = a_text("granted", "ended", "left")
    by = fields.String(required=True, allow_none=True, validate=validate.OneOf(ENDED_BY))


EVENTS: dict[str, Schema] = {"permissions_changed.v1": PermissionsChangedSchema()}
