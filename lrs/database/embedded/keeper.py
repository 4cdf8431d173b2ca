"""Who stops the server when nobody is left to? The keeper: one small process per data folder.

It starts the server, starts it again after a crash, and stops it when no command shares the lock `owners` any
longer: a command that is killed gives its share back too. Killed itself, it is followed by the keeper that
a command calls, which takes over the server it finds. It is a script on the standard library alone, runs as
the server's account, and is the only one to signal the server.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import stat
import struct
import sys
import time
from contextlib import suppress
from typing import Any

SOCKET = ".s.PGSQL.5432"
POLL = 0.05
PATIENCE = 300.0  # with a shutdown; cut short, it loses nothing either
BREATH = 1.0  # between the starts of a server that does not stay up
KEEPING = b"keeping"  # stands in the file of its lock until it ends by itself; who is killed leaves it there
_PID, _SOCKET_FOLDER, _STATUS = 0, 4, 7


def status(data: str | os.PathLike[str]) -> str:
    """What postmaster.pid says: starting, ready, stopping, or nothing."""
    return _pid_file_line(data, _STATUS)


def socket_folder(data: str | os.PathLike[str]) -> str:
    """Where the server that wrote postmaster.pid listens."""
    return _pid_file_line(data, _SOCKET_FOLDER)


def main() -> None:
    """Read the job from stdin, leave our caller behind, and keep the server."""
    job = json.load(sys.stdin)
    for descriptor in (job["life"], job["owners"]):
        os.set_inheritable(descriptor, False)  # the locks are ours, not the server's
    try:
        _become(job["account"])
        _prepare(job)
        log = os.open(os.path.join(job["log"], "start.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        sys.exit(str(error))
    if os.fork():
        os._exit(0)  # nobody's child: it leaves no zombie in a long-lived caller
    _detach(log)
    Keeper(job).keep()
    os._exit(0)  # at once, with both locks: whoever waits for them to be free finds us gone


class Keeper:
    """One server and what is known about it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.lock_path = os.path.join(os.path.dirname(job["data"]), "lock")
        self.probe = os.open(self.lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        self.child: int | None = None
        self.exit_code: int | None = None
        self.started = 0.0
        self.was_ready = False

    def keep(self) -> None:
        """Until nobody is left, or the server was shut down on purpose."""
        with suppress(OSError):  # a full disk is no reason to keep nothing
            os.pwrite(self.job["life"], KEEPING, 0)
        while not _try(self.job["owners"]):
            if self._is_gone():
                if self.started and not self._crashed():
                    break
                self._start()
            self.was_ready = self.was_ready or status(self.job["data"]) == "ready"
            time.sleep(POLL)
        self._stop()
        with suppress(OSError):
            os.rmdir(self.job["socket"])
        os.ftruncate(self.job["life"], 0)

    def _start(self) -> None:
        """The server inherits a lock, which is held until the last of its processes has ended."""
        time.sleep(max(0.0, self.started + BREATH - time.monotonic()))
        self._forget_dead_server()
        lock = os.open(self.lock_path, os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.started, self.exit_code = time.monotonic(), None
        self.child = os.fork()
        if self.child == 0:
            _run_server(self.job, lock)
        os.close(lock)

    def _stop(self) -> None:
        """A fast shutdown: sessions end and everything is written, which takes its time."""
        began = again = time.monotonic()
        while not self._is_gone():
            pid = self.child or int(_pid_file_line(self.job["data"], _PID) or 0)
            now = time.monotonic()
            if pid and now >= again:
                at_once = now > began + PATIENCE or self._is_restarting()
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT if at_once else signal.SIGINT)
                again = now + 1
            time.sleep(POLL / 5)

    def _is_restarting(self) -> bool:
        """Whether it turns sessions away, and not because it is told to stop already.

        PostgreSQL 18.4 hangs for ever in a fast shutdown that reaches it while it restarts after the crash of
        one of its processes. An immediate one does not, and loses nothing: the next start recovers the log.
        """
        if status(self.job["data"]) == "stopping":
            return False
        answer = _answer(os.path.join(self.job["socket"], SOCKET))
        return answer is not None and (answer == b"" or b"C57P0" in answer)

    def _is_gone(self) -> bool:
        if not _try(self.probe):
            return False
        fcntl.flock(self.probe, fcntl.LOCK_UN)
        if self.child:
            _, self.exit_code = os.waitpid(self.child, 0)
            self.child = None
            sys.stderr.write(f"The server has ended with status {self.exit_code}.\n")
            sys.stderr.flush()
        return True

    def _crashed(self) -> bool:
        """Not so if a person stopped it, or if it cannot start at all, which our caller reports."""
        code = self.exit_code or 0
        killed = os.WIFSIGNALED(code) and os.WTERMSIG(code) == signal.SIGKILL
        return code != 0 and (self.was_ready or killed)

    def _forget_dead_server(self) -> None:
        """After a restart of the machine or container its process number can be somebody else's.

        PostgreSQL would then refuse to start. We know better, since nobody holds the server's lock; a server
        that a person started by hand does not hold it either, but answers.
        """
        data, place = self.job["data"], self.job["socket"]
        if _answer(os.path.join(socket_folder(data), SOCKET)) is not None:
            return
        for folder, trace in ((data, "postmaster.pid"), (place, f"{SOCKET}.lock"), (place, SOCKET)):
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, trace))


def _become(account: dict[str, Any]) -> None:
    if account["borrowed"]:
        os.setgroups(account["groups"])
        os.setgid(account["gid"])
        os.setuid(account["uid"])


def _prepare(job: dict[str, Any]) -> None:
    os.umask(0o077)
    for folder in (job["log"], job["socket"]):
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
    _require_private(job["socket"])
    _write(os.path.join(job["data"], "lrs.conf"), job["settings"])
    main_file = os.path.join(job["data"], "postgresql.conf")
    theirs = _read(main_file)
    if "lrs.conf" not in theirs:
        _write(main_file, theirs + job["include"])


def _require_private(folder: str) -> None:
    """Under /tmp somebody else can have made it before us; whoever owns it could read everything."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(1, "This folder must be ours alone; remove it", folder)


def _read(path: str) -> str:
    with suppress(FileNotFoundError), open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
    return ""


def _write(path: str, text: str) -> None:
    """Whole or not at all."""
    if _read(path) == text:
        return
    with open(f"{path}.new", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{path}.new", path)


def _detach(log: int) -> None:
    """From our caller's terminal and pipes; we end when the owners have gone, not by a signal to all."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)


def _run_server(job: dict[str, Any], lock: int) -> None:
    try:
        os.setsid()
        os.set_inheritable(lock, True)
        os.execv(job["postgres"], [job["postgres"], "-D", job["data"], "-k", job["socket"]])  # noqa: S606
    finally:
        os._exit(127)


def _answer(path: str) -> bytes | None:
    """What the server replies to a new session; None if there is no server."""
    hello = b"user\0lrs\0database\0postgres\0\0"
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(BREATH)
        client.connect(path)
        client.sendall(struct.pack("!II", len(hello) + 8, 3 << 16) + hello)
        return client.recv(4096)
    return None


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_file_line(data: str | os.PathLike[str], number: int) -> str:
    lines = _read(os.path.join(data, "postmaster.pid")).splitlines()
    return lines[number].strip() if len(lines) > number else ""


if __name__ == "__main__":
    main()
