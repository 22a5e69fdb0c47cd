"""What the supplier service promises about price lists."""

RPCS = (
    "preview_price_list",
    "get_price_list",
    "commit_price_list",
    "discard_price_list",
    "export_price_list_csv",
    "export_price_list_xlsx",
    "get_price_list_template_csv",
    "get_price_list_template_xlsx",
    "get_catalogue",
)

ERRORS = {
    "supplier.price_list_not_found": "There is no such price list, or it is of another's supplier.",
    "supplier.price_list_state": "The price list was committed or discarded, or its preview is too old.",
    "supplier.price_list_stale": "Offers were changed since the preview; ``numbers`` names them. Send the file again.",
}
