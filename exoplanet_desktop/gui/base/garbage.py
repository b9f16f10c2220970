"""Unreachable objects are collected in the window's thread alone.

Python collects cycles in whichever thread happens to allocate. Where that is a worker, the widgets in a cycle, such as
those of a closed dialog, are destroyed there, under the hands of Qt, which then crashes at some later time. And it
collects in the middle of whatever allocates: also while Qt destroys a QObject and holds a lock, for which the end of
the next one then waits, in the same thread, for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

CHECK_MS = 250
# Youngest objects over this many are looked through; each tenth time those that survived it, and so on (Python's rule).
YOUNG, MIDDLE, OLD = 2_000, 10, 10


class GarbageCollector(QObject):
    """Takes Python's own collection over, in the thread in which it was made; after `stop`, nothing is collected."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """For the end of the process: Python's own collection stays off while the last QObjects go."""
        self._timer.stop()

    @Slot()
    def collect(self) -> None:
        """Collect what is due."""
        young, middle, old = gc.get_count()
        if young > YOUNG:
            gc.collect(2 if middle > MIDDLE and old > OLD else 1 if middle > MIDDLE else 0)
