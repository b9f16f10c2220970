"""Counts of a table's prediction columns: classes, confidence, agreement with the catalog."""

# ruff: noqa: S608 - names in SQL come through Cells

from collections.abc import Mapping
from dataclasses import dataclass

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, recognise
from exoplanet_desktop.catalogs.tables.labels import label_reader
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.wire.prediction_columns import CONFIDENCE_COLUMNS, PREDICTED_COLUMNS

BINS = 20


@dataclass(frozen=True)
class Predicted:
    """Attributes:
    column: the column with the predicted class.
    label: the column with the class of the catalog; "" if there is none.
    counts: rows by predicted class.
    confidence: rows by predicted class, in BINS equal bins of the confidence from 0 to 1.
    pairs: rows by (class in the catalog, predicted class), if the catalog has a known one.
    spellings: how the catalog writes each class.
    """

    column: str
    label: str
    counts: Mapping[str, int]
    confidence: Mapping[str, tuple[int, ...]]
    pairs: Mapping[tuple[str, str], int]
    spellings: Mapping[str, tuple[str, ...]]


def predicted(table: "Table") -> Predicted | None:
    """What a table's prediction columns say; None where it has none. One pass over the table."""
    column = next((name for name in PREDICTED_COLUMNS if name in table.columns), "")
    if not column:
        return None
    satellite = recognise(table.columns)
    info = SATELLITES[satellite] if satellite else None
    label = info.label if info and info.label in table.columns else ""
    read = label_reader(table.layout, info) if info else None
    confidence = next((name for name in CONFIDENCE_COLUMNS if name in table.columns), "")
    cells = table.cells
    number = cells.number(confidence) if confidence else "NULL"
    place = f"CASE WHEN {number} BETWEEN 0 AND 1 THEN least(CAST(floor({number} * {BINS}) AS INTEGER), {BINS - 1}) END"
    with table.reading() as cursor:
        found = cursor.execute(
            f"""SELECT {cells.text(column)}, {cells.text(label) if label else "NULL"}, {place}, count(*) FROM data
                GROUP BY ALL"""
        ).fetchall()
    counts: dict[str, int] = {}
    bins: dict[str, list[int]] = {}
    pairs: dict[tuple[str, str], int] = {}
    spellings: dict[str, set[str]] = {}
    for said, raw, at, rows in found:
        if said is None:
            continue
        counts[said] = counts.get(said, 0) + rows
        if at is not None:
            bins.setdefault(said, [0] * BINS)[at] += rows
        actual = read(raw) if read and raw is not None else None
        if actual is not None:
            pairs[str(actual), said] = pairs.get((str(actual), said), 0) + rows
            spellings.setdefault(str(actual), set()).add(raw)
    return Predicted(
        column,
        label,
        counts,
        {said: tuple(rows) for said, rows in bins.items()},
        pairs,
        {name: tuple(sorted(texts)) for name, texts in spellings.items()},
    )
