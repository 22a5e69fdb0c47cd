"""The textbook problems that a round is kin to, so that our ways of solving can be measured on public instances."""
