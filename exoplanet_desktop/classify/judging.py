"""Predicts a block of a catalog: what goes into the result, and the counts along the way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import eq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.dictionary import Range
from exoplanet_desktop.catalogs.facts.satellites import SatelliteInfo
from exoplanet_desktop.catalogs.tables.labels import LabelReader
from exoplanet_desktop.classify.blocks import Block, Wanted
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.explain import explain
from exoplanet_desktop.classify.features import Matrix
from exoplanet_desktop.classify.known import NAMED_STARS, KnownAnswer, answer
from exoplanet_desktop.classify.rows import appended_cells, reply_row, seen_word
from exoplanet_desktop.wire.prediction_columns import SEEN_COLUMN
from exoplanet_desktop.wire.vocabulary import KnownRows

_SAMPLED = 64  # rows of a block whose numbers are kept for medians


@dataclass(frozen=True)
class Plan:
    """What a worker needs to predict a block.

    Attributes:
        disposition: reads the file's labels.
        units: of the file's columns.
        start: number of the first requested row.
        results_limit, explain: see PredictRequest.
        known_rows: which model predicts rows that this model was trained on.
        ranges: the training ranges of the numeric columns, in their order; None if unknown.
    """

    classifier: Classifier
    info: SatelliteInfo
    disposition: LabelReader
    units: dict[str, str]
    start: int
    results_limit: int | None
    explain: int
    known_rows: KnownRows
    ranges: tuple[Range | None, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns to read as numbers: the features', then the star's, if stars have numbers."""
        numbers = self.classifier.features.numbers
        return (*numbers, self.info.host) if self.numbered_stars else numbers

    @property
    def numbered_stars(self) -> bool:
        return self.classifier.memory.known is not None and self.info.satellite not in NAMED_STARS

    @property
    def named_stars(self) -> bool:
        return self.classifier.memory.known is not None and self.info.satellite in NAMED_STARS

    def wanted(self) -> Wanted:
        texts = dict.fromkeys((*self.classifier.features.texts, self.info.label))
        if self.named_stars:
            texts |= dict.fromkeys((self.info.host,))
        return Wanted(self.numbers, tuple(texts))

    def listed(self, block: Block) -> int:
        """How many of a block's rows go into the results."""
        limit = self.results_limit
        return block.rows if limit is None else min(max(limit - (block.first - self.start), 0), block.rows)


@dataclass(frozen=True)
class Judged:
    """A predicted block.

    Attributes:
        lines: the rows with their predictions, as CSV.
        counts: rows by predicted class; `known` and `matches` as in Prediction.agreement.
        seen, stars, unanswered: see known.KnownAnswer, counted.
        there: which numeric columns contain a number, then which categorical ones contain a text.
        unread: required columns that have cells, but no number.
        bare: rows without a single number.
        outside: rows below and above the training range, and rows with a number at all, by numeric column.
        sample: numbers of some rows.
    """

    lines: bytes
    line_end: str
    rows: int
    counts: Counter[str]
    known: int
    matches: int
    results: list[dict[str, Any]]
    seen: int
    stars: int
    unanswered: int
    there: NDArray[np.bool_]
    unread: frozenset[str]
    bare: int
    outside: NDArray[np.int64]
    sample: NDArray[np.float64]


def judge(plan: Plan, block: Block) -> Judged:
    """Task: predicts a block."""
    classifier, info, labels = plan.classifier, plan.info, plan.classifier.labels
    features = classifier.features
    parsed = block.parse(plan.wanted())
    numbers = parsed.numbers[:, : len(features.numbers)]
    stars = parsed.numbers[:, -1] if plan.numbered_stars else None
    texts = {name: parsed.texts[name] for name in features.texts}
    matrix = classifier.matrix(numbers, texts)
    names = parsed.texts[info.host] if plan.named_stars else None
    said = answer(classifier, block, matrix, stars, names, plan.known_rows)
    predicted = [labels[index] for index in said.probabilities.argmax(axis=1).tolist()]
    dispositions = {cell: _text(plan.disposition(cell)) for cell in set(parsed.texts[info.label])}
    actual = [dispositions[cell] for cell in parsed.texts[info.label]]
    filled = ~np.isnan(numbers)
    count = filled.sum(axis=0)
    there = np.array([*(count > 0), *(any(cell is not None for cell in cells) for cells in texts.values())])
    return Judged(
        lines=block.extended(appended_cells(labels, said.probabilities, actual, said.seen)),
        line_end=block.line_end,
        rows=block.rows,
        counts=Counter(predicted),
        known=len(actual) - actual.count(None),
        matches=sum(map(eq, predicted, actual)),
        results=_results(plan, block, said, matrix, actual),
        seen=0 if said.seen is None else int(said.seen.sum()),
        stars=said.stars,
        unanswered=said.unanswered,
        there=there,
        unread=_unread(plan, block, count),
        bare=int((~filled.any(axis=1)).sum()),
        outside=_outside(plan, numbers, count),
        sample=numbers[:: max(1, len(numbers) // _SAMPLED)].copy(),
    )


def _results(
    plan: Plan, block: Block, said: KnownAnswer, matrix: Matrix, actual: Sequence[str | None]
) -> list[dict[str, Any]]:
    listed, info = plan.listed(block), plan.info
    if not listed:
        return []
    rows = range(listed)
    cells = {name: block.some(name, rows) for name in info.identifiers}
    results = [
        reply_row(
            info.satellite,
            block.first + row,
            {name: texts[row] for name, texts in cells.items()},
            actual[row],
            plan.classifier.labels,
            said.probabilities[row].tolist(),
        )
        for row in rows
    ]
    if said.seen is not None:
        results = [
            {**row, SEEN_COLUMN: seen_word(one)} for row, one in zip(results, said.seen[:listed].tolist(), strict=True)
        ]
    if not plan.explain:
        return results
    reasons = _reasons(plan, matrix[:listed], said.fold[:listed])
    return [{**row, "explanation": reason} for row, reason in zip(results, reasons, strict=True)]


def _reasons(plan: Plan, matrix: Matrix, fold: NDArray[np.int64]) -> list[list[dict[str, Any]]]:
    """Explains the predictions of rows, each with the model that predicted it."""
    out: list[list[dict[str, Any]]] = [[] for _ in range(len(matrix))]
    for one in np.unique(fold).tolist():
        estimator = plan.classifier.memory.folds.get(one) or plan.classifier.estimator
        rows = np.flatnonzero(fold == one)
        reasons = explain(replace(plan.classifier, estimator=estimator), matrix[rows], plan.explain, plan.units)
        for row, reason in zip(rows.tolist(), reasons, strict=True):
            out[row] = reason
    return out


def _unread(plan: Plan, block: Block, count: NDArray[np.int64]) -> frozenset[str]:
    places = {name: place for place, name in enumerate(plan.classifier.features.numbers)}
    blank = [name for name in plan.info.required if name in places and not count[places[name]]]
    return frozenset(name for name in blank if any(cell is not None for cell in block.some(name, range(block.rows))))


def _outside(plan: Plan, numbers: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    low = np.array([-np.inf if one is None else one.low for one in plan.ranges])
    high = np.array([np.inf if one is None else one.high for one in plan.ranges])
    return np.stack([(numbers < low).sum(axis=0), (numbers > high).sum(axis=0), count])


def _text(label: Any) -> str | None:
    return None if label is None else str(label)
