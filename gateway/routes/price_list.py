"""Price lists in and out, and a supplier's catalogue as linked data."""

from gateway.routes.route import EVERYONE, SELLERS, WATCHERS, Route
from gateway.schemas import price_list as s
from gateway.schemas.base import FileView, Nothing

LISTS, ONE_LIST = "/v1/suppliers/{supplier_id}/price-lists", "/v1/price-lists/{list_id}"
OUT, TEMPLATE = "/v1/suppliers/{supplier_id}/price-list", "/v1/price-list-template"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("POST", LISTS, "preview_price_list", SELLERS, "预览价格表", "Preview a price list",
           s.PriceListView, s.PreviewPriceList, status=201, location=ONE_LIST),
    _route("GET", ONE_LIST, "get_price_list", SELLERS, "查看价格表", "Get a price list", s.PriceListView),
    _route("POST", f"{ONE_LIST}/commit", "commit_price_list", SELLERS, "应用价格表", "Commit a price list",
           s.PriceListView, Nothing),
    _route("POST", f"{ONE_LIST}/discard", "discard_price_list", SELLERS, "放弃价格表", "Discard a price list",
           s.PriceListView, Nothing),
    _route("GET", f"{OUT}.csv", "export_price_list_csv", WATCHERS, "导出价格表 (CSV)", "Export a price list as CSV",
           FileView, query=s.ExportQuery, file=CSV),
    _route("GET", f"{OUT}.xlsx", "export_price_list_xlsx", WATCHERS, "导出价格表 (Excel)",
           "Export a price list as a workbook", FileView, query=s.ExportQuery, file=XLSX),
    _route("GET", f"{TEMPLATE}.csv", "get_price_list_template_csv", EVERYONE, "下载价格表模板 (CSV)",
           "Get the template of price lists as CSV", FileView, query=s.TemplateQuery, file=CSV),
    _route("GET", f"{TEMPLATE}.xlsx", "get_price_list_template_xlsx", EVERYONE, "下载价格表模板 (Excel)",
           "Get the template of price lists as a workbook", FileView, query=s.TemplateQuery, file=XLSX),
    _route("GET", "/v1/suppliers/{supplier_id}/catalogue", "get_catalogue", WATCHERS, "以关联数据导出服务目录",
           "Get a supplier's catalogue as linked data", FileView, file="application/ld+json"),
)
