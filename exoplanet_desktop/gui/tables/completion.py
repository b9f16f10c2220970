"""Completion of column names in a filter: for the word being typed, not for the whole line."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit

_WORD = re.compile(r"[\w`.]*$")
SHORTEST = 2  # characters before it offers completions


class WordCompleter(QCompleter):
    """Offers names for the word before the cursor of a line."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._names = QStringListModel(self)
        self._line = line
        self.setModel(self._names)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setWidget(line)
        line.textEdited.connect(self._offer)
        self.activated.connect(self._put)

    def set_names(self, names: Sequence[str]) -> None:
        self._names.setStringList(list(names))

    def _word(self) -> str:
        found = _WORD.search(self._line.text()[: self._line.cursorPosition()])
        return found.group() if found else ""

    @Slot()
    def _offer(self) -> None:
        word = self._word()
        if len(word) < SHORTEST:
            if popup := self.popup():
                popup.hide()
            return
        self.setCompletionPrefix(word)
        self.complete()

    @Slot(str)
    def _put(self, name: str) -> None:
        text, at = self._line.text(), self._line.cursorPosition()
        start = at - len(self._word())
        self._line.setText(text[:start] + name + text[at:])
        self._line.setCursorPosition(start + len(name))
