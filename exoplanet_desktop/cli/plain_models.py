"""What the command line does about the models of a backend that is not ours: it checks them, and remembers them."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.cli.console import Console
from exoplanet_desktop.errors import AppError
from exoplanet_desktop.resources import default_data_dir
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates, RunKind, Status

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.jobs.agreement import Counted
    from exoplanet_desktop.client.jobs.claims import Claim
    from exoplanet_desktop.client.jobs.parity import ParityCheck
    from exoplanet_desktop.record.trained import TrainedModel
    from exoplanet_desktop.wire.payloads import JobStatus, PredictReply, TrainResult
    from exoplanet_desktop.wire.reading_options import ReadingOptions

log = logging.getLogger("exoplanet_desktop.cli")


@dataclass(frozen=True)
class Learnt:
    """What a model was trained on.

    Attributes:
        files, choices: the catalogs, and the user's reading options for each.
        rule: by which several were merged.
        whole, choice: the file that was sent, and its reading options.
    """

    files: Sequence[Path]
    choices: Sequence["ReadingOptions | None"]
    whole: Path
    choice: "ReadingOptions | None"
    rule: Duplicates | None = None


def checked_model(
    backend: "Backend",
    learnt: Learnt,
    request: TrainRequest,
    status: "JobStatus",
    result: "TrainResult",
    data_dir: Path | None,
    console: Console,
) -> "ParityCheck | None":
    """Checks a newly trained model against the accuracy that its backend reported, says so, and records the training.

    Returns None for our own engine, which tells its protocol, and if the check cannot be made, which is said.
    """
    from exoplanet_desktop.client.jobs.parity import parity_check

    if result.evaluation is not None or result.accuracy is None:
        return None
    before = _models(backend, data_dir).get((str(request.satellite), str(request.model)))
    console.progress(None, "Checking the accuracy that was reported")
    asked = PredictRequest(request.satellite, request.model, features=request.features)
    parity = None
    try:
        parity = parity_check(
            backend, learnt.whole, asked, result.accuracy, reading=learnt.choice, retrained=before is not None
        )
    except AppError as error:
        console.note(f"The reported accuracy could not be checked: {error}")
    console.end()
    for sentence in parity.against if parity else ():
        console.note(f"Warning: {sentence}")
    _keep(backend, learnt, request, status, result, parity, data_dir, console)
    return parity


def with_check(status: "JobStatus", parity: "ParityCheck | None") -> "JobStatus":
    """The final status of a training, with the check of its model in the result."""
    from exoplanet_desktop.record.entry import PARITY

    if parity is None:
        return status
    return status.model_copy(update={"result": {**(status.result or {}), PARITY: asdict(parity)}})


def with_sums(reply: "PredictReply", sums: "Counted") -> "PredictReply":
    """A reply with its rows by class and their agreement, which a plain backend does not count."""
    if reply.class_counts is not None:
        return reply
    agreement = {"known": sums.known, "matches": sums.matches}
    return reply.model_copy(update={"class_counts": sums.classes, "agreement": agreement})


def claim_of(backend: "Backend", asked: PredictRequest, data_dir: Path | None) -> "Claim":
    """What the record knows of the model that is to predict."""
    from exoplanet_desktop.client.jobs.claims import Claim

    model = _models(backend, data_dir).get((str(asked.satellite), str(asked.model)))
    return Claim(model.accuracy, model.objection, model.trainings > 1) if model else Claim()


def _folder(data_dir: Path | None) -> Path:
    return (data_dir or default_data_dir()) / "record"


def _models(backend: "Backend", data_dir: Path | None) -> "dict[tuple[str, str], TrainedModel]":
    from exoplanet_desktop.record.reading import RecordReader
    from exoplanet_desktop.record.trained import trained_models

    folder = _folder(data_dir)
    if not (folder / "runs.sqlite").is_file():
        return {}
    try:
        with RecordReader(folder) as record:
            return trained_models(record, backend.base_url)
    except AppError as error:
        log.info("the record of runs is not read: %s", error)
        return {}


def _keep(
    backend: "Backend",
    learnt: Learnt,
    request: TrainRequest,
    status: "JobStatus",
    result: "TrainResult",
    parity: "ParityCheck | None",
    data_dir: Path | None,
    console: Console,
) -> None:
    """Records the training, so that later predictions of the model can be held against what was reported."""
    from exoplanet_desktop.record.entry import PARITY
    from exoplanet_desktop.record.record import Record

    folder = _folder(data_dir)
    readings = [choice.to_json() if choice else None for choice in learnt.choices]
    asked = {
        **request.to_json(),
        "files": [path.name for path in learnt.files],
        "paths": [str(path.absolute()) for path in learnt.files],
        "readings": readings if any(learnt.choices) else None,
        "duplicates": learnt.rule,
    }
    told = result.model_dump(mode="json")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Record(folder) as record:
            title = f"{request.satellite} · {request.model.display_name}"
            run_id = record.new(RunKind.TRAIN, title, asked, backend.base_url, backend.base_url)
            record.update(
                run_id,
                status=Status.SUCCEEDED,
                job_id=status.job_id,
                result={**told, PARITY: asdict(parity)} if parity else told,
                warnings=parity.against if parity else (),
            )
    except (AppError, OSError) as error:
        log.warning("the training is not recorded: %s", error)
        console.note("The training could not be recorded, so predictions of this model cannot be held against it.")
