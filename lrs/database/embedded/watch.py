"""Who looks after the keeper? Every command, for as long as it uses the server."""

from __future__ import annotations

import logging
from threading import Event, Thread

from lrs.database.embedded.cluster import Cluster
from lrs.errors import OperatorError

LOG = logging.getLogger(__name__)
EVERY_SECONDS, AFTER_FAILURE = 1.0, 10.0


class Watch:
    """A thread beside the command: keeper and server can both be killed, and the command goes on."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._ended = Event()
        self._thread = Thread(target=self._run, name="keeper-watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pause = EVERY_SECONDS
        while not self._ended.wait(pause):
            try:
                self.cluster.look_after_keeper()
                pause = EVERY_SECONDS
            except (OperatorError, OSError) as error:
                LOG.error("PostgreSQL is not looked after: %s", error)
                pause = AFTER_FAILURE
