"""Which files can be dropped on the window or chosen, judged by name."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base.dropping import sorted_out
from exoplanet_desktop.gui.widgets.files import ask_files

TABLES = ["koi.csv", "KOI.TSV", "koi.txt", "koi.tbl", "koi.ecsv", "koi.dat", "koi.vot", "koi.fits"]
PACKED = ["koi.csv.gz", "koi.tbl.gz", "koi.gz", "koi.csv.bz2", "koi.tsv.zip", "koi.csv.zip"]


@pytest.mark.parametrize("name", TABLES + PACKED)
def test_a_table_of_any_kind_is_a_catalog(name: str) -> None:
    found = sorted_out([Path(name), Path("run.zip"), Path("page.pdf")])
    assert found.catalogs == (Path(name),)
    assert found.runs == (Path("run.zip"),)
    assert found.others == (Path("page.pdf"),)
    assert "page.pdf: only catalogs" in str(found.refusal())


def test_the_dialog_offers_them_all(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ask_files(parent, "Open", "", True, lambda _: None)
    (dialog,) = parent.findChildren(QFileDialog)
    first = dialog.nameFilters()[0]
    for ending in (".csv", ".tsv", ".txt", ".tbl", ".ecsv", ".dat", ".gz", ".csv.bz2", ".csv.zip", ".vot", ".fits"):
        assert f"*{ending}" in first
    dialog.reject()
