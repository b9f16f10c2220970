"""The texts of the Merge tab."""

from exoplanet_desktop.catalogs.merging.preview import MOST_CONFLICTS, Conflict, MergePreview, TypeClash
from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.wire.payloads import MergeReply
from exoplanet_desktop.wire.vocabulary import Duplicates

# Short enough for the column at the left; the tooltips have the full text.
RULES = {
    Duplicates.EXACT: ("Exact: keep first", "Rows that agree in every cell: the first one is kept"),
    Duplicates.BY_IDENTIFIER_FIRST: ("By object: keep first", "Rows of the same object: the first one is kept"),
    Duplicates.BY_IDENTIFIER_LAST: ("By object: keep last", "Rows of the same object: the last one is kept"),
    Duplicates.BY_IDENTIFIER_MOST_COMPLETE: (
        "By object: keep fullest",
        "Rows of the same object: the one with the most values is kept; if several have as many, the first of them",
    ),
    Duplicates.NONE: ("None: keep all", "No rows are dropped"),
}
COLUMN_TIPS = {
    "Dropped": "Rows dropped as duplicates by the rule",
    "Gained": "Columns of the other catalogs; they are empty in this catalog's rows",
    "Lost": "Dropped columns: those of a prediction, and row counters",
    "Model's labels": "Rows labelled with the predicted class; `label_source` marks them",
    "Bad lines": "Lines that are not rows and are left out",
}
EMPTY_TEXT = (
    "Add two or more catalogs on the left: the rows of the first, then those of the next, with all their columns. A "
    "preview of the merged table appears here before you merge."
)
WAITING_TEXT = "Choose a merged file on the left and click Use, to view it and to train on it."
WHICH_ROWS = {(True, True): "both", (True, False): "first", (False, True): "second", (False, False): "neither"}


def rows(number: int) -> str:
    return counted(number, tr("row"), tr("rows"))


def size(preview: "MergePreview") -> str:
    """The size of the merged table: rows and columns."""
    return f"{rows(preview.rows)}, {counted(len(preview.columns), tr('column'), tr('columns'))}"


def sum_of(preview: "MergePreview") -> str:
    """How its rows are composed."""
    every, dropped = sum(file.rows for file in preview.files), sum(file.dropped for file in preview.files)
    parts = " + ".join(count(file.rows) for file in preview.files)
    if not dropped:
        return tr("{parts} rows; no rows dropped.", parts=parts)
    return tr("{parts} rows, minus {dropped} dropped by the rule.", parts=parts, every=every, dropped=count(dropped))


def objects(preview: "MergePreview") -> str:
    """How many objects have several rows, and whether these agree."""
    if not preview.identifier:
        return tr("No column identifies the rows of the same object, so rows cannot be compared.")
    if not preview.repeated_identifiers:
        return tr("No object has several rows (by `{column}`).", column=preview.identifier)
    one, many = tr("object has several rows (by `{column}`)."), tr("objects have several rows (by `{column}`).")
    told = counted(preview.repeated_identifiers, one, many).format(column=preview.identifier)
    if not preview.conflicts:
        return told + " " + tr("There are no conflicts.")

    if preview.label_changes:
        one, many = (
            tr("object has different dispositions (`{label}`)."),
            tr("objects have different dispositions (`{label}`)."),
        )
        told += " " + counted(preview.label_changes, one, many).format(label=preview.label)
    others = sum(conflict.column != preview.label for conflict in preview.conflicts)
    if MOST_CONFLICTS in (others, len(preview.conflicts) - others):
        return told + " " + tr("Where they differ, at most {number} of each kind:", number=MOST_CONFLICTS)
    return told + " " + tr("Where they differ:")


def clash(found: "TypeClash") -> str:
    return tr(
        "`{column}` contains numbers in {numbers} and text in {texts}.",
        column=found.column,
        numbers=", ".join(found.numbers),
        texts=", ".join(found.texts),
    )


def stays(conflict: "Conflict") -> str:
    return tr(WHICH_ROWS[conflict.stays])


def merged(reply: "MergeReply", who: str) -> str:
    """The result of a merge: who merged, rows, duplicates, and other notes."""
    said = tr("{file} has {rows}", file=reply.merged_filename, rows=rows(reply.merged_rows))
    if reply.rows_each:
        said += tr(", from {parts}", parts=" + ".join(map(count, reply.rows_each)))
    if reply.duplicates:
        said += tr(", minus {dropped}", dropped=counted(reply.duplicates, tr("duplicate"), tr("duplicates")))
    notes = [note.rstrip(".") for note in (*(reply.notes or ()), *(cell.sentence for cell in reply.cells or ()))]
    return ". ".join([said, tr("Merged by {who}", who=who), *notes]) + "."
