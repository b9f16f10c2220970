"""Pauses of an event loop: the gaps between the beats of a timer in its thread.

`python -m tests.benchmarks.heartbeat`: the baseline, an event loop with nothing in it but this timer. For each line of
input, the name of an activity, it begins to beat, or stops with an empty line; it ends with the input, and prints its
gaps.

On a busy machine a thread mostly waits for a processor. The kernel counts how long it did, and gaps are given both as
the user sees them and without that wait.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Qt, QTimer

from tests.benchmarks import lab

BEAT_MS = 5
WAITED = Path("/proc/thread-self/schedstat")  # ns on a processor, ns waiting for one, time slices

# By activity, for each time that it was done: milliseconds between two beats, and the same without the wait.
Gaps = dict[str, list[list[tuple[float, float]]]]


class Heartbeat(QObject):
    """Gaps between the beats of a timer in the thread that makes it, by the activity at the time."""

    def __init__(self) -> None:
        super().__init__()
        lab.need_proc()
        self.gaps: Gaps = {}
        self._now: list[tuple[float, float]] = []
        self._last, self._waited = 0.0, 0
        self._schedstat = os.open(WAITED, os.O_RDONLY)
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    @contextmanager
    def during(self, part: str) -> Iterator[None]:
        self.begin(part)
        yield
        self.end()

    def begin(self, part: str) -> None:
        self._now = []
        self.gaps.setdefault(part, []).append(self._now)
        self._last, self._waited = time.perf_counter(), self._wait_ns()
        self._timer.start()

    def end(self) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now, waited = time.perf_counter(), self._wait_ns()
        gap = (now - self._last) * 1000
        self._now.append((gap, gap - (waited - self._waited) / 1e6))
        self._last, self._waited = now, waited

    def _wait_ns(self) -> int:
        return int(os.pread(self._schedstat, 100, 0).split()[1])


class Hearts:
    """The heartbeat of this process, and beside it that of a process with a bare event loop."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.heartbeat"]
        self._bare = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._bare.stdout is not None
        self._bare.stdout.readline()  # it is ready
        self._ours = Heartbeat()

    @contextmanager
    def during(self, part: str) -> Iterator[None]:
        self._tell(part)
        with self._ours.during(part):
            yield
        self._tell("")

    def found(self) -> dict[str, Gaps]:
        """The gaps of both; ends the bare process."""
        told, _ = self._bare.communicate(timeout=30)
        return {"ours": self._ours.gaps, "bare": json.loads(told)}

    def _tell(self, part: str) -> None:
        assert self._bare.stdin is not None
        self._bare.stdin.write(f"{part}\n")
        self._bare.stdin.flush()


def _serve() -> None:
    application = QCoreApplication(sys.argv[:1])
    heart, listener = Heartbeat(), QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)

    def listen() -> None:
        told = os.read(sys.stdin.fileno(), 1000).decode()
        if not told:
            application.quit()
            return
        for part in told.splitlines():
            heart.begin(part) if part else heart.end()

    listener.activated.connect(listen)
    print("ready", flush=True)
    application.exec()
    print(json.dumps(heart.gaps))


if __name__ == "__main__":
    _serve()
