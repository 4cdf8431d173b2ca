"""A way to the database that can be cut and opened again, as a network can."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Proxy:
    """Listens on a port of its own and passes everything on, until it is cut."""

    def __init__(self, conninfo: str) -> None:
        self._target = conninfo_to_dict(conninfo)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._is_open = True
        self._turn = threading.Lock()
        port = self._listener.getsockname()[1]
        self.conninfo = make_conninfo(conninfo, host="127.0.0.1", port=port)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection breaks, and new ones end at once."""
        with self._turn:
            self._is_open = False
            for each in self._sockets:
                _end(each)

    def open(self) -> None:
        """The way is free again."""
        self._is_open = True

    def close(self) -> None:
        """No more."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._turn:  # nobody slips through while the way is being cut
                self._let_in(client) if self._is_open else client.close()

    def _let_in(self, client: socket.socket) -> None:
        server = self._connect()
        self._sockets |= {client, server}
        threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Both ways; only when nobody uses them any longer may the numbers of the two be others'."""
        back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        back.start()
        _pass_on(client, server)
        back.join()
        with self._turn:
            self._sockets -= {client, server}
        client.close()
        server.close()

    def _connect(self) -> socket.socket:
        host, port = str(self._target.get("host", "localhost")), int(self._target.get("port", 5432))
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while some := source.recv(1 << 16):
            target.sendall(some)
    except OSError:
        pass
    finally:
        for each in (source, target):
            _end(each)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
