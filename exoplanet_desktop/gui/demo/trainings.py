"""The dialog of a training: running, cancelled, failed, and with all pages of its result."""

import asyncio
from dataclasses import replace

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.gui.demo.camera import Camera
from exoplanet_desktop.gui.demo.driving import until
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.run_views.list_dialog import ListDialog
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Satellite

LONG_ROWS, SEED = 40_000, 7  # enough to have time to photograph it while it runs


async def results(window: MainWindow, run: TrainingRun, name: str, camera: Camera) -> None:
    """All pages of a result."""
    window.run_dialogs.show(run)
    dialog = window.dialogs[run]
    pages = dialog.results
    await until(lambda: pages.complete, "all pages of the result are there")
    matrix = pages.matrix
    if matrix is not None:
        await until(lambda: matrix.errors.isVisible(), "the held-out rows are there")
        await camera.take(dialog, f"{name}-matrix")
        matrix.threshold.miss_at_most()
        await camera.take(dialog, f"{name}-threshold")
        matrix.threshold.use.setChecked(False)
        matrix.errors.table_button.click()
        await until(lambda: _list_of(dialog) is not None, "the list of errors is a table")
        if (listed := _list_of(dialog)) is not None:
            await camera.take(listed, f"{name}-errors")
            listed.close()
    for place in range(1, pages.tabs.count()):
        pages.tabs.setCurrentIndex(place)
        await camera.take(dialog, f"{name}-{pages.tabs.tabText(place).lower().replace(' ', '-')}")
    dialog.close()


def _list_of(dialog: ProgressDialog) -> ListDialog | None:
    """The shown table of a run's errors; None until it is read."""
    return next((one for one in dialog.findChildren(ListDialog) if one.view.shown is not None), None)


async def others(window: MainWindow, camera: Camera) -> None:
    """A slow training that is cancelled, and one whose file is missing."""
    path = window.services.scratch / "long.csv"
    await window.services.workers.call(simulate, Satellite.KOI, LONG_ROWS, SEED, path)
    request = replace(window.services.runs.all[0].request, paths=(path,))
    run = window.services.runs.begin(request)
    working = asyncio.ensure_future(run.work())
    await until(lambda: run.state is RunState.RUNNING and (run.snapshot.share or 0) > 0.1, "the training is under way")
    dialog = window.dialogs[run]
    await camera.take(dialog, "training-running")
    dialog.log_button.setChecked(True)
    await camera.take(dialog, "training-log")
    dialog.cancel_button.click()
    await working
    await camera.take(dialog, "training-cancelled")
    dialog.close()
    run = window.services.runs.begin(replace(request, paths=(path.with_name("gone.csv"),)))
    await run.work()
    await camera.take(window.dialogs[run], "training-failed")
    window.dialogs[run].close()
