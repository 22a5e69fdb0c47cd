"""The words that every service shares: pure values, standard library only."""
