"""Where the supplier service keeps its state: its own PostgreSQL schema."""
