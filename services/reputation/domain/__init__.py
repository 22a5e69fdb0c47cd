"""Pure: receipts, reviews and the score; no wire and no table."""
