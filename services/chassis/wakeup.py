"""Waking a greenthread that waits for work, and that must not miss what happens while it works."""

from eventlet.event import Event


class Wakeup:
    """A bell: ``set`` rings it, ``wait`` waits for a ring since the last wait. For one process under eventlet."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        """Ring: whoever waits goes on, and if nobody waits the next one does not wait."""
        if not self._event.ready():
            self._event.send()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait ``timeout`` seconds at most; return whether it rang."""
        event = self._event
        event.wait(timeout)
        rang = event.ready()
        if rang and self._event is event:
            # Several may wait for the same ring; the first to go on puts up the next one.
            self._event = Event()
        return rang
