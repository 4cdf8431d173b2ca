"""Where does the server listen? A socket of its own, so that port 0 has a number before anybody is told."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lrs.errors import OperatorError

# Processes of a server that was killed let go of the port in a moment.
PATIENCE_SECONDS = 3.0
PAUSE_SECONDS = 0.1


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that has the port but does not listen yet; OperatorError where that cannot be."""
    family, address = _resolve(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(found, address, host, port)
        found.set_inheritable(True)
        yield found


def url(listening: socket.socket) -> str:
    """How a browser on this machine reaches it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[Any, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise OperatorError(
            f"{host!r} is no address here ({error.strerror}): choose another with --host (LRS_HOST)."
        ) from error
    family, _, _, _, address = found[0]
    return family, address


def _bind(unbound: socket.socket, address: tuple[Any, ...], host: str, port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return unbound.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise OperatorError(_explain(error, host, port)) from error
            time.sleep(PAUSE_SECONDS)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: choose another with --port (LRS_PORT), "
            "or 0 for any that is free."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only: choose one above 1023 with --port (LRS_PORT)."
    return (
        f"Cannot listen at {host}, port {port}: {error.strerror}. Choose with --host (LRS_HOST) and --port."
    )
