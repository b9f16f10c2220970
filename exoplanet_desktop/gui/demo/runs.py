"""The list of runs, a comparison of several, the ranking of all models, and the bin."""

from functools import partial

from PySide6.QtCore import QItemSelectionModel

from exoplanet_desktop.gui.demo.camera import Camera
from exoplanet_desktop.gui.demo.driving import dialog, signal, until
from exoplanet_desktop.gui.run_views.bin import BinDialog
from exoplanet_desktop.gui.run_views.columns import Column
from exoplanet_desktop.gui.run_views.compare_dialog import CompareDialog
from exoplanet_desktop.gui.run_views.kept_dialog import KeptDialog
from exoplanet_desktop.gui.run_views.ranking_dialog import RankingDialog
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.columns import ColumnsDialog
from exoplanet_desktop.wire.vocabulary import RunKind

COMPARED = 3
WIDE_PX, HIGH_PX = 1100, 480


async def all_of_them(window: MainWindow, camera: Camera) -> None:
    """Train all models, and visit everything that the list of runs offers."""
    window.tabs.setCurrentWidget(window.train)
    ranking = await dialog(RankingDialog, window.train.all_button.click)
    batch = ranking.batch
    assert batch is not None
    await until(lambda: len(batch.parts) > 1 and not batch.parts[-1].is_over, "the second model is trained")
    await camera.take(ranking, "ranking-running")
    await until(lambda: batch.is_over, "all models are trained")
    await camera.take(ranking, "ranking")
    ranking.close()
    await _dock(window, camera)


async def _dock(window: MainWindow, camera: Camera) -> None:
    dock = window.runs_dock
    dock.show()
    for row in [row for row in dock.model.rows if row.is_group]:
        dock.model.unfold(row, True)
    await camera.take(window, "runs")
    trained = [row for row in dock.model.rows if not row.is_group and _scored(row)]
    _select(window, [row for row in trained if row.entry.group_id][-COMPARED:])
    await camera.take_anew(partial(dialog, CompareDialog, dock.actions_of_runs.compare.trigger), "runs-compared")
    other = next(row for row in dock.model.rows if row.entry.kind == RunKind.PREDICT)
    _select(window, [other])
    await camera.take_anew(partial(dialog, KeptDialog, partial(dock.opener.open, other)), "run-of-a-prediction")
    failed = [row for row in dock.model.rows if row.state is RunState.FAILED]
    _select(window, failed)
    await signal(dock.commands.done, "the bin", dock.commands.delete)
    await camera.take_anew(partial(dialog, BinDialog, dock.commands.show_bin), "runs-bin")
    await camera.take_anew(partial(dialog, ColumnsDialog, dock.choose_columns), "runs-columns")
    dock.setFloating(True)
    dock.resize(WIDE_PX, HIGH_PX)
    await camera.take(dock, "runs-table")
    dock.setFloating(False)
    dock.hide()


def _scored(row: Row) -> bool:
    return row.entry.kind == RunKind.TRAIN and row.entry.accuracy is not None


def _select(window: MainWindow, rows: list[Row]) -> None:
    model = window.runs_dock.model
    selection = window.runs_dock.view.table.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    selection.clearSelection()
    for row in rows:
        if (place := model.place(row)) is not None:
            selection.select(model.index(place, Column.NAME), flags.Select | flags.Rows)
