"""Checks whether several files contain the same objects, before training on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, never, silent
from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import Duplicates


@dataclass(frozen=True)
class SameObjects:
    """Objects that are in several files.

    Attributes:
        column: the column that names the object; "" if none does, so that nothing is known.
        objects: how many are in more than one of the files.
        different: how many of these have different dispositions.
    """

    column: str
    objects: int
    different: int

    @property
    def sentence(self) -> str:
        """A sentence for the user; "" if there is nothing to report."""
        if not self.objects:
            return ""
        objects = "1 object is" if self.objects == 1 else f"{self.objects:,} objects are"
        if not self.different:
            return f"{objects} in several of the files, with the same disposition."
        return f"{objects} in several of the files, {self.different:,} with different dispositions."


def same_objects(
    paths: Sequence[Path],
    choices: Sequence[ReadingOptions | None] = (),
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> SameObjects:
    """Finds the objects that are in more than one of two or more files.

    Raises UnreadableFile, InputError (no common column), UnavailableError and Cancelled.
    """
    with Merging(paths, Duplicates.NONE, None, report or silent, should_stop or never, choices) as merging:
        merging.read(0.0, 0.9)
        merging.compare(0.9, 1.0)
        objects, different = merging.same_objects
        column = next((name for name in merging.columns if name.lower() == merging.objects_by), "")
    return SameObjects(column, objects, different)
