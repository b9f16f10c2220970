"""The words of the Merge tab."""

from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.duplicates import Duplicates
from exoplanet_desktop.gui.text import count, counted, tr

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.merge_preview import Conflict, MergePreview, TypeClash
    from exoplanet_desktop.wire.payloads import MergeReply

# Short enough for the column at the left; the tips say it whole.
RULES = {
    Duplicates.EXACT: ("Exact: first stays", "Rows that say the same in all cells: the first of them stays"),
    Duplicates.BY_IDENTIFIER_FIRST: ("By object: first stays", "Rows of the same object: the first of them stays"),
    Duplicates.BY_IDENTIFIER_LAST: ("By object: last stays", "Rows of the same object: the last of them stays"),
    Duplicates.BY_IDENTIFIER_MOST_COMPLETE: (
        "By object: fullest stays",
        "Rows of the same object: the one with the most values stays, the first of several",
    ),
    Duplicates.NONE: ("None: all stay", "No row is dropped"),
}
COLUMN_TIPS = {
    "Dropped": "Rows that the rule for duplicates drops",
    "Gained": "Columns of the other catalogs, in which the rows of this one are empty",
    "Lost": "Columns of a prediction and row counters, which are dropped",
    "Model's labels": "Rows whose label is the predicted one; `label_source` says so",
    "Bad lines": "Lines that are no rows, and are left out",
}
EMPTY_TEXT = (
    "Add two catalogs or more at the left: the rows of the first, then those of the next, with all their columns. "
    "What a merge would make of them is shown here before it happens."
)
WAITING_TEXT = "Choose a merged file at the left and Use it, to look at it and to train on it."
WHICH_ROWS = {(True, True): "both", (True, False): "first", (False, True): "second", (False, False): "neither"}


def rows(number: int) -> str:
    return counted(number, tr("row"), tr("rows"))


def size(preview: "MergePreview") -> str:
    """What would come of a merge: rows and columns."""
    return f"{rows(preview.rows)}, {counted(len(preview.columns), tr('column'), tr('columns'))}"


def sum_of(preview: "MergePreview") -> str:
    """How its rows come together."""
    every, dropped = sum(file.rows for file in preview.files), sum(file.dropped for file in preview.files)
    parts = " + ".join(count(file.rows) for file in preview.files)
    if not dropped:
        return tr("{parts} rows; the rule drops none.", parts=parts)
    return tr("{parts} rows, less {dropped} that the rule drops.", parts=parts, every=every, dropped=count(dropped))


def objects(preview: "MergePreview") -> str:
    """How many objects have several rows, and whether these say the same."""
    if not preview.identifier:
        return tr("No column tells which rows are of the same object, so that rows cannot be held against each other.")
    if not preview.repeated_identifiers:
        return tr("No object has several rows (by `{column}`).", column=preview.identifier)
    several = counted(preview.repeated_identifiers, tr("object has"), tr("objects have"))
    told = tr("{objects} several rows (by `{column}`).", objects=several, column=preview.identifier)
    if not preview.conflicts:
        return told + " " + tr("They say the same.")
    from exoplanet_desktop.catalogs.merge_preview import MOST_CONFLICTS

    if preview.label_changes:
        changed = counted(preview.label_changes, tr("object has"), tr("objects have"))
        told += " " + tr("{changed} different dispositions (`{label}`).", changed=changed, label=preview.label)
    others = sum(conflict.column != preview.label for conflict in preview.conflicts)
    if MOST_CONFLICTS in (others, len(preview.conflicts) - others):
        return told + " " + tr("Where they differ, at most {number} of each kind:", number=MOST_CONFLICTS)
    return told + " " + tr("Where they differ:")


def clash(found: "TypeClash") -> str:
    return tr(
        "`{column}` holds numbers in {numbers} and texts in {texts}.",
        column=found.column,
        numbers=", ".join(found.numbers),
        texts=", ".join(found.texts),
    )


def stays(conflict: "Conflict") -> str:
    return tr(WHICH_ROWS[conflict.stays])


def merged(reply: "MergeReply", who: str) -> str:
    """What came of a merge: who merged, rows, duplicates, and what else is noted."""
    said = tr("{file} has {rows}", file=reply.merged_filename, rows=rows(reply.merged_rows))
    if reply.rows_each:
        said += tr(", from {parts}", parts=" + ".join(map(count, reply.rows_each)))
    if reply.duplicates:
        said += tr(", less {dropped}", dropped=counted(reply.duplicates, tr("duplicate"), tr("duplicates")))
    notes = [note.rstrip(".") for note in (*(reply.notes or ()), *(cell.sentence for cell in reply.cells or ()))]
    return ". ".join([said, tr("Merged by {who}", who=who), *notes]) + "."
