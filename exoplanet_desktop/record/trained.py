"""What the record knows of the models that a backend of the plain contract has trained: one of each kind."""

from dataclasses import dataclass

from exoplanet_desktop.record.reading import RecordReader
from exoplanet_desktop.wire.vocabulary import RunKind, Status


@dataclass(frozen=True)
class TrainedModel:
    """The newest training of a kind of model at a backend.

    Attributes:
        accuracy: as the backend reported it; None if it did not.
        objection: what a check found against the model; "" for nothing.
        trainings: how often the backend has trained this kind of model, as far as the record knows.
    """

    accuracy: float | None
    objection: str
    trainings: int


def trained_models(record: RecordReader, backend_address: str) -> dict[tuple[str, str], TrainedModel]:
    """A backend's models by (satellite, model). Imported runs do not count: their backend is another."""
    found: dict[tuple[str, str], TrainedModel] = {}
    for entry in record.runs():
        ours = entry.kind == RunKind.TRAIN and entry.status == Status.SUCCEEDED and not entry.imported
        if not ours or entry.backend_address != backend_address:
            continue
        kind = (entry.satellite or "", entry.model or "")
        newest = found.get(kind) or TrainedModel(entry.accuracy, entry.objection or "", 0)
        found[kind] = TrainedModel(newest.accuracy, newest.objection, newest.trainings + 1)
    return found
