"""What was asked of a prediction, held against what came back.

A reference backend silently ignores fields whose names it does not know, and then answers for another model or for
all rows; a reply is therefore never taken for what was asked without a look.
"""

from dataclasses import dataclass

from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Features, Model, Satellite


@dataclass(frozen=True)
class PredictRequest:
    """What was asked: rows count from 0, both inclusive; `row_count` is that of the file, where it is known."""

    satellite: Satellite
    model: Model
    from_row: int | None = None
    to_row: int | None = None
    features: Features | None = None
    model_version: str | None = None
    results_limit: int | None = None
    row_count: int | None = None


def check_prediction(reply: PredictReply, asked: PredictRequest) -> list[str]:
    """Where a reply differs from what was asked, one sentence each; empty where it does not."""
    return [*_which_model(reply, asked), *_which_rows(reply, asked), *_how_many(reply, asked)]


def _which_model(reply: PredictReply, asked: PredictRequest) -> list[str]:
    found = []
    if reply.satellite.strip().upper() != asked.satellite:
        found.append(f"The backend predicted for {reply.satellite}, though {asked.satellite} was asked.")
    if reply.model_type is None:
        found.append(f"The backend does not say which model it used; {asked.model} was asked.")
    elif reply.model_type.strip().lower() != asked.model:
        found.append(f"The backend used the model {reply.model_type}, though {asked.model} was asked.")
    # Without the field, a backend uses all columns.
    if asked.features is not None and (reply.features or Features.VETTED).strip().lower() != asked.features:
        found.append(f"The backend used {reply.features or 'all'} features, though {asked.features} ones were asked.")
    if asked.model_version is not None and reply.model_version != asked.model_version:
        used = f"the version {reply.model_version}" if reply.model_version else "a version that it does not name"
        found.append(f"The backend used {used} of the model, though {asked.model_version} was asked.")
    return found


def _which_rows(reply: PredictReply, asked: PredictRequest) -> list[str]:
    first = asked.from_row or 0
    last = asked.to_row if asked.to_row is not None else None if asked.row_count is None else asked.row_count - 1
    wanted = f"{first} to {'the last' if last is None else last}"
    if reply.from_row is None or reply.to_row is None:
        return [f"The backend does not say which rows it predicted; {wanted} were asked."]
    if reply.from_row != first or (last is not None and reply.to_row != last):
        return [f"The backend predicted rows {reply.from_row} to {reply.to_row}, though {wanted} were asked."]
    return []


def _how_many(reply: PredictReply, asked: PredictRequest) -> list[str]:
    found = []
    if reply.from_row is not None and reply.to_row is not None:
        rows = reply.to_row - reply.from_row + 1
        if rows != reply.total_predicted:
            found.append(
                f"The backend says that it predicted {reply.total_predicted:,} rows, "
                f"but its range {reply.from_row} to {reply.to_row} has {rows:,}."
            )
    if asked.results_limit is None and len(reply.results) != reply.total_predicted:
        found.append(f"The backend sent {len(reply.results):,} of the {reply.total_predicted:,} predicted rows.")
    return found
