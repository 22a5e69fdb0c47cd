"""Price lists: files of offers, read with a preview and written back. How: PRICE_LISTS.md of the service."""
