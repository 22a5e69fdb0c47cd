"""A supplier whose owner sends price lists in, in memory."""

import base64

from services.kernel.ids import new_id
from services.supplier import handlers, inbound
from services.supplier.domain.offers import OfferState
from tests.builders_supplier import supplier
from tests.fakes.chassis import request
from tests.fakes.supplier import FakeSupplierUnitOfWork

HEADER = "编号,名称,类别,价格,最少席数,最多席数,时长（分钟）,阶梯1席数,阶梯1价格\n"


def file(text, **given):
    """The body of a request with a file."""
    data = text if isinstance(text, bytes) else text.encode()
    return {"file_name": "价格.csv", "base64": base64.b64encode(data).decode(), **given}


class Shop:
    """The owner of a supplier, and what its lists do."""

    def __init__(self):
        self.uow = FakeSupplierUnitOfWork()
        self.supplier = supplier(community_id=new_id())
        self.uow.suppliers.add(self.supplier)
        self.owner = {"role": "organiser", "community_id": self.supplier.community_id}

    def preview(self, text, who=None, **given):
        data = {"supplier_id": str(self.supplier.supplier_id), **file(text, **given)}
        return handlers.preview_price_list(inbound.preview_price_list(request(data, **(who or self.owner))), self.uow)

    def end(self, name, preview, who=None):
        asked = request({"list_id": str(preview.list_id)}, **(who or self.owner))
        return getattr(handlers, name)(getattr(inbound, name)(asked), self.uow)

    def commit(self, preview, who=None):
        return self.end("commit_price_list", preview, who)

    def send(self, text, **given):
        """Preview and commit; return the preview."""
        preview = self.preview(text, **given)
        self.commit(preview)
        return preview

    def offers(self):
        """The offers on the market by their number."""
        numbers = self.uow.price_lists.numbers(self.supplier.supplier_id)
        return {
            numbers.get(one.offer_id): one for one in self.uow.offers.rows.values() if one.state is OfferState.PUBLISHED
        }


def kinds(preview):
    return [str(line.kind) for line in preview.lines]


def problem(preview, at=0):
    found = preview.lines[at].problems[0]
    return found.column, found.problem
