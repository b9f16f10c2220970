"""The connections of clients: ended when the client is silent, and refused before the engine runs out of open files."""

import asyncio
import json
import math
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SILENT_S = 75.0  # longer than any poller's interval: no request meets a closing connection
_LOOK_EVERY_S = 5.0
AT_ONCE = 16  # clients that are accepted before the connections are counted again
_LINGER_S = 0.2
_RESERVE = 64  # open files for the database, uploads and jobs
_FULL = json.dumps({"ok": False, "error": "Too many clients are connected to this server. Try again later."}).encode()
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_FULL), _FULL)
)


class ClientConnection(H11Protocol):
    """Uvicorn's, which waits without end for the rest of a request.

    It also accepts connections until the open files are used up; then even accepted clients wait for seconds.
    """

    silent_s, look_every_s = SILENT_S, _LOOK_EVERY_S
    _heard = 0.0
    _is_refused = False
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        if (more := len(self.connections) - most_connections()) > 0:
            self._is_refused = True
            if more > AT_ONCE:
                transport.abort()
                return
            transport.write(_REFUSAL)
            # At once, the close would reset the connection while the request comes, and the answer would be lost.
            self._look = self.loop.call_later(_LINGER_S, transport.close)
            return
        self._hear()
        self._look = self.loop.call_later(self.look_every_s, self._end_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_refused:
            self._hear()
            super().data_received(data)

    def on_response_complete(self) -> None:
        self._hear()
        super().on_response_complete()

    def _hear(self) -> None:
        self._heard = self.loop.time()

    def _end_if_silent(self) -> None:
        if self._is_awaited and self.loop.time() - self._heard > self.silent_s:
            self.transport.close()
        else:
            self._look = self.loop.call_later(self.look_every_s, self._end_if_silent)

    @property
    def _is_awaited(self) -> bool:
        """Whether the client has to send something: the rest of a body, or a request."""
        if self.conn.their_state is h11.SEND_BODY:
            return not self.flow.read_paused
        return self.conn.their_state is h11.IDLE and (self.cycle is None or self.cycle.response_complete)


if sys.platform == "win32":

    def _open_files() -> float:
        return math.inf

else:
    import resource

    def _open_files() -> float:
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return math.inf if limit == resource.RLIM_INFINITY else limit


def most_connections() -> float:
    """How many clients leave enough files for the engine's own work."""
    limit = _open_files()
    return max(limit - _RESERVE, limit / 2)
