"""A figure on screen: viewing, copying, saving, and text for screen readers."""

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from exoplanet_desktop.errors import AppError
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.painted import painted
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.export import KINDS, mime, picture
from exoplanet_desktop.gui.charts.figure import Figure, paper_style, screen_style
from exoplanet_desktop.gui.charts.matrix import MatrixFigure, Place
from exoplanet_desktop.gui.widgets.files import ask_target, write
from exoplanet_desktop.gui.widgets.labels import PlainLabel, tip
from exoplanet_desktop.gui.widgets.notices import Notices
from exoplanet_desktop.gui.widgets.row import in_order

LEAST_LINES = 14  # lines of text: the minimum height of a figure
SAVES = {"png": "Save as PNG…", "svg": "Save as SVG…", "pdf": "Save as PDF…", "csv": "Save the numbers as CSV…"}


class FigureView(QWidget):
    """The painted figure."""

    def __init__(self, figure: Figure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = figure
        self._style = screen_style()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_figure(figure)

    def show_figure(self, figure: Figure) -> None:
        self.figure = figure
        self.setAccessibleName(figure.title)
        self.setAccessibleDescription(figure.summary())
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self.minimumHeight())

    @property
    def room(self) -> QRectF:
        """The area of the figure."""
        return QRectF(self.rect()).adjusted(4, 4, -4, -4)

    @painted
    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._style.colour("base"))
            self.figure.paint(painter, self.room, self._style)
            if self.hasFocus():
                painter.setPen(QPen(self._style.colour("accent"), 1.5, Qt.PenStyle.DotLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def changeEvent(self, event: QEvent) -> None:
        """The colour scheme or text size changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._style = screen_style()
            self._fit()
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.figure.hint(QPointF(event.pos()), self.room, self._style)
            QToolTip.showText(event.globalPos(), tip(text), self)
            return True
        return super().event(event)

    def _fit(self) -> None:
        own = self.figure.height(self._style)
        least = round(own) + 8 if own else round(LEAST_LINES * self._style.line)
        if least != self.minimumHeight():
            self.setMinimumHeight(least)


class MatrixView(FigureView):
    """A confusion matrix with cells that the user can select, by mouse or arrow keys.

    Signals:
        chosen: the selected cell; None for none.
    """

    chosen = Signal(object)

    figure: MatrixFigure

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.figure.cell_at(event.position(), self.room, self._style)
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.chosen.emit(None if cell == self.figure.selected else cell)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            self.chosen.emit(self._moved(*step))
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Backspace) and self.figure.selected is not None:
            self.chosen.emit(None)
        else:
            super().keyPressEvent(event)

    def _moved(self, down: int, right: int) -> Place:
        if self.figure.selected is None:
            return 0, 0
        true, said = self.figure.selected
        last = len(self.figure.labels) - 1
        return min(max(true + down, 0), last), min(max(said + right, 0), last)


class FigurePanel(QWidget):
    """A figure with its title, its actions, and its text."""

    def __init__(
        self,
        view: FigureView,
        workers: Workers,
        notices: Notices,
        stem: str = "",
        title: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`stem`: the beginning of its file names; `title`: the title above it, if not the figure's own."""
        super().__init__(parent)
        self._title = title
        self.view, self._workers, self._notices, self._stem = view, workers, notices, stem
        self.title = PlainLabel("", "heading")
        self.button = QPushButton(tr("Copy or save"), self)  # has space for the arrow of its menu
        self.menu = QMenu(self)
        self.copy_action = self.menu.addAction(tr("&Copy"))
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy)
        view.addAction(self.copy_action)
        self.save_actions = {kind: self.menu.addAction(tr(words)) for kind, words in SAVES.items()}
        for kind, action in self.save_actions.items():
            action.triggered.connect(lambda _=False, kind=kind: self.ask_target(kind))
        self.button.setMenu(self.menu)
        self.words_button = QToolButton(self)
        self.words_button.setText(tr("In words"))
        self.words_button.setCheckable(True)
        self.words_button.setProperty("folds", True)
        self.words_button.setAutoRaise(True)
        self.words_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.words_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.words_button.toggled.connect(self._show_words)
        self.words = PlainLabel("", "muted", selectable=True)
        self._lay_out()
        self._show_words(False)
        self.show_figure(view.figure)

    def report_error(self, error: AppError) -> None:
        self._notices.failure(error)

    @property
    def figure(self) -> Figure:
        return self.view.figure

    def show_figure(self, figure: Figure) -> None:
        """Show another figure, or the same one with new numbers."""
        self.view.show_figure(figure)
        if self.button.toolTip() != figure.title:
            self.title.setText(self._title or figure.title)
            self.button.setToolTip(figure.title)
            self.button.setAccessibleName(tr("Copy or save: {figure}", figure=figure.title))
            for widget in (self.words_button, self.words):
                widget.setAccessibleName(tr("In words: {figure}", figure=figure.title))
        if self.words_button.isChecked():
            self._tell()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    @aio.slot()
    async def copy(self) -> None:
        """Put picture and numbers on the clipboard."""
        figure = self.figure
        image = await self._workers.call(picture, figure, paper_style())
        QGuiApplication.clipboard().setMimeData(mime(image, figure))

    def ask_target(self, kind: str) -> None:
        """Ask where to save a file of a kind: png, svg, pdf or csv."""
        stem = "_".join(part for part in (self._stem, self.figure.name) if part)
        title = tr(SAVES[kind]).rstrip("…")
        ask_target(self, title, f"{stem}.{kind}", lambda target: self.save(kind, target))

    @aio.slot(str, str)
    async def save(self, kind: str, target: str) -> None:
        """Write the figure to a file."""
        data = await self._workers.call(KINDS[kind], self.figure, paper_style())
        await self._workers.call(write, Path(target), data)
        self._notices.information(tr("The figure is saved in {target}.", target=target))

    @Slot(bool)
    def _show_words(self, shown: bool) -> None:
        self.words_button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        if shown:
            self._tell()
        self.words.setVisible(shown)

    def _tell(self) -> None:
        self.words.setText(self.figure.summary())
        self.words.setAccessibleDescription(self.words.text())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        for button in (self.words_button, self.button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addWidget(self.view, 1)
        in_order(self.words_button, self.button, self.view)
