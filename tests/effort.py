"""How hard the state machines try: ``make machines`` lets them live through twenty times as many stories."""

import os

from hypothesis import HealthCheck, settings

EFFORT = float(os.environ.get("PINLIAN_TEST_EFFORT", "1"))


def stories(count, steps, **options):
    """Settings of a state machine that lives through ``count`` stories of at most ``steps`` steps."""
    return settings(
        max_examples=max(1, round(count * EFFORT)),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **options,
    )
