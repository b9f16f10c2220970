"""Blocking calls for coroutines: `await workers.call(backend.health)`."""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Job = Callable[[], None]


class Workers:
    """A few daemon threads that run blocking functions.

    Daemon threads, because the interpreter joins an executor's threads at exit: one slow server would then keep a
    closed window's process alive. Whatever can last long takes a `should_stop` and ends by it.
    """

    def __init__(self, count: int = 8) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Run `function` in a worker; the result or the exception comes back on the event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()

        def settle(method: str, value: object) -> None:
            if not future.done():
                getattr(future, method)(value)

        def job() -> None:
            answer: tuple[str, Any]
            try:
                answer = ("set_result", function(*args, **kwargs))
            except Exception as error:
                answer = ("set_exception", error)
            # The loop may be closed meanwhile: nobody waits any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, *answer)

        self._jobs.put(job)
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def close(self, seconds: float = 1.0) -> None:
        """Let the threads end; those that are still busy after `seconds` in all go with the process."""
        for _ in self._threads:
            self._jobs.put(None)
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
