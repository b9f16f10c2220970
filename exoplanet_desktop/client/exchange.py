"""A blocking call on a thread of its own, so that waiting for it can end before it would."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from exoplanet_desktop.client.sockets import Sockets
from exoplanet_desktop.client.timeouts import SLOWEST, CallLimits
from exoplanet_desktop.client.transfers import Progress, ShouldStop, Transfer
from exoplanet_desktop.errors import BugError, Cancelled, NoAnswer

R = TypeVar("R")

_TICK_S = 0.1  # how often progress is told and cancel is asked for
_CUT_S = 0.5  # what a thread whose socket was cut may take to end


class Exchange(Generic[R]):
    """Performs a call. One that is given up has its socket cut, so that its thread ends at once.

    Args:
        perform: the call; it counts in `sent` and `received`, which may stop it.
        done: called in the thread after it.
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
        """The answer of the call, or its error. Raises NoAnswer at `end` (monotonic), and where a reply only drips;
        Cancelled when told to stop.
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
        except BaseException as error:  # handed to the thread that waits
            self._error = error
        finally:
            if self._done:
                self._done()
            self._ended.set()


class _Drip:
    """Notices a reply that comes, but so slowly that it would never end."""

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
