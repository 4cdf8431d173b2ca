"""How does a command get a database of its own? `running(data_dir)`: a real PostgreSQL, started and stopped.

Every command that uses a data folder shares one server. Nobody has to stop it: a keeper, one small process
per folder, stops it when the last command has gone, however it went, and starts it again when it crashes.
Should the keeper be killed, the commands call another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lrs.database.embedded import account as accounts
from lrs.database.embedded import folder as folders
from lrs.database.embedded.cluster import Cluster
from lrs.database.embedded.watch import Watch

__all__ = ["running"]

_log = logging.getLogger(__name__)


@contextmanager
def running(
    data_dir: Path,
    *,
    postgres_bin: Path | None = None,
    user: str | None = None,
    say: Callable[[str], None] = _log.info,
) -> Iterator[str]:
    """The URL of database `lrs` on the server of this folder, which is created and started where needed.

    Waits as long as crash recovery takes, and tells `say` what it waits for. As root the server runs as the
    owner of the folder's database, else as `user`, else as postgres or nobody. What a person must put right
    is raised as OperatorError.
    """
    with folders.explained(data_dir):
        account = accounts.choose(folders.Folder(data_dir.resolve()).postgres, user)
        folder = folders.claim(data_dir, account)
        cluster = Cluster(folder, account, postgres_bin=postgres_bin, say=say)
    with cluster:
        with folders.explained(folder.path):
            url = cluster.join()
        try:
            with Watch(cluster):
                yield url
        finally:
            with folders.explained(folder.path):
                cluster.leave()
