"""A catalog in the plainest possible CSV, for programs that read no other.

A backend of the plain contract reads a file with a few lines of Python: it treats ` koi_period` as a different column
from `koi_period`, a line of prose as the header, and replies all the same. So it gets this: UTF-8, commas, `\\n`, the
archive's names in the first line, one line per row, numbers with a decimal point and nothing around them, missing cells
empty.
"""

# ruff: noqa: S608 - names in SQL come through Cells, identifier() and literal()

import filecmp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.database import identifier, literal, run, some_at_once
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, never, silent, within
from exoplanet_desktop.catalogs.facts.numbers import BLANKS
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo, recognise, spelling
from exoplanet_desktop.catalogs.reading.layout import Layout, sniff
from exoplanet_desktop.catalogs.reading.sniffing import unique_names
from exoplanet_desktop.catalogs.tables.labels import layout_disposition, not_by_models
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Disposition, Satellite

_PLAIN = {
    ".": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?",
    ",": r"[+-]?[0-9]+([eE][+-]?[0-9]+)?",  # in these files, a point separates thousands
}
_MOST_SPELLINGS = 1_000  # of a label; a column with more of them is not a label column
_LISTED = 5  # columns, and lines, to name in a sentence


@dataclass(frozen=True)
class PlainCopy:
    """A plain copy of a file.

    Attributes:
        layout: how the file was read.
        columns: of the copy.
        rows: of the copy: those of the table that the program shows of the file, in the same order.
        left_out: rows of that table that are not in the copy, because their label comes from a model.
        same: the file is already plain: the copy has the same bytes.
        notes: what was guessed, and what the copy leaves out, a sentence each.
    """

    layout: Layout
    columns: tuple[str, ...]
    rows: int
    left_out: int
    same: bool
    notes: tuple[str, ...]


