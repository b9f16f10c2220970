"""One window per user and data folder: a second start passes its files to the first, and ends.

Imported before any other part of the window, so that the second start ends at once.
"""

import getpass
import hashlib
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread, Signal, Slot

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger("exoplanet_desktop.gui")

ANSWER_MS = 10_000
RETRY_MS = 50
MOST_BYTES = 1_000_000
MOST_FILES = 200
TAKEN = b"taken\n"


class Instance(QObject):
    """This start of the program, the first or a later one.

    Signals:
        called: list of Path from a later start; empty if it only wants the window raised.
    """

    called = Signal(object)

    def __init__(self, folder: Path) -> None:
        """`folder`: where engine and record keep their data."""
        super().__init__()
        identity = f"{_user()}\0{folder.absolute()}"
        self._name = f"exoplanet-desktop-{hashlib.sha256(identity.encode()).hexdigest()[:24]}"
        self._lock = QLockFile(str(folder / "window.lock"))
        self._lock.setStaleLockTime(0)  # held for as long as its process lives
        # A folder that is not writable cannot be locked either; two windows are then better than none.
        self.is_first = self._lock.tryLock(0) or self._lock.error() is not QLockFile.LockError.LockFailedError
        self._server: QLocalServer | None = None
        self._waiting: dict[QLocalSocket, bytes] = {}

    def listen(self) -> None:
        """Become reachable for later starts. Replaces a killed process's socket: the lock shows that it is dead."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)
        server = self._server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._meet)
        if not server.listen(self._name):
            log.warning("later starts cannot find this window: %s", server.errorString())

    def hand_over(self, files: Sequence[Path]) -> bool:
        """Pass files to the first start. False if that has ended by now: this start is then the first.

        Raises UnavailableError if the first one is alive but does not answer.
        """
        deadline = QDeadlineTimer(ANSWER_MS)
        while not deadline.hasExpired():
            if self._told(files, deadline):
                return True
            # Nobody listens yet, or any more: a closing window takes no files, and will have released its lock.
            if self._lock.tryLock(0):
                self.is_first = True
                return False
            QThread.msleep(RETRY_MS)
        raise _silent()

    def _told(self, files: Sequence[Path], deadline: QDeadlineTimer) -> bool:
        """Whether the first start has accepted the files."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(200):
            return False
        socket.write(json.dumps([str(file.absolute()) for file in files]).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            if not socket.waitForReadyRead(max(1, deadline.remainingTime())):
                return False
            answer += bytes(socket.readAll().data())
        socket.disconnectFromServer()
        return answer == TAKEN

    @Slot()
    def stop_listening(self) -> None:
        """The window is closing: files from a later start would be lost."""
        if self._server is not None:
            self._server.close()

    def close(self) -> None:
        """The window is gone: the next start is the first."""
        self.stop_listening()
        self._lock.unlock()

    @Slot()
    def _meet(self) -> None:
        server = self._server
        while server is not None and server.hasPendingConnections():
            socket = server.nextPendingConnection()
            self._waiting[socket] = b""
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._forget)
            self._take(socket)

    @Slot()
    def _read(self) -> None:
        socket = cast("QLocalSocket", self.sender())
        self._take(socket)

    @Slot()
    def _forget(self) -> None:
        socket = cast("QLocalSocket", self.sender())
        self._waiting.pop(socket, None)
        socket.deleteLater()

    def _take(self, socket: "QLocalSocket") -> None:
        if socket not in self._waiting:
            return
        text = self._waiting[socket] = self._waiting[socket] + bytes(socket.readAll().data())
        if len(text) > MOST_BYTES:
            socket.abort()
        elif text.endswith(b"\n"):
            files = _files(text)
            if files is None:
                log.warning("a later start sent a message that cannot be understood")
                socket.abort()
                return
            socket.write(TAKEN)
            socket.flush()
            self.called.emit(files)


def _user() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # in a container whose users have no names
        return str(getattr(os, "getuid", lambda: "")())


def _files(text: bytes) -> list[Path] | None:
    """The files in a message from a later start; None if it is not a valid message."""
    try:
        names = json.loads(text)
    except ValueError:
        return None
    if not isinstance(names, list) or len(names) > MOST_FILES or not all(isinstance(name, str) for name in names):
        return None
    return [Path(name) for name in names]


def _silent() -> UnavailableError:
    return UnavailableError(
        tr(
            "Exoplanet Desktop is already open on this data folder, but its window does not answer. Quit that "
            "program, or start this one with another folder (--data-dir)."
        )
    )
