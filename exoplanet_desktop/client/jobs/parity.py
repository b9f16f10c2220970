"""Compares a backend's reported accuracy with its model's predictions for a sample of the training file.

A backend that prepares columns differently for prediction than for training reports a high accuracy and predicts
nonsense; one that keeps its first model in memory answers with that after a retraining. Rows used in training cannot be
harder than held-out ones, so an agreement below the reported accuracy is a contradiction; one above it is not.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import layout_disposition, made_by_model, source_column
from exoplanet_desktop.catalogs.tables.subset import reading_of_copy, write_rows
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.check_values import label_of
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
from exoplanet_desktop.client.jobs.claims import falls_short, missing_classes
from exoplanet_desktop.client.jobs.jobs import follow, prediction_of
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.payloads import PredictReply, TrainAccepted
from exoplanet_desktop.wire.prediction_columns import K2_ROW_NUMBER, ROW_NUMBER
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

SAMPLE_ROWS = 300
FEWEST_ROWS = 30  # with fewer, chance alone could explain any result


@dataclass(frozen=True)
class ParityCheck:
    """A parity check.

    Attributes:
        found: share of the sampled rows predicted as their known class.
        reported: the backend's reported accuracy.
        rows: number of sampled rows.
        contradiction: whether the two values are incompatible.
        sentence: the outcome, for a user.
        missing: a sentence on classes that were never predicted; "" if there are none.
    """

    found: float
    reported: float
    rows: int
    contradiction: bool
    sentence: str
    missing: str = ""

    @property
    def against(self) -> tuple[str, ...]:
        """What it found against the model, the worst first."""
        return tuple(filter(None, (self.sentence if self.contradiction else "", self.missing)))


def parity_check(
    backend: Backend,
    path: Path,
    request: PredictRequest,
    reported_accuracy: float,
    *,
    rows: int = SAMPLE_ROWS,
    reading: ReadingOptions | None = None,
    retrained: bool = False,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> ParityCheck:
    """Predicts a sample of a training file's labelled rows, spread over the whole file, and compares.

    `request` says which model predicts, and `rows` how many rows.
    `reading` has the user's reading options for the file.
    `retrained`: whether the backend had trained a model of this kind before.

    Raises InputError if the file has too few labelled rows, and any error of the backend's prediction.
    """
    with temporary_folder("parity") as folder:
        sample = folder / f"{path.stem}_sample.csv"
        known, copied = _write_sample(path, reading, request.satellite, rows, sample, should_stop)
        reply = _predicted(backend, sample, copied, request, progress, should_stop)
    labels = _labels(reply, len(known), backend.base_url)
    return judge_parity(known, labels, request.satellite, reported_accuracy, retrained=retrained)


def judge_parity(
    known: Sequence[Disposition],
    predicted: Sequence[str | None],
    satellite: Satellite,
    reported: float,
    *,
    retrained: bool = False,
) -> ParityCheck:
    """Compares known and predicted classes, row by row, with the reported accuracy.

    It is a contradiction if chance does not explain the agreement (see `claims.falls_short`).
    """
    info = SATELLITES[satellite]
    labels = [info.disposition(label) for label in predicted]
    right = sum(label is truth for truth, label in zip(known, labels, strict=True))
    count = len(known)
    missing = " ".join(missing_classes(Counter(map(str, labels)), Counter(map(str, known))))
    contradiction = falls_short(right, count, reported)
    numbers = f"The backend reports accuracy {reported:.2f}, and its model agrees with {right} of {count} rows"
    parts = [f"{numbers} of the training file, which is consistent."]
    if contradiction:
        parts = [f"{numbers} of its own training file ({right / count:.2f}): the two contradict each other."]
        if retrained:
            parts.append("It may still answer with a model that it trained earlier: restart it, and check again.")
        parts.append("Do not use this model's labels.")
    return ParityCheck(right / count, reported, count, contradiction, " ".join(parts), missing)


def _write_sample(
    path: Path,
    reading: ReadingOptions | None,
    satellite: Satellite,
    rows: int,
    target: Path,
    should_stop: ShouldStop | None,
) -> tuple[list[Disposition], ReadingOptions]:
    """Writes rows with a known class, spread evenly over the file; returns their classes and reading options."""

    info = SATELLITES[satellite]
    with Table.open(path, layout=sniff(path, reading), should_stop=should_stop or never) as table:
        if info.label not in table.columns:
            raise InputError(
                f"{path.name} has no column {info.label}, so nothing can be compared. Choose another file."
            )
        labels = [layout_disposition(table.layout, info, text) for text in table.texts(info.label)]
        if (source := source_column(table.columns)) is not None:
            # A model's label is not a truth to compare another model with.
            sources = table.texts(source)
            labels = [None if made_by_model(by) else label for label, by in zip(labels, sources, strict=True)]
        labelled = [row for row, label in enumerate(labels) if label is not None]
        if len(labelled) < FEWEST_ROWS:
            raise InputError(
                f"{path.name} has {len(labelled)} rows with a known class; at least {FEWEST_ROWS} are needed."
            )
        count = min(rows, len(labelled))
        chosen = [labelled[number * len(labelled) // count] for number in range(count)]
        write_rows(table, chosen, target, should_stop=should_stop)
        return [label for row in chosen if (label := labels[row]) is not None], reading_of_copy(table.layout)


def _predicted(
    backend: Backend,
    sample: Path,
    reading: ReadingOptions,
    request: PredictRequest,
    progress: Progress | None,
    should_stop: ShouldStop | None,
) -> PredictReply:
    answer = backend.predict(sample, request, reading=reading, progress=progress, should_stop=should_stop)
    if isinstance(answer, TrainAccepted):
        return prediction_of(follow(backend, answer, should_stop=should_stop))
    return answer


def _labels(reply: PredictReply, count: int, base: str) -> list[str | None]:
    if len(reply.results) != count:
        raise UnavailableError(
            f"The backend at {base} sent {len(reply.results)} of the {count} rows of the sample, "
            "so its accuracy cannot be checked. Try again."
        )
    return [label_of(row) for row in _in_order(reply.results)]


def _in_order(results: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The rows in the order sent: by row number if all have one, otherwise as received."""
    for name in (ROW_NUMBER, K2_ROW_NUMBER):
        numbers = [row.get(name) for row in results]
        if all(isinstance(number, int) for number in numbers) and len(set(numbers)) == len(numbers):
            return sorted(results, key=lambda row: int(row[name]))
    return results
