"""The soak's window, in a separate process: trains, predicts and merges over a bad line, as a user would.

`python -m tests.benchmarks.soak_window ADDRESS CATALOG DATA_DIR SECONDS SEED`; prints one JSON object per line: samples
of memory and threads, a note that the line may calm down, and finally a summary of the work.
"""

import asyncio
import json
import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Model

SAMPLE_S = 5.0
STEP_S = 60.0  # time limit for a step before it is cancelled, as by an impatient user
END_S = 120.0
MODELS = (Model.DT, Model.LR, Model.XGB)


class Errors(logging.Handler):
    """Collects logged errors, so that none goes unnoticed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record)[:2000])


class Soak:
    """Drives the window until the time is up."""

    def __init__(self, address: str, catalog: Path, seconds: float, seed: int) -> None:
        self._address, self._catalog, self._seconds = address, catalog, seconds
        self._random, self._done = random.Random(seed), Counter[str]()
        self._errors = Errors()
        logging.getLogger().addHandler(self._errors)

    async def play(self, window: MainWindow) -> None:
        self._window, self._session = window, window.services.session
        await self._until(lambda: self._session.state is State.READY)
        await self._session.registry.save(Profile("Soak", self._address), None, None)
        sampling = asyncio.ensure_future(self._sample())
        await self._begin()
        end = time.monotonic() + self._seconds
        while time.monotonic() < end:
            if self._session.state is not State.READY:
                await asyncio.sleep(0.2)
                continue
            step = self._random.choice((self._train, self._predict, self._merge, self._use))
            await step()
            self._tidy()
        tell(calm=True)
        ended = await self._until(lambda: not self._window.services.runs.live, END_S)
        sampling.cancel()
        failures = [text[:200] for text in self._errors.texts]
        tell(done=dict(self._done), all_ended=ended, errors=failures, runs=len(self._window.services.runs.all))

    async def _begin(self) -> None:
        """Connects the backend, and opens the catalog in all tabs."""
        while True:
            try:
                await self._session.use("Soak")
                break
            except Exception:  # the line is bad from the start
                await asyncio.sleep(0.5)
        window = self._window
        other = self._catalog.with_name("other.csv")
        other.write_bytes(self._catalog.read_bytes())
        for tab in (window.train, window.predict):
            tab.open_files([self._catalog])
            await self._until(lambda tab=tab: tab.view.shown is not None)
        window.merge.open_files([self._catalog, other])

    async def _train(self) -> None:
        tab, runs = self._window.train, self._window.services.runs
        choose(tab.options.model, self._random.choice(MODELS))
        before = len(runs.all)
        if not await self._click(tab.go.button, lambda: len(runs.all) > before):
            return
        run = runs.all[-1]
        if not await self._until(lambda: run.is_over, STEP_S):
            await run.cancel()
            self._count("train: gave up waiting")
            return
        self._count(f"train: {run.snapshot.status}")

    async def _predict(self) -> None:
        tab = self._window.predict
        if tab.model.count() == 0 or not await self._click(tab.go.button, lambda: tab.is_busy):
            return
        before = tab.prediction
        if not await self._until(lambda: not tab.is_busy, STEP_S):
            await tab.cancel()
            await self._until(lambda: not tab.is_busy, STEP_S)
            self._count("predict: gave up waiting")
            return
        self._count("predict: done" if tab.prediction is not before else "predict: a sentence")

    async def _merge(self) -> None:
        tab, merged = self._window.merge, []
        tab.form.name.setText(f"soak {self._random.randrange(10**9)}")
        tab.merged.connect(merged.append)
        try:
            if not await self._click(tab.go.button, lambda: tab.is_busy):
                return
            if not await self._until(lambda: not tab.is_busy, STEP_S):
                await tab.cancel()
                await self._until(lambda: not tab.is_busy, STEP_S)
            await asyncio.sleep(0.3)
        finally:
            tab.merged.disconnect(merged.append)
        self._count("merge: done" if merged else "merge: a sentence")

    async def _use(self) -> None:
        tab = self._window.merge
        if tab.files.current is None:
            return
        tab.use_button.click()
        await asyncio.sleep(0.3)
        await self._until(lambda: tab.using._fetching is None, STEP_S)
        self._count("use")

    async def _click(self, button: Any, begun: Callable[[], bool]) -> bool:
        """Clicks if possible, and waits until the work has started or the window has said why not."""
        if not button.isEnabled():
            await asyncio.sleep(0.2)
            return False
        self._window.notices.clear()
        button.click()
        await self._until(lambda: begun() or bool(self._window.notices.failures()), 10)
        return begun()

    def _tidy(self) -> None:
        """Closes whatever has ended, as a user does."""
        for dialog in list(self._window.dialogs.values()):
            dialog.close()
        self._window.notices.clear()

    async def _until(self, condition: Callable[[], bool], seconds: float = STEP_S) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.02)
        return True

    def _count(self, what: str) -> None:
        self._done[what] += 1

    async def _sample(self) -> None:
        while True:
            tell(memory=resident_bytes(), threads=len(threading.enumerate()), tasks=len(asyncio.all_tasks()))
            await asyncio.sleep(SAMPLE_S)


def resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    address, catalog, data_dir, seconds, seed = sys.argv[1:]
    soak = Soak(address, Path(catalog), float(seconds), int(seed))
    sys.exit(app.run((), Path(data_dir), soak.play))
