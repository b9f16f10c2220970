"""The work of job processes: the engine's three tasks, each a thin wrapper of `classify` or `catalogs`.

Imported only in job processes. Each takes its arguments as JSON types, works in `context.work`, and returns the
reply for the caller and a summary for the engine.
"""

import json
import logging
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.merging.merge import merge_many
from exoplanet_desktop.server.local import unchanged
from exoplanet_desktop.server.worker import TaskContext
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest

if TYPE_CHECKING:
    from exoplanet_desktop.classify.classifier import Classifier

log = logging.getLogger("exoplanet_desktop.server")

MODEL_FILE = "model.exomodel"
MATRIX_FILE = "matrix.png"
MATRIX_NORMALISED_FILE = "matrix_normalised.png"
HELD_OUT_FILE = "held_out.csv"
TABLE_FILE = "table.csv"


def train(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: those of a TrainRequest, csv, data_digest (of a file that may change), reading (see `_reading`), and
    `places`: the reply's paths and URLs.
    """
    from exoplanet_desktop.classify.training import Outputs, TrainOptions
    from exoplanet_desktop.classify.training import train as train_on

    options = TrainOptions.of(TrainRequest.from_json(args), data_digest=args["data_digest"])
    outputs = Outputs(
        model=context.work / MODEL_FILE,
        matrix=context.work / MATRIX_FILE,
        matrix_normalised=context.work / MATRIX_NORMALISED_FILE,
        held_out=context.work / HELD_OUT_FILE,
    )
    started = time.perf_counter()
    result = train_on(
        Path(args["csv"]),
        options,
        outputs,
        executor=context.executor,
        report=context.report,
        should_stop=context.should_stop,
        reading=_reading(args["reading"]),
    )
    elapsed = time.perf_counter() - started
    log.info("Training finished in %.2f s", elapsed)
    reply = json.loads(result.model_dump_json())  # NaN becomes null on the way
    reply.update(args["places"], elapsed_sec=elapsed)
    summary = {name: reply.get(name) for name in ("accuracy", "cv_mean", "cv_std")}
    by_class = result.all_rows.per_class if result.all_rows else {}
    return reply, {**summary, "class_rows": {label: score.support for label, score in by_class.items()}}


def predict(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: those of a PredictRequest, csv, model_path, stamps (of a file that may change), reading (see
    `_reading`), and `reply`: the parts known beforehand.
    """
    from exoplanet_desktop.classify.prediction import predict as predict_on

    request = PredictRequest.from_json(args).completed()
    context.report(0.0, "Loading the model")
    classifier = _classifier(Path(args["model_path"]))
    with unchanged(args["stamps"]):
        found = predict_on(
            Path(args["csv"]),
            classifier,
            request,
            context.work / TABLE_FILE,
            executor=context.executor,
            report=context.report,
            should_stop=context.should_stop,
            reading=_reading(args["reading"]),
        )
    head = args["reply"]
    reply = {
        "ok": True,
        "satellite": head["satellite"],
        "model_type": head["model_type"],
        "from_row": found.from_row,
        "to_row": found.to_row,
        "total_predicted": found.total,
        "csv_file": head["csv_file"],
        "results": found.results,
        "features": head["features"],
        "model_version": head["model_version"],
        "class_counts": found.class_counts,
        "agreement": found.agreement,
        "notes": found.notes,
        "worth": None if found.worth is None else found.worth.model_dump(),
        "seen": found.seen,
        "known_rows": None if found.seen is None else request.known_rows,
        "without": list(classifier.features.left_out),
        "cells": [cell.model_dump() for cell in found.cells] or None,
    }
    return reply, {}


def _reading(text: str | None) -> ReadingOptions | None:
    """The caller's reading options for a file, as JSON text; None if there are none."""
    return None if text is None else ReadingOptions.from_json(text)


def _classifier(path: Path) -> "Classifier":
    """A model, verified with its parity sample when first loaded; a process keeps the last one that it used."""
    if not path.exists():
        return _loaded(path)  # says so
    status = path.stat()
    return _loaded(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _loaded(path: Path, *_: int) -> "Classifier":
    from exoplanet_desktop.classify.modelfile import load

    return load(path)


def merge(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: those of a MergeRequest, files, stamps, readings (see `_reading`).

    The engine makes the reply, because only it can sign a token.
    """

    request = MergeRequest.from_json(args)
    with unchanged(args["stamps"]):
        summary = merge_many(
            [Path(file) for file in args["files"]],
            context.work / TABLE_FILE,
            rule=request.rule,
            identifier=request.identifier,
            choices=[_reading(text) for text in args["readings"]],
            report=context.report,
            should_stop=context.should_stop,
        )
    return {}, {
        "rows": summary.rows,
        "rows_a": summary.rows_a,
        "rows_b": summary.rows_b,
        "rows_each": list(summary.rows_each),
        "dropped_each": list(summary.dropped_each),
        "duplicates": summary.duplicates,
        "filled": summary.filled,
        "rule": request.rule,
        "notes": list(summary.notes),
        "cells": [cell.model_dump() for cell in summary.cells] or None,
    }
