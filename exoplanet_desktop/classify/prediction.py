"""Prediction: from a catalog and a classifier to a CSV with its classes, in constant memory."""

import hashlib
import io
import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from csv import writer as csv_writer
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.appended import appended_columns, free_names, prediction_columns
from exoplanet_desktop.catalogs.files import whole
from exoplanet_desktop.catalogs.progress import Report, ShouldStop, check, within
from exoplanet_desktop.catalogs.reading import Layout, sniff
from exoplanet_desktop.catalogs.satellites import SATELLITES, SatelliteInfo, check_for_prediction
from exoplanet_desktop.catalogs.table import Table
from exoplanet_desktop.classify.blocks import Block, NotPlain, Wanted, cell_blocks, out_of_range, plain_blocks
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.explain import explain
from exoplanet_desktop.classify.rows import (
    appended_cells,
    reply_row,
)
from exoplanet_desktop.errors import InputError

log = logging.getLogger("exoplanet_desktop.classify")

BLOCKS_AHEAD = 4
_MOST_HASHED = 200_000_000  # bytes; no catalog of the archive is as long, and hashing more would be felt


@dataclass(frozen=True)
class PredictOptions:
    """What to predict.

    Attributes:
        from_row, to_row: row numbers from 0, both inclusive; None for the first and the last.
        results_limit: rows in `Prediction.results`; None for all. The CSV always has all.
        explain: contributions for each row in `results`; 0 for none.
    """

    from_row: int | None = None
    to_row: int | None = None
    results_limit: int | None = None
    explain: int = 0


@dataclass
class Prediction:
    """What was predicted.

    Attributes:
        from_row, to_row: the rows, from 0, both inclusive.
        total: how many.
        results: rows with the keys of the wire contract, and `explanation` where it was asked for.
        class_counts: rows by predicted class.
        agreement: `known` rows with a class in the file, `matches` of them predicted as such.
        notes: what a user should know, a sentence each.
    """

    from_row: int
    to_row: int
    total: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    class_counts: dict[str, int] = field(default_factory=dict)
    agreement: dict[str, int] = field(default_factory=lambda: {"known": 0, "matches": 0})
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Plan:
    """What a worker needs to know to judge a block."""

    classifier: Classifier
    info: SatelliteInfo
    units: dict[str, str]
    options: PredictOptions
    start: int

    def wanted(self, block: Block) -> Wanted:
        texts = dict.fromkeys((*self.classifier.features.texts, self.info.label))
        if self.listed(block):
            texts |= dict.fromkeys(self.info.identifiers)
        return Wanted(self.classifier.features.numbers, tuple(texts))

    def listed(self, block: Block) -> int:
        """How many of a block's rows go into the results."""
        limit = self.options.results_limit
        return block.rows if limit is None else min(max(limit - (block.first - self.start), 0), block.rows)


@dataclass(frozen=True)
class _Judged:
    lines: bytes
    line_end: str
    rows: int
    counts: Counter[str]
    known: int
    matches: int
    results: list[dict[str, Any]]


def predict(
    csv: Path,
    classifier: Classifier,
    options: PredictOptions,
    out: Path,
    *,
    executor: Executor,
    report: Report,
    should_stop: ShouldStop,
) -> Prediction:
    """Predicts rows of a catalog and writes them to `out`, each with its cells as they were and the prediction behind.

    Raises MissingColumns where columns are missing without which no prediction makes sense, InputError for a row range
    that is not in the file, UnreadableFile, UnavailableError and Cancelled; then there is no `out`.
    """
    layout = sniff(csv)
    info = SATELLITES[classifier.features.satellite]
    check_for_prediction(layout.columns, info)
    start, end = _range(options)
    plan = _Plan(classifier, info, dict(layout.units), options, start)
    try:
        prediction = _run(plan, layout, plain_blocks(layout, start, end), out, executor, report, should_stop)
        _note_familiar(prediction, csv, classifier)
        return prediction
    except NotPlain:
        log.info("%s needs a true CSV reader.", csv.name)
    with Table.open(csv, report=within(report, 0.0, 0.3), should_stop=should_stop) as table:
        if start >= table.row_count or (end or 0) > table.row_count:
            raise out_of_range(start, end, table.row_count)
        blocks = cell_blocks(table, classifier.features.numbers, start, end)
        part = within(report, 0.3, 1.0)
        prediction = _run(plan, table.layout, blocks, out, executor, part, should_stop)
        if table.bad_count:
            lines = ", ".join(str(bad.line) for bad in table.bad_lines[:10])
            prediction.notes.append(f"{_lines(table.bad_count)} left out (line {lines}).")
    _note_familiar(prediction, csv, classifier)
    return prediction


def _note_familiar(prediction: Prediction, csv: Path, classifier: Classifier) -> None:
    """Say so where the catalog is the one that the model learnt from: its agreement then measures memory."""
    protocol = classifier.card.get("protocol") or {}
    taught = int(protocol.get("rows_used") or 0)
    if prediction.agreement["known"] > taught or csv.stat().st_size > _MOST_HASHED:
        return
    with csv.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest == classifier.card.get("data_digest"):
        score = (classifier.card.get("metrics") or {}).get("cv_mean")
        honest = f" On stars it had not seen, {score:.3f} agreed." if isinstance(score, float) else ""
        prediction.notes.insert(0, f"The model learnt from these very rows, so that they agree proves little.{honest}")


