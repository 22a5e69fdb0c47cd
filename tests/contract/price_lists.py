"""Answers about price lists, for the tests of the supplier's contract."""

from services.supplier import outbound
from tests.builders_price_lists import HEADER, Shop

shop = Shop()
shop.send(HEADER + "T-1,亲子陶艺课,pottery,128.00,10,30,120,20,118.00\n")
PREVIEW = outbound.price_list(
    shop.preview(HEADER + "T-1,亲子陶艺课,pottery,128.00,10,30,120,20,112.00\nT-2,木工课,woodwork,面议,8,20,90,,\n")
)
FILE = {"name": "price-list-template.csv", "base64": ""}

SHOWN = {
    **dict.fromkeys(("preview_price_list", "get_price_list", "commit_price_list", "discard_price_list"), PREVIEW),
    **dict.fromkeys(("export_price_list_csv", "export_price_list_xlsx", "get_catalogue"), FILE),
    **dict.fromkeys(("get_price_list_template_csv", "get_price_list_template_xlsx"), FILE),
}
