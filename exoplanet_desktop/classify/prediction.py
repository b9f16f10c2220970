"""Prediction: from a catalog and a classifier to a CSV with its classes, in constant memory."""

import io
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from csv import writer as csv_writer
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, within
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
from exoplanet_desktop.catalogs.reading.layout import Layout, sniff
from exoplanet_desktop.catalogs.reading.records import lines_left_out
from exoplanet_desktop.catalogs.tables.account import cell_counts, sentences
from exoplanet_desktop.catalogs.tables.appended import appended_columns, free_names, prediction_columns
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.blocks import Block, NotPlain, cell_blocks, out_of_range, plain_blocks
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.judging import Judged, Plan, judge
from exoplanet_desktop.classify.tally import Tally, ranges_of
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.payloads import CellCount, Worth
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import KnownRows

log = logging.getLogger("exoplanet_desktop.classify")

BLOCKS_AHEAD = 4


@dataclass
class Prediction:
    """The result of a prediction.

    Attributes:
        from_row, to_row: the rows, from 0, both inclusive.
        total: how many.
        results: rows with the keys of the wire contract, and `explanation` if requested.
        class_counts: rows by predicted class.
        agreement: `known` rows with a class in the file, `matches` of them predicted correctly.
        worth: the cost of absent columns; None if none is absent, or if the model cannot tell.
        seen: rows that the model was trained on; None if it does not remember.
        notes: what a user should know, a sentence each; the most important first.
        cells: cells that were not read as written; `notes` mention them, too.
    """

    from_row: int
    to_row: int
    total: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    class_counts: dict[str, int] = field(default_factory=dict)
    agreement: dict[str, int] = field(default_factory=lambda: {"known": 0, "matches": 0})
    worth: Worth | None = None
    seen: int | None = None
    notes: list[str] = field(default_factory=list)
    cells: list[CellCount] = field(default_factory=list)


def predict(
    csv: Path,
    classifier: Classifier,
    request: PredictRequest,
    out: Path,
    *,
    executor: Executor,
    report: Report,
    should_stop: ShouldStop,
    reading: ReadingOptions | None = None,
) -> Prediction:
    """Predicts rows of a catalog and writes them to `out`, each with its original cells followed by the prediction.

    `reading`: how the catalog is to be read, where that is not to be found out. The classifier is the one of the
    request.
    Raises MissingColumns where columns are missing without which no prediction makes sense, InputError for a row range
    that is not in the file and for a needed column whose cells are no numbers, UnreadableFile, UnavailableError and
    Cancelled; then there is no `out`.
    """
    layout = sniff(csv, reading)
    info = SATELLITES[classifier.features.satellite]
    check_for_prediction(layout.columns, info)
    start, end = _range(request)
    plan = Plan(
        classifier,
        info,
        label_reader(layout, info),
        dict(layout.units),
        start,
        request.results_limit,
        request.explain or 0,
        request.known_rows or KnownRows.HELD_OUT,
        ranges_of(classifier),
    )
    try:
        return _run(plan, layout, plain_blocks(layout, start, end), out, executor, report, should_stop)
    except NotPlain:
        log.info("%s needs a true CSV reader.", csv.name)
    with Table.open(csv, layout=layout, report=within(report, 0.0, 0.3), should_stop=should_stop) as table:
        if start >= table.row_count or (end or 0) > table.row_count:
            raise out_of_range(start, end, table.row_count)
        blocks = cell_blocks(table, plan.numbers, start, end)
        part = within(report, 0.3, 1.0)
        prediction = _run(plan, table.layout, blocks, out, executor, part, should_stop)
        told = table.account((*classifier.features.inputs, *info.identifiers), should_stop=should_stop)
        prediction.cells = cell_counts(told, table.layout.units)
        prediction.notes += sentences(told, table.layout.units)
        prediction.notes += lines_left_out(table.bad_lines, table.bad_count)
    return prediction


def _range(request: PredictRequest) -> tuple[int, int | None]:
    """First row, and the row behind the last (None: to the end). Raises InputError where no file has such rows."""
    start, last = request.from_row or 0, request.to_row
    if start < 0 or (last is not None and last < 0):
        raise InputError("Invalid row range: row numbers begin at 0. Choose rows of the file.")
    if last is not None and last < start:
        raise InputError(f"Invalid row range: the last row ({last}) is before the first ({start}). Swap them.")
    return start, None if last is None else last + 1


def _run(
    plan: Plan,
    layout: Layout,
    blocks: Iterable[Block],
    out: Path,
    executor: Executor,
    report: Report,
    should_stop: ShouldStop,
) -> Prediction:
    prediction = Prediction(plan.start, plan.start - 1)
    tally = Tally(plan, layout)
    with whole(out) as part, part.open("wb") as file:
        for judged, done in _judged(plan, blocks, executor, should_stop):
            if not tally.rows:
                file.write(_header(plan, layout, judged.line_end))
            file.write(judged.lines)
            prediction.results += judged.results
            tally.take(judged)
            report(done, f"{tally.rows:,} rows predicted")
        tally.check()
    prediction.total = tally.rows
    prediction.to_row = plan.start + tally.rows - 1
    prediction.class_counts = dict(tally.counts)
    prediction.agreement = {"known": tally.known, "matches": tally.matches}
    prediction.seen = tally.seen
    prediction.worth, first, last = tally.told()
    prediction.notes = [*first, *_notes(plan, layout), *last]
    log.info("Predicted %s rows: %s.", f"{prediction.total:,}", prediction.class_counts)
    return prediction


def _judged(
    plan: Plan, blocks: Iterable[Block], executor: Executor, should_stop: ShouldStop
) -> Iterator[tuple[Judged, float]]:
    """Predicts blocks in parallel, a few ahead of the writer, and returns them in order."""
    ahead: deque[tuple[Future[Judged], float]] = deque()
    try:
        for block in blocks:
            check(should_stop)
            ahead.append((executor.submit(judge, plan, block), block.done))
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


def _header(plan: Plan, layout: Layout, line_end: str) -> bytes:
    line = io.StringIO(newline="")
    csv_writer(line, delimiter=layout.written, lineterminator=line_end).writerow(
        [*_kept(layout), *_appended(plan, layout).values()]
    )
    return line.getvalue().encode()


def _kept(layout: Layout) -> list[str]:
    """The file's own names, except for columns with converted units."""
    dropped = set(prediction_columns(layout.columns))
    pairs = zip(layout.columns, layout.file_columns, strict=True)
    return [name if name in layout.conversions else own for name, own in pairs if name not in dropped]


def _appended(plan: Plan, layout: Layout) -> dict[str, str]:
    """The names of the appended columns, by their usual ones: the file's own columns keep theirs."""
    usual = appended_columns(plan.classifier.labels, seen=plan.classifier.memory.known is not None)
    return free_names(usual, _kept(layout))


def _notes(plan: Plan, layout: Layout) -> list[str]:
    notes = list(layout.notes)
    if renamed := {usual: name for usual, name in _appended(plan, layout).items() if usual != name}:
        said = ", ".join(f"{usual} of the prediction is called {name}" for usual, name in renamed.items())
        notes.append(f"The file already has columns with these names: {said}.")
    if dropped := prediction_columns(layout.columns):
        notes.append(f"Columns of an earlier prediction are replaced: {', '.join(dropped)}.")
    if layout.skip:
        lines = "The line" if layout.skip == 1 else f"The {layout.skip:,} lines"
        notes.append(f"{lines} before the column names {'is' if layout.skip == 1 else 'are'} not in the result.")
    return notes
