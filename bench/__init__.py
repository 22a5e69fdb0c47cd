"""What measures speed, each measure beside the yardstick that it is held against."""
