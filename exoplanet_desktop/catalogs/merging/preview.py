"""Preview of a merge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, never, silent, within
from exoplanet_desktop.catalogs.facts.numbers import is_missing, read_number
from exoplanet_desktop.catalogs.facts.physics import is_sentinel
from exoplanet_desktop.catalogs.merging.account import cells_of_files
from exoplanet_desktop.catalogs.merging.alike import same
from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.catalogs.merging.notes import lacking, notes_of
from exoplanet_desktop.catalogs.merging.objects import Objects
from exoplanet_desktop.catalogs.merging.united import compared
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Duplicates, Satellite

MOST_CONFLICTS = 100
_COMPARED = (200, 2_000, 20_000)  # objects whose rows are checked for conflicts, in turn, until enough are found


@dataclass(frozen=True)
class FilePreview:
    """One of the files.

    Attributes:
        path: the file.
        satellite: whose catalog it is, if recognised.
        rows: in it.
        bad_lines: lines that are not rows and are left out.
        gained: columns of the other files, in which its rows will be empty.
        lost: columns of a prediction and row counters, which are dropped.
        dropped: rows that the rule drops.
        filled: rows whose label comes from the prediction.
    """

    path: Path
    satellite: Satellite | None
    rows: int
    bad_lines: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    dropped: int
    filled: int


@dataclass(frozen=True)
class TypeClash:
    """A column with numbers in some files and texts in others.

    Attributes:
        column: of the merged file.
        numbers, texts: names of the files.
    """

    column: str
    numbers: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Two conflicting rows of one object.

    Attributes:
        identifier: the object.
        column: the column in which they differ.
        files: names of the files that the rows are in.
        numbers: the rows' numbers in their files, from 1.
        values: their cells.
        stays: whether the rule keeps the first and the second row.
    """

    identifier: str
    column: str
    files: tuple[str, str]
    numbers: tuple[int, int]
    values: tuple[str | None, str | None]
    stays: tuple[bool, bool]


@dataclass(frozen=True)
class MergePreview:
    """What a merge would produce.

    Attributes:
        files: in order.
        columns: of the merged file.
        type_clashes: columns that are numbers in some files and texts in others.
        identifier: the column that identifies the object of a row; "" if none does.
        repeated_identifiers: objects with several rows, in one file or in several.
        unlike_identifiers: those of them whose rows differ in writing.
        label: the column with the disposition; "" if there is none.
        label_changes: objects whose rows have different dispositions.
        conflicts: between two rows of such an object: the first 100 in the disposition, then the first 100 in the rest.
        rows: of the merged file.
        notes: other changes, a sentence each.
    """

    files: tuple[FilePreview, ...]
    columns: tuple[str, ...]
    type_clashes: tuple[TypeClash, ...]
    identifier: str
    repeated_identifiers: int
    unlike_identifiers: int
    label: str
    label_changes: int
    conflicts: tuple[Conflict, ...]
    rows: int
    notes: tuple[str, ...]


