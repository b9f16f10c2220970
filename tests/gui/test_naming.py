"""Names, labels and doubtful columns: the program asks for their meaning, and remembers it for similar files."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.gui.tables.naming import NamesDialog
from exoplanet_desktop.gui.tables.notes import NotesDialog
from exoplanet_desktop.gui.widgets.options import choose
from exoplanet_desktop.wire.vocabulary import Satellite

Sample = Callable[..., Path]


def renamed(path: Path, source: Path, names: dict[str, str], cells: dict[str, str] | None = None) -> Path:
    """A copy of a catalog with other column names, and with some texts replaced throughout."""
    lines = [line for line in source.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    head = ",".join(names.get(name, name) for name in lines[0].split(","))
    body = "\n".join(lines[1:])
    for old, new in (cells or {}).items():
        body = body.replace(old, new)
    path.write_text(f"{head}\n{body}\n", encoding="utf-8")
    return path


def opened(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.train.view.opened, timeout=60_000):
        window.train.open_files([path])


def asked(window: MainWindow, qtbot: QtBot) -> NamesDialog:
    qtbot.mouseClick(window.train.view.pane.heading.names, Qt.MouseButton.LeftButton)
    shown: list[NamesDialog] = []

    def there() -> bool:
        shown[:] = [one for one in window.findChildren(NamesDialog) if one.isVisible() and one.names.rowCount()]
        return bool(shown)

    qtbot.waitUntil(there, timeout=20_000)
    return shown[0]


def test_names_and_labels_are_said_once_and_kept_for_files_like_it(
    window: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    names = {"koi_period": "My period", "koi_disposition": "verdict"}
    cells = {"CONFIRMED": "yes", "CANDIDATE": "perhaps", "FALSE POSITIVE": "no"}
    first = renamed(tmp_path / "first.csv", sample(), names, cells)
    second = renamed(tmp_path / "second.csv", sample(rows=300), names, cells)
    opened(window, first, qtbot)
    assert "My period" in window.train.view.model.columns

    dialog = asked(window, qtbot)
    row = next(row for row in range(dialog.names.rowCount()) if dialog.names.item(row, 0).text() == "My period")
    dialog.names.item(row, 1).setText("koi_period")
    assert "Orbital Period" in dialog.names.item(row, 2).text()
    choose(dialog.label, "verdict")
    qtbot.waitUntil(lambda: set(dialog.meanings) >= {"yes", "no", "perhaps"}, timeout=10_000)
    for value, meaning in {"yes": "CONFIRMED", "no": "FALSE POSITIVE", "perhaps": "CANDIDATE"}.items():
        choose(dialog.meanings[value], meaning)
    with qtbot.waitSignal(window.train.view.opened, timeout=60_000):
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()

    shown = window.train.view.shown
    assert shown is not None
    assert {"koi_period", "koi_disposition"} <= set(shown.columns)
    assert all(shown.counts[label] for label in ("CONFIRMED", "CANDIDATE", "FALSE POSITIVE"))

    opened(window, second, qtbot)
    assert "koi_period" in window.train.view.model.columns
    assert any("the choices you saved for files with these column names" in text for text in window.notices.texts())
    offers = [button for button in window.notices.findChildren(QPushButton, "offer") if button.isVisible()]
    with qtbot.waitSignal(window.train.view.opened, timeout=60_000):
        offers[-1].click()
    assert "My period" in window.train.view.model.columns


def test_names_that_do_not_fit_are_refused_in_the_dialog(
    window: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    path = renamed(tmp_path / "own.csv", sample(), {"koi_period": "My period"})
    opened(window, path, qtbot)
    dialog = asked(window, qtbot)
    row = next(row for row in range(dialog.names.rowCount()) if dialog.names.item(row, 0).text() == "My period")
    dialog.names.item(row, 1).setText("koi_depth")

    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()

    qtbot.waitUntil(lambda: "cannot become `koi_depth`" in dialog.problem.text(), timeout=10_000)
    assert dialog.isVisible()
    dialog.reject()


def test_a_doubtful_table_waits_for_the_user_to_say_what_it_is(live: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "doubt.csv"
    head = "pl_name,hostname,pl_orbper,pl_rade,pl_trandep,mine,st_teff,st_rad,disposition_x"
    rows = "\n".join(f"b {number},star {number},{number},1.5,300,2.5,5000,1.0,x" for number in range(1, 30))
    path.write_text(f"{head}\n{rows}\n", encoding="utf-8")
    tab = live.predict
    live.tabs.setCurrentWidget(tab)
    with qtbot.waitSignal(tab.view.opened, timeout=20_000):
        tab.open_files([path])

    assert not tab.doubt.isHidden()
    assert "satellite" in tab.doubt.words.text()
    assert tab.doubt.why_not
    assert not tab.go.button.isEnabled()
    choose(tab.satellite, Satellite.K2)
    tab.satellite.activated.emit(tab.satellite.currentIndex())
    assert not tab.doubt.why_not


def test_cells_that_were_not_read_are_listed_and_a_click_goes_to_the_first(
    window: MainWindow, sample: Sample, qtbot: QtBot, tmp_path: Path
) -> None:
    lines = [line for line in sample().read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    place = lines[0].split(",").index("koi_depth")
    for number in (41, 50, 300):
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:place], "not measured", *cells[place + 1 :]])
    path = tmp_path / "odd.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    opened(window, path, qtbot)
    pane = window.train.view.pane
    assert "3 cells of `koi_depth`" in pane.notes.toolTip()

    qtbot.mouseClick(pane.notes, Qt.MouseButton.LeftButton)
    (dialog,) = [one for one in window.findChildren(NotesDialog) if one.isVisible()]
    texts = [dialog.cells.item(0, column).text() for column in range(3)]
    assert texts == ["3", "koi_depth", "not measured"]
    dialog.cells.cellClicked.emit(0, 0)

    qtbot.waitUntil(lambda: pane.grid.currentIndex().row() == 40, timeout=5_000)
    assert pane.model.columns[pane.grid.currentIndex().column()] == "koi_depth"
    dialog.close()


def test_a_file_that_cannot_be_read_offers_to_say_how(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("1,2,3\n4,5,6\n", encoding="utf-8")
    view = window.train.view
    with qtbot.waitSignal(view.closed, timeout=10_000):
        window.train.open_files([path])

    qtbot.waitUntil(view.failed.isVisible, timeout=5_000)
    assert view.failed.buttons[0].text() == "Read as…"
    path.write_text("a,b,c\n4,5,6\n", encoding="utf-8")
    with qtbot.waitSignal(view.opened, timeout=20_000):
        view.failed.buttons[-1].click()
