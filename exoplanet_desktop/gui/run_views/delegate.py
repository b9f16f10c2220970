"""A run in two lines, for a narrow list: mark and name; below them score, data and date."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from exoplanet_desktop.gui.base import theme
from exoplanet_desktop.gui.base.painted import painted
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.run_views.columns import second_line, state_colour
from exoplanet_desktop.gui.run_views.model import ROW, RunsModel
from exoplanet_desktop.gui.run_views.rows import Row
from exoplanet_desktop.gui.widgets.combo import whole_parts

Index = QModelIndex | QPersistentModelIndex
PAD = 8
GAP = 2
INDENT = 16
BAR = 3
LONGEST_NAME = 200  # same limit as in the record


class NameEditor(QStyledItemDelegate):
    """Edits the name of a run in place."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        editor.setAccessibleName(tr("Name of the run"))
        return editor


class TwoLines(NameEditor):
    """Paints a run from its Row."""

    def __init__(self, model: RunsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(180, 2 * option.fontMetrics.lineSpacing() + 2 * PAD + GAP)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: ARG002
        # Cover both lines: an editor line that stuck out at the bottom would be cut off.
        editor.setGeometry(option.rect.adjusted(4, 2, -4, -2))

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        style = option.widget.style() if option.widget else QApplication.style()
        self.initStyleOption(option, index)
        option.text = ""
        # The style paints background, selection and focus.
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        text = option.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        quiet = text if selected else QColor(theme.tokens().muted)
        painter.save()
        self._paint_words(painter, option, row, text, quiet, selected)
        painter.restore()

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        row: Row,
        text: QColor,
        quiet: QColor,
        selected: bool,
    ) -> None:
        metrics = option.fontMetrics
        area = option.rect.adjusted(PAD + (INDENT if self._model.is_part(row) else 0), PAD, -PAD, -PAD)
        first = QRect(area.left(), area.top(), area.width(), metrics.lineSpacing())
        second = first.translated(0, metrics.lineSpacing() + GAP)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.setFont(option.font)
        wide = metrics.horizontalAdvance("◌ ") + 2
        painter.setPen(text if selected else QColor(state_colour(row)))
        painter.drawText(first, left, row.mark)
        painter.setPen(text)
        name = first.adjusted(wide, 0, 0, 0)
        end = "★" if row.entry.starred else ""
        if row.is_group:
            end = f"{end} {'▾' if self._model.is_unfolded(row) else '▸'}".strip()
        if end:
            painter.drawText(name, right, end)
            name.setRight(name.right() - metrics.horizontalAdvance(f" {end}"))
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(name, left, metrics.elidedText(row.entry.title, elide, name.width()))
        below = second.adjusted(wide, 0, 0, 0)
        painter.setPen(quiet)
        # For a finished run the last part is a file name; for a running one, a sentence.
        words = second_line(row)
        said = whole_parts(metrics, words, below.width(), name_last=not row.is_live)
        painter.drawText(below, left, said)
        if row.is_live and row.live is not None and row.live.share is not None:
            full = QRect(below.left(), option.rect.bottom() - BAR - 1, below.width(), BAR)
            painter.fillRect(full, QColor(theme.tokens().line))
            full.setWidth(round(full.width() * min(1.0, row.live.share)))
            painter.fillRect(full, text if selected else QColor(theme.tokens().accent))
