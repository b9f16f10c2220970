"""Sockets that another thread can cut.

Only its socket can end a blocked read, and neither `requests` nor `urllib3` exposes the socket during a call. So the
connections of this module report their socket to the watcher of their thread.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager

_mine = threading.local()


class Sockets:
    """The sockets of one exchange."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Inside the block, this thread's connections report their sockets."""
        _mine.sockets = self
        try:
            yield
        finally:
            _mine.sockets = None
            with self._lock:
                self._sockets.clear()

    def cut(self) -> None:
        """Ends whatever the exchange is waiting for, now or later."""
        with self._lock:
            self._is_cut = True
            for one in self._sockets:
                _shut(one)

    def add(self, one: socket.socket) -> None:
        with self._lock:
            self._sockets.append(one)
            if self._is_cut:
                _shut(one)


class CuttableAdapter(HTTPAdapter):
    """An adapter for `requests` whose connections report their sockets."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _make_cuttable(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        _make_cuttable(manager)
        return manager


class _HTTPConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _tell(self.sock)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        _tell(self.sock)  # of a reused connection
        super().putrequest(*args, **kwargs)


class _HTTPSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _tell(self.sock)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        _tell(self.sock)
        super().putrequest(*args, **kwargs)


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def _make_cuttable(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def _tell(one: socket.socket | None) -> None:
    sockets: Sockets | None = getattr(_mine, "sockets", None)
    if sockets is not None and one is not None:
        sockets.add(one)


def _shut(one: socket.socket) -> None:
    # Bypass SSLSocket.shutdown, which would remove the TLS layer under the reading thread.
    with suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)
