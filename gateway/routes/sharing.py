"""What communities let each other do with suppliers."""

from gateway.routes.route import EVERYONE, LEADERS, SELLERS, Route
from gateway.schemas import sharing as s
from gateway.schemas.base import PageQuery

ONE_SUPPLIER = "/v1/suppliers/{supplier_id}"
GRANTS = "/v1/grants"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", f"{ONE_SUPPLIER}/grants", "grant_permissions", LEADERS, "授予供应商权限",
           "Let a community do something with a supplier", s.GrantView, s.GrantPermissions, status=201),
    _route("GET", f"{ONE_SUPPLIER}/grants", "list_supplier_grants", EVERYONE, "列出供应商的授权",
           "List the grants of a supplier", s.GrantPage, query=PageQuery),
    _route("GET", GRANTS, "list_grants", EVERYONE, "列出给出和得到的授权",
           "List grants given and received", s.GrantPage, query=s.GrantQuery),
    _route("POST", f"{GRANTS}/{{grant_id}}/end", "end_grant", SELLERS, "结束授权", "End a grant",
           s.GrantView, s.EndGrant),
    _route("POST", f"{ONE_SUPPLIER}/leave", "leave_supplier", SELLERS, "结束与供应商的一切共享",
           "End everything between a supplier and a community", s.DepartureView, s.LeaveSupplier),
)
