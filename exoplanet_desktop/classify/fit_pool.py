"""Tasks on an executor, with progress and cancellation for the caller."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check

POLL_S = 0.1


def rising(report: Report) -> Report:
    """A Report that never goes backwards."""
    highest = 0.0

    def risen(share: float, stage: str) -> None:
        nonlocal highest
        highest = max(highest, share)
        report(highest, stage)

    return risen


class FitPool:
    """Tasks in parallel on an executor.

    The executor may be threads or a cluster: functions must be module-level ones, arguments and results plain data.
    """

    def __init__(self, executor: Executor, should_stop: ShouldStop) -> None:
        self._executor = executor
        self._should_stop = should_stop
        self._open: set[Future[Any]] = set()

    def start(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future = self._executor.submit(task, *arguments)
        self._open.add(future)
        return future

    def wait(self, futures: Iterable[Future[Any]], done: Callable[[Future[Any]], None]) -> None:
        """Calls `done` for each future as it ends. Raises Cancelled or the task's exception, and drops the rest."""
        waiting = set(futures)
        try:
            while waiting:
                check(self._should_stop)
                ended, waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()
                    self._open.discard(future)
                    done(future)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Cancels the tasks that have not started."""
        for future in self._open:
            future.cancel()
        self._open.clear()
