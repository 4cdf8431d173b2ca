"""How does a process hear what others committed? One connection that listens, and knows when it is deaf."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import psycopg

POLL_SECONDS = 1.0


class Listener:
    """Calls back for every notification of one channel; while `hears` is false, something may be missed."""

    def __init__(self, conninfo: str, channel: str, heard: Callable[[str | None], None]) -> None:
        self.conninfo = conninfo
        self.channel = channel
        self.heard = heard
        self.hears = False
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=f"listen-{channel}", daemon=True)

    def start(self) -> Listener:
        """Begin listening in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop within a poll's time."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except psycopg.Error:
                self.hears = False
                self._stopped.wait(POLL_SECONDS)

    def _listen(self) -> None:
        with psycopg.connect(self.conninfo, autocommit=True, tcp_user_timeout=5000) as connection:
            connection.execute(f"LISTEN {self.channel}".encode())
            # What was said before this moment was not heard: forget everything, then trust the channel.
            self.heard(None)
            self.hears = True
            while not self._stopped.is_set():
                notifications = list(connection.notifies(timeout=POLL_SECONDS, stop_after=1))
                for notification in notifications:
                    self.heard(notification.payload)
                if not notifications:
                    connection.execute(b"SELECT 1")  # a connection that died silently is found here
        self.hears = False
