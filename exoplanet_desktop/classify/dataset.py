"""The labelled rows of a catalog, ready for training, and an account of the unused rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.tables.labels import (
    HOW_TO_MAP,
    LabelAccount,
    account_of_labels,
    label_reader,
    made_by_model,
    source_column,
)
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.features import FeatureSet, Matrix, feature_set, known_text, with_categories
from exoplanet_desktop.classify.hosts import Hosts, find_hosts
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.payloads import LeftOut
from exoplanet_desktop.wire.vocabulary import Disposition, Features

LINES_LISTED = 20
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """Labelled rows.

    Attributes:
        matrix: (rows, features).
        features: the feature set, with its categories.
        labels: the classes that occur, in the order of Disposition; `y` indexes it.
        y: class of each row.
        groups: number of each row's host star.
        rows: each row's number in the file, from 0.
        left_out: which rows are not used, and why.
        objects, stars: the file's names of each row's object and host star; "" if it has none.
        made_by_models: rows with a known label that comes from a model, used or not.
        hosts: which rows belong to the same star, by keys.
        absent: columns of the feature set that the file lacks, or that are empty in all labelled rows.
    """

    matrix: Matrix
    features: FeatureSet
    labels: tuple[str, ...]
    y: Integers
    groups: Integers
    rows: Integers
    left_out: tuple[LeftOut, ...]
    objects: tuple[str, ...]
    stars: tuple[str, ...]
    hosts: Hosts
    absent: tuple[str, ...] = ()
    made_by_models: int = 0

    @property
    def group_count(self) -> int:
        return int(self.groups.max()) + 1

    def stars_per_class(self) -> dict[str, int]:
        return {name: len(np.unique(self.groups[self.y == index])) for index, name in enumerate(self.labels)}


def read_dataset(table: Table, blank: FeatureSet, *, model_labels: bool, folds: int) -> Dataset:
    """Reads the labelled rows of a catalog.

    Args:
        table: the catalog; its columns must have been checked.
        blank: the feature set, without categories.
        model_labels: whether to use rows whose label comes from a model (merged files say so).
        folds: each class needs at least as many stars.
    Raises InputError if there is too little to train on.
    """
    info = SATELLITES[blank.satellite]
    read = label_reader(table.layout, info)
    classes = [read(text) for text in table.texts(info.label)]
    account = account_of_labels(table.counts(info.label), read)
    known = np.array([label is not None for label in classes], dtype=bool)
    made = _made_by_models(table) & known
    used = known if model_labels else known & ~made
    left_out = _account(table, known, np.zeros_like(made) if model_labels else made, info, account)
    rows = np.flatnonzero(used)
    labels = tuple(str(label) for label in Disposition if any(classes[row] is label for row in rows))
    place = {name: index for index, name in enumerate(labels)}
    y = np.array([place[str(classes[row])] for row in rows], dtype=np.int64)
    names, raw_stars = _column(table, info.name, rows), _column(table, info.host, rows)
    hosts = find_hosts(names, raw_stars, info)
    groups = hosts.groups
    _check_enough(table, y, groups, labels, folds, info, account)
    numbers = table.numbers(blank.numbers)[rows]
    _check_measured(numbers, blank.numbers, info)
    cells = {name: _cells(table, name, rows) for name in blank.texts}
    features = with_categories(blank, cells)
    return Dataset(
        features.matrix(numbers, cells),
        features,
        labels,
        y,
        groups,
        rows,
        left_out,
        tuple(name or "" for name in names),
        tuple(star or "" for star in raw_stars),
        hosts,
        _absent(blank, numbers, cells),
        int(made.sum()),
    )


def _column(table: Table, name: str, rows: Integers) -> list[str | None]:
    if name not in table.columns:
        return [None] * len(rows)
    cells = table.texts(name)
    return [cells[row] for row in rows.tolist()]


def _absent(
    features: FeatureSet, numbers: NDArray[np.float64], cells: Mapping[str, Sequence[str | None]]
) -> tuple[str, ...]:
    empty = [name for place, name in enumerate(features.numbers) if np.isnan(numbers[:, place]).all()]
    return (*empty, *(name for name, texts in cells.items() if all(cell is None for cell in texts)))


def blinded(dataset: Dataset) -> Dataset:
    """The same rows without the columns that carry the verdict."""
    info = SATELLITES[dataset.features.satellite]
    names = dataset.features.names
    keep = [index for index, name in enumerate(names) if not _is_verdict(name, info)]
    without = [name for name in dataset.features.left_out if name not in info.verdict]
    blind = feature_set(info.satellite, Features.BLIND, without)
    absent = tuple(name for name in dataset.absent if name not in info.verdict)
    matrix = np.ascontiguousarray(dataset.matrix[:, keep])
    return replace(dataset, matrix=matrix, features=blind, absent=absent)


def _is_verdict(name: str, info: SatelliteInfo) -> bool:
    return name in info.verdict_numbers or any(name.startswith(f"{text} = ") for text in info.verdict_texts)


def _cells(table: Table, name: str, rows: Integers) -> list[str | None]:
    if name not in table.columns:
        return [None] * len(rows)
    cells = table.texts(name)
    return [known_text(cells[row]) for row in rows]


def _made_by_models(table: Table) -> NDArray[np.bool_]:
    if (column := source_column(table.columns)) is None:
        return np.zeros(table.row_count, dtype=bool)
    return np.array([made_by_model(text) for text in table.texts(column)], dtype=bool)


def _account(
    table: Table, known: NDArray[np.bool_], made: NDArray[np.bool_], info: SatelliteInfo, labels: LabelAccount
) -> tuple[LeftOut, ...]:
    allowed, column = ", ".join(info.label_map), table.layout.name_in_file(info.label)
    unknown = f"; unknown are {labels.values}" if labels.unknown else ""
    entries = []
    for reason, rows in (
        (f"no known disposition in `{column}` (known are {allowed}{unknown})", np.flatnonzero(~known)),
        ("the label was made by a model, not by a person", np.flatnonzero(made)),
    ):
        if len(rows):
            lines = table.lines_of([int(row) for row in rows[:LINES_LISTED]])
            entries.append(LeftOut(reason=reason, count=len(rows), lines=lines))
    if table.bad_lines:
        lines = [bad.line for bad in table.bad_lines[:LINES_LISTED]]
        reasons = "; ".join(dict.fromkeys(bad.reason for bad in table.bad_lines))
        entries.append(LeftOut(reason=f"unreadable line: {reasons}", count=table.bad_count, lines=lines))
    return tuple(entries)


def _check_enough(
    table: Table,
    y: Integers,
    groups: Integers,
    labels: tuple[str, ...],
    folds: int,
    info: SatelliteInfo,
    account: LabelAccount,
) -> None:
    if not len(y):
        allowed = ", ".join(info.label_map)
        found = f" The column contains {account.values}. {HOW_TO_MAP}" if account.unknown else ""
        column = table.layout.name_in_file(info.label)
        raise InputError(f"No row has a known disposition in `{column}`. Known are {allowed}.{found}")
    if len(labels) < 2:
        raise InputError(f"All {len(y):,} labelled rows are {labels[0]}. Training needs rows of at least two classes.")
    for index, name in enumerate(labels):
        if (stars := len(np.unique(groups[y == index]))) < folds:
            noun = "star" if stars == 1 else "stars"
            raise InputError(
                f"{name} has rows of {stars} {noun} only. Training with {folds} folds needs at least {folds} stars "
                "of each class; add rows or leave that class out."
            )


def _check_measured(numbers: NDArray[np.float64], names: Sequence[str], info: SatelliteInfo) -> None:
    """A required column without a single number means a damaged file rather than missing values."""
    blank = [name for name in info.required if np.isnan(numbers[:, names.index(name)]).all()]
    if blank:
        listed = ", ".join(f"`{name}`" for name in blank)
        raise InputError(
            f"No labelled row has a number in {listed}, which a {info.satellite} training needs. Check the file."
        )
