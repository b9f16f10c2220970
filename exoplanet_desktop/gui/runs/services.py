"""The services that every tab needs; passed in, never fetched from a global."""

import csv
import logging
from dataclasses import dataclass
from pathlib import Path

from exoplanet_desktop.files.temporary import discard_folder, note_parts_in, own_folder
from exoplanet_desktop.gui.backends.session import Session
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.base.workers.poller import PollerThread
from exoplanet_desktop.gui.runs.run_recorder import RunRecorder
from exoplanet_desktop.gui.runs.runs import Runs
from exoplanet_desktop.gui.tables.memory import TableMemory
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.vocabulary import Satellite

log = logging.getLogger("exoplanet_desktop.gui")

POLLER_END_S = 3.0
SAMPLE_ROWS = 2_000
SAMPLE_SEED = 42


@dataclass(frozen=True)
class Services:
    """Attributes:
    tables: the last view settings of catalogs.
    scratch: this window's temporary folder, deleted when it closes.
    folder: the permanent data folder of engine, record and other files of this program.
    """

    workers: Workers
    notices: Notices
    session: Session
    poller: PollerThread
    recorder: RunRecorder
    runs: Runs
    tables: TableMemory
    scratch: Path
    folder: Path

    @classmethod
    def make(cls, data_dir: Path | None, config_dir: Path | None = None) -> "Services":
        """Args:
        data_dir: folder for the data of engine and record; the user's data folder if None.
        config_dir: folder for the list of backends; the user's configuration folder if None.
        """
        from platformdirs import user_config_path, user_data_path

        folder = data_dir or user_data_path("exoplanet-desktop", appauthor=False)
        workers, notices, poller = Workers(), Notices(), PollerThread()
        config = config_dir or user_config_path("exoplanet-desktop", appauthor=False)
        session = Session(workers, notices, folder, config)
        recorder = RunRecorder(folder / "record", notices)
        runs = Runs(session, workers, poller, recorder, notices)
        poller.unanswered.connect(session.no_answer_from)
        scratch = own_folder("window")
        note_parts_in(scratch)
        tables = TableMemory(workers, folder / "tables.json", config / "readings.json")
        return cls(workers, notices, session, poller, recorder, runs, tables, scratch, folder)

    async def sample(self, satellite: Satellite) -> Path:
        """A simulated catalog for trying things out. Raises AppError."""
        path = self.scratch / f"simulated_{satellite}.csv"
        await self.workers.call(_simulate, satellite, path)
        return path

    async def two_samples(self, satellite: Satellite) -> tuple[Path, Path]:
        """Two simulated catalogs; the second repeats the last fifth of the first, so that a merge finds duplicates."""
        first = await self.sample(satellite)
        return first, await self.workers.call(last_rows, first, self.scratch / f"{first.stem}_part.csv")

    async def close(self) -> None:
        """Shut down engine, threads and temporary files; a failure is logged and does not stop the rest."""
        self.poller.begin_to_end()
        for step in (
            self.session.close,
            self.recorder.close,
            self.tables.close,
            self._end_poller,
            self._discard_scratch,
        ):
            try:
                await step()
            except Exception:
                log.exception("closing: %s failed", step.__name__)
        self.workers.close()

    async def _end_poller(self) -> None:
        """Wait for the poller in a worker; a lane stuck on a silent server ends with the process."""
        if not await self.workers.call(self.poller.wait_ended, POLLER_END_S):
            log.warning("the poller is still waiting for an answer; it is abandoned")

    async def _discard_scratch(self) -> None:
        note_parts_in(None)
        await self.workers.call(discard_folder, self.scratch)


def _simulate(satellite: Satellite, path: Path) -> None:
    from exoplanet_desktop.catalogs.simulate.catalog import simulate

    simulate(satellite, SAMPLE_ROWS, SAMPLE_SEED, path)


def last_rows(path: Path, target: Path) -> Path:
    """The last fifth of a catalog, as a separate file."""

    from exoplanet_desktop.catalogs.tables.table import Table

    with Table.open(path) as table, target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        start = table.row_count * 4 // 5
        writer.writerows(table.page(start, table.row_count - start))
    return target
