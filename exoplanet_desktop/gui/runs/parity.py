"""The parity check of a training on a backend that is not ours: does its model do what its accuracy says?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.gui.backends.engine_supervisor import EMBEDDED
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.request import TrainRequest, each_read, merged_url

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.layout import Choice
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.parity import ParityCheck
    from exoplanet_desktop.client.transfers import Progress, ShouldStop
    from exoplanet_desktop.wire.payloads import TrainResult


def can_be_checked(request: TrainRequest, backend_title: str, result: "TrainResult | None") -> bool:
    """Whether there is something to compare: an accuracy of a backend that does not tell how it came about, and the
    data. Our own engine tells its protocol, and replays rows whenever it loads a model.
    """
    if result is None or result.accuracy is None or result.evaluation is not None or backend_title == EMBEDDED:
        return False
    return request.merged is not None or any(path.is_absolute() for path in request.paths)


def check(
    request: TrainRequest, result: "TrainResult", backend: "Backend", progress: "Progress", should_stop: "ShouldStop"
) -> "ParityCheck":
    """Predict a sample of the data and compare. Blocking: call it in a worker. Raises AppError."""
    from exoplanet_desktop.client.parity import parity_check

    with temporary_folder("parity") as folder:
        path, reading = _data(request, backend, folder, should_stop)
        return parity_check(
            backend,
            path,
            request.satellite,
            request.model,
            result.accuracy or 0.0,
            features=request.features,
            reading=reading,
            progress=progress,
            should_stop=should_stop,
        )


def _data(
    request: TrainRequest, backend: "Backend", folder: Path, should_stop: "ShouldStop"
) -> "tuple[Path, Choice | None]":
    """A file that was trained on, and how it is read: any of several will do, since each of its rows was."""
    if request.merged is not None:
        from exoplanet_desktop.client.caller import plain_name

        path = folder / plain_name(request.source)
        backend.download(merged_url(request.merged), path, should_stop=should_stop)
        return path, None
    for path, reading in zip(request.paths, each_read(request.paths, request.readings), strict=True):
        if path.is_file():
            return path, reading
    raise UnavailableError(
        tr(
            "{file} is no longer where it was, so there is nothing to compare with. Put it back.",
            file=str(request.paths[0]),
        )
    )


def kept(parity: "ParityCheck") -> dict[str, Any]:
    """A check as the record keeps it."""
    from dataclasses import asdict

    return asdict(parity)
