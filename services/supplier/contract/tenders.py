"""What the supplier service promises about procedures and tenders."""

RPCS = (
    "set_procedure",
    "list_procedures",
    "choose_procedure",
)
