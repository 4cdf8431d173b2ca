"""How does a command join the server of a folder, and leave it? Under locks, so that any number can at once.

`start` is held while somebody joins or leaves; `owners` is shared by everybody who uses the server, and the
keeper has it alone when it stops the server; `keeper` is held by the keeper for as long as it lives.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

import psycopg

from lrs.database.embedded import configuration, creation, keeper, programs, words
from lrs.database.embedded.account import Account, environment
from lrs.database.embedded.folder import Folder
from lrs.database.embedded.locks import Lock, is_free
from lrs.errors import OperatorError

LOG = logging.getLogger(__name__)
PAUSE = 0.005
FIRST_WORD, NEXT_WORD = 2.0, 10.0  # seconds of silence
DATABASE = "lrs"
# A server that says it is ready accepts within a moment; longer means that something else is wrong.
_ACCEPTS_WITHIN = 30.0
# A keeper can be killed while it starts the server; when several have ended, the server does not start.
_KEEPERS = 3


class Cluster:
    """One command's stay at the server of a data folder."""

    def __init__(
        self, folder: Folder, account: Account, *, postgres_bin: Path | None, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.account = account
        self.postgres_bin = postgres_bin
        self.say = say
        self.owners = Lock(folder.locks / "owners")
        self._keepers = 0
        self._told_of_end = False
        self._ready_since: float | None = None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.owners.__exit__()

    def join(self) -> str:
        """Use the server from now on, creating and starting what is missing; the URL of the database."""
        with Lock(self.folder.locks / "start") as start:
            self._wait(start.try_take, "Another command is starting or stopping PostgreSQL")
            self._wait(self.owners.try_share, "PostgreSQL is stopping and will be started again")
            self.programs = programs.find(self.postgres_bin, account=self.account, data=self.folder.data)
            if not self.folder.data.exists():
                self.say(f"Creating a PostgreSQL {self.programs.major} cluster in {self.folder.path}")
                creation.create(self.folder, self.programs, self.account, start)
            self._wait(self._accepts, "PostgreSQL is starting", self._progress)
            return self._url(DATABASE)

    def leave(self) -> None:
        """Use it no longer; who leaves last waits until the server has stopped cleanly."""
        with Lock(self.folder.locks / "start") as start:
            self._wait(start.try_take, "Another command is starting or stopping PostgreSQL")
            last = self.owners.try_take()
            if not last and self.owners.try_share():
                self.owners.release()  # now, while we hold start: the next to leave must not count us
                return
            if last and self._keeper_is_gone():
                self._call_keeper()
            self.owners.release()
            self._wait(self._keeper_is_gone, "PostgreSQL writes everything to the disk before it stops")

    def look_after_keeper(self) -> None:
        """Call another keeper for one that was killed; one that has ended by itself had its reason."""
        with Lock(self.folder.locks / "start") as start:
            if not start.try_take():
                return  # somebody joins, and sees to it
            gone = self._keeper_is_gone()
            if gone and (self.folder.locks / "keeper").read_bytes() == keeper.KEEPING:
                LOG.warning("The process that looks after PostgreSQL was killed; another one takes over.")
                self._call_keeper()
            elif gone and not self._told_of_end:
                said = words.last(self.folder.log)
                LOG.error("PostgreSQL has ended; the next command starts it again. %s", said)
            self._told_of_end = gone

    def _accepts(self) -> bool:
        if self._keeper_is_gone():
            if self._keepers == _KEEPERS:
                raise OperatorError(f"PostgreSQL did not start. {words.last(self.folder.log)}")
            self._call_keeper()
            self._keepers += 1
        if keeper.status(self.folder.data) != "ready":
            self._ready_since = None
            return False
        return self._has_database()

    def _has_database(self) -> bool:
        self._ready_since = self._ready_since or time.monotonic()
        try:
            with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=10) as connection:
                query = "SELECT 1 FROM pg_database WHERE datname = %s"
                if connection.execute(query, [DATABASE]).fetchone() is None:
                    connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        except psycopg.Error as error:
            # Both pass: the file still says ready for a moment after a crash, and the session of a killed
            # command may be creating the database right now.
            if time.monotonic() - self._ready_since > _ACCEPTS_WITHIN:
                raise OperatorError(f"PostgreSQL runs but does not let us in: {error}") from error
            return False
        return True

    def _url(self, database: str) -> str:
        place = keeper.socket_folder(self.folder.data)
        return f"postgresql://{creation.ROLE}@/{database}?host={quote(place, safe='')}&port=5432"

    def _keeper_is_gone(self) -> bool:
        return is_free(self.folder.locks / "keeper")

    def _call_keeper(self) -> None:
        """Start a keeper; it inherits its lock from us, so there is never a moment without one."""
        life, owners = Lock(self.folder.locks / "keeper"), Lock(self.folder.locks / "owners")
        life.try_take()
        job = {
            "postgres": str(self.programs.postgres),
            "data": str(self.folder.data),
            "log": str(self.folder.log),
            "socket": str(self.folder.socket(self.account)),
            "settings": configuration.text(),
            "include": configuration.INCLUDE,
            "account": asdict(self.account),
            "life": life.descriptor,
            "owners": owners.descriptor,
        }
        answer = subprocess.run(
            # Isolated and without site packages: it starts in 15 ms and needs the standard library only.
            [sys.executable, "-I", "-S", keeper.__file__, str(self.folder.path)],
            input=json.dumps(job),
            pass_fds=[life.descriptor, owners.descriptor],
            start_new_session=True,  # Ctrl-C in our terminal is not for the server
            env=environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        life.hand_over()
        owners.hand_over()
        if answer.returncode > 0:
            raise OperatorError(f"PostgreSQL could not be started: {words.gist(answer.stderr)}")

    def _wait(self, done: Callable[[], bool], what: str, more: Callable[[], str] = str) -> None:
        """However long it takes: nothing here ends by a clock, only by what happens."""
        began = time.monotonic()
        word = FIRST_WORD
        while not done():
            waited = time.monotonic() - began
            if waited > word:
                self.say(f"{what} ({waited:.0f} s so far){more()}")
                word = waited + NEXT_WORD
            time.sleep(PAUSE)

    def _progress(self) -> str:
        recovers = keeper.status(self.folder.data) == "starting"
        return f", recovering from a crash: {words.progress(self.folder.log)}" if recovers else ""
