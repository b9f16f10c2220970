"""Text on screen that nobody's markup can get into: names and sentences come from files and from servers."""

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class Words(QLabel):
    """A label of plain text. Qt's own would show what looks like HTML as HTML, links and pictures included."""

    def __init__(
        self, text: str = "", role: str = "", wrap: bool = True, selectable: bool = False, parent: QWidget | None = None
    ) -> None:
        """`role` names its look in the style sheet: heading, muted, warning, reason or figure."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        if role:
            self.setProperty(role, True)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


def tip(text: str) -> str:
    """A tooltip that shows a text as it is."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
