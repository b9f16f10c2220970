"""What a model stores about its training: its training rows, their held-out predictions, and its hold-out.

With that, a prediction treats known rows as if unseen, and estimates the cost of absent columns.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.catalogs.facts.identity import object_key, star_key, star_of_object
from exoplanet_desktop.classify.cross_validation import CrossValidation
from exoplanet_desktop.classify.estimators import Estimator, Probabilities
from exoplanet_desktop.classify.features import FeatureSet, Matrix
from exoplanet_desktop.classify.packing import Packed, unpack
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Satellite

MOST_KNOWN = 200_000  # training rows that a model file lists
MOST_HELD = 4_000  # rows stored with their features: enough to know an accuracy to within 0.008
MOST_HELD_BYTES = 16_000_000
MOST_FOLDS = 20
MOST_FOLD_BYTES = 64_000_000  # for all estimators of the folds together: five random forests of the KOI table
_ROUND = 1000  # star numbers that are multiples of it may have lost digits

Signatures = NDArray[np.uint64]


class Folds:
    """The estimators of the folds, as bytes; each is built when it is first needed.

    Attributes:
        packed: by fold, counted from 0; a hold-out that is not one of the folds comes after them.
    """

    def __init__(self, packed: Mapping[int, Packed], columns: int, classes: int) -> None:
        self.packed = packed
        self._shape = (columns, classes)
        self._built: dict[int, Estimator] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"packed": self.packed, "_shape": self._shape, "_built": {}}

    def get(self, place: int) -> Estimator | None:
        """None if the model file had no room for it. Raises InputError if its bytes are not a valid model."""
        if place not in self.packed:
            return None
        if place not in self._built:
            try:
                self._built[place] = unpack(self.packed[place], *self._shape)
            except InputError:
                raise
            except Exception as error:  # whatever a damaged file makes a library raise
                raise InputError(
                    f"The model of fold {place + 1} in this model file cannot be used ({type(error).__name__}). "
                    "Train again."
                ) from error
        return self._built[place]


@dataclass(frozen=True)
class TrainingRows:
    """The rows that a model was trained on.

    Attributes:
        objects, stars: their keys (see catalogs.facts.identity), "" if the file did not say.
        by_name: stars come from the objects' names, because the column of stars was missing or damaged.
        probabilities: of each row, by the fold that had not seen it.
        signatures: of their features.
        folds: which fold held each row out, from 0.
    """

    satellite: Satellite
    objects: tuple[str, ...]
    stars: tuple[str, ...]
    by_name: bool
    probabilities: Probabilities
    signatures: Signatures
    folds: NDArray[np.int8]

    @cached_property
    def by_object(self) -> Mapping[str, list[int]]:
        return _places(self.objects)

    @cached_property
    def by_star(self) -> Mapping[str, list[int]]:
        return _places(self.stars)

    @cached_property
    def _numbers(self) -> NDArray[np.float64]:
        return np.array(sorted(float(star) for star in self.by_star if star.isdecimal()))

    def may_know(self, stars: NDArray[np.float64]) -> NDArray[np.int64]:
        """Rows that need a closer look, by the numbers of their stars (NaN if a row has none)."""
        numbers = self._numbers
        if self.by_name or not len(numbers):
            return np.arange(len(stars))
        at = np.minimum(np.searchsorted(numbers, stars), len(numbers) - 1)
        return np.flatnonzero((numbers[at] == stars) | np.isnan(stars) | (stars % _ROUND == 0))

    def may_know_names(self, stars: Sequence[str | None]) -> NDArray[np.int64]:
        """The same by the names of their stars."""
        if self.by_name:
            return np.arange(len(stars))
        told = {star: star is None or star_key(star, self.satellite) in self.by_star for star in set(stars)}
        return np.flatnonzero(np.array([told[star] for star in stars], dtype=bool))

    def find(self, objects: Sequence[str | None], stars: Sequence[str | None], signatures: Signatures) -> "Matches":
        """Looks rows up by the cells that name their object and star.

        An unknown star whose number may have lost digits is no evidence; then only the object decides.
        """
        count = len(signatures)
        found = Matches(np.full(count, -1), np.zeros(count, dtype=bool), np.zeros(count, dtype=bool))
        for row, (name, host, signature) in enumerate(zip(objects, stars, signatures, strict=True)):
            star = star_key(host, self.satellite)
            lost = star.isdecimal() and int(star) % _ROUND == 0 and star not in self.by_star
            self._look_up(row, name, "" if lost else star, int(signature), found)
        return found

    def _look_up(self, row: int, name: str | None, star: str, signature: int, found: "Matches") -> None:
        key = object_key(name, self.satellite)
        if self.by_name:
            star = star_of_object(name, self.satellite) if key else ""
        named = self.by_object.get(key, ()) if key else ()
        same = [place for place in named if not star or self.stars[place] in ("", star)]
        of_star = self.by_star.get(star, []) if star else []
        exact = next((place for place in (same if key else of_star) if self.signatures[place] == signature), None)
        if exact is not None:
            found.place[row], found.exact[row] = exact, True
        elif same:
            found.place[row] = same[0]
        else:
            found.star[row] = bool(of_star)


@dataclass(frozen=True)
class Matches:
    """The result of a lookup, by row.

    Attributes:
        place: the matching training row, -1 if there is none.
        exact: whether its features equal those of that row.
        star: whether only its star is known.
    """

    place: NDArray[np.int64]
    exact: NDArray[np.bool_]
    star: NDArray[np.bool_]


@dataclass(frozen=True)
class Held:
    """A sample of all training rows, for questions to the folds that had not seen them.

    Attributes:
        matrix: their features.
        y: their classes.
        folds: which fold held each one out, from 0.
        right: whether that fold's model predicted its class correctly.
    """

    matrix: Matrix
    y: NDArray[np.int64]
    folds: NDArray[np.int8]
    right: NDArray[np.bool_]

    def without(self, features: FeatureSet, absent: Collection[str]) -> Matrix:
        """Their features if some columns of the file are absent: each formula with a missing input is missing."""
        matrix = self.matrix.copy()
        matrix[:, features.hanging_on(absent)] = np.nan
        return matrix


@dataclass(frozen=True)
class Memory:
    """All of it; `missing` describes in sentences what did not fit into the model file."""

    known: TrainingRows | None = None
    held: Held | None = None
    folds: Folds = field(default_factory=lambda: Folds({}, 0, 0))
    missing: tuple[str, ...] = ()


def signatures(matrix: Matrix) -> Signatures:
    """A number for each row that is the same if all features are equal."""
    plain = np.ascontiguousarray(matrix + np.float32(0.0))  # -0.0 becomes 0.0
    plain[np.isnan(plain)] = np.nan
    made = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in plain)
    return np.frombuffer(b"".join(made), dtype="<u8").astype(np.uint64)


def fitting(packed: Mapping[int, Packed]) -> dict[int, Packed]:
    """The folds' estimators that fit into a model file, in order."""
    kept: dict[int, Packed] = {}
    room = MOST_FOLD_BYTES
    for place in sorted(packed):
        size = len(packed[place].content)
        if size <= room:
            kept[place] = packed[place]
            room -= size
    return kept


