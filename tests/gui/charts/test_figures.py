"""Figures on screen, in files, in words, and for colour-blind users."""

import csv
import threading
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts import export
from exoplanet_desktop.gui.charts.bars import ClassesFigure, ConfidenceFigure
from exoplanet_desktop.gui.charts.curves import Bin, precision_recall_of, reliability_of, roc_of
from exoplanet_desktop.gui.charts.distribution import StripsFigure, ValuesFigure
from exoplanet_desktop.gui.charts.figure import DASHES, ChartStyle, Figure, contrast, paper_style
from exoplanet_desktop.gui.charts.matrix import MatrixFigure, Shade, cell_colours
from exoplanet_desktop.gui.charts.view import FigurePanel, FigureView
from exoplanet_desktop.gui.run_views.training_figures import figures_of, matrix_of
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.wire.payloads import TrainResult
from exoplanet_desktop.wire.vocabulary import Disposition

CLASSES = [str(label) for label in Disposition]


def all_figures(result: TrainResult) -> list[Figure]:
    matrices = [figure for shade in Shade if (figure := matrix_of(result, shade)) is not None]
    others = [figure for figures in figures_of(result).values() for figure in figures]
    counts = {label: number * 100 for number, label in enumerate(CLASSES)}
    confidence = {label: [number * 3 for number in range(20)] for label in CLASSES}
    strips = StripsFigure("koi_period", "days", [10.0**power for power in range(21)], confidence, logarithmic=True)
    values = ValuesFigure("koi_fpflag_nt", [("0", counts), ("1", {"": 7})])
    return [*matrices, *others, ClassesFigure(counts), ConfidenceFigure(confidence), strips, values]