def plain_copy(
    path: Path,
    out: Path,
    choice: ReadingOptions | None = None,
    *,
    satellite: Satellite | None = None,
    model_labels: bool = True,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> PlainCopy:
    """Writes a plain copy of a catalog; `out` appears whole or not at all.

    Args:
        path: a file that `Table.open` reads.
        out: the copy.
        choice: the user's reading options.
        satellite: whose dispositions its label column has; that of its columns if None.
        model_labels: whether to keep rows whose label comes from a model.
        report, should_stop: see progress.

    Raises UnreadableFile, InputError if no row remains, UnavailableError and Cancelled.
    """

    report, should_stop = report or silent, should_stop or never
    layout = sniff(path, choice)
    with Table.open(path, layout=layout, report=within(report, 0.0, 0.7), should_stop=should_stop) as table:
        columns, _ = unique_names([" ".join(name.split()) for name in table.columns])
        satellite = satellite or recognise(table.columns)
        info = SATELLITES[satellite] if satellite else None
        rows = table.select() if model_labels else not_by_models(table, should_stop)
        with whole(out) as part:
            _write(rows, columns, info, part, within(report, 0.7, 1.0), should_stop)
        notes = (*table.layout.notes, *_left_out(table), *_unread(table))
        report(1.0, "written")
        left_out = table.row_count - rows.row_count
        same = filecmp.cmp(path, out, shallow=False)
        return PlainCopy(table.layout, columns, rows.row_count, left_out, same, notes)


def _write(
    rows: "View",
    columns: Sequence[str],
    info: SatelliteInfo | None,
    out: Path,
    report: Report,
    should_stop: ShouldStop,
) -> None:
    table = rows.table
    copy = table.exports / "plain.csv"
    cells = [_cell(table, name, info) for name in table.columns]
    if len(cells) == 1:  # a missing cell would be a blank line, which is not a row
        cells = [f"coalesce({cells[0]}, '')"]
    listed = ", ".join(f"{cell} AS {identifier(name)}" for cell, name in zip(cells, columns, strict=True))
    sql = f"COPY (SELECT {listed} FROM {rows.source}) TO {literal(str(copy))} (FORMAT csv, HEADER)"
    try:
        with table.writing() as cursor:
            run(cursor, sql, stage="writing", report=report, should_stop=should_stop)
        with copy.open("rb") as source, out.open("wb") as target:
            while block := source.read(1 << 22):
                target.write(block)
    finally:
        copy.unlink(missing_ok=True)


def _cell(table: "Table", name: str, info: SatelliteInfo | None) -> str:
    """SQL for a cell of the copy; NULL if it is missing."""
    cells, cell = table.cells, table.cells.cell(name)
    if info is not None and name == info.label and (words := _dispositions(table, info)):
        cases = " ".join(f"WHEN {literal(text)} THEN {literal(word)}" for text, word in words.items())
        return f"nullif(CASE {cell} {cases} ELSE {_text(table, name)} END, '')"
    if name in table.layout.texts or not cells.kind(name).numeric:
        return _text(table, name)
    trimmed, number = f"trim({cell}, {literal(BLANKS)})", cells.number(name)
    plain = literal(_PLAIN[table.layout.decimal])
    return f"""CASE WHEN {cells.missing(name)} THEN NULL WHEN regexp_full_match({trimmed}, {plain}) THEN {trimmed}
        WHEN isfinite({number}) THEN CAST({number} AS VARCHAR) END"""


def _text(table: "Table", name: str) -> str:
    shown = f"regexp_replace(trim({table.cells.text(name)}, {literal(BLANKS)}), '[\\r\\n]+', ' ', 'g')"
    return f"nullif({shown}, '')"


def _dispositions(table: "Table", info: SatelliteInfo) -> Mapping[str, str]:
    """The copy's text for a label that the archive spells differently; "" for none."""
    found = table.counts(info.label)
    if len(found) > _MOST_SPELLINGS:
        return {}
    return {text: word for text in found if text and (word := _archive_word(table.layout, info, text)) is not None}


def _archive_word(layout: Layout, info: SatelliteInfo, text: str) -> str | None:
    """The archive's word for a label; "" for none, None if the text may stay as it is."""
    spelt = text.strip(BLANKS)
    mapped = spelling(text) in layout.dispositions
    if spelt in info.label_map and not mapped:
        return None
    label = layout_disposition(layout, info, text)
    if label is None:
        return "" if mapped else None
    return _code(info, label)


def _code(info: SatelliteInfo, label: Disposition) -> str:
    """How a satellite's catalog writes a class: its code (`CP`) if it has codes, otherwise the name of the class."""
    codes: dict[Disposition, str] = {}
    for code, meaning in info.label_map.items():
        if code not in tuple(Disposition):
            codes.setdefault(meaning, code)
    return codes[label] if set(codes) == set(Disposition) else str(label)


def _left_out(table: "Table") -> list[str]:
    if not table.bad_count:
        return []
    lines = ", ".join(f"{bad.line:,}" for bad in table.bad_lines[:_LISTED])
    more = ", …" if table.bad_count > _LISTED else ""
    if table.bad_count == 1:
        return [f"1 line that does not fit the header is not in the copy (line {lines})."]
    return [f"{table.bad_count:,} lines that do not fit the header are not in the copy (lines {lines}{more})."]


def _unread(table: "Table") -> list[str]:
    """A sentence on the cells of number columns that are neither a number nor missing."""
    counts = _unread_counts(table)
    if not counts:
        return []
    total = sum(counts.values())
    named = ", ".join(f"{count:,} in `{name}`" for name, count in list(counts.items())[:_LISTED])
    more = f" and {len(counts) - _LISTED} more columns" if len(counts) > _LISTED else ""
    cells = "1 cell that is not a number is" if total == 1 else f"{total:,} cells that are not numbers are"
    return [f"{cells} empty in the copy: {named}{more}."]


def _unread_counts(table: "Table") -> dict[str, int]:
    cells, texts = table.cells, table.layout.texts
    names = [name for name in table.columns if name in table.numeric and name not in texts]
    found: dict[str, int] = {}
    with table.reading() as cursor:
        for some in some_at_once(names):
            lost = (
                f"count(*) FILTER (NOT {cells.missing(name)} AND NOT coalesce(isfinite({cells.number(name)}), false))"
                for name in some
            )
            row = cursor.execute(f"SELECT {', '.join(lost)} FROM data").fetchone() or ()
            found |= {name: int(count) for name, count in zip(some, row, strict=True) if count}
    return found
