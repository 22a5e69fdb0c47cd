"""What ``pinlian merge`` reads and writes."""
