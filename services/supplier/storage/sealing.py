"""Sealed bids: kept encrypted until their deadline, with AES-256-GCM under a key of the tender.

No view reads the key, and the column of what can be read is empty until bids are opened (a CHECK). It guards against
reading by chance, in a query, a log or a dump of one table; whoever owns the whole database owns the keys as well. A
change would be noticed whoever made it, by the commitment that was published.
"""

import json
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select, update

from services.supplier.domain.proposals import Proposal
from services.supplier.domain.tenders import Bid, BidState
from services.supplier.storage import tender_rows as rows
from services.supplier.storage.tender_tables import bids, tender_keys

KEY_BITS, IV_BYTES = 256, 12


class Bids:
    """Bids, each guarded by its tender."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def make_key(self, tender_id: UUID) -> None:
        """Make the key with which the bids of a tender are sealed."""
        values = {"tender_id": tender_id, "key": AESGCM.generate_key(KEY_BITS)}
        self._connection.execute(insert(tender_keys).values(values))

    def seal(self, bid: Bid, proposal: Proposal, nonce: str) -> None:
        """Keep a sealed bid, new or in the place of the one before."""
        text = json.dumps({"proposal": rows.proposal_values(proposal), "nonce": nonce}).encode()
        iv = os.urandom(IV_BYTES)
        sealed = iv + self._cipher(bid.tender_id).encrypt(iv, text, bid.bid_id.bytes)
        values = {**rows.bid_values(bid), "sealed": sealed}
        if bid.revision == 1:
            self._connection.execute(insert(bids).values(values))
        else:
            self._connection.execute(update(bids).where(bids.c.bid_id == bid.bid_id).values(values))

    def save(self, bid: Bid) -> None:
        """Keep the new state of a bid; what is sealed stays as it is."""
        self._connection.execute(update(bids).where(bids.c.bid_id == bid.bid_id).values(rows.bid_values(bid)))

    def open_all(self, tender_id: UUID) -> list[Bid]:
        """Open those that are sealed, by id."""
        statement = select(bids).where(bids.c.tender_id == tender_id, bids.c.state == str(BidState.SEALED))
        cipher, opened = self._cipher(tender_id), []
        for row in self._connection.execute(statement.order_by(bids.c.bid_id)).all():
            text = cipher.decrypt(row.sealed[:IV_BYTES], row.sealed[IV_BYTES:], row.bid_id.bytes)
            found = json.loads(text)
            bid = rows.bid_of(row).opened(rows.proposal_of(found["proposal"]), found["nonce"])
            self.save(bid)
            opened.append(bid)
        return opened

    def find(self, bid_id: UUID) -> Bid | None:
        """Return it, without what is sealed, or None."""
        row = self._connection.execute(select(bids).where(bids.c.bid_id == bid_id)).one_or_none()
        return rows.bid_of(row) if row else None

    def by(self, tender_id: UUID, supplier_id: UUID) -> Bid | None:
        """Return the bid of a supplier, or None."""
        of_both = (bids.c.tender_id == tender_id, bids.c.supplier_id == supplier_id)
        row = self._connection.execute(select(bids).where(*of_both)).one_or_none()
        return rows.bid_of(row) if row else None

    def of(self, tender_id: UUID) -> list[Bid]:
        """Return those of a tender that were not withdrawn, by id."""
        there = (bids.c.tender_id == tender_id, bids.c.state != str(BidState.WITHDRAWN))
        found = self._connection.execute(select(bids).where(*there).order_by(bids.c.bid_id))
        return [rows.bid_of(row) for row in found]

    def _cipher(self, tender_id: UUID) -> AESGCM:
        key = self._connection.execute(select(tender_keys.c.key).where(tender_keys.c.tender_id == tender_id))
        return AESGCM(bytes(key.scalar_one()))
