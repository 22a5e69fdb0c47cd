"""The tables of the service and what reads and writes them."""
