"""A typical session: train, predict, merge, use the merged file, train. A step that does not do what it should fails.

If screenshots are wanted, it also visits every other screen of the window.
"""

import sys
import tempfile
from pathlib import Path

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.demo import pop_ups, runs, support, tables, trainings
from exoplanet_desktop.gui.demo.camera import LOOKS, Camera, use_a_large_screen
from exoplanet_desktop.gui.demo.driving import signal, until
from exoplanet_desktop.gui.predict.request import PredictionResult
from exoplanet_desktop.gui.runs.result_words import spread, three
from exoplanet_desktop.gui.runs.services import SAMPLE_ROWS, SAMPLE_SEED, last_rows
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell import app
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.wire.vocabulary import Satellite


def run_demo(csv: Path | None, screenshots: Path | None, data_dir: Path | None, *, all_looks: bool = False) -> int:
    """Drive the window. Returns 0 if every step did what it should; prints the result of each to stdout.

    Args:
        csv: the catalog; a simulated one if None.
        screenshots: where to put the pictures; takes none if None.
        data_dir: where the engine keeps its data; a folder that is removed afterwards if None.
        all_looks: take pictures in all of LOOKS, not just in the first.
    """
    try:
        if screenshots is not None:
            screenshots.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="exoplanet-desktop-demo-") as folder:
            use_a_large_screen(Path(folder))
            demo = Demo(csv.resolve() if csv else None, Camera(screenshots, LOOKS if all_looks else LOOKS[:1]))
            return app.run((), data_dir or Path(folder) / "data", demo.play)
    except (AppError, OSError) as error:
        print(f"The demo stopped: {error}", file=sys.stderr)  # noqa: T201
        return 1


class Demo:
    """The script of the window."""

    def __init__(self, csv: Path | None, camera: Camera) -> None:
        self._csv, self._camera = csv, camera

    async def play(self, window: MainWindow) -> None:
        self._camera.use(window)
        await until(lambda: window.services.session.state is State.READY, "the engine is ready")
        if self._camera.looks:
            await support.first_steps(window, self._camera)
        csv = await self._train(window)
        new = csv if self._csv else await window.services.workers.call(_new_rows, window.services.scratch)
        if self._camera.looks:
            await tables.dialogs(window, self._camera)
            await trainings.others(window, self._camera)
        await self._predict(window, new)
        await self._merge(window, csv)
        if self._camera.looks:
            await runs.all_of_them(window, self._camera)
            await support.dialogs(window, self._camera)
            await pop_ups.all_of_them(window, self._camera)
        _print("Done.")

    async def _train(self, window: MainWindow) -> Path:
        tab = window.train
        opened = tab.view.opened
        if self._csv is None:
            shown: Opened = await signal(opened, "the sample", lambda: tab.view.empty.buttons[1].click())
        else:
            csv = self._csv
            shown = await signal(opened, f"{csv.name}", lambda: tab.open_files([csv]))
        _print(f"Opened {shown.path.name}: {shown.row_count:,} rows, recognised as {shown.satellite}.")
        if shown.satellite is None:
            raise UnavailableError(
                tr("The columns of {file} match no known catalog. Choose another one.", file=shown.path.name)
            )
        await self._camera.take(window, "train-catalog")
        tab.go.button.click()
        await until(lambda: bool(window.services.runs.all), "the training has begun")
        run = window.services.runs.all[-1]
        await until(lambda: run.is_over, "the training has ended")
        self._tell_training(run)
        await trainings.results(window, run, "train", self._camera)
        return shown.path

    async def _predict(self, window: MainWindow, csv: Path) -> None:
        tab = window.predict
        run = window.services.runs.all[0]
        window.run_dialogs.show(run)
        window.dialogs[run].predict_button.click()
        await signal(tab.view.opened, f"{csv.name}", lambda: tab.open_files([csv]))
        await until(tab.go.button.isEnabled, "something can be predicted")
        await self._camera.take(window, "predict-catalog")
        prediction: PredictionResult = await signal(tab.predicted, "the prediction", tab.go.button.click)
        if prediction.reply.total_predicted != (tab.view.shown.row_count if tab.view.shown else 0):
            raise UnavailableError(tr("Not every row was predicted."))
        agreement = f"{prediction.matches:,} of {prediction.known:,} known dispositions agree"
        _print(f"Predicted {prediction.reply.total_predicted:,} rows: {agreement}.")
        await self._camera.take(window, "predict-result")
        tab.tabs.setCurrentIndex(2)
        await until(tab.figures.classes.isVisible, "the figures of the prediction are there")
        await self._camera.take(window, "predict-figures")

    async def _merge(self, window: MainWindow, csv: Path) -> None:
        tab = window.merge
        window.tabs.setCurrentWidget(tab)
        prediction = window.predict.prediction
        assert prediction is not None
        await signal(tab.preview.shown, "the preview", lambda: tab.open_files([csv, prediction.csv]))
        await until(tab.go.button.isEnabled, "the files can be merged")
        await self._camera.take(window, "merge-preview")
        reply = await signal(tab.merged, "the merge", tab.go.button.click)
        _print(f"Merged the catalog with its prediction: {reply.merged_rows:,} rows in {reply.merged_filename}.")
        await self._camera.take(window, "merge-list")
        await signal(tab.view.opened, "the merged file", tab.use_button.click)
        await until(tab.using.train_button.isEnabled, "the merged file can be trained on")
        await self._camera.take(window, "merge-use")
        run = await signal(tab.training_ended, "the training", tab.using.train_button.click)
        self._tell_training(run)
        window.dialogs[run].close()

    def _tell_training(self, run: TrainingRun) -> None:
        if run.result is None:
            raise UnavailableError(tr("The training of {file} failed: {why}", file=run.request.source, why=run.failure))
        folds = spread(run.result.cv_mean, run.result.cv_std)
        _print(f"Trained {run.request.title}: accuracy {three(run.result.accuracy)}, over the folds {folds}.")


def _new_rows(folder: Path) -> Path:
    """A catalog of objects that the model has not seen, except a few."""
    longer = folder / "longer.csv"
    simulate(Satellite.KOI, SAMPLE_ROWS * 6 // 5, SAMPLE_SEED, longer)
    return last_rows(longer, folder / "new_candidates.csv")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201
