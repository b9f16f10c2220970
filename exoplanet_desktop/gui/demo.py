"""The demo: drives the real window through Train, Predict, Merge, Use and Train, and keeps a picture of each step."""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication, QWidget

from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui import app
from exoplanet_desktop.gui.main_window import MainWindow
from exoplanet_desktop.gui.notices import NoticeBar
from exoplanet_desktop.gui.predict.request import Prediction
from exoplanet_desktop.gui.progress.run import TrainingRun
from exoplanet_desktop.gui.progress.words import spread, three
from exoplanet_desktop.gui.session import State
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.text import count, tr
from exoplanet_desktop.wire.vocabulary import Status

STEP_S = 300.0


def run_demo(csv: Path | None, screenshots: Path | None, data_dir: Path | None) -> int:
    """Drive the window. Returns 0 where every step did what it should; says on stdout what came of each.

    Args:
        csv: the catalog; a simulated one if None.
        screenshots: where the pictures go; none are kept if None.
        data_dir: where the engine keeps its data; a folder that is removed afterwards if None.
    """
    try:
        if screenshots is not None:
            screenshots.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="exoplanet-desktop-demo-") as folder:
            demo = Demo(csv.resolve() if csv else None, screenshots)
            return app.run((), data_dir or Path(folder), demo.play)
    except (AppError, OSError) as error:
        print(f"The demo stopped: {error}", file=sys.stderr)  # noqa: T201
        return 1


class Demo:
    """The script; each step fails loudly where the window does not do what it should."""

    def __init__(self, csv: Path | None, screenshots: Path | None) -> None:
        self._csv, self._screenshots = csv, screenshots
        self._pictures = 0

    async def play(self, window: MainWindow) -> None:
        await self._until(lambda: window.services.session.state is State.READY, "the engine is ready")
        await self._picture(window, "empty")
        csv = await self._train(window)
        await self._predict(window, csv)
        await self._merge(window, csv)
        _print("Done.")

    async def _train(self, window: MainWindow) -> Path:
        tab = window.train
        opened = tab.view.opened
        if self._csv is None:
            shown: Opened = await self._signal(opened, "the sample", lambda: tab.view.empty.buttons[1].click())
        else:
            csv = self._csv
            shown = await self._signal(opened, f"{csv.name}", lambda: tab.open_files([csv]))
        _print(f"Opened {shown.path.name}: {shown.row_count:,} rows, recognised as {shown.satellite}.")
        await self._picture(window, "train-catalog")
        tab.go.button.click()
        await self._until(lambda: bool(window.services.runs.all), "the training has begun")
        run = window.services.runs.all[-1]
        await self._until(
            lambda: run.is_over or (run.phase == Status.RUNNING and (run.share or 0) > 0.2), "the training is under way"
        )
        await self._picture(window.dialogs[run], "train-progress")
        await self._until(lambda: run.is_over, "the training has ended")
        self._tell_training(run)
        await self._results(window, run, "train-result")
        return shown.path

    async def _predict(self, window: MainWindow, csv: Path) -> None:
        tab = window.predict
        run = window.services.runs.all[-1]
        window.show_run(run)  # its dialog was closed, and is made anew
        window.dialogs[run].predict_button.click()
        await self._signal(tab.view.opened, f"{csv.name}", lambda: tab.open_files([csv]))
        await self._until(tab.go.button.isEnabled, "something can be predicted")
        await self._picture(window, "predict-catalog")
        prediction: Prediction = await self._signal(tab.predicted, "the prediction", tab.go.button.click)
        if prediction.reply.total_predicted != (tab.view.shown.row_count if tab.view.shown else 0):
            raise UnavailableError(tr("Not every row was predicted."))
        agreement = f"{prediction.matches:,} of {prediction.known:,} known dispositions agree"
        _print(f"Predicted {prediction.reply.total_predicted:,} rows: {agreement}.")
        await self._picture(window, "predict-result")
        tab.tabs.setCurrentIndex(2)
        await self._until(tab.figures.classes.isVisible, "the figures of the prediction are there")
        await self._picture(window, "predict-figures")

    async def _merge(self, window: MainWindow, csv: Path) -> None:
        tab = window.merge
        window.tabs.setCurrentWidget(tab)
        prediction = window.predict.prediction
        assert prediction is not None
        tab.open_files([csv, prediction.csv])
        await self._until(tab.go.button.isEnabled, "the files can be merged")
        await self._picture(window, "merge-form")
        reply = await self._signal(tab.merged, "the merge", tab.go.button.click)
        _print(f"Merged the catalog with its prediction: {reply.merged_rows:,} rows in {reply.merged_filename}.")
        await self._picture(window, "merge-list")
        await self._signal(tab.view.opened, "the merged file", tab.use_button.click)
        await self._until(tab.using.train_button.isEnabled, "the merged file can be trained on")
        await self._picture(window, "merge-use")
        run = await self._signal(tab.training_ended, "the training", tab.using.train_button.click)
        self._tell_training(run)
        await self._results(window, run, "merge-result")

    def _tell_training(self, run: TrainingRun) -> None:
        if run.result is None:
            raise UnavailableError(tr("The training of {file} failed: {why}", file=run.request.source, why=run.failure))
        folds = spread(run.result.cv_mean, run.result.cv_std)
        _print(f"Trained {run.request.title}: accuracy {three(run.result.accuracy)}, over the folds {folds}.")

    async def _results(self, window: MainWindow, run: TrainingRun, name: str) -> None:
        dialog = window.dialogs[run]
        for index in range(dialog.results.tabs.count()):
            dialog.results.tabs.setCurrentIndex(index)
            await self._picture(dialog, f"{name}-{index + 1}")
        dialog.close()

    async def _signal(self, signal: SignalInstance, what: str, action: Callable[[], object] | None = None) -> Any:
        """Do something and wait for its signal; a message of failure in the window ends the wait at once."""
        arrived: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def take(value: object = None) -> None:
            if not arrived.done():
                arrived.set_result(value)

        signal.connect(take)
        try:
            if action is not None:
                action()
            await self._until(arrived.done, f"{what} is there")
            return arrived.result()
        finally:
            signal.disconnect(take)

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        end = asyncio.get_running_loop().time() + STEP_S
        while not condition():
            if failed := _failures():
                raise UnavailableError(tr("While waiting until {what}: {why}", what=what, why=failed[0]))
            if asyncio.get_running_loop().time() > end:
                raise UnavailableError(
                    tr("After {seconds} s it is not so that {what}.", seconds=count(int(STEP_S)), what=what)
                )
            await asyncio.sleep(0.05)

    async def _picture(self, widget: QWidget, name: str) -> None:
        # A moment for what the last event changed: pages of the table, layouts, styles.
        await asyncio.sleep(0.4)
        if self._screenshots is None:
            return
        self._pictures += 1
        file = self._screenshots / f"{self._pictures:02}-{name}.png"
        if not widget.grab().save(str(file)):
            raise UnavailableError(tr("The picture {file} could not be written. Choose another folder.", file=file))


def _failures() -> list[str]:
    """Messages of failure that the window shows now."""
    bars = [bar for window in QApplication.topLevelWidgets() for bar in window.findChildren(NoticeBar)]
    return [text for bar in bars for text in bar.failures()]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201
