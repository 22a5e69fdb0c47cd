"""What suppliers are and which of their offers fit a pool; pure."""
