"""Keeps rows labelled by a model out of a training, whether or not the backend supports that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.labels import source_column
from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.transfers import ShouldStop, plain_stem
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import ModelLabels


@contextmanager
def to_learn_from(
    backend: Backend,
    csv: Path,
    model_labels: ModelLabels | None,
    should_stop: ShouldStop | None = None,
    reading: ReadingOptions | None = None,
) -> Iterator[tuple[Path, int]]:
    """The file to send for a training, and how many rows were left out of it on this side.

    A backend that leaves such rows out itself gets the catalog unchanged. Any other would train on them: unless the
    user wants that, it gets a copy without them under the same name, which is deleted when the block ends. `reading`
    has the user's reading options for the catalog; the copy is plain and needs none.
    """
    if model_labels is ModelLabels.USE or backend.has("model-labels"):
        yield csv, 0
        return
    if source_column(sniff(csv, reading).columns) is None:
        yield csv, 0
        return
    with temporary_folder("labels") as folder:
        copy = folder / f"{plain_stem(csv.name)}.csv"
        made = plain_copy(csv, copy, reading, model_labels=False, should_stop=should_stop)
        yield (copy if made.left_out else csv), made.left_out
