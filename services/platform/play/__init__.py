"""The scenario player: a story in YAML, played through the public API on a virtual clock or in real time."""
