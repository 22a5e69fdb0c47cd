"""What is asked about price lists, already read and checked for shape."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.caller import Caller
from services.kernel.ids import SupplierId
from services.supplier.domain.price_lists.model import Defaults


@dataclass(frozen=True, slots=True)
class PreviewPriceList:
    """Say what would come of a file; nothing of it holds yet."""

    caller: Caller
    supplier_id: SupplierId
    file_name: str
    data: bytes
    defaults: Defaults


@dataclass(frozen=True, slots=True)
class EndPriceList:
    """Commit a preview exactly as it was shown, or throw it away."""

    caller: Caller
    list_id: UUID


@dataclass(frozen=True, slots=True)
class ExportPriceList:
    """Ask for the offers of a supplier as a file."""

    caller: Caller
    supplier_id: SupplierId
    form: str
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class GetTemplate:
    """Ask for our own template as a file."""

    caller: Caller
    kind: str
    language: str
