"""Answers about procedures and tenders, for the tests of the supplier's contract."""

from services.kernel.ids import new_id
from services.supplier import outbound
from services.supplier.domain.procedures import Choice, Procedure, Setting

SHOWN = {
    "set_procedure": outbound.setting(Setting(new_id(), "pottery", Procedure.TENDER)),
    "choose_procedure": outbound.choice(Choice(new_id(), new_id(), Procedure.TENDER, Procedure.TENDER)),
}
LISTED = {"list_procedures": "set_procedure"}
