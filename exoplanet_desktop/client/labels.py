"""Labels that a model made stay out of a training, whatever the backend can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exoplanet_desktop.catalogs.labels import without_model_labels
from exoplanet_desktop.catalogs.temporary import temporary_folder
from exoplanet_desktop.client.backend import Backend
from exoplanet_desktop.client.transfers import ShouldStop
from exoplanet_desktop.wire.vocabulary import ModelLabels


@contextmanager
def to_learn_from(
    backend: Backend, csv: Path, model_labels: ModelLabels | None, should_stop: ShouldStop | None = None
) -> Iterator[tuple[Path, int]]:
    """The file to send to a training, and how many rows were left out of it here.

    A backend that leaves rows out itself gets the catalog as it is. Any other would learn from them: unless they are
    asked for, it gets a copy without them, under the same name, that is removed when the block ends.
    """
    if model_labels is ModelLabels.USE or backend.has("model-labels"):
        yield csv, 0
        return
    with temporary_folder("labels") as folder:
        copy = folder / f"{csv.stem}.csv"
        left_out = without_model_labels(csv, copy, should_stop=should_stop)
        yield (copy if left_out else csv), left_out
