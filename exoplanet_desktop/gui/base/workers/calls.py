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

MOST = 64
SPARE_S = 10.0  # how long a surplus thread waits for work


class Workers:
    """Daemon threads that run blocking functions. Their number grows to MOST as needed, so that ten uploads over a slow
    line, or calls to a silent backend, leave a thread for the visible table.

    Daemon threads, because at exit the interpreter joins an executor's threads: one slow server would then keep the
    process of a closed window alive. Every call that can take long has a `should_stop` to end it.
    """

    def __init__(self, count: int = 8, most: int = MOST) -> None:
        """`count` threads are permanent; if `most` is 1 as well, calls run in order."""
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._count, self._most = count, max(count, most)
        self._unfinished = self._made = 0
        self._closed = False
        for _ in range(count):
            self._add()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Run `function` in a worker; its result or exception arrives on the event loop."""
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
            # The loop may have closed in the meantime; then nobody is waiting.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, *answer)

        with self._lock:
            self._unfinished += 1
            if len(self._threads) < min(self._unfinished, self._most) and not self._closed:
                self._add()
        self._jobs.put(job)
        return future

    def _add(self) -> None:
        self._made += 1
        thread = threading.Thread(target=self._work, name=f"worker-{self._made}", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()
            with self._lock:
                self._unfinished -= 1

    def _next(self) -> Job | None:
        """The next job; None if this thread should end, or has been surplus for too long."""
        while True:
            try:
                return self._jobs.get(timeout=SPARE_S)
            except queue.Empty:
                with self._lock:
                    if len(self._threads) > max(self._count, self._unfinished):
                        self._threads.discard(threading.current_thread())
                        return None

    def close(self, seconds: float = 1.0) -> None:
        """Let the threads end; those still busy after `seconds` in total end with the process."""
        with self._lock:
            self._closed = True
            threads = list(self._threads)
        for _ in threads:
            self._jobs.put(None)
        end = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
