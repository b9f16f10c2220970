"""Training: from a catalog to a verified model file, its scores and its pictures."""

import logging
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import numpy as np

from exoplanet_desktop import __version__
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, within
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_training
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.account import cell_counts, sentences
from exoplanet_desktop.catalogs.tables.labels import account_of_labels, label_reader
from exoplanet_desktop.catalogs.tables.suspects import FEWEST, HIGH, LOW, table_suspects
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify import cross_validation
from exoplanet_desktop.classify.classifier import Classifier, ReplaySample
from exoplanet_desktop.classify.curves import curves
from exoplanet_desktop.classify.dataset import Dataset, blinded, read_dataset
from exoplanet_desktop.classify.estimators import Estimator, Recipe
from exoplanet_desktop.classify.features import feature_set
from exoplanet_desktop.classify.figures import confusion_picture
from exoplanet_desktop.classify.fit_pool import FitPool, rising
from exoplanet_desktop.classify.heldout import write_held_out
from exoplanet_desktop.classify.importance import permutation_importance
from exoplanet_desktop.classify.leaks import scan
from exoplanet_desktop.classify.memory import Memory, remembered
from exoplanet_desktop.classify.metrics import (
    Interval,
    accuracy_interval,
    all_row_scores,
    confusion,
    intervals,
    per_class,
    scores,
)
from exoplanet_desktop.classify.modelfile import save
from exoplanet_desktop.classify.worth import absent_notes
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.digest import sha256_of
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.options import OPTION
from exoplanet_desktop.wire.payloads import CellCount, Evaluation, Importance, TrainResult
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import TrainRequest
from exoplanet_desktop.wire.vocabulary import Balance, Features, ModelLabels

log = logging.getLogger("exoplanet_desktop.classify")

PARITY_ROWS = 50
SEED = 42
MOST_IMPORTANCES = 30
IMPORTANCE_PARTS = 4

_ASKED = TrainRequest.declared()


@dataclass(frozen=True)
class TrainOptions(TrainRequest):
    """The options of a training, each with a value, and how the model is judged.

    Attributes:
        seed: of folds, models, bootstrap and shuffles.
        folds: of the cross-validation, 2 or more.
        holdout: share of the rows whose confusion matrix is shown.
        data_digest: SHA-256 that the catalog must have; None for any.
    """

    # Never None here; `train` completes the others.
    features: Features = field(default=_ASKED["features"].default, metadata={OPTION: _ASKED["features"]})
    balance: Balance = field(default=_ASKED["balance"].default, metadata={OPTION: _ASKED["balance"]})
    seed: int = SEED
    folds: int = 5
    holdout: float = 0.2
    data_digest: str | None = None

    @classmethod
    def of(cls, request: TrainRequest, *, data_digest: str | None = None) -> Self:
        return cls(**request.completed().chosen(), data_digest=data_digest)


@dataclass(frozen=True)
class Outputs:
    """Where the files of a training go; each appears whole or not at all.

    Attributes:
        held_out: the held-out predictions (see heldout); not written if None.
    """

    model: Path
    matrix: Path
    matrix_normalised: Path
    held_out: Path | None = None


def train(
    csv: Path,
    options: TrainOptions,
    outputs: Outputs,
    *,
    executor: Executor,
    report: Report,
    should_stop: ShouldStop,
    reading: ReadingOptions | None = None,
) -> TrainResult:
    """Trains a classifier on a catalog.

    Args:
        csv: the catalog.
        executor: runs fits in parallel, one thread each.
        report, should_stop: see catalogs.base.progress. `should_stop` is also called from the executor's threads.
        reading: how to read the catalog, instead of detecting it.

    Returns the result without the fields that only a server knows (paths, URLs, elapsed time).
    Raises InputError if the file cannot be trained on, Cancelled, and UnavailableError if the disk is full.
    """
    options = options.completed()
    job = _Job(options, executor, should_stop)
    report = rising(report)
    report(0.0, "reading the catalog")
    data = job.read(csv, reading, within(report, 0.0, 0.1))
    result, estimator = job.evaluate(data, within(report, 0.1, 0.92))
    check(should_stop)
    report(0.92, "drawing the confusion matrices")
    _draw(result, options, outputs)
    if outputs.held_out is not None:
        job.write_held_out(outputs.held_out)
    report(0.96, "saving the model")
    save(_classifier(data, estimator, result, options, job.memory()), outputs.model)
    report(1.0, "done")
    return result


