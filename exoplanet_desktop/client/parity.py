"""The accuracy that a backend reports, held against what its model does with a sample of the very file.

A backend that prepares the columns otherwise for prediction than for training reports a high accuracy and predicts
nonsense. Rows that were trained on cannot be harder than held-out ones, so an agreement far below the reported accuracy
is a contradiction; one above it is none.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import never
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.reading.layout import Choice, sniff
from exoplanet_desktop.catalogs.tables.labels import layout_disposition, made_by_model, source_column
from exoplanet_desktop.catalogs.tables.subset import reading_of_copy, write_rows
from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.client.check_values import label_of
from exoplanet_desktop.client.jobs import follow, prediction_of
from exoplanet_desktop.client.transfers import Progress, ShouldStop
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.payloads import PredictReply, TrainAccepted
from exoplanet_desktop.wire.vocabulary import Disposition, Features, Model, Satellite

SAMPLE_ROWS = 300
FEWEST_ROWS = 30  # below, chance alone explains anything
_MARGIN = 0.1
_SIGMAS = 3.0


@dataclass(frozen=True)
class ParityCheck:
    """A parity check.

    Attributes:
        found: share of the sampled rows whose known class was predicted.
        reported: the accuracy that the backend reported.
        rows: sampled rows.
        contradiction: whether the two cannot both be true.
        sentence: the outcome, for a user.
    """

    found: float
    reported: float
    rows: int
    contradiction: bool
    sentence: str


def parity_check(
    backend: Backend,
    path: Path,
    satellite: Satellite,
    model: Model,
    reported_accuracy: float,
    *,
    rows: int = SAMPLE_ROWS,
    features: Features | None = None,
    model_version: str | None = None,
    reading: Choice | None = None,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> ParityCheck:
    """Predicts a sample of the labelled rows of a training file, spread over all of it, and compares.

    `reading` is what the user says of how the file is to be read.

    Raises InputError where the file has too few labelled rows, and whatever the backend's prediction fails with.
    """
    with temporary_folder("parity") as folder:
        sample = folder / f"{path.stem}_sample.csv"
        known, copied = _write_sample(path, reading, satellite, rows, sample, should_stop)
        reply = _predicted(backend, sample, copied, satellite, model, features, model_version, progress, should_stop)
    return judge_parity(known, _labels(reply, len(known), backend.base_url), satellite, reported_accuracy)


def judge_parity(
    known: Sequence[Disposition], predicted: Sequence[str | None], satellite: Satellite, reported: float
) -> ParityCheck:
    """Compares known and predicted classes, row by row, with the reported accuracy.

    A contradiction is an agreement below it by a tenth and by three standard errors of a share of so many rows.
    """
    info = SATELLITES[satellite]
    right = sum(info.disposition(label) is truth for truth, label in zip(known, predicted, strict=True))
    found, count = right / len(known), len(known)
    share = min(max(reported, 0.0), 1.0)
    contradiction = reported - found > max(_MARGIN, _SIGMAS * math.sqrt(share * (1 - share) / count))
    numbers = f"The backend reports accuracy {reported:.2f}, and its model agrees with {found:.2f} of {count} rows"
    if contradiction:
        sentence = f"{numbers} of its own training file: the two contradict each other. Do not use this model's labels."
    else:
        sentence = f"{numbers} of the training file, which is consistent."
    return ParityCheck(found, reported, count, contradiction, sentence)


def _write_sample(
    path: Path,
    reading: Choice | None,
    satellite: Satellite,
    rows: int,
    target: Path,
    should_stop: ShouldStop | None,
) -> tuple[list[Disposition], Choice]:
    """Writes rows with a known class, evenly over the file, and returns their classes and how to read them."""
    from exoplanet_desktop.catalogs.tables.table import Table

    info = SATELLITES[satellite]
    with Table.open(path, layout=sniff(path, reading), should_stop=should_stop or never) as table:
        if info.label not in table.columns:
            raise InputError(
                f"{path.name} has no column {info.label}, so nothing can be compared. Choose another file."
            )
        labels = [layout_disposition(table.layout, info, text) for text in table.texts(info.label)]
        if (source := source_column(table.columns)) is not None:
            # What a model once said is no truth to hold another one against.
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
    reading: Choice,
    satellite: Satellite,
    model: Model,
    features: Features | None,
    model_version: str | None,
    progress: Progress | None,
    should_stop: ShouldStop | None,
) -> PredictReply:
    answer = backend.predict(
        sample,
        satellite,
        model,
        features=features,
        model_version=model_version,
        reading=reading,
        progress=progress,
        should_stop=should_stop,
    )
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
    """The rows as they were sent: by their number where each has one, else as they came."""
    for name in ("Row_Number", "row_number_1based"):
        numbers = [row.get(name) for row in results]
        if all(isinstance(number, int) for number in numbers) and len(set(numbers)) == len(numbers):
            return sorted(results, key=lambda row: int(row[name]))
    return results
