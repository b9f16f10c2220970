"""Collects unreachable objects only in the window's thread.

Python collects cycles in whichever thread happens to allocate. In a worker, this destroys the widgets of a cycle, such
as a closed dialog, behind Qt's back, and Qt crashes some time later. Python also collects in the middle of any
allocation, even while Qt destroys a QObject and holds a lock; destroying the next QObject then waits for that lock in
the same thread, forever.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

CHECK_MS = 250
# Collect the youngest generation once it exceeds this many objects, the next one every tenth time, and so on (Python's
# rule).
YOUNG, MIDDLE, OLD = 2_000, 10, 10


class GarbageCollector(QObject):
    """Replaces Python's own collection, in the thread that creates it; after `stop`, nothing is collected."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Stop for the end of the process: Python's own collection stays off while the last QObjects are destroyed."""
        self._timer.stop()

    @Slot()
    def collect(self) -> None:
        """Collect whatever is due."""
        young, middle, old = gc.get_count()
        if young > YOUNG:
            gc.collect(2 if middle > MIDDLE and old > OLD else 1 if middle > MIDDLE else 0)
