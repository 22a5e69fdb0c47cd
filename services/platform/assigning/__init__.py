"""``pinlian assign``: files of rounds and of public instances, and the process that solves the latter."""
