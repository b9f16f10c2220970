"""Compares a prediction's reply with its request.

A reference backend silently ignores fields with unknown names, and then predicts with another model or for all rows; so
every reply is checked against its request. Each deviation is one line that also states the consequence.
"""

from exoplanet_desktop.client.calls.check_values import check_rows, check_sums, left_out
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Features

_ANOTHER_MODEL = ". The labels are those of another model."


def check_prediction(reply: PredictReply, asked: PredictRequest) -> list[str]:
    """Where a reply deviates from its request or does not say, one sentence each; empty if all is well."""
    return [*differences(reply, asked), *_unsaid(reply, asked)]


def differences(reply: PredictReply, asked: PredictRequest) -> list[str]:
    """Where a reply contradicts its request or itself."""
    return [
        *left_out(reply),
        *_other_model(reply, asked),
        *_other_rows(reply, asked),
        *_other_count(reply, asked),
        *check_rows(reply, asked.satellite),
        *check_sums(reply),
    ]


def _unsaid(reply: PredictReply, asked: PredictRequest) -> list[str]:
    found = []
    if reply.model_type is None:
        found.append(
            f"The backend does not say which model it used; {asked.model} was requested. The labels may come from "
            "another model."
        )
    if reply.from_row is None or reply.to_row is None:
        found.append(
            f"The backend does not say which rows it predicted; {_wanted_rows(asked)} were requested. Compare a few "
            "rows with your file."
        )
    return found


def _other_model(reply: PredictReply, asked: PredictRequest) -> list[str]:
    found = []
    if reply.satellite.strip().upper() != asked.satellite:
        found.append(
            f"The backend predicted for {reply.satellite}, although {asked.satellite} was requested{_ANOTHER_MODEL}"
        )
    if reply.model_type is not None and reply.model_type.strip().lower() != asked.model:
        found.append(
            f"The backend used the model {reply.model_type}, although {asked.model} was requested{_ANOTHER_MODEL}"
        )
    # Without this field, a backend uses all columns.
    if asked.features is not None and (reply.features or Features.VETTED).strip().lower() != asked.features:
        used = reply.features or "all"
        found.append(f"The backend used {used} features, although {asked.features} ones were requested{_ANOTHER_MODEL}")
    if asked.model_version is not None and reply.model_version != asked.model_version:
        used = f"the version {reply.model_version}" if reply.model_version else "a version that it does not name"
        found.append(
            f"The backend used {used} of the model, although {asked.model_version} was requested{_ANOTHER_MODEL}"
        )
    return found


def _last_row(asked: PredictRequest) -> int | None:
    if asked.to_row is not None:
        return asked.to_row
    return None if asked.row_count is None else asked.row_count - 1


def _wanted_rows(asked: PredictRequest) -> str:
    last = _last_row(asked)
    return f"{asked.from_row or 0} to {'the last' if last is None else last}"


def _other_rows(reply: PredictReply, asked: PredictRequest) -> list[str]:
    last = _last_row(asked)
    first_differs = reply.from_row is not None and reply.from_row != (asked.from_row or 0)
    last_differs = reply.to_row is not None and last is not None and reply.to_row != last
    if not (first_differs or last_differs):
        return []
    sentence = (
        f"The backend predicted rows {reply.from_row} to {reply.to_row}, although {_wanted_rows(asked)} were "
        "requested. It ignored the range, or reads the file differently."
    )
    return [sentence]


def _other_count(reply: PredictReply, asked: PredictRequest) -> list[str]:
    found = []
    if reply.from_row is not None and reply.to_row is not None:
        rows = reply.to_row - reply.from_row + 1
        if rows != reply.total_predicted:
            found.append(
                f"The backend says that it predicted {reply.total_predicted:,} rows, "
                f"but its range {reply.from_row} to {reply.to_row} has {rows:,}. One of the two is wrong."
            )
    if asked.results_limit is None and len(reply.results) != reply.total_predicted:
        found.append(
            f"The backend sent {len(reply.results):,} of the {reply.total_predicted:,} predicted rows. Totals over "
            "them are not totals of the file; the CSV may have all rows."
        )
    return found