class _Job:
    """A training in progress."""

    def __init__(self, options: TrainOptions, executor: Executor, should_stop: ShouldStop) -> None:
        self.options = options
        self.uses_model_labels = options.model_labels is ModelLabels.USE
        self.should_stop = should_stop
        self.pool = FitPool(executor, should_stop)
        self.digest = ""
        self.notes: list[str] = []
        self.cells: list[CellCount] = []
        self._main: cross_validation.CrossValidation | None = None

    def read(self, csv: Path, reading: ReadingOptions | None, report: Report) -> Dataset:
        options = self.options
        info = SATELLITES[options.satellite]
        blank = feature_set(options.satellite, options.features, options.without)
        layout = sniff(csv, reading)
        with Table.open(csv, layout=layout, report=report, should_stop=self.should_stop) as table:
            check_for_training(table.columns, info)
            data = read_dataset(table, blank, model_labels=self.uses_model_labels, folds=options.folds)
            self.notes += table.layout.notes
            account = account_of_labels(table.counts(info.label), label_reader(table.layout, info))
            told = table.account((*data.features.inputs, *info.identifiers), should_stop=self.should_stop)
            self.cells = cell_counts(told, table.layout.units)
            suspects = table_suspects(table, options.satellite)
            lacking = [name for name in data.absent if name not in table.columns]
        self.digest = sha256_of(csv)
        if options.data_digest not in (None, self.digest):
            raise UnavailableError(f"{csv.name} changed while it was read. Train again once nothing is writing to it.")
        if data.made_by_models and self.uses_model_labels:
            self.notes.append(
                f"{data.made_by_models:,} rows have labels made by a model, and were used as if a person had made "
                "them: mistakes in them are used for training, and counted as correct."
            )
        self.notes += [*account.vanished_sentences(layout.name_in_file(info.label)), *sentences(told, layout.units)]
        if blank.left_out:
            self.notes.append(f"Trained without {len(blank.left_out)} columns, as asked: {', '.join(blank.left_out)}.")
        self.notes += absent_notes(len(blank.inputs), lacking, [name for name in data.absent if name not in lacking])
        self.notes += [*data.hosts.notes, *(one.sentence() for one in suspects)]
        log.info("Read %s rows of %s stars.", f"{len(data.y):,}", f"{data.group_count:,}")
        for entry in data.left_out:
            log.info("Left out %s rows: %s.", f"{entry.count:,}", entry.reason)
        return data

    def evaluate(self, data: Dataset, report: Report) -> tuple[TrainResult, Estimator]:
        options = self.options
        recipe = Recipe(
            options.satellite, options.features, options.model, len(data.labels), options.balance, options.seed
        )
        # The final model is fitted while the folds are prepared.
        final = self.pool.start(recipe.fit, data.matrix, data.y, self.should_stop)
        main = self._main = cross_validation.plan(data, options.folds, options.holdout, options.seed)
        info = SATELLITES[options.satellite]
        second = options.sentinel and options.features is Features.VETTED and bool(info.verdict)
        blind = (
            cross_validation.CrossValidation(blinded(data), main.splits, main.holdout, main.folds) if second else None
        )
        main.start(self.pool, recipe, self.should_stop)
        if blind:
            blind.start(self.pool, replace(recipe, features=Features.BLIND), self.should_stop)
        report(0.0, "looking for columns that leak the answer")
        leaks = scan(data)
        for note in leaks["notes"]:
            log.info("%s", note)
        importance, ranges = self._wait(main, blind, final, report)
        result = self._result(main, blind, importance, ranges, leaks)
        return result, final.result()

    def write_held_out(self, out: Path) -> None:
        """After `evaluate`: the predictions for the held-out rows."""
        assert self._main is not None
        write_held_out(self._main, out)

    def memory(self) -> Memory:
        """After `evaluate`: what the model file stores about it."""
        assert self._main is not None
        return remembered(self._main)

    def _wait(
        self,
        main: cross_validation.CrossValidation,
        blind: cross_validation.CrossValidation | None,
        final: Future[Any],
        report: Report,
    ) -> tuple[list[Importance], dict[str, Interval]]:
        """Collects all fits; as soon as the hold-out's model is ready, its importances and its bootstrap begin."""
        passes = [main, *([blind] if blind else [])]
        futures = [future for one in passes for future in one.futures] + [final]
        steps, done = len(futures), 0
        measured: list[Future[Any]] = []
        drawn: list[Future[Any]] = []

        def take(future: Future[Any]) -> None:
            nonlocal done
            done += 1
            stage = "fitting the final model"
            for one, words in zip(passes, ("fold", "blind fold"), strict=False):
                if future in one.futures:
                    one.take(future)
                    stage = f"{words} {len(one.results)} of {len(one.splits)}"
            report(0.9 * done / steps, stage)
            log.info("%s.", stage.capitalize())
            if future in main.futures and main.futures[future] == main.holdout:
                measured.extend(self._importance(main))
                drawn.append(self.pool.start(intervals, main.held_out, self.options.seed))

        self.pool.wait(futures, take)
        drawn.append(self.pool.start(accuracy_interval, main.out_of_fold, self.options.seed))
        report(0.9, "importance of the columns")
        self.pool.wait([*measured, *drawn], lambda _: None)
        found: list[Importance] = [entry for part in measured for entry in part.result()]
        ranges = {**drawn[0].result(), "cv_mean": drawn[1].result()}
        return sorted(found, key=lambda entry: (-entry.mean, entry.feature)), ranges

    def _importance(self, main: cross_validation.CrossValidation) -> list[Future[Any]]:
        """Starts the measurement, in parts that run in parallel."""
        rows = main.splits[main.holdout].test
        names = main.data.features.names
        arguments = (main.holdout_estimator, main.data.matrix[rows], main.data.y[rows], names)
        parts = [range(start, len(names), IMPORTANCE_PARTS) for start in range(min(IMPORTANCE_PARTS, len(names)))]
        return [self.pool.start(permutation_importance, *arguments, part, self.options.seed) for part in parts]

    def _result(
        self,
        main: cross_validation.CrossValidation,
        blind: cross_validation.CrossValidation | None,
        importance: list[Importance],
        ranges: dict[str, Interval],
        leaks: dict[str, Any],
    ) -> TrainResult:
        held, data = main.held_out, main.data
        matrix = confusion(held)
        log.info("Accuracy over the folds: %.4f ± %.4f.", *_mean_std(main.fold_accuracy))
        cv_mean, cv_std = _mean_std(main.fold_accuracy)
        return TrainResult(
            **scores(held),  # type: ignore[arg-type]  # mypy checks all fields against each value
            cv_mean=cv_mean,
            cv_std=cv_std,
            labels=list(data.labels),
            confusion_matrix=matrix.tolist(),
            per_class=per_class(matrix, data.labels),
            all_rows=all_row_scores(main.out_of_fold),
            intervals=ranges,
            curves=curves(held),
            features=self.options.features,
            feature_columns=list(data.features.names),
            evaluation=self._account(main),
            importance=importance[:MOST_IMPORTANCES],
            leaks=leaks,
            blind=_blind(blind, cv_mean) if blind else None,
            data_digest=self.digest,
            cells=self.cells or None,
            absent=list(data.absent),
            versions=_versions(),
        )

    def _account(self, main: cross_validation.CrossValidation) -> Evaluation:
        options, data = self.options, main.data
        held = len(main.splits[main.holdout].test)
        return Evaluation(
            protocol=(
                f"{options.folds} stratified folds over all rows, shuffled, {data.hosts.protocol}; hold-out: the "
                f"first of {max(2, round(1 / options.holdout))} such folds ({held:,} rows), predicted by a model that "
                "has not seen it; the final model is then fitted on all rows"
            ),
            folds=options.folds,
            holdout=held / len(data.y),
            groups=data.hosts.source,
            group_count=data.group_count,
            seed=options.seed,
            rows_used=len(data.y),
            rows_left_out=list(data.left_out),
            fold_accuracy=main.fold_accuracy,
            balance=options.balance,
            model_labels_used=data.made_by_models if self.uses_model_labels else 0,
            model_labels_left_out=0 if self.uses_model_labels else data.made_by_models,
            notes=self.notes,
        )


