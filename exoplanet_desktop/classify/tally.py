"""Counts over all blocks of a prediction, and the notes made from them."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from exoplanet_desktop.catalogs.facts.dictionary import Range, dictionary
from exoplanet_desktop.catalogs.reading.layout import Layout
from exoplanet_desktop.catalogs.tables.suspects import Scaled, Spread, suspects_of
from exoplanet_desktop.classify.classifier import Classifier
from exoplanet_desktop.classify.judging import Judged, Plan
from exoplanet_desktop.classify.known import seen_notes
from exoplanet_desktop.classify.worth import absent_notes, worth, worth_notes
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.payloads import Worth

_MOST_SAMPLED = 20_000  # rows whose numbers are used for medians


class Tally:
    """Sums over blocks.

    Attributes:
        rows, counts, known, matches: rows in all, by predicted class, with a known class, and those predicted so.
        seen: rows that the model was trained on; None if it does not remember.
    """

    def __init__(self, plan: Plan, layout: Layout) -> None:
        features = plan.classifier.features
        self.rows = self.known = self.matches = 0
        self.counts: Counter[str] = Counter(dict.fromkeys(plan.classifier.labels, 0))
        self.seen: int | None = 0 if plan.classifier.memory.known else None
        self._plan = plan
        self._layout = layout
        self._stars = self._unanswered = self._sampled = self._bare = 0
        self._there = np.zeros(len(features.inputs), dtype=bool)
        self._unread: set[str] = set()
        self._outside = np.zeros((3, len(features.numbers)), dtype=np.int64)
        self._samples: list[Any] = []

    def take(self, judged: Judged) -> None:
        self.rows += judged.rows
        self.counts.update(judged.counts)
        self.known += judged.known
        self.matches += judged.matches
        if self.seen is not None:
            self.seen += judged.seen
        self._stars += judged.stars
        self._unanswered += judged.unanswered
        self._bare += judged.bare
        self._there |= judged.there
        self._unread |= judged.unread
        self._outside += judged.outside
        if self._sampled < _MOST_SAMPLED:
            self._samples.append(judged.sample)
            self._sampled += len(judged.sample)

    def check(self) -> None:
        """Raises InputError if a required column has cells, but not a single number: the file is damaged."""
        if unread := sorted(self._unread.intersection(self._blank())):
            listed = ", ".join(f"`{name}`" for name in unread)
            raise InputError(
                f"No row has a number in {listed}, which a {self._plan.info.satellite} prediction needs, although the "
                "cells are not empty. Check the file."
            )

    def told(self) -> tuple[Worth | None, list[str], list[str]]:
        """The cost of absent columns; the sentences to show before any class; and the others.

        Raises InputError if the model file is damaged.
        """
        classifier = self._plan.classifier
        inputs, unlearnt = classifier.features.inputs, set(classifier.card.get("absent") or ())
        blank = self._blank()
        lacking = [name for name in blank if name not in self._layout.columns]
        empty = [name for name in blank if name in self._layout.columns]
        absent = [name for name in blank if name not in unlearnt]
        found = worth(classifier, absent)
        first, last = worth_notes(classifier, found, absent, lacking)
        if self.seen is not None:
            first += seen_notes(self.seen, self._stars, self._unanswered, self.rows, self._plan.known_rows)
        elif classifier.memory.missing:
            last += [sentence for sentence in classifier.memory.missing if sentence not in " ".join(last)]
        else:
            last.append(
                "This model was made by an older version of the program, and remembers none of its training rows: "
                "rows it has seen cannot be distinguished from others. Train again."
            )
        if left_out := classifier.features.left_out:
            last.append(f"This model leaves out {len(left_out)} columns of its kind: {', '.join(left_out)}.")
        last = [*absent_notes(len(inputs), lacking, empty), *last]
        return found, [*self._empty_rows(), *first, *self._units()], last

    def _empty_rows(self) -> list[str]:
        if not self._bare:
            return []
        rows = "1 row has" if self._bare == 1 else f"{self._bare:,} rows have"
        whose = "its class says" if self._bare == 1 else "their classes say"
        return [f"{rows} no number in any column that the model uses, so {whose} nothing about the object."]

    def _blank(self) -> list[str]:
        """Feature columns that are empty in these rows."""
        inputs = self._plan.classifier.features.inputs
        return [name for name, there in zip(inputs, self._there.tolist(), strict=True) if not there]

    def _units(self) -> list[str]:
        numbers = self._plan.classifier.features.numbers
        below, above, values = self._outside
        sample = np.concatenate(self._samples) if self._samples else np.empty((0, len(numbers)))
        spreads = {}
        for place, name in enumerate(numbers):
            if values[place]:
                column = sample[:, place]
                there = column[~np.isnan(column)]
                figures = (
                    [float(of(there)) for of in (np.median, np.min, np.max, np.mean)] if len(there) else [math.nan]
                )
                spreads[name] = Spread(int(values[place]), int(below[place]), int(above[place]), *figures)
        ranges = {name: one for name, one in zip(numbers, self._plan.ranges, strict=True) if one is not None}
        found = suspects_of(spreads, ranges, _units_of(self._plan))
        return [
            one.sentence() if isinstance(one, Scaled) else one.sentence("the model has mostly seen") for one in found
        ]


def ranges_of(classifier: Classifier) -> tuple[Range | None, ...]:
    """The training range of each of a model's numeric columns."""
    known: Mapping[str, Any] = classifier.card.get("ranges") or {}
    return tuple(_range(known.get(name)) for name in classifier.features.numbers)


def _range(values: Any) -> Range | None:
    if not isinstance(values, list) or len(values) != 3 or not all(isinstance(one, int | float) for one in values):
        return None
    return Range(*map(float, values))


def _units_of(plan: Plan) -> dict[str, str]:

    return {name: info.unit for name, info in dictionary(plan.info.satellite).items()}
