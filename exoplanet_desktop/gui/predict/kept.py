"""A prediction of the record, made ready to be shown as it was then; runs in a worker."""

import uuid
from pathlib import Path

from pydantic import ValidationError

from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.predict.request import PredictionResult
from exoplanet_desktop.gui.runs.kept import KeptRun
from exoplanet_desktop.gui.widgets.files import copy
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.prediction_columns import MATCH_COLUMNS, PREDICTED_COLUMNS
from exoplanet_desktop.wire.vocabulary import Satellite


def prediction_of_record(kept: KeptRun, scratch: Path) -> tuple[PredictionResult, Satellite]:
    """The reply as recorded, with a copy of its file. Raises InputError if either is missing or unreadable."""
    if not kept.files:
        raise InputError(tr("The record has no file of this prediction. Predict again to see its rows."))
    try:
        reply, satellite = PredictReply.model_validate(kept.run.result), Satellite(str(kept.run.satellite))
    except (ValidationError, ValueError) as error:
        raise InputError(
            tr("The record of this prediction cannot be read. Save its file and open that instead.")
        ) from error
    folder = scratch / uuid.uuid4().hex[:8]
    folder.mkdir()
    csv = folder / kept.files[0].name
    copy(kept.files[0], csv)
    return PredictionResult(reply, csv, {}, 0, 0, kept.run.warnings), satellite


def count_rows(prediction: PredictionResult, table: Table) -> None:
    """Count predicted classes and agreements in the file itself, whatever the recorded reply says."""
    predicted, match = (_first(names, table) for names in (PREDICTED_COLUMNS, MATCH_COLUMNS))
    prediction.counts = (
        {label: number for label, number in table.counts(predicted).items() if label} if predicted else {}
    )
    agreeing = table.counts(match) if match else {}
    prediction.matches = agreeing.get("Yes", 0)
    prediction.known = prediction.matches + agreeing.get("No", 0)
    prediction.reply.total_predicted = table.row_count


def _first(names: tuple[str, ...], table: Table) -> str | None:
    return next((name for name in names if name in table.columns), None)
