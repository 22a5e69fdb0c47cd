"""Versions of offers, and their calendars."""

from gateway.routes.route import SELLERS, WATCHERS, Route
from gateway.routes.supplier import ONE_OFFER, ONE_SUPPLIER
from gateway.schemas import calendar as c
from gateway.schemas import offer as o
from gateway.schemas.base import FileView, PageQuery


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "supplier", *rest, **options)


# fmt: off
ROUTES = (
    _route("PATCH", ONE_OFFER, "revise_offer", SELLERS, "修订报价", "Revise an offer", o.OfferView, o.ReviseOffer),
    _route("GET", f"{ONE_OFFER}/versions", "list_offer_versions", WATCHERS, "列出报价的各版本",
           "List the versions of an offer", o.OfferVersionPage, query=PageQuery),
    _route("GET", f"{ONE_OFFER}/calendar", "get_offer_calendar", WATCHERS, "查看报价的日历",
           "Get the calendar of an offer", c.OfferCalendarView),
    _route("GET", f"{ONE_OFFER}/calendar.ics", "export_calendar", WATCHERS, "导出报价的日历",
           "Export the calendar of an offer", FileView, file="text/calendar; charset=utf-8"),
    _route("POST", "/v1/offers/preview-calendar", "preview_calendar", SELLERS, "预览日历",
           "Preview a calendar", c.CalendarPreview, c.PreviewCalendar),
    _route("GET", f"{ONE_SUPPLIER}/days-off", "get_days_off", SELLERS, "查看供应商休息日",
           "Get the days off of a supplier", c.DaysOffView),
    _route("PATCH", f"{ONE_SUPPLIER}/days-off", "set_days_off", SELLERS, "设置供应商休息日",
           "Set the days off of a supplier", c.DaysOffView, c.SetDaysOff),
)
