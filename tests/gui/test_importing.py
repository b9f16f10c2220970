"""A VOTable or FITS file as a user opens it: dropped or chosen; without astropy, a message says what to install."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.vocabulary import Satellite

WAIT_MS = 30_000


@pytest.fixture
def votable(sample: Callable[..., Path], tmp_path: Path) -> Path:
    table = pytest.importorskip("astropy.table", reason="needs the extra vo")
    path = tmp_path / "koi.vot"
    table.Table.read(sample(), format="ascii.csv", comment="#").write(path, format="votable")
    return path


def test_a_dropped_votable_is_opened_as_the_catalog_that_it_holds(
    window: MainWindow, votable: Path, sample: Callable[..., Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.train.view.opened, timeout=WAIT_MS) as opened:
        window.open_files([votable, sample()])

    assert opened.args[0].satellite == Satellite.KOI
    assert opened.args[0].row_count == 600
    assert window.train.picker.paths[1] == sample()
    csv = window.train.picker.paths[0]
    assert csv.parent == window.services.folder / "converted"
    assert csv.name.startswith("koi__")
    assert f"koi.vot was read as a table of 600 rows and saved as {csv}." in " ".join(window.notices.texts())


def test_a_chosen_votable_is_too(window: MainWindow, votable: Path, qtbot: QtBot) -> None:
    window.predict.picker.ask()
    dialog = window.predict.picker.findChild(QFileDialog)
    assert "*.vot" in dialog.nameFilters()[0]
    with qtbot.waitSignal(window.predict.view.opened, timeout=WAIT_MS):
        dialog.filesSelected.emit([str(votable)])
    dialog.close()
    assert window.predict.picker.path.suffix == ".csv"


def test_without_astropy_the_window_names_the_remedy(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("astropy", "astropy.io", "astropy.table"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "koi.fits").write_bytes(b"SIMPLE  =")
    window.open_files([tmp_path / "koi.fits"])
    qtbot.waitUntil(lambda: "pip install exoplanet-desktop[vo]" in " ".join(window.notices.texts()), timeout=WAIT_MS)
    assert window.train.picker.paths == []
