"""Small jobs whose parts run on the executor and behave according to their model's name; see job_kinds.

Each part leaves its traces in files beside the catalog, because the job's own folder is deleted with it.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import job_kinds
from job_kinds import Outcome, merge, predict

from exoplanet_desktop.catalogs.base.progress import check
from exoplanet_desktop.server.worker import TaskContext

__all__ = ["merge", "predict", "train"]


def _number() -> int:
    return os.getpid()


def _wait(folder: Path, should_stop: Callable[[], bool]) -> None:
    (folder / f"began-{os.getpid()}").touch()
    while not should_stop():
        time.sleep(0.01)
    (folder / f"stopped-{os.getpid()}").touch()


def _die(folder: Path, times: int) -> int:
    """Kills its worker the first few times, as running out of memory does."""
    for number in range(times):
        try:
            (folder / f"died-{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        os._exit(1)
    return os.getpid()


def _parts(name: str, executor: Executor, folder: Path, context: TaskContext) -> list[Future[Any]]:
    """`svm` waits to be stopped, `gb` kills every worker, `rf` one."""
    if name == "svm":
        return [executor.submit(_wait, folder, context.should_stop) for _ in range(2)]
    if name in ("gb", "rf"):
        return [executor.submit(_die, folder, 1 if name == "rf" else 1000)]
    return [executor.submit(_number) for _ in range(4)]


def train(args: dict[str, Any], context: TaskContext) -> Outcome:
    folder = context.work.parents[1] / "marks"
    folder.mkdir(exist_ok=True)
    parts = _parts(args["model"], context.executor, folder, context)
    context.report(0.5, "Parts are under way")
    while not all(part.done() for part in parts):
        check(context.should_stop)
        time.sleep(0.01)
    pids = [part.result() for part in parts]
    reply, summary = job_kinds.train({**args, "model": "xgb"}, context)
    return {**reply, "labels": [str(pid) for pid in pids], "stage": str(os.getpid())}, summary
