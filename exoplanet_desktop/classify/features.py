"""Feature sets: the inputs of a classifier, and how to make them from a catalog's columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.numbers import BLANKS, is_missing
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_left_out
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.classify.engineered import ENGINEERED, Engineered, inputs_of
from exoplanet_desktop.wire.vocabulary import Features, Satellite

Matrix = NDArray[np.float32]
MOST_CATEGORIES = 20

# Redundant columns: in these tables the lower errors are the negated upper ones, and limit flags are constant, or a
# column is empty. Models sample columns at random, so a duplicate crowds out another column.
REPEATED: Mapping[Satellite, tuple[str, ...]] = {
    Satellite.KOI: (
        *("koi_period_err2", "koi_time0bk_err2", "koi_duration_err2", "koi_depth_err2"),
        *("koi_teq_err1", "koi_teq_err2"),
    ),
    Satellite.TOI: (
        *(name for name in SATELLITES[Satellite.TOI].measured if name.endswith(("err2", "lim"))),
        *("pl_insolerr1", "pl_eqterr1"),
    ),
}

TEXT_SEPARATOR = " = "


@dataclass(frozen=True)
class FeatureSet:
    """The columns of a feature set and how to make a matrix from them.

    Attributes:
        satellite, features: which set.
        numbers: numeric columns of the catalog.
        texts: categories of each categorical column, as found in training; each becomes one 0/1 column. A category
            unknown from training is 0 in all of them, a missing one NaN.
        left_out: columns of the satellite's set that a reduced model does without.
    """

    satellite: Satellite
    features: Features
    numbers: tuple[str, ...]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def engineered(self) -> tuple[Engineered, ...]:
        """The features that can be calculated from this set's numeric columns."""
        there = set(self.numbers)
        return tuple(feature for feature in ENGINEERED[self.satellite] if there.issuperset(inputs_of(feature)))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns to read from the file: the numeric ones, then the categorical ones."""
        return (*self.numbers, *self.texts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the matrix's columns."""
        categories = (f"{name}{TEXT_SEPARATOR}{category}" for name, seen in self.texts.items() for category in seen)
        return (*self.numbers, *(feature.name for feature in self.engineered), *categories)

    def matrix(self, numbers: NDArray[np.float64], texts: Mapping[str, Sequence[str | None]]) -> Matrix:
        """The features of rows, float32, NaN for missing values.

        Args:
            numbers: (rows, len(self.numbers)), NaN if missing.
            texts: cells of each categorical column, None if missing.
        """
        place = {name: index for index, name in enumerate(self.numbers)}

        def column(name: str) -> NDArray[np.float64]:
            return numbers[:, place[name]]

        # A limit or a division by zero is not an error here: a value that cannot be calculated is missing.
        with np.errstate(all="ignore"):
            worked_out = [feature.formula(column) for feature in self.engineered]
            parts = [numbers, *(values[:, None] for values in worked_out)]
            parts += [_indicators(texts[name], seen) for name, seen in self.texts.items()]
            matrix = np.hstack(parts).astype(np.float32)
        matrix[~np.isfinite(matrix)] = np.nan
        return matrix

    def hanging_on(self, absent: Collection[str]) -> list[int]:
        """Indices of the matrix's columns that must be empty if these columns of a file are absent."""
        sources = [
            *((name,) for name in self.numbers),
            *(inputs_of(feature) for feature in self.engineered),
            *((name,) for name, seen in self.texts.items() for _ in seen),
        ]
        return [place for place, needed in enumerate(sources) if any(name in absent for name in needed)]


def known_text(cell: str | None) -> str | None:
    """A cell without surrounding blanks; None if it is missing."""
    return None if cell is None or is_missing(cell) else cell.strip(BLANKS)


def feature_set(satellite: Satellite, features: Features, without: Sequence[str] = ()) -> FeatureSet:
    """A feature set before training: its categorical columns have no categories yet.

    `without`: columns to leave out. Raises InputError for an unknown feature column, or one that is required.
    """
    info = SATELLITES[satellite]
    numbers = tuple(name for name in info.numbers(features) if name not in REPEATED.get(satellite, ()))
    texts = info.texts(features)
    check_left_out(without, info)
    left_out = tuple(name for name in (*numbers, *texts) if name in without)
    return FeatureSet(
        satellite,
        features,
        tuple(name for name in numbers if name not in left_out),
        {name: () for name in texts if name not in left_out},
        left_out,
    )


def absent_inputs(table: Table, features: FeatureSet, first: int, last: int) -> tuple[str, ...]:
    """Columns of a feature set that a table lacks, or that are empty in these rows (counted from 0, inclusive)."""
    count = max(last - first + 1, 0)
    numbers = table.numbers(features.numbers, first, count)
    empty = [name for place, name in enumerate(features.numbers) if np.isnan(numbers[:, place]).all()]
    texts = [
        name
        for name in features.texts
        if name not in table.columns or not any(map(known_text, table.texts(name)[first : last + 1]))
    ]
    return (*empty, *texts)


def with_categories(blank: FeatureSet, cells: Mapping[str, Sequence[str | None]]) -> FeatureSet:
    """The feature set with the categories of these cells, or the most frequent ones if there are many."""
    return replace(blank, texts={name: _categories(cells[name]) for name in blank.texts})


def _categories(cells: Sequence[str | None]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for cell in cells:
        if cell is not None:
            counts[cell] = counts.get(cell, 0) + 1
    # By name among equal counts, so that the order of rows makes no difference.
    frequent = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CATEGORIES]
    return tuple(sorted(frequent))


def _indicators(cells: Sequence[str | None], categories: Sequence[str]) -> NDArray[np.float64]:
    out = np.zeros((len(cells), len(categories)))
    place = {name: index for index, name in enumerate(categories)}
    for row, cell in enumerate(cells):
        if cell is None:
            out[row] = np.nan
        elif cell in place:
            out[row, place[cell]] = 1.0
    return out
