"""A run's held-out rows and the threshold chosen on them, both stored in the record with the run."""

import json
from pathlib import Path

from exoplanet_desktop.files.temporary import discard_folder, own_folder
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.record.record import Record
from exoplanet_desktop.stats.held_rows import FILE_NAME

THRESHOLD_FILE = "threshold.json"


class HeldOutStore:
    """The held-out rows and thresholds of runs in the record."""

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
        """The path of the file; None if the record has none. Raises AppError."""
        return await self._recorder.work(lambda record: record.file(run_id, FILE_NAME)) if run_id else None

    async def threshold(self, run_id: str) -> float | None:
        """The last threshold set for the run; None if there is none. Raises AppError."""

        def read(record: "Record") -> float | None:
            path = record.file(run_id, THRESHOLD_FILE)
            return _number(path.read_bytes()) if path is not None else None

        return await self._recorder.work(read) if run_id else None

    def keep_threshold(self, run_id: str, threshold: float | None) -> None:
        """Store the current threshold; None for the most likely class."""
        self._recorder.file(run_id, THRESHOLD_FILE, json.dumps({"planet_from": threshold}).encode())


def _number(content: bytes) -> float | None:
    """The threshold in the file, which may come from an imported run."""
    try:
        found = json.loads(content).get("planet_from")
    except (ValueError, AttributeError, RecursionError):
        return None
    good = isinstance(found, int | float) and 0 <= found <= 1
    return float(found) if good else None