def _range(options: PredictOptions) -> tuple[int, int | None]:
    """First row, and the row behind the last (None: to the end). Raises InputError where no file has such rows."""
    start, last = options.from_row or 0, options.to_row
    if start < 0 or (last is not None and last < 0):
        raise InputError("Invalid row range: row numbers begin at 0. Choose rows of the file.")
    if last is not None and last < start:
        raise InputError(f"Invalid row range: the last row ({last}) lies before the first ({start}). Swap them.")
    return start, None if last is None else last + 1


def _run(
    plan: _Plan,
    layout: Layout,
    blocks: Iterable[Block],
    out: Path,
    executor: Executor,
    report: Report,
    should_stop: ShouldStop,
) -> Prediction:
    prediction = Prediction(plan.start, plan.start - 1, notes=_notes(plan, layout))
    counts: Counter[str] = Counter(dict.fromkeys(plan.classifier.labels, 0))
    with whole(out) as part, part.open("wb") as file:
        for judged, done in _judged(plan, blocks, executor, should_stop):
            if not prediction.total:
                file.write(_header(plan, layout, judged.line_end))
            file.write(judged.lines)
            prediction.total += judged.rows
            prediction.agreement["known"] += judged.known
            prediction.agreement["matches"] += judged.matches
            prediction.results += judged.results
            counts.update(judged.counts)
            report(done, f"{prediction.total:,} rows predicted")
    prediction.to_row = plan.start + prediction.total - 1
    prediction.class_counts = dict(counts)
    log.info("Predicted %s rows: %s.", f"{prediction.total:,}", prediction.class_counts)
    return prediction


def _judged(
    plan: _Plan, blocks: Iterable[Block], executor: Executor, should_stop: ShouldStop
) -> Iterator[tuple[_Judged, float]]:
    """Judges blocks side by side, a few ahead of the writer, and gives them in order."""
    ahead: deque[tuple[Future[_Judged], float]] = deque()
    try:
        for block in blocks:
            check(should_stop)
            ahead.append((executor.submit(_judge, plan, block), block.done))
            if len(ahead) > BLOCKS_AHEAD:
                future, done = ahead.popleft()
                yield future.result(), done
        while ahead:
            check(should_stop)
            future, done = ahead.popleft()
            yield future.result(), done
    finally:
        for future, _ in ahead:
            future.cancel()


def _judge(plan: _Plan, block: Block) -> _Judged:
    """Task: predicts a block."""
    classifier, info, labels = plan.classifier, plan.info, plan.classifier.labels
    parsed = block.parse(plan.wanted(block))
    matrix = classifier.matrix(parsed.numbers, {name: parsed.texts[name] for name in classifier.features.texts})
    probabilities = classifier.probabilities(matrix)
    predicted = [labels[index] for index in probabilities.argmax(axis=1)]
    actual = [_text(info.disposition(cell)) for cell in parsed.texts[info.label]]
    known = [(said, truth) for said, truth in zip(predicted, actual, strict=True) if truth is not None]
    listed = plan.listed(block)
    results = [
        reply_row(
            info.satellite,
            block.first + row,
            {name: parsed.texts[name][row] for name in info.identifiers},
            actual[row],
            labels,
            probabilities[row].tolist(),
        )
        for row in range(listed)
    ]
    if plan.options.explain and listed:
        reasons = explain(classifier, matrix[:listed], plan.options.explain, plan.units)
        results = [{**row, "explanation": reason} for row, reason in zip(results, reasons, strict=True)]
    lines = block.extended(appended_cells(labels, probabilities, actual))
    matches = sum(said == truth for said, truth in known)
    return _Judged(lines, block.line_end, block.rows, Counter(predicted), len(known), matches, results)


def _lines(count: int) -> str:
    return "1 unreadable line is" if count == 1 else f"{count:,} unreadable lines are"


def _text(label: Any) -> str | None:
    return None if label is None else str(label)


def _header(plan: _Plan, layout: Layout, line_end: str) -> bytes:
    names = _kept(layout)
    line = io.StringIO(newline="")
    csv_writer(line, delimiter=layout.delimiter, lineterminator=line_end).writerow(
        [*names, *_appended(plan, layout).values()]
    )
    return line.getvalue().encode()


def _kept(layout: Layout) -> list[str]:
    dropped = set(prediction_columns(layout.columns))
    return [name for name in layout.columns if name not in dropped]


def _appended(plan: _Plan, layout: Layout) -> dict[str, str]:
    """The names of the appended columns, by their usual ones: the file's own columns keep theirs."""
    return free_names(appended_columns(plan.classifier.labels), _kept(layout))


def _notes(plan: _Plan, layout: Layout) -> list[str]:
    notes = list(layout.notes)
    inputs = plan.classifier.features.inputs
    if absent := [name for name in inputs if name not in layout.columns]:
        notes.append(
            f"{len(absent)} of {len(inputs)} feature columns are not in this file; they count as missing: "
            f"{', '.join(absent)}."
        )
    if renamed := {usual: name for usual, name in _appended(plan, layout).items() if usual != name}:
        said = ", ".join(f"{usual} of the prediction is called {name}" for usual, name in renamed.items())
        notes.append(f"The file has columns of its own by these names: {said}.")
    if dropped := prediction_columns(layout.columns):
        notes.append(f"Columns of an earlier prediction are replaced: {', '.join(dropped)}.")
    if layout.skip:
        notes.append(f"The {layout.skip} lines with # before the table are not in the result.")
    return notes
