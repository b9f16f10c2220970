"""Finds the training that produced a model, if it is recorded and its data still exists."""

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.predict.request import ModelChoice
from exoplanet_desktop.gui.runs.journal import told_of_file
from exoplanet_desktop.gui.runs.request import TrainTask
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.wire.vocabulary import RunKind, Status


async def training_of(services: Services, choice: ModelChoice) -> TrainTask | None:
    """The request of the training that produced a model; None if its single file has changed."""
    version = choice.version
    if not version:
        return None
    kept = await services.recorder.work(lambda record: _find(record, version))
    if kept is None:
        return None
    try:
        request = TrainTask.from_json(kept.request)
        if not request.can_be_repeated or len(request.paths) != 1:
            return None
        told = await services.workers.call(told_of_file, request.paths[0])
    except InputError:
        return None
    digest = (kept.result or {}).get("data_digest") or kept.data_digest
    return request if told["sha256"] == digest else None


def _find(record: "Record", version: str) -> "StoredRun | None":
    """The newest training whose result names this model."""
    for entry in record.runs():
        if entry.kind == RunKind.TRAIN and entry.status == Status.SUCCEEDED:
            run = record.run(entry.run_id)
            if isinstance(run.result, dict) and str(run.result.get("model_version")) == version:
                return run
    return None
