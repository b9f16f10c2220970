"""The table of a catalog, and the dialogs that belong to it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.catalogs.tables.view import ColumnFilter
from exoplanet_desktop.gui.demo.camera import Camera
from exoplanet_desktop.gui.demo.driving import dialog, signal
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.catalog_columns import CatalogColumns
from exoplanet_desktop.gui.tables.distribution import DistributionDialog
from exoplanet_desktop.gui.tables.filtering import FilterDialog
from exoplanet_desktop.gui.tables.naming import NamesDialog
from exoplanet_desktop.gui.tables.notes import NotesDialog
from exoplanet_desktop.gui.tables.reading import ReadingDialog
from exoplanet_desktop.wire.vocabulary import Satellite

PERIODS = {Satellite.KOI: "koi_period", Satellite.K2: "pl_orbper", Satellite.TOI: "pl_orbper"}


async def dialogs(window: MainWindow, camera: Camera) -> None:
    """The catalog open in Train: filtered, and each of its dialogs."""
    pane = window.train.view.pane
    satellite = window.train.options.satellite.currentData()
    label, number = SATELLITES[satellite].label, PERIODS[satellite]
    pane.tools.filter_line.setText(f"{number} < 20")
    await signal(pane.queries.selected, "the filter", pane.tools.filter_line.returnPressed.emit)
    one = ColumnFilter(label, "one of", ("CONFIRMED", "CANDIDATE"))
    await signal(pane.queries.selected, "the filter", partial(pane.queries.add_filter, one))
    await signal(pane.queries.selected, "the order", partial(pane.queries.sort, ((number, True),)))
    await camera.take(window, "table-filtered")
    ways: list[tuple[type[QDialog], Callable[[], object], str]] = [
        (CatalogColumns, pane.choose_columns, "table-columns"),
        (FilterDialog, partial(pane.ask_filter, number), "table-condition-number"),
        (FilterDialog, partial(pane.ask_filter, label), "table-condition-class"),
        (DistributionDialog, partial(pane.show_distribution, number), "table-distribution-number"),
        (DistributionDialog, partial(pane.show_distribution, label), "table-distribution-class"),
        (ReadingDialog, pane.heading.reading.click, "table-reading"),
        (NamesDialog, pane.heading.names.click, "table-names"),
    ]
    for kind, action, name in ways:
        await camera.take_anew(partial(dialog, kind, action), name)
    await signal(pane.queries.selected, "the filter", partial(pane.queries.drop_filter, label))
    await signal(pane.queries.selected, "the filter", pane.tools.filter_line.clear)
    await signal(pane.queries.selected, "the order", partial(pane.queries.sort, ()))
    await _notes(window, camera)


async def _notes(window: MainWindow, camera: Camera) -> None:
    """A catalog with unreadable lines."""
    tab = window.train
    good = tab.picker.paths
    bad = window.services.scratch / "with_bad_lines.csv"
    await window.services.workers.call(_spoil, good[0], bad)
    await signal(tab.view.opened, "the catalog with bad lines", partial(tab.open_files, [bad]))
    await camera.take_anew(partial(dialog, NotesDialog, tab.view.pane.heading.notes.click), "table-notes")
    await signal(tab.view.opened, "the catalog", partial(tab.open_files, good))


def _spoil(good: Path, bad: Path) -> None:
    lines = good.read_text(encoding="utf-8").splitlines()
    cells = lines[-1].split(",")
    lines[-20:-20] = [",".join(cells[:9]), lines[-1] + ",one,too,many"]
    bad.write_text("\n".join(lines) + "\n", encoding="utf-8")