def preview_merge(
    paths: Sequence[Path],
    rule: Duplicates = Duplicates.EXACT,
    *,
    identifier: str | None = None,
    choices: Sequence[ReadingOptions | None] = (),
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> MergePreview:
    """Reads the files as `merge.merge_many` does, and describes what the merge would produce. Writes nothing.

    Raises what `merge_many` raises.
    """
    report, should_stop = report or silent, should_stop or never
    with Merging(paths, rule, identifier, report, should_stop, choices) as merging:
        merging.read(0.0, 0.5)
        merging.compare(0.5, 0.7)
        objects = Objects(merging, identifier, within(report, 0.7, 0.85))
        preview = MergePreview(
            files=tuple(_file(merging, number) for number in range(len(merging.sources))),
            columns=merging.columns,
            type_clashes=tuple(_clashes(merging, objects)),
            identifier=objects.column,
            repeated_identifiers=objects.repeated,
            unlike_identifiers=objects.unlike,
            label=objects.label,
            label_changes=objects.relabelled,
            conflicts=tuple(_conflicts(merging, objects)),
            rows=sum(source.loaded.rows for source in merging.sources) - sum(merging.dropped_each),
            notes=(*notes_of(merging), *cells_of_files(merging.sources, should_stop).notes),
        )
    report(1.0, "looked through")
    return preview


def _file(merging: Merging, number: int) -> FilePreview:
    source = merging.sources[number]
    layout = source.loaded.layout
    return FilePreview(
        path=layout.path,
        satellite=source.satellite,
        rows=source.loaded.rows,
        bad_lines=source.loaded.bad_count,
        gained=tuple(lacking(merging, source)),
        lost=(*source.appended, *source.counters),
        dropped=merging.dropped_each[number],
        filled=merging.filled[number],
    )


def _clashes(merging: Merging, objects: Objects) -> Iterator[TypeClash]:
    kinds = [objects.numeric(number) for number in range(len(merging.sources))]
    for column in merging.columns:
        numbers: list[str] = []
        texts: list[str] = []
        for source, numeric in zip(merging.sources, kinds, strict=True):
            if column in numeric:
                (numbers if numeric[column] else texts).append(source.name)
        if numbers and texts:
            yield TypeClash(column, tuple(numbers), tuple(texts))


def _conflicts(merging: Merging, objects: Objects) -> Iterator[Conflict]:
    """How two rows of an object differ: first in dispositions, then in other columns; some of each."""
    labels = _between(merging, objects, objects.relabelled_pairs(MOST_CONFLICTS), [objects.label])
    yield from islice(labels, MOST_CONFLICTS)
    others = [column for column in compared(merging.columns) if column != objects.label]
    yield from islice(_all_conflicts(merging, objects, others), MOST_CONFLICTS)


def _all_conflicts(merging: Merging, objects: Objects, columns: Sequence[str]) -> Iterator[Conflict]:
    """Rows that are written differently may be equivalent; only comparing their cells tells."""
    looked_at = 0
    for most in _COMPARED:
        pairs = objects.unlike_pairs(looked_at, most) if looked_at < objects.unlike else []
        looked_at += len(pairs)
        yield from _between(merging, objects, pairs, columns)


def _between(
    merging: Merging, objects: Objects, pairs: Sequence[tuple[int, int]], columns: Sequence[str]
) -> Iterator[Conflict]:
    if not pairs:
        return
    places = sorted({place for pair in pairs for place in pair})
    rows, kept = objects.rows(places), objects.kept(places)
    for first, second in pairs:
        yield from _differences(merging, objects, (first, second), rows, (first in kept, second in kept), columns)


def _says_nothing(column: str, value: str | None) -> bool:
    """Whether a cell is missing, or holds a number that means "missing" in its column."""
    if is_missing(value):
        return True
    number = read_number(value)
    return number is not None and is_sentinel(column.lower(), number)


def _differences(
    merging: Merging,
    objects: Objects,
    pair: tuple[int, int],
    rows: Mapping[int, Mapping[str, str | None]],
    stays: tuple[bool, bool],
    columns: Sequence[str],
) -> Iterator[Conflict]:
    first, second = (rows[place] for place in pair)
    (file_a, row_a), (file_b, row_b) = (objects.located(place) for place in pair)
    both = merging.sources[file_a], merging.sources[file_b]
    for column in columns:
        values = first[column], second[column]
        # A file makes no statement about a column that it lacks; nor does a cell without a value.
        says = all(source.has(column) for source in both) and not any(_says_nothing(column, value) for value in values)
        if says and not same(column, *values, label=objects.label):
            yield Conflict(
                identifier=first[objects.column] or "",
                column=column,
                files=(merging.sources[file_a].name, merging.sources[file_b].name),
                numbers=(row_a + 1, row_b + 1),
                values=values,
                stays=stays,
            )
