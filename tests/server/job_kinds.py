"""Real small jobs for the engine's tests: they read the CSV, write files and behave according to their model's name.

They replace the engine's own tasks in job processes, so that faults can be provoked at known moments.
"""

import csv
import errno
import os
import time
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import check
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.tasks import HELD_OUT_FILE, MATRIX_FILE, MATRIX_NORMALISED_FILE, MODEL_FILE, TABLE_FILE
from exoplanet_desktop.server.worker import TaskContext

Outcome = tuple[dict[str, Any], dict[str, Any]]


def _wait_for_stop(context: TaskContext) -> None:
    while True:
        check(context.should_stop)
        time.sleep(0.01)


def _deaf() -> None:
    while True:
        time.sleep(0.01)


def _behave(name: str, context: TaskContext) -> None:
    """`svm` waits to be stopped, `gb` ignores everything, `lr` meets wrong input, `rf` a full disk, `dt` a fault."""
    if name == "svm":
        _wait_for_stop(context)
    if name == "gb":
        _deaf()
    if name == "lr":
        raise InputError("All rows have one class. Choose a file with two classes at least.")
    if name == "rf":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if name == "dt":
        raise RuntimeError("a fault on purpose")


def train(args: dict[str, Any], context: TaskContext) -> Outcome:
    with Path(args["csv"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    context.report(0.5, f"Read {len(rows)} rows")
    (context.work / MODEL_FILE).write_text("half a model")
    (context.work / "temporary").mkdir()
    _behave(args["model"], context)
    (context.work / MATRIX_FILE).write_bytes(b"\x89PNG a picture")
    (context.work / MATRIX_NORMALISED_FILE).write_bytes(b"\x89PNG another")
    (context.work / HELD_OUT_FILE).write_text("row\n")
    labels = [row["koi_disposition"] for row in rows]
    share = max(labels.count(label) for label in set(labels)) / len(labels)
    scores = {"accuracy": share, "cv_mean": share, "cv_std": 0.0, "auc_score": float("nan")}
    return {**scores, **args["places"], "elapsed_sec": 0.1, "labels": sorted(set(labels))}, scores


def predict(args: dict[str, Any], context: TaskContext) -> Outcome:
    if args["explain"] == 7:
        (context.work / "started").touch()
        _wait_for_stop(context)
    with Path(args["csv"]).open(newline="") as file:
        rows = list(csv.reader(file))
    last = len(rows) - 2
    start, end = args["from_row"] or 0, last if args["to_row"] is None else args["to_row"]
    if end > last:
        raise InputError(f"The file has rows 0 to {last} alone. Choose a smaller range.")
    with (context.work / TABLE_FILE).open("w", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[start + 1 : end + 2]])
    total = end - start + 1
    return {"ok": True, "from_row": start, "to_row": end, "total_predicted": total, **args["reply"], "results": []}, {}


def merge(args: dict[str, Any], context: TaskContext) -> Outcome:
    a, b = (Path(file).read_text("latin-1").splitlines() for file in args["files"])
    lines = a + b[1:]
    unique = list(dict.fromkeys(lines)) if args["rule"] == "exact" else lines
    (context.work / TABLE_FILE).write_text("\n".join(unique) + "\n", "latin-1")
    return {}, {"rows": len(unique) - 1}
