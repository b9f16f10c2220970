"""A window in a separate process, to be killed in mid-action.

`python -m tests.gui.killed_window SCENE ADDRESS CATALOG DATA_DIR TARGET`; prints one line when it is in mid-action.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.payloads import MergedFile

EMBEDDED = "embedded"


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


class Scene:
    """One action during which the window is killed."""

    def __init__(self, name: str, address: str, catalog: Path, target: Path) -> None:
        self._name, self._address, self._catalog, self._target = name, address, catalog, target

    async def play(self, window: MainWindow) -> None:
        session = window.services.session
        await until(lambda: session.state is State.READY)
        if self._address != EMBEDDED:
            backend = Backend(self._address)
            health = await window.services.workers.call(backend.health)
            session.adopt(Connection(backend, backend.base_url, embedded=False, health=health))
        if self._name == "download":
            window.merge.listing.save(MergedFile(filename="m.csv", url="/media/m.csv"), str(self._target))
            await until(lambda: window.merge.listing.transfer.bar.value() > 0)
        else:
            await self._train(window)
        print("IN THE MIDDLE", flush=True)
        await asyncio.sleep(600)

    async def _train(self, window: MainWindow) -> None:
        window.train.open_files([self._catalog])
        await until(window.train.go.button.isEnabled)
        window.train.go.button.click()
        await until(lambda: bool(window.services.runs.all))
        run = window.services.runs.all[0]
        phase = "SENDING" if self._name == "upload" else "RUNNING"
        await until(lambda: (run.snapshot.status == phase and (run.snapshot.share or 0) > 0) or run.is_over)
        if run.snapshot.status != phase:
            print(f"{run.snapshot.status}: {run.snapshot.words}", flush=True)


if __name__ == "__main__":
    name, address, catalog, data_dir, target = sys.argv[1:]
    app.run((), Path(data_dir), Scene(name, address, Path(catalog), Path(target)).play)