def _mean_std(values: list[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values))


def _blind(blind: cross_validation.CrossValidation, vetted: float) -> dict[str, Any]:
    mean, std = _mean_std(blind.fold_accuracy)
    sentence = f"{vetted:.2f} with the human-verdict columns, {mean:.2f} without"
    log.info("Accuracy %s.", sentence)
    return {**scores(blind.held_out), "cv_mean": mean, "cv_std": std, "sentence": sentence}


def _draw(result: TrainResult, options: TrainOptions, outputs: Outputs) -> None:
    matrix = np.array(result.confusion_matrix)
    title = f"{options.satellite} · {options.model.display_name} · {options.features.display_name.lower()} features"
    rows = f"{int(matrix.sum()):,} hold-out rows"
    labels = tuple(result.labels or ())
    for path, by_class in ((outputs.matrix, False), (outputs.matrix_normalised, True)):
        kind = "share of each true class" if by_class else "counts"
        with whole(path) as part:
            confusion_picture(matrix, labels, f"{title}\n{rows}, {kind}", part, by_class=by_class)


def _classifier(
    data: Dataset, estimator: Estimator, result: TrainResult, options: TrainOptions, memory: Memory
) -> Classifier:
    rows = np.unique(np.linspace(0, len(data.y) - 1, PARITY_ROWS).round().astype(int))
    sample = data.matrix[rows]
    return Classifier(
        model=options.model,
        features=data.features,
        labels=data.labels,
        estimator=estimator,
        background=_medians(data),
        parity=ReplaySample(sample, estimator.probabilities(sample)),
        card=_card(data, result, options),
        memory=memory,
    )


