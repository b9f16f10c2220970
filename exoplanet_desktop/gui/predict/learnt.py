"""The training that made a model, as far as the record knows it and its data is still there."""

from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.journal import told_of_file
from exoplanet_desktop.gui.runs.request import TrainRequest
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.wire.vocabulary import Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.record import Record
    from exoplanet_desktop.client.record_entry import Run


async def training_of(services: Services, choice: ModelChoice) -> TrainRequest | None:
    """What was asked of the training that made a model; None where its one file is not the same any more."""
    version = choice.version
    if not version:
        return None
    kept = await services.recorder.work(lambda record: _find(record, version))
    if kept is None:
        return None
    try:
        request = TrainRequest.from_json(kept.request)
        if not request.can_be_repeated or len(request.paths) != 1:
            return None
        told = await services.workers.call(told_of_file, request.paths[0])
    except InputError:
        return None
    digest = (kept.result or {}).get("data_digest") or kept.data_digest
    return request if told["sha256"] == digest else None


def _find(record: "Record", version: str) -> "Run | None":
    """The training with this model in its result, the newest first."""
    for entry in record.runs():
        if entry.kind == "train" and entry.status == Status.SUCCEEDED:
            run = record.run(entry.run_id)
            if isinstance(run.result, dict) and str(run.result.get("model_version")) == version:
                return run
    return None