def remembered(evaluation: CrossValidation) -> Memory:
    """What a model file stores about a finished evaluation."""
    data = evaluation.data
    missing = []
    known = None
    if len(data.y) <= MOST_KNOWN:
        known = TrainingRows(
            data.features.satellite,
            data.hosts.objects,
            data.hosts.stars,
            data.hosts.by_name,
            evaluation.unseen,
            signatures(data.matrix),
            evaluation.fold_of_row.astype(np.int8),
        )
    else:
        missing.append(
            f"The model was trained on {len(data.y):,} rows, too many to remember (at most {MOST_KNOWN:,}), so rows "
            "it has seen cannot be distinguished from others."
        )
    packed = {place: fitted.packed for place, fitted in evaluation.results.items() if fitted.packed is not None}
    kept = fitting(packed)
    if len(kept) < len(packed):
        missing.append(
            f"The model file has room for {len(kept)} of the {len(packed)} models of the folds "
            f"({MOST_FOLD_BYTES // 1_000_000} MB)."
        )
    return Memory(known, _held(evaluation, kept), Folds(kept, data.matrix.shape[1], len(data.labels)), tuple(missing))


def _held(evaluation: CrossValidation, kept: Collection[int]) -> Held | None:
    data, folds = evaluation.data, evaluation.fold_of_row
    rows = np.flatnonzero(np.isin(folds, list(kept)))
    if not len(rows):
        return None
    most = min(len(rows), MOST_HELD, MOST_HELD_BYTES // (4 * data.matrix.shape[1]))
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, most).round().astype(np.int64))]
    right = evaluation.unseen[rows].argmax(axis=1) == data.y[rows]
    return Held(data.matrix[rows], data.y[rows], folds[rows].astype(np.int8), right)


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            places.setdefault(key, []).append(place)
    return places
