"""Checks whether a run's model can still be used, and if not, why."""

from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.runs.training_run import TrainingRun


async def check_model(run: TrainingRun, services: Services) -> None:
    """Raises AppError if the backend in use is not the run's, or no longer has its model."""
    if run.result is None:
        raise InputError(tr("This run has no model: {reason}", reason=run.failure or tr("it has not finished.")))
    await run.reconnect()
    connection, used = run.connection, services.session.connection
    if connection is not used:
        raise UnavailableError(
            tr("This run's backend, {backend}, is not in use. Choose it in the Backend menu.", backend=connection.title)
        )
    version = run.result.model_version
    if version is None or not connection.has("models"):
        return  # such a backend always predicts with its newest model of the kind
    models = await services.workers.call(connection.backend.models)
    if not any(model.get("model_version") == version for model in models):
        raise UnavailableError(
            tr("{backend} no longer has the model of this run. Train again.", backend=connection.title)
        )
