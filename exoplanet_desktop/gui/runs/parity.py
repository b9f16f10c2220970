"""The parity check of a training on a third-party backend: does its model match its reported accuracy?"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.caller import plain_name
from exoplanet_desktop.client.http.transfers import Progress, ShouldStop
from exoplanet_desktop.client.jobs.parity import ParityCheck, parity_check
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.temporary import temporary_folder
from exoplanet_desktop.gui.backends.engine_supervisor import EMBEDDED
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.request import TrainTask, each_read, merged_url
from exoplanet_desktop.wire.payloads import TrainResult
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest


def can_be_checked(request: TrainTask, backend_title: str, result: "TrainResult | None") -> bool:
    """Whether a check is possible: a backend reports an accuracy but no protocol, and the data is available. Our own
    engine reports its protocol, and replays rows whenever it loads a model.
    """
    if result is None or result.accuracy is None or result.evaluation is not None or backend_title == EMBEDDED:
        return False
    return request.merged is not None or any(path.is_absolute() for path in request.paths)


def check(
    request: TrainTask,
    result: "TrainResult",
    backend: "Backend",
    progress: "Progress | None",
    should_stop: "ShouldStop",
    *,
    retrained: bool = False,
) -> "ParityCheck":
    """Predict a sample of the data and compare. Blocking: call it in a worker. Raises AppError.

    `retrained`: whether the backend had trained such a model before.
    """

    with temporary_folder("parity") as folder:
        path, reading = _data(request, backend, folder, should_stop)
        return parity_check(
            backend,
            path,
            PredictRequest(request.satellite, request.model, features=request.features),
            result.accuracy or 0.0,
            reading=reading,
            retrained=retrained,
            progress=progress,
            should_stop=should_stop,
        )


def _data(
    request: TrainTask, backend: "Backend", folder: Path, should_stop: "ShouldStop"
) -> "tuple[Path, ReadingOptions | None]":
    """A training file and its reading options: any of several will do, since all their rows were used."""
    if request.merged is not None:
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
    """A check in the form for the record."""

    return asdict(parity)