def _medians(data: Dataset) -> Any:
    """Median of each feature, NaN if a column is empty."""
    out = np.full(data.matrix.shape[1], np.nan, dtype=np.float32)
    for index, column in enumerate(data.matrix.T):
        known = column[~np.isnan(column)]
        if len(known):
            out[index] = np.median(known)
    return out


def _ranges(data: Dataset) -> dict[str, list[float]]:
    """The range of each numeric column: 2 % quantile, median, 98 % quantile."""
    ranges = {}
    for name, column in zip(data.features.numbers, data.matrix.T, strict=False):
        known = column[~np.isnan(column)].astype(np.float64)
        if len(known) >= FEWEST:
            ranges[name] = [float(value) for value in np.quantile(known, (LOW, 0.5, HIGH))]
    return ranges


def _card(data: Dataset, result: TrainResult, options: TrainOptions) -> dict[str, Any]:
    created = datetime.now(UTC)
    metrics = result.model_dump(include={"accuracy", "cv_mean", "cv_std", "auc_score", "log_loss", "brier", "ece"})
    assert result.evaluation is not None
    return {
        "version": f"{created:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
        "created_at": created.isoformat(timespec="seconds"),
        "satellite": options.satellite,
        "model": options.model,
        "features": options.features,
        "balance": options.balance,
        "columns": list(data.features.names),
        "absent": list(data.absent),
        "ranges": _ranges(data),
        "without": list(data.features.left_out),
        "labels": list(data.labels),
        "protocol": result.evaluation.model_dump(),
        "metrics": metrics,
        "blind": result.blind,
        "data_digest": result.data_digest,
        "versions": result.versions,
    }


def _versions() -> dict[str, str]:
    """The versions of the software that made the model."""
    import sklearn
    import xgboost

    return {
        "exoplanet_desktop": __version__,
        "xgboost": xgboost.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
    }
