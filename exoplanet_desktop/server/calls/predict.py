"""Prediction."""

import asyncio

from fastapi import APIRouter, Request, Response

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.calls.common import (
    ACCEPTED,
    COUNT,
    FLAG,
    TEXT,
    answer_of,
    base_of,
    body_schema,
    engine_of,
    form_of,
    json_reply,
    started,
    words,
)
from exoplanet_desktop.server.engine import Engine, PredictParams
from exoplanet_desktop.server.forms import Form
from exoplanet_desktop.wire.vocabulary import Features, KnownRows, Model, Satellite

router = APIRouter()

_MAX_EXPLAIN = 50

_FIELDS = {
    "satellite": words(*Satellite),
    "model_type": words(*Model),
    "from_csv_range": COUNT,
    "to_csv_range": COUNT,
    "features": words(*Features),
    "model_version": TEXT,
    "results_limit": COUNT,
    "explain": COUNT,
    "reading": TEXT,
    "known_rows": words(*KnownRows),
    "async": FLAG,
}


@router.post(
    "/api/predict",
    responses=ACCEPTED,
    openapi_extra=body_schema({**_FIELDS, "data_path": TEXT, "local_path": TEXT}, "file", required=("satellite",)),
)
async def predict(request: Request) -> Response:
    """Predict an upload (`file`) or a stored file (`data_path`): at once, or as a job where `async` is true.

    `reading` says how the file is to be read (JSON text), where that is not to be found out. Rows that the model learnt
    from are answered by folds that had not seen them, unless `known_rows` is `model`. An embedded engine also takes
    `local_path`: the absolute path of a file that it reads in place.
    """
    engine = engine_of(request)
    async with form_of(request, "file") as form:
        if not (form.files or form.text("data_path") or form.path("local_path")):
            raise InputError("There is no file to predict. Send a .csv as `file`.")
        options = await _options(engine, form)
        source = await engine.source(form, "file", "data_path", "local_path", options.check)
    assert source is not None
    order = engine.predict_order(source, options, base_of(request))
    if options.as_job:
        return await started(request, order, "Prediction started", source.info)
    return json_reply(await answer_of(request, order))


async def _options(engine: Engine, form: Form) -> PredictParams:
    satellite = form.choice(Satellite, "satellite", "satellite")
    # `model` is what other clients call it; a reference backend ignores that in silence.
    kind = form.choice(Model, "model", "model_type", "model", default=Model.XGB)
    features = form.choice(Features, "feature set", "features") if form.text("features") else None
    from_row, to_row = form.count("from_csv_range", "from_row"), form.count("to_csv_range", "to_row")
    if from_row is not None and to_row is not None and from_row > to_row:
        raise InputError(f"The row range is empty: it starts at {from_row} and ends at {to_row}. Swap the two.")
    explain = form.count("explain") or 0
    if explain > _MAX_EXPLAIN:
        raise InputError(f"At most {_MAX_EXPLAIN} contributions per row can be explained, not {explain}.")
    version = form.text("model_version")
    return PredictParams(
        model=await asyncio.to_thread(engine.find_model, satellite, kind, features, version),
        from_row=from_row,
        to_row=to_row,
        results_limit=form.count("results_limit"),
        explain=explain,
        as_job=form.flag("async", False),
        reading=form.reading(),
        known_rows=form.choice(KnownRows, "way to treat known rows", "known_rows", default=KnownRows.HELD_OUT),
    )
