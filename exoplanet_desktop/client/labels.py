"""Labels that a model made stay out of a training, whatever the backend can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoplanet_desktop.catalogs.reading.layout import Choice, sniff
from exoplanet_desktop.catalogs.tables.labels import source_column
from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.client.transfers import ShouldStop, plain_stem
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.wire.vocabulary import ModelLabels


@contextmanager
def to_learn_from(
    backend: Backend,
    csv: Path,
    model_labels: ModelLabels | None,
    should_stop: ShouldStop | None = None,
    reading: Choice | None = None,
) -> Iterator[tuple[Path, int]]:
    """The file to send to a training, and how many rows were left out of it here.

    A backend that leaves rows out itself gets the catalog as it is. Any other would learn from them: unless they are
    asked for, it gets a copy without them, under the same name, that is removed when the block ends. `reading` is what
    the user says of how the catalog is to be read; the copy is plain, and needs no word of it.
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
