"""The platform: the commands of ``pinlian``, everything in one process on embedded parts, and the scenario player."""
