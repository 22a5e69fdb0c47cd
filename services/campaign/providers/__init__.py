"""Payment providers: the port that the campaign service needs, and the drivers behind it."""
