"""Runs a blocking call in its own thread, so that the caller can stop waiting before it returns."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from exoplanet_desktop.client.http.sockets import Sockets
from exoplanet_desktop.client.http.timeouts import SLOWEST, CallLimits
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop, Transfer
from exoplanet_desktop.errors import BugError, Cancelled, NoAnswer

R = TypeVar("R")

_TICK_S = 0.1  # interval of progress reports and cancel checks
_CUT_S = 0.5  # how long a thread may take to end after its socket is cut


class Exchange(Generic[R]):
    """Runs a call in its own thread. On giving up, it cuts the socket, so that the thread ends at once.

    Args:
        perform: the call; it updates `sent` and `received`, and either may stop it.
        done: called in the same thread after the call.
    """

    def __init__(
        self, perform: Callable[[], R], done: Callable[[], None] | None, sent: Transfer, received: Transfer
    ) -> None:
        self._perform, self._done = perform, done
        self._sent, self._received = sent, received
        self._sockets = Sockets()
        self._ended = threading.Event()
        self._answers: list[R] = []
        self._error: BaseException | None = None

    def wait(
        self,
        limits: CallLimits,
        end: float,
        base: str,
        shown: Transfer,
        progress: Progress | None,
        should_stop: ShouldStop | None,
    ) -> R:
        """Returns the call's result or raises its error. Raises NoAnswer at `end` (monotonic) or if the reply only
        trickles in, and Cancelled on request.
        """
        threading.Thread(target=self._run, name="exchange", daemon=True).start()
        told, drip = -1, _Drip(self._received, limits.slow_s, base)
        try:
            while not self._ended.wait(_TICK_S):
                if should_stop and should_stop():
                    raise Cancelled("Stopped as you asked.")
                if time.monotonic() > end:
                    raise NoAnswer(
                        f"The backend at {base} took over {limits.total_s:.0f} s to answer. Try again later."
                    )
                drip.check()
                if progress and shown.done != told:
                    told = shown.done
                    progress(told, shown.total)
        except BaseException:
            self._give_up()
            raise
        if self._error is not None:
            raise self._error
        if progress and shown.done != told:
            progress(shown.done, shown.total)
        if not self._answers:
            raise BugError("An exchange with the backend ended without an answer.")
        return self._answers[0]

    def _give_up(self) -> None:
        self._sent.stop.set()
        self._received.stop.set()
        self._sockets.cut()
        self._ended.wait(_CUT_S)

    def _run(self) -> None:
        try:
            with self._sockets.watched():
                self._answers.append(self._perform())
        except BaseException as error:  # passed on to the waiting thread
            self._error = error
        finally:
            if self._done:
                self._done()
            self._ended.set()


class _Drip:
    """Detects a reply that arrives so slowly that it would never end."""

    def __init__(self, received: Transfer, slow_s: float, base: str) -> None:
        self._received, self._slow_s, self._base = received, slow_s, base
        self._since, self._had = 0.0, 0

    def check(self) -> None:
        now, done = time.monotonic(), self._received.done
        if not self._received.begun or not self._since:
            self._since, self._had = now, done
        elif now - self._since >= self._slow_s:
            speed = (done - self._had) / (now - self._since)
            if speed < SLOWEST:
                raise NoAnswer(
                    f"The backend at {self._base} sends only {speed:.0f} bytes a second, too little to wait for. "
                    "Try again later."
                )
            self._since, self._had = now, done
