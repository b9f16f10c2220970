"""The held-out rows of a run, and the threshold that was chosen on them: both lie in the record beside the run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.client.held_rows import FILE_NAME
from exoplanet_desktop.files.temporary import discard_folder, own_folder
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder

if TYPE_CHECKING:
    from exoplanet_desktop.client.record import Record

THRESHOLD_FILE = "threshold.json"


class HeldOutStore:
    """What the record keeps of one run's held-out rows."""

    def __init__(self, workers: Workers, recorder: RunRecorder) -> None:
        self._workers, self._recorder = workers, recorder

    async def fetch(self, connection: Connection, run_id: str, url: str) -> None:
        """Download the file into the record. Raises AppError."""

        folder = await self._workers.call(own_folder, "rows")
        try:
            path = folder / FILE_NAME
            await self._workers.call(connection.backend.download, url, path)
            await self._recorder.work(lambda record: record.keep_file(run_id, FILE_NAME, path))
        finally:
            await self._workers.call(discard_folder, folder)

    async def path(self, run_id: str) -> Path | None:
        """Where the file lies; None where the record has none. Raises AppError."""
        return await self._recorder.work(lambda record: record.file(run_id, FILE_NAME)) if run_id else None

    async def threshold(self, run_id: str) -> float | None:
        """The threshold that was left at the run; None where there is none. Raises AppError."""

        def read(record: "Record") -> float | None:
            path = record.file(run_id, THRESHOLD_FILE)
            return _number(path.read_bytes()) if path is not None else None

        return await self._recorder.work(read) if run_id else None

    def keep_threshold(self, run_id: str, threshold: float | None) -> None:
        """Keep the threshold in use; None for the likeliest class."""
        self._recorder.file(run_id, THRESHOLD_FILE, json.dumps({"planet_from": threshold}).encode())


def _number(content: bytes) -> float | None:
    """The threshold of the file, which an imported run may have brought along."""
    try:
        found = json.loads(content).get("planet_from")
    except (ValueError, AttributeError, RecursionError):
        return None
    good = isinstance(found, int | float) and 0 <= found <= 1
    return float(found) if good else None
