"""Prediction."""

import asyncio

from fastapi import APIRouter, Request, Response

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, check_for_prediction
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.calls.common import (
    ACCEPTED,
    FLAG,
    TEXT,
    answer_of,
    base_of,
    body_schema,
    described,
    engine_of,
    form_of,
    json_reply,
    started,
)
from exoplanet_desktop.server.engine import check_columns
from exoplanet_desktop.wire.requests import PredictRequest

router = APIRouter()

_FIELDS = {**described(PredictRequest), "reading": TEXT, "async": FLAG}


@router.post(
    "/api/predict",
    responses=ACCEPTED,
    openapi_extra=body_schema({**_FIELDS, "data_path": TEXT, "local_path": TEXT}, "file", required=("satellite",)),
)
async def predict(request: Request) -> Response:
    """Predict an upload (`file`) or a stored file (`data_path`): at once, or as a job if `async` is true.

    `reading` defines how to read the file (JSON text), instead of detecting it. Rows that the model was trained on are
    predicted by folds that had not seen them, unless `known_rows` is `model`. An embedded engine also takes
    `local_path`: the absolute path of a file that it reads in place.
    """
    engine = engine_of(request)
    async with form_of(request, "file") as form:
        if not (form.files or form.text("data_path") or form.path("local_path")):
            raise InputError("There is no file to predict. Send a .csv as `file`.")
        asked, reading, as_job = PredictRequest.from_fields(form), form.reading(), form.flag("async", False)
        model = await asyncio.to_thread(engine.find_model, asked)
        check = check_columns(SATELLITES[asked.satellite], check_for_prediction)
        source = await engine.source(form, ("file", "data_path", "local_path"), reading, check)
    assert source is not None
    order = engine.predict_order(source, asked, model, base_of(request), as_job=as_job)
    if as_job:
        return await started(request, order, "Prediction started", source.info)
    return json_reply(await answer_of(request, order))
