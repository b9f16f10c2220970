"""The line above a table: its name, how much of it is shown, the reading progress, and its notes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from exoplanet_desktop.gui.base.text import count, counted, fixed, megabytes, tr
from exoplanet_desktop.gui.tables.opening import Opened
from exoplanet_desktop.gui.widgets.flow import FlowLayout
from exoplanet_desktop.gui.widgets.labels import ElidedLabel, PlainLabel, tip


class PaneHeader(QWidget):
    """Signals:
    stop_wanted: the user wants to stop reading the file.
    reading_wanted: the user wants to change how the file is read.
    names_wanted: the user wants to change what the columns and dispositions mean.
    notes_wanted: the user wants to see the notes.
    """

    stop_wanted = Signal()
    reading_wanted = Signal()
    names_wanted = Signal()
    notes_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bytes = 0
        self.title = ElidedLabel("", "heading")
        self.size_label = PlainLabel("", "muted", wrap=False)
        self.notes = QPushButton(self)
        self.notes.setAccessibleName(tr("Notes on the file"))
        self.notes.setProperty("warning", True)
        self.notes.setFlat(True)
        self.stop = QPushButton(tr("S&top reading"), self)
        self.stop.setToolTip(tr("Stop and keep the rows read so far"))
        self.reading = QPushButton(tr("Read as…"), self)
        self.reading.setFlat(True)
        self.reading.setToolTip(tr("How the file is read: delimiter, encoding, decimal sign, header block, types"))
        self.reading.setAccessibleName(tr("Reading options"))
        self.names = QPushButton(tr("Names and labels…"), self)
        self.names.setFlat(True)
        self.names.setToolTip(tr("Match columns to the archive's names, and specify what the dispositions mean"))
        layout = FlowLayout(self, spacing=12)
        for widget in (self.title, self.size_label, self.stop, self.notes, self.reading, self.names):
            layout.addWidget(widget)
        self.stop.clicked.connect(self._stop)
        self.reading.clicked.connect(self.reading_wanted)
        self.names.clicked.connect(self.names_wanted)
        self.notes.clicked.connect(self.notes_wanted)

    def begin(self, name: str, size_bytes: int) -> None:
        """A file of a name and size is being read."""
        self._bytes = size_bytes
        self.title.setText(name)
        self.notes.hide()
        self.stop.setEnabled(True)
        self.stop.show()
        self.show_share(0.0)

    def show_share(self, share: float) -> None:
        """How much of the file has been read."""
        done = fixed(self._bytes * share / 1e6, 1)
        self.size_label.setText(tr("reading … {done} of {all}", done=done, all=megabytes(self._bytes)))

    def show_notes(self, opened: Opened) -> None:
        """The whole file, or the part that was kept, is loaded."""
        self.stop.hide()
        notes = opened.all_notes
        self.notes.setText("⚠ " + counted(len(notes), tr("note"), tr("notes")))
        self.notes.setToolTip(tip("\n".join(notes)))
        self.notes.setAccessibleDescription(" ".join(notes))
        self.notes.setVisible(bool(notes))

    def show_size(self, rows: int, every: int, columns: int, shown_columns: int, partial: bool) -> None:
        """Displayed and total rows, and displayed and total columns."""
        of = counted(every, tr("row"), tr("rows"))
        words = f"{count(every)} × {count(columns)}" if rows == every else tr("{rows} of {of}", rows=count(rows), of=of)
        if shown_columns != columns:
            words += tr(", {shown} of {columns} columns", shown=count(shown_columns), columns=count(columns))
        if partial:
            words += tr(" · reading was stopped: the file has more rows")
        self.size_label.setText(words)

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop_wanted.emit()
