"""What a merchant of the sandbox may import: how requests, answers and callbacks are signed."""
