"""Judges whether reading a damaged file gives the truth or a reported count: never a silently wrong number."""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from exoplanet_desktop.catalogs.facts.numbers import is_missing, read_number
from exoplanet_desktop.catalogs.facts.physics import NUMBERS
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import UnreadableFile
from tests.cases.damages import Sheet

TRUTH, TOLD, REFUSED, SILENT = "truth", "told", "refused", "silent"


@dataclass
class Verdict:
    """Attributes:
    kind: one of TRUTH, TOLD, REFUSED, SILENT.
    why: the program's message, or what is wrong.
    """

    kind: str
    why: str = ""
    details: list[str] = field(default_factory=list)


def judge(path: Path, truth: Sheet, key: str, rows: list[list[str]] | None = None) -> Verdict:
    """Compares the table read from a file with the original; `key` is the column of object names.

    `rows`: the expected rows, if the damage changes them on purpose.
    """
    truth = replace(truth, rows=rows or truth.rows)
    try:
        table = Table.open(path)
    except UnreadableFile as error:
        sentence = str(error)
        return Verdict(SILENT if len(sentence) < 20 or "no rows" in sentence else REFUSED, sentence)
    with table:
        told = Counter()
        for entry in table.account():
            told[entry.column.lower()] += entry.count
        wrong = _wrong_cells(table, truth, key)
        if isinstance(wrong, str):
            return Verdict(SILENT, wrong, list(table.layout.notes))
        cells, lost, extra = wrong
        problems = [
            f"{count} cells of {column}, {told[column]} told"
            for column, count in cells.items()
            if told[column] < count and not _noted(table, column) and not _is_text(table, column)
        ]
        if lost > table.bad_count + _skipped(table):
            problems.append(f"{lost} rows are not there, {table.bad_count} bad lines")
        if extra and not (sum(told.values()) or table.layout.notes):
            problems.append(f"{extra} rows more")
        if problems:
            return Verdict(SILENT, "; ".join(problems[:4]), list(table.layout.notes))
        if cells or lost or extra:
            return Verdict(TOLD, f"{sum(cells.values())} cells, {lost} rows lost, {extra} more")
        return Verdict(TRUTH)


def _skipped(table: Table) -> int:
    return 0


def _is_text(table: Table, column: str) -> bool:
    """Whether a column has no numeric cell and no model uses it: shown as text, it misleads nobody."""
    name = next(name for name in table.columns if name.lower() == column)
    return name not in NUMBERS and name not in table.numeric and all(map(_no_number, table.texts(name)))


def _no_number(text: str | None) -> bool:
    return text is None or is_missing(text) or read_number(text) is None


def _noted(table: Table, column: str) -> bool:
    return any(f"`{column}`" in note.lower() for note in table.layout.notes)


def _wrong_cells(table: Table, truth: Sheet, key: str) -> tuple[dict[str, int], int, int] | str:
    names = {name.strip().lower(): name for name in table.columns}
    if key not in names:
        return f"there is no column {key}: {table.columns[:5]}"
    wanted = [truth.header[at] for at in truth.numbers]
    if absent := [name for name in wanted if name not in names]:
        return f"columns are not there: {absent[:5]}"
    numbers = table.numbers([names[name] for name in wanted])
    place = truth.header.index(key)
    rows = {row[place]: row for row in truth.rows}
    found = Counter()
    wrong: dict[str, int] = {}
    for text, got in zip(table.texts(names[key]), numbers, strict=True):
        row = rows.get((text or "").strip())
        if row is None:
            found["extra"] += 1
            continue
        found[row[place]] += 1
        for name, at, value in zip(wanted, truth.numbers, got, strict=True):
            if not _same(row[at], float(value)):
                wrong[name] = wrong.get(name, 0) + 1
    lost = sum(1 for name in rows if not found[name])
    return wrong, lost, found["extra"]


def _same(text: str, got: float) -> bool:
    try:
        want = float(text) if text else math.nan
    except ValueError:
        return True  # damaged twice: the original value is unknown here
    return (math.isnan(want) and math.isnan(got)) or bool(np.isclose(want, got, rtol=1e-12, atol=0))