def in_thread(work: Callable[[], object]) -> object:
    """The result of a function that runs in a thread, as in a worker."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join(30)
    return found[0]


def test_every_figure_is_painted_written_and_told(styled: QApplication, result: TrainResult) -> None:
    style, figures = paper_style(), all_figures(result)
    assert [figure.name for figure in figures].count("confusion_matrix") == 3
    assert {"roc", "precision_recall", "reliability", "importance"} <= {figure.name for figure in figures}
    for figure in figures:
        png = in_thread(lambda figure=figure: export.png(figure, style))
        image = QImage.fromData(png)
        assert image.width() >= 2 * figure.size.width()
        colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
        assert len(colours) > 4, figure.name
        drawing = ElementTree.fromstring(in_thread(lambda figure=figure: export.svg(figure, style)))
        assert sum(1 for _ in drawing.iter()) > 20
        assert in_thread(lambda figure=figure: export.pdf(figure, style)).startswith(b"%PDF-")
        headers, rows = figure.numbers()
        read = list(csv.reader(export.table(figure).decode().splitlines()))
        assert read[0] == list(headers) and len(read) == len(rows) + 1
        assert figure.title in figure.summary() and len(figure.summary()) > 40


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK])
def test_the_number_in_a_cell_can_be_read_on_every_shade(styled: QApplication, tokens: theme.Tokens) -> None:
    style = ChartStyle(tokens, paper_style().font)
    for share in range(101):
        ground, ink = cell_colours(style, share / 100)
        assert contrast(style.colour(ink), ground) >= 4.5, share


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK])
def test_classes_differ_without_their_colours(styled: QApplication, tokens: theme.Tokens) -> None:
    assert len({DASHES[label] for label in CLASSES}) == 3
    style = ChartStyle(tokens, paper_style().font)
    pictures = []
    for label in CLASSES:
        image = QImage(24, 24, QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        theme.draw_mark(painter, label, QRectF(image.rect()).center(), 20, style.colour("text"))
        painter.end()
        pictures.append(bytes(image.constBits()))
    assert len(set(pictures)) == 3


def test_what_a_backend_sends_is_drawn_where_it_makes_sense_and_left_out_where_not() -> None:
    nan = float("nan")
    assert roc_of({"roc": {"CONFIRMED": {"fpr": [0, nan, "1"], "tpr": [0, 1, 1]}}}, {}) is None
    assert roc_of({"roc": ["nonsense"]}, {}) is None
    assert precision_recall_of({"pr": {"X": None, "Y": {"recall": [0, 1], "precision": [1, 0]}}}, {}).curves == {
        "Y": [(0.0, 1.0), (1.0, 0.0)]
    }
    assert reliability_of({"reliability": [{"confidence": 2, "accuracy": 0, "count": 1}, 7]}, None) is None
    for matrix in ([[1, 2]], [[1, 2], [3]], [[-1, 2], [3, 4]], [[0, 0], [0, 0]], None):
        assert matrix_of(TrainResult(labels=["A", "B"], confusion_matrix=matrix)) is None
    assert figures_of(TrainResult(accuracy=0.5)) == {}


def test_the_interval_of_a_bin_is_wilsons() -> None:
    low, high = Bin(0.5, 0.9, 10).interval
    assert (low, high) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert Bin(0.5, 1.0, 2).interval == pytest.approx((0.3424, 1.0), abs=1e-4)


def test_shares_of_a_matrix_add_up_by_row_and_by_column() -> None:
    counts = [[8, 2], [0, 10]]
    by_true = MatrixFigure(["A", "B"], counts, Shade.BY_TRUE).numbers()[1]
    by_said = MatrixFigure(["A", "B"], counts, Shade.BY_PREDICTED).numbers()[1]
    assert by_true == [["A", 0.8, 0.2], ["B", 0.0, 1.0]]
    assert by_said == [["A", 1.0, 2 / 12], ["B", 0.0, 10 / 12]]


@pytest.fixture
def panel(result: TrainResult, workers: Workers, notices: Notices, qtbot: QtBot) -> FigurePanel:
    panel = FigurePanel(FigureView(figures_of(result)["curves"][0]), workers, notices, "KOI_xgb")
    qtbot.addWidget(panel)
    panel.resize(420, 380)
    panel.show()
    return panel


def test_a_figure_is_copied_as_picture_and_numbers(panel: FigurePanel, qtbot: QtBot) -> None:
    panel.view.setFocus()
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=5_000)
    first = QGuiApplication.clipboard().text().splitlines()[0]
    QGuiApplication.clipboard().clear()  # Qt's offscreen platform crashes at exit if anything is left in it
    assert first == "Class\tFalse positive rate\tTrue positive rate (recall)"


STARTS = [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("csv", b"Class")]


@pytest.mark.parametrize(("kind", "start"), STARTS)
def test_a_figure_is_saved(panel: FigurePanel, qtbot: QtBot, tmp_path: Path, kind: str, start: bytes) -> None:
    target = tmp_path / f"figure.{kind}"
    panel.save(kind, str(target))
    qtbot.waitUntil(target.exists, timeout=5_000)
    assert target.read_bytes().startswith(start)


def test_a_bad_place_is_told(panel: FigurePanel, notices: Notices, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(notices.told, timeout=5_000) as told:
        panel.save("csv", str(tmp_path / "nowhere" / "figure.csv"))
    assert told.args[0].failed and "There is no folder" in told.args[0].text


def test_a_figure_can_be_read_out(panel: FigurePanel, qtbot: QtBot) -> None:
    assert panel.view.accessibleName() == "ROC: each class against the rest"
    assert "true positive rate" in panel.view.accessibleDescription()
    assert panel.words.isHidden()
    qtbot.mouseClick(panel.words_button, Qt.MouseButton.LeftButton)
    assert panel.words.isVisible() and panel.words.text() == panel.view.accessibleDescription()


def test_the_context_menu_has_all_that_can_be_done(panel: FigurePanel, qtbot: QtBot) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), panel.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(panel, event)
    qtbot.waitUntil(panel.menu.isVisible, timeout=2_000)
    assert [action.text() for action in panel.menu.actions()] == [
        "&Copy",
        "Save as PNG…",
        "Save as SVG…",
        "Save as PDF…",
        "Save the numbers as CSV…",
    ]
    panel.menu.close()


def test_a_figure_follows_the_scheme(panel: FigurePanel, qtbot: QtBot) -> None:
    before = panel.view.grab().toImage().pixelColor(2, 2).name()
    theme.theme().choose(Qt.ColorScheme.Dark)
    try:
        assert before == theme.LIGHT.base
        assert panel.view.grab().toImage().pixelColor(2, 2).name() == theme.DARK.base
    finally:
        theme.theme().choose(Qt.ColorScheme.Light)


def test_figures_fit_small_and_large_rooms(styled: QApplication, result: TrainResult) -> None:
    style = paper_style()
    for figure in all_figures(result):
        for size in (QSizeF(150, 120), QSizeF(1600, 900)):
            image = QImage(size.toSize(), QImage.Format.Format_RGB32)
            painter = QPainter(image)
            figure.paint(painter, QRectF(image.rect()), style)
            assert painter.end()
