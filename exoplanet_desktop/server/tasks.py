"""What job processes do: the engine's three tasks, each a thin wrapper of `classify` or `catalogs`.

Imported in job processes alone. Each takes its arguments as JSON knows them, works in `context.work`, and returns the
reply for the caller and a summary for the engine.
"""

import json
import logging
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.catalogs.reading.layout import Choice
from exoplanet_desktop.server.local import unchanged
from exoplanet_desktop.server.worker import TaskContext
from exoplanet_desktop.wire.vocabulary import Balance, Features, KnownRows, Model, ModelLabels, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.classify.classifier import Classifier

log = logging.getLogger("exoplanet_desktop.server")

MODEL_FILE = "model.exomodel"
MATRIX_FILE = "matrix.png"
MATRIX_NORMALISED_FILE = "matrix_normalised.png"
HELD_OUT_FILE = "held_out.csv"
TABLE_FILE = "table.csv"


def train(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: csv, satellite, model, features, balance, sentinel, model_labels, without, data_digest (of a file that
    may change), reading (see `_reading`), and `places`: the reply's paths and URLs.
    """
    from exoplanet_desktop.classify.training import Outputs, TrainOptions
    from exoplanet_desktop.classify.training import train as train_on

    options = TrainOptions(
        satellite=Satellite(args["satellite"]),
        model=Model(args["model"]),
        features=Features(args["features"]),
        balance=Balance(args["balance"]),
        sentinel=args["sentinel"],
        model_labels=args["model_labels"] == ModelLabels.USE,
        data_digest=args["data_digest"],
        without=tuple(args["without"]),
    )
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
    return reply, {name: reply.get(name) for name in ("accuracy", "cv_mean", "cv_std")}


def predict(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: csv, model_path, from_row, to_row, results_limit, explain, known_rows, stamps (of a file that may
    change), reading (see `_reading`), and `reply`: what is known beforehand.
    """
    from exoplanet_desktop.classify.prediction import PredictOptions
    from exoplanet_desktop.classify.prediction import predict as predict_on

    context.report(0.0, "Loading the model")
    classifier = _classifier(Path(args["model_path"]))
    with unchanged(args["stamps"]):
        found = predict_on(
            Path(args["csv"]),
            classifier,
            PredictOptions(
                from_row=args["from_row"],
                to_row=args["to_row"],
                results_limit=args["results_limit"],
                explain=args["explain"],
                known_rows=KnownRows(args["known_rows"]),
            ),
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
        "known_rows": None if found.seen is None else args["known_rows"],
        "without": list(classifier.features.left_out),
        "cells": [cell.model_dump() for cell in found.cells] or None,
    }
    return reply, {}


def _reading(text: str | None) -> Choice | None:
    """What the caller says of how a file is to be read, as JSON text; None where nothing."""
    return None if text is None else Choice.from_json(text)


def _classifier(path: Path) -> "Classifier":
    """A model, proven by its parity sample when it is first loaded; a process keeps the last one that it used."""
    if not path.exists():
        return _loaded(path)  # says so
    status = path.stat()
    return _loaded(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _loaded(path: Path, *_: int) -> "Classifier":
    from exoplanet_desktop.classify.modelfile import load

    return load(path)


def merge(args: dict[str, Any], context: TaskContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments: files, rule, identifier, stamps, readings (see `_reading`).

    The engine makes the reply, since only it can sign a token.
    """
    from exoplanet_desktop.catalogs.merging.merge import Duplicates, merge_many

    with unchanged(args["stamps"]):
        summary = merge_many(
            [Path(file) for file in args["files"]],
            context.work / TABLE_FILE,
            rule=Duplicates(args["rule"]),
            identifier=args["identifier"],
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
        "rule": args["rule"],
        "notes": list(summary.notes),
        "cells": [cell.model_dump() for cell in summary.cells] or None,
    }
